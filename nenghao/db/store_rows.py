"""Every stored row that a leaf was made of, streamed in the order of the leaves: what `verify store` reads."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import psycopg
from psycopg import sql

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("store_rows")

#: Rows fetched at once: memory stays flat however large the store is.
ROWS_AT_ONCE: Final = 10_000

Row = Sequence[Any]


@contextmanager
def one_snapshot(conn: Connection) -> Iterator[None]:
    """Read everything as of one instant, though batches are stored meanwhile."""
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def stream(conn: Connection, query: str, ids: tuple[int, int] | None = None) -> Iterator[Row]:
    """The rows of a query of sql/queries/store_rows.sql, all or of a range of messages, by a cursor in the server."""
    first_id, last_id = ids or (None, None)
    wanted: dict[str, object] = {"first_id": first_id, "last_id": last_id, "first_at": None, "last_at": None}
    return _stream(conn, query, _QUERIES[query], wanted)


def rows_of_message(
    conn: Connection, query: str, message_id: int, instants: tuple[datetime | None, datetime | None] = (None, None)
) -> Sequence[Row]:
    """The rows of one message by the same query; of readings, those between two instants."""
    wanted = {"first_id": message_id, "last_id": message_id, "first_at": instants[0], "last_at": instants[1]}
    return conn.execute(_QUERIES[query], wanted, binary=True).fetchall()


def batch_shards(conn: Connection) -> list[int]:
    """Every shard that has batches."""
    return [shard for (shard,) in conn.execute(_QUERIES["batch_shards"])]


def tracked_tables(conn: Connection) -> dict[str, tuple[list[str], bool]]:
    """Every table that has row leaves: the columns of its key, and whether its rows are still recorded.

    Without columns where the table or its key is gone.
    """
    return {
        name: (columns or [], is_recorded) for name, columns, is_recorded in conn.execute(_QUERIES["tracked_tables"])
    }


def stream_rows(conn: Connection, table: str, key_columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Key and text of each row of a tracked table, in the order of the keys."""
    columns = sql.SQL(", ").join(sql.Identifier("t", column) for column in key_columns)
    query = sql.SQL(_QUERIES["rows_of"]).format(table=sql.Identifier(table), key=columns)
    yield from _stream(conn, f"rows_{table}", query, None)


def stream_row_leaves(conn: Connection, table: str) -> Iterator[tuple[str, bytes, bool]]:
    """For each row of a table its key, the hash of its newest leaf and whether an older leaf has another one, in the
    order of the keys.
    """
    leaves = _stream(conn, f"leaves_{table}", _QUERIES["row_leaves_of"], {"table_name": table})
    for key, of_row in groupby(leaves, key=itemgetter(0)):
        digest, is_rewritten = b"", False
        for place, (_, one) in enumerate(of_row):
            is_rewritten = is_rewritten or (place > 0 and one != digest)
            digest = one
        yield key, digest, is_rewritten


def message_of(conn: Connection, unit: str, gateway: str, boot_id: str, seq: int) -> tuple[int, bytes] | None:
    """Id and hash of the message that is stored under an identity; None where there is none."""
    columns = {"unit_code": unit, "gateway_code": gateway, "boot_id": boot_id, "seq": seq}
    row = conn.execute(_QUERIES["message_of_identity"], columns).fetchone()
    return None if row is None else (row[0], bytes(row[1]))


def _stream(conn: Connection, name: str, query: Any, parameters: dict[str, object] | None) -> Iterator[Any]:
    with psycopg.ServerCursor(conn, name) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(query, parameters, binary=True)
        yield from cursor
