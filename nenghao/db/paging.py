"""Reads a page of a query's rows together with how many there are in all, which the query says in a column `total`."""

from collections.abc import Mapping
from typing import Any, LiteralString, TypeVar

from psycopg.rows import dict_row

from nenghao.db.connection import Connection

_Row = TypeVar("_Row")


def read_page(
    conn: Connection, query: LiteralString, row: type[_Row], wanted: Mapping[str, Any], *, limit: int, offset: int
) -> tuple[list[_Row], int]:
    """A page of rows, and how many there are in all."""
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(query, {**wanted, "limit": limit, "offset": offset}).fetchall()
        first = found[0] if found else None
        if not found and offset > 0:
            # Beyond the last page no row is left to say how many there are.
            first = cursor.execute(query, {**wanted, "limit": 1, "offset": 0}).fetchone()
    total = 0 if first is None else int(first["total"])
    return [row(**{key: value for key, value in one.items() if key != "total"}) for one in found], total
