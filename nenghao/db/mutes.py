"""Rules that open no alert at a place for a time: the queries of sql/queries/mutes.sql."""

from datetime import datetime
from typing import Any, Final

from psycopg.rows import dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES: Final = load_queries("mutes")
#: (unit, point); None for all of them.
Place = tuple[int | None, int | None]


def is_rule(conn: Connection, rule_code: str) -> bool:
    """Whether there is a rule of this code."""
    ((found,),) = conn.execute(_QUERIES["is_rule"], {"rule_code": rule_code}).fetchall()
    return bool(found)


def find_place(conn: Connection, unit_code: str | None, point_code: str | None) -> Place | None:
    """A unit and a point by their codes; None where there is no such."""
    return conn.execute(_QUERIES["find_place"], {"unit_code": unit_code, "point_code": point_code}).fetchone()


def insert_mute(
    conn: Connection,
    *,
    rule_code: str,
    place: Place,
    until_at: datetime,
    reason: str,
    muted_by: str,
    muted_at: datetime,
) -> int:
    """Append a mute and return its id."""
    ((mute_id,),) = conn.execute(
        _QUERIES["insert_mute"],
        {
            "rule_code": rule_code,
            "unit_id": place[0],
            "point_id": place[1],
            "until_at": until_at,
            "reason": reason,
            "muted_by": muted_by,
            "muted_at": muted_at,
        },
    ).fetchall()
    return int(mute_id)


def insert_mute_end(conn: Connection, mute_id: int, *, reason: str, ended_by: str, ended_at: datetime) -> None:
    """End a mute."""
    parameters = {"mute_id": mute_id, "reason": reason, "ended_by": ended_by, "ended_at": ended_at}
    conn.execute(_QUERIES["insert_mute_end"], parameters)


def list_mutes(conn: Connection, at: datetime) -> list[dict[str, Any]]:
    """Mutes in force at a time, with how many findings each has silenced."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES["list_mutes"], {"at": at}).fetchall()
