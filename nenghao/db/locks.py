"""Advisory locks of a transaction: a shard is stored by one writer, a day is closed while no batch touches it."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import psycopg

from nenghao.db.queries import load_queries

_QUERIES = load_queries("locks")

#: First keys of the two-key advisory locks; arbitrary, but fixed for ever.
SHARD_LOCK_CLASS: Final = 20_101
DAY_LOCK_CLASS: Final = 20_102
OUTBOUND_LOCK_CLASS: Final = 20_103

_EPOCH_ON: Final = date(2000, 1, 1)


def day_key(day_on: date) -> int:
    """The second key of a day's lock: days since 2000-01-01."""
    return (day_on - _EPOCH_ON).days


def lock_shard(conn: psycopg.Connection, shard: int) -> None:
    """Make this transaction the only one that stores messages of a shard."""
    conn.execute(_QUERIES["lock_shard"], {"lock_class": SHARD_LOCK_CLASS, "shard": shard})


def lock_day_shared(conn: psycopg.Connection, days: Iterable[date]) -> None:
    """Say that this transaction writes readings of these Shanghai days; locks in ascending order."""
    _lock_days(conn, "lock_day_shared", days)


def lock_day_exclusive(conn: psycopg.Connection, days: Iterable[date]) -> None:
    """Wait until no batch writes readings of these Shanghai days, and keep others out; locks in ascending order."""
    _lock_days(conn, "lock_day_exclusive", days)


def lock_outbound(conn: psycopg.Connection) -> bool:
    """Become the one outbound sender for as long as the connection lives; false where there is another."""
    row = conn.execute(_QUERIES["lock_outbound"], {"lock_class": OUTBOUND_LOCK_CLASS}).fetchone()
    return row is not None and bool(row[0])


def _lock_days(conn: psycopg.Connection, query: str, days: Iterable[date]) -> None:
    keys = sorted({day_key(day_on) for day_on in days})
    if keys:
        conn.execute(_QUERIES[query], {"lock_class": DAY_LOCK_CLASS, "days": keys})
