"""What the registers say beside what gateways told: rows for lists of what is to be done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from psycopg.rows import class_row, dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.registers import Cells

_QUERIES = load_queries("register_lists")

#: A configuration that changed this near to a declared change is taken for that change: people set gateways up before
#: and after the work on the meter.
NEAR = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class EquippedPoint:
    """A point, and whether a meter that is not stopped measures energy there."""

    unit_code: str
    point_code: str
    name: str
    data_code: str
    variety_code: str
    flow: str
    has_meter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedConfiguration:
    """A gateway told another configuration than before; `declared_at` is the change that explains it, or None."""

    unit_code: str
    gateway_code: str
    seen_at: datetime
    hash_before: str
    config_hash: str
    declared_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedIdentity:
    """Readings that named another meter or multiplier than the registers."""

    unit_code: str
    point_code: str | None
    reason_code: str
    detail: str
    first_at: datetime
    last_at: datetime
    reading_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FallenRegister:
    """A day on which a register fell, and nobody declared why."""

    unit_code: str
    point_code: str
    quantity: str
    day_on: date


def list_meters(conn: Connection, unit_code: str | None, at: datetime) -> list[Cells]:
    """能源计量器具一览表: meters with their newest verification and state, by column."""
    cursor = conn.cursor(row_factory=dict_row)
    return list(cursor.execute(_QUERIES["meters"], {"unit_code": unit_code, "at": at}))


def equipped_points(conn: Connection, unit_code: str | None, at: datetime) -> list[EquippedPoint]:
    """Points with what decides whether they are metered."""
    cursor = conn.cursor(row_factory=class_row(EquippedPoint))
    return list(cursor.execute(_QUERIES["equipped_points"], {"unit_code": unit_code, "at": at}))


def changed_configurations(conn: Connection, unit_code: str | None, since: datetime) -> list[ChangedConfiguration]:
    """Configurations that changed since an instant, declared or not."""
    cursor = conn.cursor(row_factory=class_row(ChangedConfiguration))
    wanted = {"unit_code": unit_code, "since": since, "near": NEAR}
    return list(cursor.execute(_QUERIES["changed_configurations"], wanted))


def refused_identities(conn: Connection, unit_code: str | None, since: datetime) -> list[RefusedIdentity]:
    """Readings refused since an instant for their meter or multiplier."""
    cursor = conn.cursor(row_factory=class_row(RefusedIdentity))
    return list(cursor.execute(_QUERIES["refused_identities"], {"unit_code": unit_code, "since": since}))


def fallen_registers(conn: Connection, unit_code: str | None, since_on: date) -> list[FallenRegister]:
    """Days since a day on which a register fell and no change is declared."""
    cursor = conn.cursor(row_factory=class_row(FallenRegister))
    return list(cursor.execute(_QUERIES["fallen_registers"], {"unit_code": unit_code, "since_on": since_on}))
