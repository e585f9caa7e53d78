"""Who looked at a unit's data: the queries of sql/queries/lookers.sql."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("lookers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A row of the trail as the unit may read it."""

    at: datetime
    name: str | None
    role: str | None
    authority: str | None
    kind: str
    subject: str
    outcome: str


def lookers(conn: Connection, unit_id: int, *, has_own: bool, limit: int, offset: int) -> list[Look]:
    """Rows of the trail of a unit, newest first; of its own people only where asked for."""
    wanted = {"unit_id": unit_id, "has_own": has_own, "row_limit": limit, "row_offset": offset}
    return conn.cursor(row_factory=class_row(Look)).execute(_QUERIES["lookers"], wanted).fetchall()


def count_lookers(conn: Connection, unit_id: int, *, has_own: bool) -> int:
    """How many rows there are."""
    return int(conn.execute(_QUERIES["count_lookers"], {"unit_id": unit_id, "has_own": has_own}).fetchall()[0][0])
