"""Lists of the bureau as files for other programs: a workbook, or a CSV that spreadsheet programs read as UTF-8."""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Final

from nenghao.domain.periods import SHANGHAI
from nenghao.reporting.exports import BYTE_ORDER_MARK, inert
from nenghao.reporting.workbook import Value, WorkbookColumn, WorkbookSheet, workbook_bytes

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
#: What a spreadsheet program takes as the name of a sheet.
SHEET_NAME: Final = 31


def as_workbook(title: str, columns: Sequence[WorkbookColumn], rows: Sequence[Sequence[Value]]) -> bytes:
    """One sheet; text stays text, whatever it begins with."""
    return workbook_bytes([WorkbookSheet(title=title[:SHEET_NAME], columns=tuple(columns), rows=rows)])


def as_csv(columns: Sequence[WorkbookColumn], rows: Sequence[Sequence[Value]]) -> bytes:
    """A line of headings and a line a row; what is not known is empty, never zero."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([inert(column.heading) for column in columns])
    for row in rows:
        writer.writerow([_plain(value) for value in row])
    return f"{BYTE_ORDER_MARK}{text.getvalue()}".encode()


def _plain(value: Value) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(SHANGHAI).isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case Decimal() | str():
            return inert(value)
