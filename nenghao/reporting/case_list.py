"""Writes a list of cases as a spreadsheet or as CSV: texts stay texts, whatever they begin with.

Before: rows of the worklist with their words. After: a file on somebody's desk.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Literal

from nenghao.domain.periods import SHANGHAI
from nenghao.reporting.exports import BYTE_ORDER_MARK, inert
from nenghao.reporting.workbook import Value, WorkbookColumn, WorkbookSheet, workbook_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumn:
    """A column: its heading, the name that programs know it by, and what it holds: text, number, date or instant."""

    name: str
    heading: str
    kind: str


def write_list(
    form: Literal["xlsx", "csv"], *, title: str, columns: Sequence[ListColumn], rows: Sequence[Sequence[Value]]
) -> bytes:
    """The file of a list; instants are Shanghai's, to the minute, and missing is empty."""
    if form == "csv":
        text = StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([column.heading for column in columns])
        writer.writerows([[_field(value) for value in row] for row in rows])
        return f"{BYTE_ORDER_MARK}{text.getvalue()}".encode()
    heads = tuple(WorkbookColumn(heading=one.heading, name=one.name, kind=one.kind) for one in columns)
    return workbook_bytes([WorkbookSheet(title=title[:31], columns=heads, rows=rows)])


def _field(value: Value) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case int() | Decimal():
            return inert(Decimal(value))
        case str():
            return inert(value)
