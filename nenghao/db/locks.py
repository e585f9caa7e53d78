"""Advisory locks of a transaction: a shard is stored by one writer, a day is closed while no batch touches it, and so
is the range of a tree while no leaf is added.

Leases are locks of a session: a shard has one collector, and all gateways one outbound sender.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

import psycopg

from nenghao.db.queries import load_queries

_QUERIES = load_queries("locks")

#: First keys of the two-key advisory locks; arbitrary, but fixed for ever.
SHARD_LOCK_CLASS: Final = 20_101
DAY_LOCK_CLASS: Final = 20_102
OUTBOUND_LEASE_CLASS: Final = 20_103
SHARD_LEASE_CLASS: Final = 20_105
#: Also in the function record_rows (sql/migrations/0009).
TREE_LOCK_CLASS: Final = 20_106
AGGREGATE_LOCK_CLASS: Final = 20_111

_EPOCH_ON: Final = date(2000, 1, 1)


def day_key(day_on: date) -> int:
    """The second key of a day's lock: days since 2000-01-01."""
    return (day_on - _EPOCH_ON).days


def lock_shard(conn: psycopg.Connection, shard: int) -> None:
    """Make this transaction the only one that stores messages of a shard, and say that it adds leaves.

    The range of a tree ends only where no such transaction is open, so that its leaves are in it or in the next one.
    """
    conn.execute(
        _QUERIES["lock_shard"],
        {"lock_class": SHARD_LOCK_CLASS, "shard": shard, "tree_lock_class": TREE_LOCK_CLASS},
    )


def lock_tree_exclusive(conn: psycopg.Connection) -> None:
    """Wait until no transaction adds leaves, and let none begin."""
    conn.execute(_QUERIES["lock_tree_exclusive"], {"tree_lock_class": TREE_LOCK_CLASS})


def lock_day_shared(conn: psycopg.Connection, days: Iterable[date]) -> None:
    """Say that this transaction writes readings of these Shanghai days; locks in ascending order."""
    _lock_days(conn, "lock_day_shared", days)


def lock_day_exclusive(conn: psycopg.Connection, days: Iterable[date]) -> None:
    """Wait until no batch writes readings of these Shanghai days, and keep others out; locks in ascending order."""
    _lock_days(conn, "lock_day_exclusive", days)


def lock_aggregates(conn: psycopg.Connection, month_on: date) -> None:
    """Make this transaction the only one that seals aggregates of a month: each is held against the others."""
    conn.execute(_QUERIES["lock_day_exclusive"], {"lock_class": AGGREGATE_LOCK_CLASS, "days": [day_key(month_on)]})


def lease_outbound(conn: psycopg.Connection) -> bool:
    """Be the one outbound sender for as long as the connection lives; false where there is another."""
    return _lease(conn, OUTBOUND_LEASE_CLASS, 0)


def lease_shard(conn: psycopg.Connection, shard: int) -> bool:
    """Be the one collector of a shard for as long as the connection lives; false where there is another."""
    return _lease(conn, SHARD_LEASE_CLASS, shard)


def _lease(conn: psycopg.Connection, lock_class: int, key: int) -> bool:
    row = conn.execute(_QUERIES["lease"], {"lock_class": lock_class, "key": key}).fetchone()
    return row is not None and bool(row[0])


def _lock_days(conn: psycopg.Connection, query: str, days: Iterable[date]) -> None:
    keys = sorted({day_key(day_on) for day_on in days})
    if keys:
        conn.execute(_QUERIES[query], {"lock_class": DAY_LOCK_CLASS, "days": keys})
