"""The procedure under people's own eyes: officers by their cases, a unit what it is told, names from the session."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from nenghao.access.accounts import create_account
from nenghao.access.sessions import SignedIn, sign_in
from nenghao.config import Role, Settings
from nenghao.db import procedure as db
from nenghao.db.accounts import Rights
from nenghao.db.connection import connect
from nenghao.db.people import Pool, as_person, open_pool
from nenghao.domain.procedure import Actor
from nenghao.errors import DataRefused
from nenghao.reference.procedure import load_acts
from nenghao.review import procedure
from nenghao.review.cases import decide
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.standing import CaseStanding, inquiries, standing
from nenghao.review.steps import Turn
from tests.console.seed import seed_units
from tests.review.desk import LIMITS, NOW, PHOTO, SAID, SITE, put_cases

PASSWORD = "a quiet Meter reads 96 slots"
#: login, role, level and division (or the number of a unit).
PEOPLE = (
    ("bao", "auditor", "province", "15"), ("chen", "auditor", "province", "15"), ("far", "auditor", "province", "11"),
    ("stat", "statistician", "province", "15"), ("lihua", "unit", None, 1), ("other", "unit", None, 2),
)  # fmt: skip


@dataclass(frozen=True)
class Office:
    """The people, each in a transaction of their own, as the console does it."""

    pool: Pool
    tokens: dict[str, str]

    def act(self, login: str, act, *given: object, case_id: int = 1, **named: object):  # type: ignore[no-untyped-def]  # any act
        with as_person(self.pool, self.tokens[login]) as (conn, person):
            side = "unit" if person.role == "unit" else "officer"
            actor = Actor(name=person.name, side=side, account_id=person.account_id)  # type: ignore[arg-type]
            return act(conn, case_id, Turn(actor=actor, now=NOW, limits=LIMITS), *given, **named)

    def claim(self, login: str, name: str) -> None:
        """Review under another's name."""
        with as_person(self.pool, self.tokens[login]) as (conn, _):
            procedure.review(conn, 1, Turn(actor=Actor(name=name), now=NOW, limits=LIMITS), "同意", agrees=True)

    def look(self, login: str, case_id: int = 1) -> CaseStanding:
        with as_person(self.pool, self.tokens[login]) as (conn, person):
            side = "unit" if person.role == "unit" else "officer"
            return standing(conn, case_id, NOW, Actor(name=person.name, side=side, account_id=person.account_id))  # type: ignore[arg-type]

    def rows(self, login: str, query: str) -> list[tuple[object, ...]]:
        with as_person(self.pool, self.tokens[login]) as (conn, _):
            return conn.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="module")
def office(module_database: Settings) -> Iterator[Office]:
    settings = module_database
    seed_units(settings)
    put_cases(settings)
    with connect(settings, Role.CONSOLE) as conn:
        units = [row[0] for row in conn.execute("SELECT unit_id FROM audit_case ORDER BY case_id")]
        for login, role, level, place in PEOPLE:
            if isinstance(place, int):
                rights = Rights(role=role, unit_id=units[place - 1], office="energy_manager")
            else:
                rights = Rights(role=role, authority="statistics", level=level, division_prefix=place)
            create_account(conn, login, login.title(), rights, password=PASSWORD)
    pool = open_pool(settings, 2)
    tokens = {}
    for login, *_ in PEOPLE:
        held = sign_in(pool, login, PASSWORD, address="127.0.0.1", settings=settings)
        assert isinstance(held, SignedIn)
        tokens[login] = held.token
    yield Office(pool, tokens)
    pool.close()


