"""Returns as the relations judge them: which wait, the cells of many at once, and what was said of each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

import psycopg
from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.filed_cells import Key

_QUERIES = load_queries("returns")

#: What is judged. A draft is judged as the filing that it is to become, for its unit alone.
Judged = Literal["monitored_balance", "filing", "draft"]
_FILED: Final = {
    judged: {
        "table": sql.Identifier(judged),
        "key": sql.Identifier(f"{judged}_id"),
        "cells": sql.Identifier(f"{judged}_cell"),
    }
    for judged in ("filing", "draft")
}


@dataclass(frozen=True, slots=True)
class JudgedReturn:
    """A return by its kind's id, its unit and its month."""

    return_id: int
    unit_id: int
    month_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledNote:
    """A 说明 that a unit filed for a relation at a cell: it answers for the values that stood there."""

    filing_id: int
    relation_code: str
    form_code: str
    row_code: str
    column_code: str
    left_value: Decimal | None
    right_value: Decimal | None
    cause: str
    quantity: str
    document: str
    noted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideCell:
    """A cell that lies beside a return after alignment: of the monitored side, a statement or the production."""

    return_id: int
    of_return: str
    form_code: str
    row_code: str
    column_code: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCheck:
    """What the relations of an edition said of one return."""

    kind: Literal["monitored_balance", "filing"]
    judged: JudgedReturn
    edition: str
    mandatory_broken: int
    explanatory_broken: int
    not_run: int


def unchecked_balances(conn: Connection, edition: str) -> list[int]:
    """Newest balances that are not sealed and that the relations of an edition were not run over."""
    return [row[0] for row in conn.execute(_QUERIES["unchecked_balances"], {"edition": edition})]


def unchecked_filings(conn: Connection) -> list[int]:
    """Filings that the relations were not run over; a later edition is no reason to judge a filing again."""
    return [row[0] for row in conn.execute(_QUERIES["unchecked_filings"])]


def judged_returns(conn: Connection, judged: Judged, return_ids: Sequence[int]) -> list[JudgedReturn]:
    """The returns of these ids that there are."""
    query = sql.SQL(_QUERIES["judged_balances" if judged == "monitored_balance" else "judged_filed"])
    rows = conn.execute(query.format(**_FILED.get(judged, {})), {"return_ids": list(return_ids)})
    return [JudgedReturn(*row) for row in rows]


def figures_of(
    conn: Connection, judged: Judged, return_ids: Sequence[int], rows: Sequence[str], columns: Sequence[str]
) -> dict[int, dict[Key, Decimal]]:
    """Figures of 205-1 at some rows and columns, by filing or draft."""
    query = sql.SQL(_QUERIES["figures_of"]).format(**_FILED[judged])
    parameters = {"return_ids": list(return_ids), "rows": list(rows), "columns": list(columns)}
    found: defaultdict[int, dict[Key, Decimal]] = defaultdict(dict)
    for return_id, form, row, column, value in conn.execute(query, parameters):
        found[return_id][form, row, column] = value
    return dict(found)


def notes_of(conn: Connection, filing_ids: Sequence[int]) -> list[FiledNote]:
    """What units explained (说明) in filings."""
    cursor = conn.cursor(row_factory=class_row(FiledNote))
    return list(cursor.execute(_QUERIES["notes_of"], {"filing_ids": list(filing_ids)}))


def batch_query(
    conn: Connection,
    judged: Judged,
    return_ids: Sequence[int],
    coefficient_codes: Sequence[str],
    beside: Sequence[BesideCell],
) -> str:
    """The batch of many returns as Great Expectations takes it: text that begins with SELECT, all values in it."""
    cells = [
        {
            "return_id": cell.return_id,
            "of_return": cell.of_return,
            "form_code": cell.form_code,
            "row_code": cell.row_code,
            "column_code": cell.column_code,
            "value": str(cell.value),
        }
        for cell in beside
    ]
    parameters = {
        "return_ids": list(return_ids),
        "coefficient_codes": list(coefficient_codes),
        "beside": Jsonb(cells),
    }
    query = sql.SQL(_QUERIES["batch_balance_cell" if judged == "monitored_balance" else "batch_filed_cell"])
    text = psycopg.ClientCursor(conn).mogrify(query.format(**_FILED.get(judged, {})), parameters)
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def relations(conn: Connection, edition: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(form, relation, obligation, definition) of an edition."""
    return list(conn.execute(_QUERIES["relations"], {"edition": edition}))


def insert_return_checks(
    conn: Connection, checks: Sequence[ReturnCheck], audit_run_id: int, checked_at: datetime
) -> None:
    """Append what a run said of each return."""
    rows = [
        {
            "kind": check.kind,
            "return_id": check.judged.return_id,
            "unit_id": check.judged.unit_id,
            "month_on": check.judged.month_on,
            "edition": check.edition,
            "mandatory_broken": check.mandatory_broken,
            "explanatory_broken": check.explanatory_broken,
            "not_run": check.not_run,
            "audit_run_id": audit_run_id,
            "checked_at": checked_at,
        }
        for check in checks
    ]
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["insert_return_check"], rows)
