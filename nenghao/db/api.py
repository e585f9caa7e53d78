"""Pages of rows for the HTTP API, as who asks may see them: the queries of sql/queries/api.sql."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

from psycopg.rows import dict_row

from nenghao.db import paging
from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES: Final = load_queries("api")
_Row = TypeVar("_Row")
Owner = Literal["case", "filing", "balance", "series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The zip of a release."""

    unit_id: int | None
    archive_name: str
    archive_hash: str
    archive: bytes


def read_page(
    conn: Connection, name: str, row: type[_Row], wanted: dict[str, Any], *, limit: int, offset: int
) -> tuple[list[_Row], int]:
    """A page of a query's rows, and how many there are in all."""
    return paging.read_page(conn, _QUERIES[name], row, wanted, limit=limit, offset=offset)


def find_unit(conn: Connection, unit_code: str) -> int | None:
    """The id of a unit that who asks may see."""
    return _first(conn, "unit_id", {"unit": unit_code})


def unit_of(conn: Connection, owner: Owner, number: int) -> tuple[bool, int | None]:
    """Whether who asks may see the thing of this number, and the unit it is of."""
    found = conn.execute(_QUERIES[f"unit_of_{owner}"], {f"{owner}_id": number}).fetchone()
    return found is not None, None if found is None else found[0]


def load_archive(conn: Connection, release_id: int, now: datetime) -> Archive | None:
    """The archive of a release that who asks may see by now."""
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_QUERIES["release_archive"], {"release_id": release_id, "now": now}).fetchone()
    return None if found is None else Archive(**found)


def _first(conn: Connection, name: str, wanted: dict[str, Any]) -> int | None:
    found: Sequence[Any] | None = conn.execute(_QUERIES[name], wanted).fetchone()
    return None if found is None else int(found[0])
