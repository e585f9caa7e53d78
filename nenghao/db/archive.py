"""Chunks of raw rows, the archives that have them, what was checked, and what was dropped: sql/queries/archive.sql."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import psycopg
from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.migrate import MIGRATIONS_DIR
from nenghao.db.queries import load_queries
from nenghao.db.store_rows import ROWS_AT_ONCE, Row
from nenghao.errors import DataRefused

_QUERIES = load_queries("archive")
_ROWS_OF: Final = {"reading": "readings_of_chunk", "message_raw": "payloads_of_chunk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A chunk of a hypertable: rows in `[first_at, end_at)`."""

    relation: str
    first_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archived month as it is stored."""

    archive_id: int
    month_on: date
    version: int
    manifest: bytes
    hash_algorithm: str
    hash: bytes
    signature_algorithm: str
    key_id: str
    signature: bytes
    archived_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRun:
    """A chunk that was dropped lawfully."""

    retention_run_id: int
    relation_name: str
    first_at: datetime
    end_at: datetime
    row_count: int
    archive_id: int
    manifest_hash: bytes
    reason: str
    run_by: str
    run_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold that was not lifted; of all units where it names none."""

    retention_hold_id: int
    unit_code: str | None
    first_at: datetime | None
    end_at: datetime | None
    reason: str
    placed_by: str
    placed_at: datetime


def code_schema_version() -> str:
    """The number of the newest migration of this release."""
    return max(path.name[:4] for path in MIGRATIONS_DIR.glob("*.sql"))


@contextmanager
def one_snapshot(conn: Connection) -> Iterator[None]:
    """See everything as of one instant; rows may be added to the archive's own tables."""
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def find_chunks(conn: Connection, first_at: datetime, end_at: datetime) -> list[Chunk]:
    """Chunks of messages' bytes and of readings that begin in a span, the oldest first."""
    rows = conn.execute(_QUERIES["chunks"], {"first_at": first_at, "end_at": end_at})
    return [Chunk(relation=relation, first_at=begin, end_at=end) for relation, begin, end in rows]


def rows_of_chunk(conn: Connection, chunk: Chunk) -> Iterator[Row]:
    """The rows of a chunk in the order of their messages, streamed."""
    with psycopg.ServerCursor(conn, f"chunk_{chunk.relation}") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(
            _QUERIES[_ROWS_OF[chunk.relation]], {"first_at": chunk.first_at, "end_at": chunk.end_at}, binary=True
        )
        yield from cursor


def readings_beside(conn: Connection, message_ids: Sequence[int], chunk: Chunk) -> list[Row]:
    """Readings of messages that lie outside of a chunk."""
    wanted = {"message_ids": list(message_ids), "first_at": chunk.first_at, "end_at": chunk.end_at}
    return list(conn.execute(_QUERIES["readings_beside"], wanted, binary=True).fetchall())


def trees_over(conn: Connection, first_message_id: int, last_message_id: int) -> list[tuple[int, date, bytes]]:
    """Number, day and root of the trees under which messages of a range are."""
    wanted = {"first_id": first_message_id, "last_id": last_message_id}
    return [(number, day_on, bytes(root)) for number, day_on, root in conn.execute(_QUERIES["trees_over"], wanted)]


def lock_archive(conn: Connection) -> None:
    """Wait until nobody else archives."""
    conn.execute(_QUERIES["lock_archive"])


def add_archive(conn: Connection, **columns: object) -> int:
    """Add an archived month; returns its id."""
    row = conn.execute(_QUERIES["add_archive"], columns).fetchone()
    assert row is not None  # noqa: S101 - an INSERT with RETURNING
    return int(row[0])


def archives(conn: Connection, month_on: date | None = None) -> list[Archive]:
    """Archived months, of one month or all, the oldest version first."""
    return conn.cursor(row_factory=class_row(Archive)).execute(_QUERIES["archives"], {"month_on": month_on}).fetchall()


