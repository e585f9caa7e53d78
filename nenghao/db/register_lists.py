"""What the registers say beside what gateways told: rows for lists of what is to be done."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.registers import Cells

_QUERIES = load_queries("register_lists")


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


def list_meters(conn: Connection, unit_code: str | None, at: datetime) -> list[Cells]:
    """能源计量器具一览表: meters with their newest verification and state, by column."""
    cursor = conn.cursor(row_factory=dict_row)
    return list(cursor.execute(_QUERIES["meters"], {"unit_code": unit_code, "at": at}))


def equipped_points(conn: Connection, unit_code: str | None, at: datetime) -> list[EquippedPoint]:
    """Points with what decides whether they are metered."""
    cursor = conn.cursor(row_factory=class_row(EquippedPoint))
    return list(cursor.execute(_QUERIES["equipped_points"], {"unit_code": unit_code, "at": at}))
