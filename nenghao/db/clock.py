"""What starts work beside the hour: rows that people wrote, and units with months that wait (sql/queries/clock.sql)."""

from collections.abc import Iterable
from datetime import date, datetime

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("clock")

#: A row that somebody wrote: its table and its id.
FollowedRow = tuple[str, int]


def rows_to_follow(conn: Connection) -> list[FollowedRow]:
    """Decisions and sign-offs whose consequences were not computed yet, the oldest first."""
    return [(source, row_id) for source, row_id in conn.execute(_QUERIES["rows_to_follow"])]


def note_followed(conn: Connection, rows: Iterable[FollowedRow], now: datetime) -> None:
    """Note that the consequences of rows were computed."""
    with conn.cursor() as cursor:
        cursor.executemany(
            _QUERIES["note_followed"],
            [{"source": source, "row_id": row_id, "followed_at": now} for source, row_id in rows],
        )


def units_with_waiting_months(conn: Connection, before_on: date) -> list[int]:
    """Units with a month to build that begins before a day, or a balance that waits for its seal."""
    return [unit_id for (unit_id,) in conn.execute(_QUERIES["units_with_waiting_months"], {"before_on": before_on})]
