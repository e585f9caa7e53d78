"""Writes a list as a spreadsheet or as CSV: texts stay texts, whatever they begin with.

Before: the rows of a page, as they are filtered. After: a file on somebody's desk.
"""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Final, Literal

from nenghao.domain.periods import SHANGHAI
from nenghao.reporting.exports import BYTE_ORDER_MARK, inert
from nenghao.reporting.workbook import Value, WorkbookColumn, WorkbookSheet, workbook_bytes

#: What a spreadsheet program takes as the name of a sheet.
SHEET_NAME: Final = 31


def write_list(
    form: Literal["xlsx", "csv"], *, title: str, columns: Sequence[WorkbookColumn], rows: Sequence[Sequence[Value]]
) -> bytes:
    """The file of a list; instants are Shanghai's, to the minute, and missing is empty."""
    if form == "csv":
        text = StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([inert(column.heading) for column in columns])
        writer.writerows([[_field(value) for value in row] for row in rows])
        return f"{BYTE_ORDER_MARK}{text.getvalue()}".encode()
    return workbook_bytes([WorkbookSheet(title=title[:SHEET_NAME], columns=tuple(columns), rows=rows)])


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
