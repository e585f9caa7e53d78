"""Decisions on cases: rows, never edits; a confirmed case takes its spans out of the figures."""

from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from expectations import runner
from expectations.catalogue import RULES_DIR
from expectations.standing import audit_standing
from nenghao.config import Role, Settings
from nenghao.db.connection import conninfo
from nenghao.errors import DataRefused
from nenghao.review.cases import decide, open_case
from tests.expectations.scenario import lay_out, read_case

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def audited(database: Settings, tmp_path: Path) -> Settings:
    """A site with one case: intervals cut on 11, 12 and 13 August."""
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    path = RULES_DIR / "register_against_interval" / "cases" / "intervals_cut_after_the_meter.toml"
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        lay_out(conn, read_case(path), 1)
    runner.audit_days(settings, date(2026, 8, 3), date(2026, 8, 16), NOW)
    return settings


def test_confirming_excludes_the_span_and_asks_for_its_days_again(audited: Settings) -> None:
    with psycopg.connect(conninfo(audited, Role.CONSOLE)) as conn:
        decided = decide(
            conn, 1, "confirm", "interference_referred", "register photo against server value", "auditor", NOW
        )
        excluded = conn.execute(
            "SELECT s.kind, e.span FROM exclusion AS e JOIN series AS s USING (series_id)"
        ).fetchall()
    assert decided.exclusions == 1
    assert [(kind, span.lower, span.upper) for kind, span in excluded] == [
        ("interval", datetime(2026, 8, 10, 16, tzinfo=UTC), datetime(2026, 8, 13, 16, tzinfo=UTC))
    ]
    with psycopg.connect(conninfo(audited, Role.JOBS)) as conn:
        marked = [row[0] for row in conn.execute("SELECT day_on FROM changed_mark ORDER BY day_on")]
    assert marked == [date(2026, 8, 11), date(2026, 8, 12), date(2026, 8, 13)]


def test_dismissing_excludes_nothing_and_reopening_is_a_decision(audited: Settings) -> None:
    with psycopg.connect(conninfo(audited, Role.CONSOLE)) as conn:
        assert decide(conn, 1, "dismiss", "explainable", "meter changed that day", "auditor", NOW).exclusions == 0
        decide(conn, 1, "reopen", None, "the ledger shows no change", "supervisor", NOW)
        kinds = [row["kind"] for row in open_case(conn, 1).decisions]
    assert kinds == ["dismiss", "reopen"]


def test_a_dismissal_puts_back_what_an_earlier_confirmation_took_out(audited: Settings) -> None:
    in_force = "SELECT count(*) FROM exclusion_in_force"
    with psycopg.connect(conninfo(audited, Role.CONSOLE)) as conn:
        decide(conn, 1, "confirm", "instrument_fault", "photo", "auditor", NOW)
        decide(conn, 1, "reopen", None, "the photo was of another meter", "supervisor", NOW)
        assert conn.execute(in_force).fetchone() == (1,)
    with psycopg.connect(conninfo(audited, Role.JOBS)) as conn:
        conn.execute("DELETE FROM changed_mark")
    with psycopg.connect(conninfo(audited, Role.CONSOLE)) as conn:
        decide(conn, 1, "dismiss", "explainable", "meter changed that day", "auditor", NOW)
        assert conn.execute(in_force).fetchone() == (0,)
    with psycopg.connect(conninfo(audited, Role.JOBS)) as conn:
        assert conn.execute("SELECT count(*) FROM changed_mark").fetchone() == (3,)


