"""What of a unit's month was due, received, validated, signed and verified."""

from collections.abc import Iterable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedShare:
    """A share of a unit's month as it was counted last; None where it cannot be counted."""

    unit_id: int
    unit_code: str
    unit_name: str
    division_code: str
    industry_code: str
    month_on: date
    share_name: str
    part: Decimal | None
    whole: Decimal | None
    until_on: date
    counted_at: datetime


def stale_quality(
    conn: Connection, months: Sequence[date], today_on: date, unit_ids: Sequence[int] | None = None
) -> list[tuple[int, str, date]]:
    """(unit, its code, month) of what was not counted up to today, or not since its newest balance."""
    wanted = {"months": list(months), "today_on": today_on, "unit_ids": None if unit_ids is None else list(unit_ids)}
    return conn.execute(_QUERIES["stale_quality"], wanted).fetchall()


def put_shares(conn: Connection, rows: Iterable[Mapping[str, object]]) -> None:
    """Write shares as they were counted."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["put_share"], list(rows))


def counted_shares(conn: Connection, *, month_on: date | None = None, unit_id: int | None = None) -> list[CountedShare]:
    """Shares of a month of all units that may be seen, or of a unit's months."""
    wanted = {"month_on": month_on, "unit_id": unit_id}
    return conn.cursor(row_factory=class_row(CountedShare)).execute(_QUERIES["counted_shares"], wanted).fetchall()


def counted_months(conn: Connection) -> list[date]:
    """Months of which shares were counted, the newest first."""
    return [month_on for (month_on,) in conn.execute(_QUERIES["counted_months"])]


def unit_of_code(conn: Connection, unit_code: str) -> int | None:
    """The unit of a code, where it may be seen."""
    row = conn.execute(_QUERIES["unit_of_code"], {"unit_code": unit_code}).fetchone()
    return None if row is None else int(row[0])
