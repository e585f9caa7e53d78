"""Cases as they are listed: the queries of sql/queries/case_listing.sql."""

from collections.abc import Sequence
from typing import Any

from psycopg.rows import dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

Row = dict[str, Any]


def cases_to_list(
    conn: Connection,
    *,
    audit_run_ids: Sequence[int],
    unit_ids: Sequence[int],
    ranking_edition: str,
    is_all: bool,
) -> list[int]:
    """Ids of cases whose place in the list may have changed."""
    parameters = {
        "audit_run_ids": list(audit_run_ids),
        "unit_ids": list(unit_ids),
        "ranking_edition": ranking_edition,
        "is_all": is_all,
    }
    return [row[0] for row in conn.execute(load_queries("case_listing")["cases_to_list"], parameters)]


def lock_listed(conn: Connection, case_ids: Sequence[int]) -> None:
    """Let decisions on cases wait until this transaction has listed them."""
    conn.execute(load_queries("case_listing")["lock_listed"], {"case_ids": list(case_ids)})


def list_cases(conn: Connection, rows: Sequence[Row]) -> None:
    """Write how cases are listed now."""
    with conn.cursor() as cursor:
        cursor.executemany(load_queries("case_listing")["list_case"], rows)


def listed_cases(conn: Connection, *, sort: str, row_limit: int, row_offset: int, **filters: object) -> list[Row]:
    """A page of the cases that fit, in the order `sort`."""
    parameters = {**filters, "sort": sort, "row_limit": row_limit, "row_offset": row_offset}
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load_queries("case_listing")["listed_cases"], parameters).fetchall()


def listed_counts(conn: Connection, **filters: object) -> list[tuple[str, str, int]]:
    """(filter, value, cases) of all that fit; the filter `total` is under all filters, each other under the others."""
    return list(conn.execute(load_queries("case_listing")["listed_counts"], filters))
