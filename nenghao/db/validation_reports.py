"""What audit runs asked and found: the queries of sql/queries/validation_reports.sql."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg.rows import dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

Row = dict[str, Any]


def runs(conn: Connection, *, run_id: int | None, first_on: date | None, last_on: date | None) -> list[Row]:
    """One run, or all over days of a span."""
    return _rows(conn, "validation_runs", {"run_id": run_id, "first_on": first_on, "last_on": last_on})


def rules_asked(conn: Connection, run_ids: Sequence[int]) -> list[Row]:
    """Each rule that runs asked, with its text as it was then."""
    return _rows(conn, "validation_rules", {"run_ids": list(run_ids)})


def findings(conn: Connection, run_ids: Sequence[int]) -> list[Row]:
    """Findings that runs wrote, without their figures."""
    return _rows(conn, "validation_findings", {"run_ids": list(run_ids)})


def _rows(conn: Connection, name: str, parameters: Row) -> list[Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load_queries("validation_reports")[name], parameters).fetchall()
