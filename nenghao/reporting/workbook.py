"""Writes tables that people fill in or read in a spreadsheet: headings, lists to choose from, and never a formula.

Before: rows of a register or a list (cli). After: a workbook that the same command reads again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Final, TypeAlias

import xlsxwriter

from nenghao.domain.periods import SHANGHAI

Value: TypeAlias = str | int | Decimal | date | datetime | None

#: Excel takes a list of choices of so many characters at the most.
MAX_LIST: Final = 255
#: Rows for which a template offers its lists; more can be filled in without.
LIST_ROWS: Final = 5000
_WIDEST: Final = 40


@dataclass(frozen=True, slots=True)
class WorkbookColumn:
    """A column: what people call it, the name that programs know it by, and the words to choose from."""

    heading: str
    name: str
    choices: tuple[str, ...] = ()
    #: What is typed into it: `text`, `number`, `date` or `instant`.
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """A sheet: its title, its columns, and a row of values for each line."""

    title: str
    columns: tuple[WorkbookColumn, ...]
    rows: Sequence[Sequence[Value]] = field(default=())


def workbook_bytes(sheets: Sequence[WorkbookSheet], notes_title: str = "", notes: Sequence[str] = ()) -> bytes:
    """The same in memory, to be handed out."""
    made = BytesIO()
    write_workbook(made, sheets, notes_title, notes)
    return made.getvalue()


def write_workbook(
    path: Path | BytesIO, sheets: Sequence[WorkbookSheet], notes_title: str = "", notes: Sequence[str] = ()
) -> None:
    """Write the sheets, and before them a sheet of notes where there are any. Times are Shanghai's, to the minute."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        if notes:
            page = workbook.add_worksheet(notes_title)
            page.set_column(0, 0, 110, workbook.add_format({"text_wrap": True, "valign": "top"}))
            for number, line in enumerate(notes):
                page.write_string(number, 0, line)
        for sheet in sheets:
            _write_sheet(workbook, sheet)


def _write_sheet(workbook: xlsxwriter.Workbook, sheet: WorkbookSheet) -> None:
    page = workbook.add_worksheet(sheet.title)
    head = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#DDE8F4"})
    name = workbook.add_format({"font_color": "#808080", "italic": True, "bottom": 1})
    formats = {
        "text": workbook.add_format({"num_format": "@"}),
        "number": workbook.add_format({}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        "instant": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, column.heading, head)
        page.write_string(1, place, column.name, name)
        values = [row[place] for row in sheet.rows[:200]]
        widest = max(_width(str(value)) for value in (column.heading, column.name, *values) if value is not None)
        page.set_column(place, place, min(widest + 2, _WIDEST), formats[column.kind])
        if column.choices and len(",".join(column.choices)) <= MAX_LIST:
            page.data_validation(2, place, LIST_ROWS, place, {"validate": "list", "source": list(column.choices)})
    page.freeze_panes(2, 0)
    for number, row in enumerate(sheet.rows, start=2):
        for place, value in enumerate(row):
            _write_cell(page, number, place, value, formats)


def _write_cell(page: Any, number: int, place: int, value: Value, formats: dict[str, Any]) -> None:
    """A number that a double does not hold exactly, and an instant with seconds, are written as text."""
    match value:
        case None:
            return
        case datetime():
            local = value.astimezone(SHANGHAI).replace(tzinfo=None)
            if local.second or local.microsecond:
                page.write_string(number, place, value.astimezone(SHANGHAI).isoformat(), formats["text"])
            else:
                page.write_datetime(number, place, local, formats["instant"])
        case date():
            page.write_datetime(number, place, value, formats["date"])
        case int() | Decimal() if _is_held(value):
            page.write_number(number, place, float(value), formats["number"])
        case int() | Decimal():
            page.write_string(number, place, format(Decimal(value), "f"), formats["text"])
        case str():
            page.write_string(number, place, value, formats["text"])


def _is_held(value: int | Decimal) -> bool:
    """Whether the sixteen digits that are written read as the value again."""
    written = float(f"{float(value):.16G}")
    return abs(written) < 10**15 and Decimal(repr(written)) == value


def _width(text: str) -> int:
    """Columns that a text takes: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
