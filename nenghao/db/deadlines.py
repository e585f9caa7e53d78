"""The calendar, what is owed, and reminders: the queries of sql/queries/deadlines.sql."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import class_row, dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.deadlines import EventKind

_QUERIES = load_queries("deadlines")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedRow:
    """One duty as a query gives it: with its due instant or day, or with the instant from which it counts."""

    unit_id: int | None
    subject: str
    is_reached: bool = False
    period_on: date | None = None
    due_at: datetime | None = None
    due_on: date | None = None
    since_at: datetime | None = None
    heard_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A reminder that is open."""

    reminder_id: int
    kind: str
    audience: str
    unit_id: int | None
    unit_code: str | None
    unit_name: str | None
    subject: str
    period_on: date | None
    due_at: datetime
    severity: str
    opened_at: datetime
    is_overdue: bool


def upsert_calendar(conn: Connection, rows: Iterable[Mapping[str, object]]) -> None:
    """Write every row of the calendar that is new or says otherwise."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["upsert_calendar"], list(rows))


def owed(conn: Connection, kind: str, now: datetime) -> list[OwedRow]:
    """What is owed of a kind, done or not."""
    return conn.cursor(row_factory=class_row(OwedRow)).execute(_QUERIES[kind], {"now": now}).fetchall()


def lock_reminders(conn: Connection) -> None:
    """Wait until nobody else writes reminders."""
    conn.execute(_QUERIES["lock_reminders"])


def open_reminders(conn: Connection, *, unit_code: str | None = None, audience: str | None = None) -> list[Reminder]:
    """Open reminders, of all or of one unit and audience, those first that are due first."""
    wanted = {"unit_code": unit_code, "audience": audience}
    return conn.cursor(row_factory=class_row(Reminder)).execute(_QUERIES["open_reminders"], wanted).fetchall()


def own_reminders(conn: Connection) -> list[Reminder]:
    """Open reminders of the unit that the transaction speaks for (nenghao.db.identity)."""
    return conn.cursor(row_factory=class_row(Reminder)).execute(_QUERIES["own_reminders"]).fetchall()


def add_reminders(conn: Connection, rows: Iterable[Mapping[str, object]]) -> None:
    """Open reminders."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["add_reminder"], list(rows))


def add_reminder_events(conn: Connection, events: Iterable[tuple[int, EventKind]], now: datetime) -> None:
    """Say what became of reminders."""
    rows = [{"reminder_id": number, "kind": kind, "at": now} for number, kind in events]
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["add_reminder_event"], rows)


def count_reminders(conn: Connection) -> tuple[int, int]:
    """How many reminders are open, and how many of them are late."""
    row: dict[str, Any] | None = conn.cursor(row_factory=dict_row).execute(_QUERIES["count_reminders"]).fetchone()
    assert row is not None  # noqa: S101 - an aggregate without GROUP BY has one row
    return row["open_count"], row["overdue_count"]
