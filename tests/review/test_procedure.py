"""A case carried from notice to its end on the real database; what the domain refuses the database refuses, too."""

import json
from datetime import date, timedelta

import psycopg
import pytest

from nenghao.config import Role, Settings
from nenghao.db import procedure as db
from nenghao.db.connection import Connection, conninfo
from nenghao.domain.attachments import Upload
from nenghao.review import procedure
from nenghao.review.cases import decide, open_case
from nenghao.review.procedure import Officer, Verification
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.standing import standing
from tests.review.desk import BAO, CHEN, DING, NOW, PHOTO, SAID, SITE, UNIT, add_units, ask, confirm, put_cases, turn


@pytest.fixture(scope="module")
def audited(module_database: Settings) -> Settings:
    """Cases of several units, all doubts: intervals cut on three days of August."""
    add_units(module_database, 7)
    put_cases(module_database)
    return module_database


@pytest.fixture
def conn(audited: Settings):  # type: ignore[no-untyped-def]
    with psycopg.connect(conninfo(audited, Role.CONSOLE)) as opened:
        yield opened


@pytest.fixture
def case_id(conn: Connection) -> int:
    """A case that nobody touched."""
    row = conn.execute(
        "SELECT min(case_id) FROM case_now WHERE state = 'open' AND level = 'doubt'"
        " AND case_id NOT IN (SELECT case_id FROM case_step)"
    ).fetchone()
    assert row is not None
    assert row[0] is not None
    return int(row[0])


def kinds(conn: Connection, case_id: int) -> list[str]:
    return [row["kind"] for row in open_case(conn, case_id).decisions]


def test_a_case_is_carried_to_its_end_and_its_decisions_are_the_known_ones(conn: Connection, case_id: int) -> None:
    ask(conn, case_id)
    seen = standing(conn, case_id, NOW, UNIT)
    assert (seen.stage, seen.may) == ("asked", ("acknowledge", "request_extension", "explain", "object"))
    # Three working days of delivery and five to answer, from a Friday.
    assert seen.due_on == date(2026, 12, 2)
    opened_at = NOW + timedelta(days=3)
    procedure.acknowledge(conn, case_id, turn(UNIT, opened_at))
    assert standing(conn, case_id, opened_at).due_on == date(2026, 11, 30)
    procedure.request_extension(conn, case_id, turn(UNIT, opened_at), "检修单在档案室")
    procedure.extend(conn, case_id, turn(BAO, opened_at), "同意")
    assert standing(conn, case_id, opened_at).due_on == date(2026, 12, 7)
    procedure.explain(conn, case_id, turn(UNIT, opened_at), SAID, files=[PHOTO])
    procedure.verify(conn, case_id, turn(BAO, opened_at), "现场表码与平台不符", SITE)
    procedure.review(conn, case_id, turn(CHEN, opened_at), "按表码推算", agrees=True)
    assert kinds(conn, case_id) == ["inquire", "explain", "confirm"]
    assert conn.execute(
        "SELECT count(*) FROM exclusion JOIN decision USING (decision_id) WHERE case_id = %s", [case_id]
    ).fetchone() == (1,)
    procedure.rectify(conn, case_id, turn(BAO, opened_at), "登记互感器变比")
    procedure.report_rectified(conn, case_id, turn(UNIT, opened_at), "已登记", "换表登记单 9")
    procedure.recheck(conn, case_id, turn(DING, opened_at), "规则平静", passed=True, document="复核记录 1")
    procedure.close(conn, case_id, turn(BAO, opened_at), "整改到位")
    done = standing(conn, case_id, opened_at, BAO)
    assert (done.stage, done.now.outcome, done.may) == ("closed", "instrument_fault", ("object", "reopen", "comment"))
    (attached,) = [one for row in done.history for one in row["attachments"]]
    assert (attached["name"], attached["media_type"]) == ("表码.jpg", "image/jpeg")
    stored = db.attachment(conn, attached["case_attachment_id"])
    assert stored is not None
    assert bytes(stored["content"]) == PHOTO.content


def test_a_refused_step_leaves_nothing_neither_step_nor_decision(conn: Connection, case_id: int) -> None:
    ask(conn, case_id)
    for refused, reason in (
        (lambda: procedure.verify(conn, case_id, turn(BAO), "x", SITE), "clock_runs"),
        (lambda: procedure.review(conn, case_id, turn(CHEN), "x", agrees=True), "not_now"),
        (
            lambda: procedure.explain(conn, case_id, turn(UNIT), SAID, files=[Upload(name="a", content=b"MZ\0")]),
            "file_kind",
        ),
        (lambda: procedure.comment(conn, case_id, turn(BAO), "  "), "no_words"),
        (lambda: procedure.comment(conn, case_id, turn(UNIT), "x"), "not_yours"),
        (lambda: procedure.rectify(conn, case_id, turn(BAO), "x"), "not_now"),
        (lambda: standing(conn, 999_999, NOW), "no_case"),
    ):
        with pytest.raises(ProcedureRefused) as caught:
            refused()
        assert caught.value.reason == reason
    assert kinds(conn, case_id) == ["inquire"]
    assert len(db.steps(conn, [case_id])) == 2