def test_a_unit_hears_of_its_case_from_the_notice_on_and_nothing_that_stays_inside(office: Office) -> None:
    with pytest.raises(ProcedureRefused, match="no_case"):
        office.look("lihua")
    office.act("bao", procedure.assign, "Bao", "我来办")
    office.act("bao", procedure.comment, "电话里说得含糊")
    with pytest.raises(ProcedureRefused, match="no_case"):
        office.look("lihua")
    office.act("bao", procedure.notify, "8月11日至13日电量与表码走字不符，请说明")
    seen = office.look("lihua")
    assert [row["act"] for row in seen.history] == ["notify"]
    assert (seen.stage, seen.now.handler) == ("asked", None)
    assert office.rows("lihua", "SELECT count(*) FROM case_told") == [(1,)]
    for login in ("other", "far"):
        with pytest.raises(ProcedureRefused, match="no_case"):
            office.look(login)
        assert office.rows(login, "SELECT (SELECT count(*) FROM case_step), (SELECT count(*) FROM case_told)") == [
            (0, 0)
        ]
    for hidden in ("finding", "alert", "evidence", "case_desk", "audit_case", "public.case_told", "public.case_brief"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            office.rows("lihua", f"SELECT * FROM {hidden}")


def test_a_unit_answers_by_itself_and_the_decision_is_written(office: Office) -> None:
    office.act("lihua", procedure.acknowledge)
    office.act("lihua", procedure.request_extension, "检修单在档案室")
    office.act("bao", procedure.extend, "同意")
    office.act("lihua", procedure.explain, SAID, files=[PHOTO])
    assert office.rows("bao", "SELECT kind, decided_by FROM decision WHERE case_id = 1 ORDER BY decision_id") == [
        ("inquire", "Bao"),
        ("explain", "Lihua"),
    ]
    assert office.look("bao").stage == "explained"
    (listed,), total = _inquiries(office, "lihua")
    assert (listed.case_id, listed.stage, total) == (1, "explained", 1)
    attached = listed.history[-1]["attachments"][0]["case_attachment_id"]
    for login, is_seen in (("lihua", True), ("bao", True), ("stat", True), ("other", False), ("far", False)):
        with as_person(office.pool, office.tokens[login]) as (conn, _):
            assert (db.attachment(conn, attached) is not None) == is_seen


def _inquiries(office: Office, login: str) -> tuple[list[CaseStanding], int]:
    with as_person(office.pool, office.tokens[login]) as (conn, person):
        assert person.unit_id is not None
        return inquiries(conn, person.unit_id, NOW, Actor(name=person.name, side="unit"), row_limit=50)


def test_one_officer_verifies_another_reviews_and_names_are_the_sessions(office: Office) -> None:
    office.act("bao", procedure.verify, "现场表码与平台不符", SITE)
    assert [row["act"] for row in office.look("lihua").history][-1] == "explain"
    with pytest.raises(ProcedureRefused, match="handled_it"):
        office.act("bao", procedure.review, "同意", agrees=True)
    # Whoever claims another's name acts in their own, and the database tells them apart.
    with pytest.raises(psycopg.errors.CheckViolation):
        office.claim("bao", "Chen")
    office.act("chen", procedure.review, "互感器更换未登记，按表码推算", agrees=True)
    seen = office.look("lihua")
    assert (seen.stage, seen.now.decision, seen.now.outcome) == ("decided", "confirm", "instrument_fault")
    assert office.rows("chen", "SELECT count(*) FROM exclusion") == [(1,)]


def test_the_database_tells_what_the_reference_rows_tell(office: Office) -> None:
    for code, act in load_acts().items():
        content = '{"verdict": "agree"}' if code == "review" else "{}"
        with as_person(office.pool, office.tokens["bao"]) as (conn, _):
            assert conn.execute("SELECT is_told(%s, %s)", [code, content]).fetchone() == (act.is_told,), code


@pytest.mark.parametrize("login", ["stat", "far", "other", "lihua"])
def test_nobody_else_takes_an_officers_step(office: Office, login: str) -> None:
    with pytest.raises((DataRefused, psycopg.Error)):
        office.act(login, procedure.comment, "x", case_id=1)


def test_through_the_console_nobody_decides_alone(office: Office) -> None:
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="review of another officer"),
        as_person(office.pool, office.tokens["bao"]) as (conn, _),
    ):
        decide(conn, 2, "dismiss", "explainable", "alone", "Bao", NOW)
    assert office.rows("bao", "SELECT count(*) FROM decision WHERE case_id = 2") == [(0,)]


def test_a_unit_cannot_write_as_an_officer_nor_on_a_case_that_was_not_asked(office: Office) -> None:
    with pytest.raises((DataRefused, psycopg.Error)):
        office.act("other", procedure.explain, SAID, case_id=2)
    for query in (
        "SELECT receive_explanation(2, 'x', 'x', now())",
        "INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)"
        " VALUES (1, 'dismiss', 'explainable', 'x', 'x', now())",
        "INSERT INTO case_step (case_id, unit_id, act, side, acted_by, acted_at, told, content, channel, recorded_by,"
        " recorded_at, hash_algorithm, hash) SELECT 1, unit_id, 'comment', 'officer', 'x', now(), 'x', '{}', 'console',"
        " 'x', now(), 'sha256', 'x' FROM case_brief",
    ):
        for login in ("lihua", "other"):
            if login == "lihua" and "receive" in query:
                continue
            with pytest.raises(psycopg.Error):
                office.rows(
                    login, query + (" RETURNING 1" if query.startswith("INSERT") and "SELECT" not in query else "")
                )
