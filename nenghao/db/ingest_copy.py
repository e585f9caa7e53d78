"""Binary COPY into the tables and stages of a batch."""

from collections.abc import Iterable
from typing import Final

import psycopg

from nenghao.db.queries import load_queries

_QUERIES = load_queries("ingest")

_COPY_TYPES: Final = {
    "copy_identities": ["int4", "int4", "uuid", "int8", "text", "bytea"],
    "copy_readings": ["int4", "timestamptz", "numeric", "int8", "int2", "text", "text"],
    "copy_new_readings": ["int4", "timestamptz", "numeric", "int8", "int2", "text", "text"],
    "copy_messages": [
        *(
            "int8",
            "int2",
            "int4",
            "uuid",
            "int8",
            "text",
            "text",
            "text",
            "text",
            "bytea",
            "timestamptz",
            "timestamptz",
        ),
        *("text", "int4", "int4", "int4", "int4", "int4", "int4", "text", "text", "bytea", "bytea"),
    ],
    "copy_raw": ["int8", "timestamptz", "bytea"],
    "copy_refusals": ["int8", "int2", "text", "text", "text", "timestamptz", "text", "timestamptz"],
    "copy_conflicts": ["int4", "timestamptz", "numeric", "numeric", "int8", "int2", "timestamptz", "text"],
    "copy_revisions": [
        "int4",
        "timestamptz",
        "numeric",
        "numeric",
        "text",
        "text",
        "int8",
        "int2",
        "timestamptz",
        "text",
    ],
    "copy_marks": ["int4", "date"],
}


def copy_rows(conn: psycopg.Connection, query: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Binary COPY of rows, or nothing where there are none."""
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return
    with conn.cursor().copy(_QUERIES[query]) as copy:
        copy.set_types(_COPY_TYPES[query])
        write_row = copy.write_row
        write_row(first)
        for row in iterator:
            write_row(row)