def test_a_second_thought_of_the_unit_and_an_upheld_objection_have_the_case_judged_again(
    conn: Connection, case_id: int
) -> None:
    confirm(conn, case_id)
    procedure.object_to(conn, case_id, turn(UNIT), "变比已于7月登记", "outcome")
    procedure.answer_objection(conn, case_id, turn(DING), "登记属实", upheld=True)
    assert standing(conn, case_id, NOW).stage == "explained"
    dismissal = Verification(
        place="desk", officers=(Officer(name="Bao", number="15001"),), proposal="dismiss", outcome="explainable"
    )
    procedure.verify(conn, case_id, turn(BAO), "登记单在案", dismissal)
    procedure.review(conn, case_id, turn(CHEN), "可以解释", agrees=True)
    assert kinds(conn, case_id) == ["inquire", "explain", "confirm", "reopen", "dismiss"]
    assert conn.execute("SELECT count(*) FROM exclusion_in_force JOIN decision USING (decision_id)"
                        " WHERE case_id = %s", [case_id]).fetchone() == (0,)  # fmt: skip


def test_decisions_by_command_and_steps_tell_one_story(conn: Connection, case_id: int) -> None:
    decide(conn, case_id, "inquire", None, "please explain", "Bao", NOW)
    assert standing(conn, case_id, NOW, UNIT).stage == "asked"
    procedure.explain(conn, case_id, turn(UNIT), SAID)
    decide(conn, case_id, "dismiss", "explainable", "plausible", "Chen", NOW + timedelta(hours=1))
    assert standing(conn, case_id, NOW + timedelta(hours=1)).now.decision == "dismiss"


def step_row(case_id: int, act: str, by: str, content: dict[str, object], salt: str = "") -> tuple[object, ...]:
    return (case_id, case_id, act, by, NOW, json.dumps(content), by, NOW, f"{case_id}{act}{by}{salt}".encode())


INSERT = (
    "INSERT INTO case_step (case_id, unit_id, act, side, acted_by, acted_at, told, content, channel, recorded_by,"
    " recorded_at, hash_algorithm, hash) VALUES (%s, (SELECT unit_id FROM audit_case WHERE case_id = %s), %s, 'officer'"
    ", %s, %s, 't', %s, 'command', %s, %s, 'sha256', %s)"
)


def test_the_database_refuses_by_itself_what_gets_round_another_person(conn: Connection, case_id: int) -> None:
    ask(conn, case_id)
    procedure.explain(conn, case_id, turn(UNIT), SAID)
    procedure.verify(conn, case_id, turn(BAO), "v", SITE)
    wrong = [
        step_row(case_id, "review", "Bao", {"verdict": "agree"}),
        step_row(case_id, "review", " b AO", {"verdict": "agree"}),
        step_row(case_id, "review", "Fu", {"verdict": "agree"}),
        step_row(case_id, "review", "Chen", {}),
        step_row(case_id, "issue_inquiry", "Bao", {}),
        step_row(case_id, "verify", "Bao", {"proposal": "confirm", "officers": [], "basis": "site_reading"}),
    ]
    for row in wrong:
        with pytest.raises(psycopg.errors.CheckViolation), conn.transaction():
            conn.execute(INSERT, row)
    procedure.review(conn, case_id, turn(CHEN), "r", agrees=True)
    procedure.rectify(conn, case_id, turn(BAO), "r")
    procedure.recuse(conn, case_id, turn(DING), "Ding", "亲属在该企业任职")
    for row in (step_row(case_id, "close", "Chen", {}), step_row(case_id, "comment", "Ding", {})):
        with pytest.raises(psycopg.errors.CheckViolation), conn.transaction():
            conn.execute(INSERT, row)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
        conn.execute("UPDATE case_step SET told = 'x' WHERE case_id = %s", [case_id])


def test_what_a_unit_is_told_has_no_finding_and_no_other_unit(conn: Connection, case_id: int) -> None:
    assert db.told_of_cases(conn, [case_id]) == []
    ask(conn, case_id)
    (told,) = db.told_of_cases(conn, [case_id])
    assert (told["rule_code"], told["case_count"]) == ("register_against_interval", 7)
    assert told["innocence"]
    desk = conn.execute("SELECT handler, last_act, due_on FROM case_desk WHERE case_id = %s", [case_id]).fetchone()
    assert desk == ("Bao", "notify", date(2026, 12, 2))
