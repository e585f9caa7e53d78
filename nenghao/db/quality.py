"""What of a unit's month was due, received, validated, signed and verified."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("quality")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCounts:
    """Slots and points of a unit's month."""

    slots_due: Decimal
    slots_received: int
    slots_validated: int
    slots_gross: int
    points_due: int
    points_received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingCounts:
    """Readings of a unit's month that are stored, and the days on which some came on their day."""

    readings: int
    signed: int
    same_day: int
    days_online: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointMonth:
    """Energy of a point in a month; unit and energy are None where there is none."""

    variety_code: str
    data_code: str
    flow: str
    unit: str | None
    energy: Decimal | None


def is_unit(conn: Connection, unit_code: str) -> bool:
    """Whether a unit is registered."""
    row = conn.execute(_QUERIES["is_unit"], {"unit_code": unit_code}).fetchone()
    return row is not None and bool(row[0])


def count_slots(conn: Connection, unit_code: str, begin_at: datetime, until: datetime) -> SlotCounts:
    """Slots of series of energy in [begin_at, until)."""
    wanted = {"unit_code": unit_code, "begin_at": begin_at, "until": until}
    return conn.cursor(row_factory=class_row(SlotCounts)).execute(_QUERIES["slots"], wanted).fetchall()[0]


def count_readings(conn: Connection, unit_code: str, begin_at: datetime, until: datetime) -> ReadingCounts:
    """Stored readings in [begin_at, until)."""
    wanted = {"unit_code": unit_code, "begin_at": begin_at, "until": until}
    return conn.cursor(row_factory=class_row(ReadingCounts)).execute(_QUERIES["readings"], wanted).fetchall()[0]


def count_sent(conn: Connection, unit_code: str, begin_at: datetime, until: datetime) -> tuple[int, int]:
    """Readings that came in [begin_at, until), and those of them that were refused."""
    wanted = {"unit_code": unit_code, "begin_at": begin_at, "until": until}
    sent, refused = conn.execute(_QUERIES["sent"], wanted).fetchall()[0]
    return int(sent), int(refused)


def count_meters(conn: Connection, unit_code: str, at: datetime, day_on: date) -> tuple[int, int]:
    """Meters in use at an instant, and those of them inside their verification period on a day."""
    meters, verified = conn.execute(
        _QUERIES["meters"], {"unit_code": unit_code, "at": at, "day_on": day_on}
    ).fetchall()[0]
    return int(meters), int(verified)


def point_months(conn: Connection, unit_code: str, month_on: date) -> list[PointMonth]:
    """Energy of a unit's points in a month."""
    cursor = conn.cursor(row_factory=class_row(PointMonth))
    return list(cursor.execute(_QUERIES["point_months"], {"unit_code": unit_code, "month_on": month_on}))
