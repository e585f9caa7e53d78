"""How much of what was due arrived, by point: the queries of sql/queries/completeness.sql."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("completeness")

#: A series that was silent for longer is told as silent for so long: its last reading may lie in the archive.
BACK_DAYS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesToday:
    """An energy series and what came of it today so far."""

    point_id: int
    point_code: str
    name: str
    variety_code: str
    series_id: int
    quantity: str
    kind: str
    unit: str
    slot_minutes: int
    due_slots: int
    received_slots: int
    #: Its newest reading; to the end of its day where it is older than one, None beyond `BACK_DAYS` days.
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSpan:
    """A point over closed days; energies are None where units differ or no slot is known."""

    point_code: str
    days: int
    due_slots: int
    received_slots: int
    known_slots: int
    unit: str
    energy: Decimal | None
    measured_energy: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPoint:
    """A point as it is registered."""

    point_id: int
    point_code: str
    data_code: str
    name: str
    variety_code: str
    flow: str
    use: str
    conversion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSeries:
    """A version of a series of a point, with its meter as it is now."""

    series_id: int
    quantity: str
    kind: str
    period: str
    valid_from: datetime | None
    valid_to: datetime | None
    meter_no: str
    model: str
    accuracy_class: str
    maker: str | None
    verified_on: date | None
    next_verification_on: date | None
    certificate_no: str | None
    state: str
    unit: str
    slot_minutes: int
    multiplier: Decimal
    multiplier_applied_by: str
    decimals: int
    register_modulus: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointDay:
    """A closed day of a point; slots count in 10^-scale of the unit, None where missing."""

    day_on: date
    series_id: int
    unit: str
    energy: Decimal | None
    measured_energy: Decimal
    due_slots: int
    received_slots: int
    known_slots: int
    slot_minutes: int | None
    scale: int | None
    slots: Sequence[int | None] | None
    quality: str | None
    method: str | None
    reason: str | None


def points_today(conn: Connection, unit_id: int, start_at: datetime, now: datetime) -> list[SeriesToday]:
    """Energy series of a unit that are in force, with today's slots so far."""
    wanted = {"unit_id": unit_id, "start_at": start_at, "now": now, "back_days": BACK_DAYS}
    return conn.cursor(row_factory=class_row(SeriesToday)).execute(_QUERIES["points_today"], wanted).fetchall()


def points_of_days(conn: Connection, unit_id: int, first_on: date, end_on: date) -> list[PointSpan]:
    """Points of a unit over closed days [first_on, end_on)."""
    wanted = {"unit_id": unit_id, "first_on": first_on, "end_on": end_on}
    return conn.cursor(row_factory=class_row(PointSpan)).execute(_QUERIES["points_of_days"], wanted).fetchall()


def find_point(conn: Connection, unit_id: int, point_code: str) -> UnitPoint | None:
    """A point of a unit by its code."""
    wanted = {"unit_id": unit_id, "point_code": point_code}
    return conn.cursor(row_factory=class_row(UnitPoint)).execute(_QUERIES["point"], wanted).fetchone()


def series_of_point(conn: Connection, point_id: int) -> list[PointSeries]:
    """Versions of a point's series, oldest first."""
    cursor = conn.cursor(row_factory=class_row(PointSeries))
    return cursor.execute(_QUERIES["series_of_point"], {"point_id": point_id}).fetchall()


def days_of_point(conn: Connection, point_id: int, first_on: date, end_on: date) -> list[PointDay]:
    """Closed days [first_on, end_on) of a point."""
    wanted = {"point_id": point_id, "first_on": first_on, "end_on": end_on}
    return conn.cursor(row_factory=class_row(PointDay)).execute(_QUERIES["days_of_point"], wanted).fetchall()