def rows_digest(conn: Connection, chunk: Chunk) -> tuple[int, Decimal]:
    """How many rows stand in a chunk's span, and their digest."""
    row = conn.execute(_QUERIES["rows_digest"], _place(chunk)).fetchone()
    assert row is not None  # noqa: S101 - a function with OUT arguments has one row
    return row[0], row[1]


def add_check(
    conn: Connection, archive_id: int, chunk: Chunk, row_count: int, row_digest: Decimal, now: datetime
) -> None:
    """Note that a chunk's file was read back and fits."""
    conn.execute(
        _QUERIES["add_check"],
        {
            "archive_id": archive_id,
            **_place(chunk),
            "row_count": row_count,
            "row_digest": row_digest,
            "checked_at": now,
        },
    )


def checked_files(conn: Connection, archive_id: int) -> set[tuple[str, datetime]]:
    """Relation and start of the files of an archive that were found to fit."""
    return {(relation, at) for relation, at in conn.execute(_QUERIES["checked_files"], {"archive_id": archive_id})}


def reasons_to_keep(conn: Connection, chunk: Chunk) -> list[tuple[str, str]]:
    """Why a chunk may not be dropped: code, and whom or what it is about."""
    return [(code, detail) for code, detail in conn.execute(_QUERIES["reasons_to_keep"], _place(chunk))]


def drop_archived_chunk(conn: Connection, chunk: Chunk, *, reason: str, run_by: str) -> int:
    """Drop a chunk that nothing holds; the database checks that by itself.

    Raises: DataRefused where something does.
    """
    try:
        row = conn.execute(
            _QUERIES["drop_archived_chunk"], {**_place(chunk), "reason": reason, "run_by": run_by}
        ).fetchone()
    except (psycopg.errors.RestrictViolation, psycopg.errors.NoDataFound) as error:
        raise DataRefused(str(error).splitlines()[0]) from error
    assert row is not None  # noqa: S101 - a function's result
    return int(row[0])


def retention_runs(conn: Connection) -> list[RetentionRun]:
    """Every chunk that was dropped lawfully, the oldest first."""
    return conn.cursor(row_factory=class_row(RetentionRun)).execute(_QUERIES["retention_runs"]).fetchall()


def rows_after_retention(conn: Connection) -> list[tuple[datetime, int]]:
    """Where readings stand in the place of a dropped chunk, and how many."""
    return [(at, count) for at, count in conn.execute(_QUERIES["rows_after_retention"])]


def place_hold(conn: Connection, **columns: object) -> int:
    """Place a hold, on one unit or on all (`unit_code` None); returns its id.

    Raises: DataRefused where the unit is not registered.
    """
    row = conn.execute(_QUERIES["place_hold"], columns).fetchone()
    if row is None:
        raise DataRefused(f"unit {columns['unit_code']} is not registered")
    return int(row[0])


def end_hold(conn: Connection, retention_hold_id: int, reason: str, ended_by: str, now: datetime) -> bool:
    """Lift a hold; false where there is none of this number, or it was lifted before."""
    columns = {"retention_hold_id": retention_hold_id, "reason": reason, "ended_by": ended_by, "ended_at": now}
    return conn.execute(_QUERIES["end_hold"], columns).fetchone() is not None


def holds(conn: Connection) -> list[Hold]:
    """Holds that were not lifted."""
    return conn.cursor(row_factory=class_row(Hold)).execute(_QUERIES["holds"]).fetchall()


def dropped_between(conn: Connection, first_at: datetime, end_at: datetime) -> list[date]:
    """The months whose archives have what was dropped of the readings of a span; none where all of them are there."""
    found = conn.execute(_QUERIES["dropped_between"], {"first_at": first_at, "end_at": end_at})
    return [month_on for (month_on,) in found]


def dropped_spans(conn: Connection) -> list[tuple[datetime, datetime]]:
    """The spans of readings that were dropped, neighbouring ones as one."""
    return [(first_at, end_at) for first_at, end_at in conn.execute(_QUERIES["dropped_spans"])]


def _place(chunk: Chunk) -> dict[str, Any]:
    return {"relation_name": chunk.relation, "first_at": chunk.first_at, "end_at": chunk.end_at}
