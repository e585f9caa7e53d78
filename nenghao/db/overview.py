"""Counts over the whole journey: what arrived, how complete it is, what was found, what is released."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("overview")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingAccount:
    """What became of a unit's readings; `readings` is the sum of the five outcomes."""

    unit_code: str
    messages: int
    readings: int
    stored: int
    duplicate: int
    refused: int
    conflicting: int
    corrections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert, its case, and the span `[starts_at, ends_at)` of the finding that opened it."""

    case_id: int
    unit_code: str
    point_code: str | None
    rule_code: str
    level: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow:
    """The newest release of a unit's month; `hash` is hexadecimal."""

    unit_code: str
    month_on: date
    version: int
    archive_name: str
    hash: str


def reading_accounts(conn: Connection) -> Sequence[ReadingAccount]:
    """One account per unit that sent anything."""
    with conn.cursor(row_factory=class_row(ReadingAccount)) as cursor:
        return cursor.execute(_QUERIES["reading_account"]).fetchall()


def stored_readings(conn: Connection) -> dict[str, int]:
    """Rows in the table of readings, by unit."""
    return dict(conn.execute(_QUERIES["stored_readings"]).fetchall())


def completeness(conn: Connection, *, first_on: date, end_on: date) -> dict[str, tuple[int, int]]:
    """(received, due) slots by unit over the months in `[first_on, end_on)`."""
    rows: list[tuple[Any, ...]] = conn.execute(
        _QUERIES["completeness"], {"first_on": first_on, "end_on": end_on}
    ).fetchall()
    return {unit_code: (int(received), int(due)) for unit_code, received, due in rows}


def alerts(conn: Connection) -> Sequence[AlertRow]:
    """Every alert, oldest case first."""
    with conn.cursor(row_factory=class_row(AlertRow)) as cursor:
        return cursor.execute(_QUERIES["alerts"]).fetchall()


def newest_releases(conn: Connection) -> Sequence[ReleaseRow]:
    """The newest release of each unit and month."""
    with conn.cursor(row_factory=class_row(ReleaseRow)) as cursor:
        return cursor.execute(_QUERIES["newest_releases"]).fetchall()
