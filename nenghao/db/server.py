"""What the database server says of itself and of the work that waits."""

from dataclasses import dataclass
from datetime import datetime

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("server")


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMarks:
    """A list of marks: how many a step could take by now, and since when the oldest could have been taken."""

    mark_list: str
    count: int
    oldest_at: datetime | None


def server_now(conn: Connection) -> datetime:
    """The server's clock."""
    row = conn.execute(_QUERIES["server_now"]).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    now: datetime = row[0]
    return now


def schema_versions(conn: Connection) -> set[str]:
    """The migrations that were applied, as their numbers; the owner's role reads them."""
    return {version for (version,) in conn.execute(_QUERIES["schema_versions"])}


def timescale_edition(conn: Connection) -> str | None:
    """The licence edition of TimescaleDB (`apache`, `timescale`); None where the extension is not there."""
    row = conn.execute(_QUERIES["timescale_edition"]).fetchone()
    return None if row is None else row[0]


def rights_of_people(conn: Connection) -> list[tuple[str, str]]:
    """Role and relation of every right that roles of people should not have."""
    return [(role, relation) for role, relation in conn.execute(_QUERIES["rights_of_people"])]


def pending_marks(conn: Connection) -> list[PendingMarks]:
    """Every list with what waits on it."""
    return [
        PendingMarks(mark_list=name, count=count, oldest_at=oldest_at)
        for name, count, oldest_at in conn.execute(_QUERIES["pending_marks"])
    ]
