"""Who collects: the workers that share a list of shards, and the shards that have a collector.

Both are advisory locks of sessions, so that a worker that dies leaves its place and its shards at once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from zlib import crc32

import psycopg

from nenghao.db.locks import SHARD_LEASE_CLASS
from nenghao.db.queries import load_queries

_QUERIES = load_queries("workers")

#: Places are counted in seconds from here, so that they fit 32 bits for longer than a century.
_EPOCH_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)


def join_workers(conn: psycopg.Connection, shards: Sequence[int], started_at: datetime) -> int:
    """Take a place among the workers of these shards for as long as the connection lives; returns it.

    Places are ordered by start, so that a newcomer never moves the shards of those who work already.
    """
    since = int((started_at - _EPOCH_AT).total_seconds())
    while not _is_joined(conn, shards, since):
        since += 1
    return since


def count_before(conn: psycopg.Connection, shards: Sequence[int], place: int) -> tuple[int, int]:
    """How many workers share these shards, and how many of them have been at work for longer than `place`."""
    places = [since for (since,) in conn.execute(_QUERIES["worker_places"], {"crowd": _crowd(shards)})]
    return len(places), sum(one < place for one in places)


def leased_shards(conn: psycopg.Connection) -> set[int]:
    """The shards that have a collector somewhere."""
    return {shard for (shard,) in conn.execute(_QUERIES["leased_shards"], {"lock_class": SHARD_LEASE_CLASS})}


def _is_joined(conn: psycopg.Connection, shards: Sequence[int], since: int) -> bool:
    row = conn.execute(_QUERIES["join_workers"], {"crowd": _crowd(shards), "since": since}).fetchone()
    return row is not None and bool(row[0])


def _crowd(shards: Sequence[int]) -> int:
    """Workers with the same list share it; 31 bits, because the upper half of a place is signed."""
    return crc32(",".join(map(str, sorted(shards))).encode()) >> 1