def test_of_two_values_the_decider_says_which_counts_and_a_third_is_a_new_case(
    database: Settings, tmp_path: Path
) -> None:
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    owner = conninfo(settings, Role.OWNER)
    day = date(2026, 8, 3), date(2026, 8, 16)
    with psycopg.connect(owner) as conn:
        lay_out(conn, read_case(RULES_DIR / "conflicting_value" / "cases" / "lowered_on_resend.toml"), 1)
        conn.execute(
            "INSERT INTO reading SELECT DISTINCT ON (series_id, at) series_id, at, standing_value, 0, 0, 'l'"
            " FROM reading_conflict"
        )
    runner.audit_days(settings, *day, NOW)
    with psycopg.connect(conninfo(settings, Role.CONSOLE)) as conn:
        evidence = {piece["kind"]: piece["content"] for piece in open_case(conn, 1).evidence}
        assert evidence["conflicts"][0]["message_hash"] == b"hash".hex()
        with pytest.raises(DataRefused, match="which values count"):
            decide(conn, 1, "confirm", "communication", "register photo", "auditor", NOW)
        decided = decide(conn, 1, "confirm", "communication", "register photo", "auditor", NOW, "reported")
    compare = (
        "SELECT f.value = c.value, f.message_id = c.message_id FROM reading_in_force AS f"
        " JOIN reading_conflict AS c USING (series_id, at)"
    )
    with psycopg.connect(owner) as conn:
        assert conn.execute(compare).fetchall() == [(True, True)] * decided.adoptions
        assert conn.execute("SELECT count(DISTINCT day_on) FROM changed_mark").fetchone() == (1,)
        conn.execute(
            "INSERT INTO reading_conflict (series_id, at, standing_value, value, message_id, ordinal, recorded_at)"
            " SELECT series_id, at, standing_value, value + n, message_id, 7 + n, recorded_at"
            " FROM reading_conflict, generate_series(0, 500, 500) AS n WHERE conflict_id = 1"
        )
    assert runner.audit_days(settings, *day, NOW).cases == 1
    assert runner.audit_days(settings, *day, NOW).findings == 0
    with psycopg.connect(conninfo(settings, Role.CONSOLE)) as conn:
        second = open_case(conn, 2)
        assert second.findings[0]["evidence"]["conflict_count"] == 1
        assert {"case_id": 1, "decision": "confirm"} in [piece["content"] for piece in second.evidence]
        decide(conn, 1, "reopen", None, "the photo was of another meter", "supervisor", NOW)
        decide(conn, 1, "dismiss", "communication", "two senders", "auditor", NOW)
    with psycopg.connect(owner) as conn:
        assert conn.execute("SELECT count(*) FROM changed_mark").fetchone() == (2,)
        assert {row[0] for row in conn.execute(compare)} == {False}


def test_a_correction_that_waits_is_adopted_or_refused_by_a_decision(database: Settings, tmp_path: Path) -> None:
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    path = RULES_DIR / "correction_waiting" / "cases" / "lowered_after_the_day.toml"
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        lay_out(conn, read_case(path), 1)
        lay_out(conn, read_case(path), 2)
    assert audit_standing(settings, NOW).cases == 2
    in_force = (
        "SELECT DISTINCT f.value = v.value FROM reading_in_force AS f JOIN reading_revision AS v USING (series_id, at)"
        " JOIN series USING (series_id) JOIN point USING (point_id) WHERE unit_id = %s"
    )
    with psycopg.connect(conninfo(settings, Role.CONSOLE)) as conn:
        units = [open_case(conn, case_id).head["unit_id"] for case_id in (1, 2)]
        with pytest.raises(DataRefused, match="which values count"):
            decide(conn, 1, "confirm", "communication", "register photo", "auditor", NOW)
        adopted = decide(conn, 1, "confirm", "communication", "register photo", "auditor", NOW, "reported")
        refused = decide(conn, 2, "dismiss", "explainable", "no document", "auditor", NOW)
    assert (adopted.adoptions, refused.adoptions) == (3, 0)
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        assert [conn.execute(in_force, [unit_id]).fetchall() for unit_id in units] == [[(True,)], [(False,)]]
        assert conn.execute("SELECT count(DISTINCT day_on) FROM changed_mark").fetchone() == (1,)
    assert audit_standing(settings, NOW).findings == 0


#: (kind, outcome, reason, by), each wrong in its own way for a new case.
UNFIT = (
    ("reopen", None, "why", "auditor"),
    ("confirm", None, "why", "auditor"),
    ("confirm", "explainable", "why", "auditor"),
    ("inquire", "omission", "why", "auditor"),
    ("inquire", None, " ", "auditor"),
    ("inquire", None, "why", ""),
)


def test_a_decision_that_does_not_fit_is_refused(audited: Settings) -> None:
    with psycopg.connect(conninfo(audited, Role.CONSOLE)) as conn:
        for kind, outcome, reason, by in UNFIT:
            with pytest.raises(DataRefused):
                decide(conn, 1, kind, outcome, reason, by, NOW)  # type: ignore[arg-type]
        with pytest.raises(DataRefused, match="no case 77"):
            open_case(conn, 77)
        assert open_case(conn, 1).decisions == []
