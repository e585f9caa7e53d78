"""The rules of filings judge by what is committed now: an old snapshot and a late note get round nothing."""

import psycopg
import pytest

from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.identity import as_unit
from nenghao.domain.filing_states import LEVELS
from nenghao.domain.periods import Month
from nenghao.filing.acts import file_draft
from nenghao.filing.following import accept, lock
from tests.filing.conftest import NOW, UNIT, Desk

FEBRUARY = Month(2026, 2)


@pytest.fixture(scope="module")
def filing_id(desk: Desk) -> int:
    """A filing, and the signed draft of its amendment."""
    desk.prefill(FEBRUARY)
    made = []
    for figures in ({"02.1": 100, "02.2": 50, "02.5": 60, "02.9": 90}, {"02.5": 61, "02.9": 89}):
        desk.put(FEBRUARY, **figures)
        assert desk.check(FEBRUARY).unexplained == 0
        desk.sign(FEBRUARY)
        made += [] if made else [desk.file(FEBRUARY).filing_id]
    return made[0]


def test_a_snapshot_from_before_the_lock_amends_no_locked_month(desk: Desk, office: Settings, filing_id: int) -> None:
    with connect(office, Role.UNIT) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with as_unit(conn, UNIT) as own:
            with connect(office, Role.CONSOLE) as bureau:
                for level in LEVELS:
                    accept(bureau, filing_id, level, f"officer of the {level}", NOW)
                lock(bureau, filing_id, "officer of the province", NOW)
            with pytest.raises(psycopg.errors.ActiveSqlTransaction):
                file_draft(conn, own, FEBRUARY, NOW, reason="改")


def test_a_filing_gets_no_note_after_it_was_filed(office: Settings, filing_id: int) -> None:
    with (
        connect(office, Role.UNIT) as conn,
        pytest.raises(psycopg.errors.CheckViolation, match="its notes stand"),
        as_unit(conn, UNIT),
    ):
        conn.execute(
            "INSERT INTO filing_note (filing_id, relation_code, form_code, row_code, column_code, cause, quantity,"
            " document, noted_by) VALUES (%s, 'A9', '205-1', '33', '4', 'c', 'q', 'd', 'o')",
            [filing_id],
        )
