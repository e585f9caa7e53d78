"""Reads a CSV file or a workbook into rows of text, each with its number.

Before: a file that a person filled in. After: rows of a register (reader), or of any other template.
"""

import csv
import io
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import dropwhile
from pathlib import Path
from typing import Final, TypeAlias

import python_calamine as calamine

from nenghao.domain.periods import SHANGHAI
from nenghao.errors import DataRefused
from nenghao.registers.workbook_scan import MAX_CELLS, CellPlace, WorkbookRefused, scan_workbook

#: A province's series fit in it ten times over; anything larger is no register.
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
#: A double holds every whole number of 15 digits and not every one of 16: Excel has already changed a longer one.
MAX_EXACT: Final = 10**15
#: What `escape` put before a text that a spreadsheet would take for a formula.
_ESCAPED: Final = re.compile(r"'+[=+\-@\t\r]")
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
#: Byte order mark in UTF-8: Excel writes one, other programs none.
_BOM: Final = b"\xef\xbb\xbf"

_Value: TypeAlias = str | float | bool | date | datetime | time | object


class TableRefused(DataRefused):
    """A file cannot be read as a table; the message is a label key below `register.reason`."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row with something in it. `number` counts as a spreadsheet does, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a workbook, or one CSV file. Blank rows are left out; cells are stripped of outer blanks."""

    file_name: str
    #: The sheet's title, or the file's name without its ending.
    name: str
    rows: tuple[TableRow, ...]
    #: Cells whose text is not what their author sees, by (row number, column from 0): reasons below `register.reason`.
    #: They read as empty; whoever reads the table has to refuse them.
    unreadable: dict[CellPlace, str]


def read_tables(path: Path) -> tuple[Table, ...]:
    """The tables of a file by its ending: one of a `.csv`, each visible sheet of an `.xlsx`.

    Dates read as 2026-10-01. A spreadsheet knows no zones: its date with a time is Shanghai's, and reads so. Formulas
    read as the value they had when the file was saved.

    Raises: TableRefused where the file as a whole cannot be read.
    """
    ending = path.suffix.lower()
    if ending not in {".csv", ".xlsx"}:
        raise TableRefused("file_kind")
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise TableRefused("file_too_large")
        content = path.read_bytes()
    except OSError:
        raise TableRefused("file_unreadable") from None
    return (_read_csv(path, content),) if ending == ".csv" else _read_workbook(path.name, content)


def escape(text: str) -> str:
    """A text as a CSV file holds it: one that a spreadsheet would take for a formula gets an apostrophe before it.

    >>> escape("=1+1"), escape("'=1+1"), escape("E1-1")
    ("'=1+1", "''=1+1", 'E1-1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unescape(text: str) -> str:
    """The text that was escaped; others as they are.

    >>> unescape("'=1+1"), unescape("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if _ESCAPED.match(text) else text


def _read_csv(path: Path, content: bytes) -> Table:
    if content.count(b",") + content.count(b"\n") > MAX_CELLS:  # a gigabyte of empty texts
        raise TableRefused("file_too_large")
    try:
        text = content.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        raise TableRefused("gbk_csv" if _is_gbk(content) else "not_utf8_csv") from None
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise TableRefused("not_utf8_csv") from None
    rows = tuple(
        TableRow(number, tuple(unescape(cell.strip()) for cell in line))
        for number, line in enumerate(lines, start=1)
        if any(cell.strip() for cell in line)
    )
    return Table(path.name, path.stem, rows, {})


def _is_gbk(content: bytes) -> bool:
    """Whether the bytes are text in GB 18030, which a Chinese Excel writes by default."""
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def _read_workbook(file_name: str, content: bytes) -> tuple[Table, ...]:
    try:
        scanned = scan_workbook(content)
        with calamine.load_workbook(io.BytesIO(content)) as workbook:
            return tuple(
                _read_sheet(
                    file_name, workbook.get_sheet_by_name(sheet.name), scanned.unreadable_of.get(sheet.name, {})
                )
                for sheet in workbook.sheets_metadata
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
            )
    except WorkbookRefused as refused:
        raise TableRefused(str(refused)) from None
    except calamine.PasswordError:
        raise TableRefused("workbook_locked") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise TableRefused("not_workbook") from None


def _read_sheet(file_name: str, sheet: calamine.CalamineSheet, scanned: dict[CellPlace, str]) -> Table:
    unreadable = dict(scanned)
    read: list[TableRow] = []
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = tuple(_text(value) for value in values)
        for column, (value, cell) in enumerate(zip(values, cells, strict=True)):
            if cell is None:
                unreadable[number, column] = "number_too_long" if isinstance(value, float) else "cell_kind"
        read.append(TableRow(number, tuple(cell or "" for cell in cells)))
    width = max((_width(row.cells) for row in read), default=0)
    width = max([width, *(column + 1 for _, column in unreadable)])
    marked = {number for number, _ in unreadable}
    rows = tuple(
        TableRow(row.number, row.cells[:width] + ("",) * (width - len(row.cells)))
        for row in read
        if any(row.cells) or row.number in marked
    )
    return Table(file_name, sheet.name, rows, unreadable)


def _width(cells: Iterable[str]) -> int:
    return len(list(dropwhile(lambda cell: not cell, reversed(list(cells)))))


def _text(value: _Value) -> str | None:
    """A typed cell as text; None where no text says what its author sees."""
    match value:
        case str():
            return value.strip()
        case bool():
            return str(value).lower()
        case float() | int():
            if not math.isfinite(value) or abs(value) >= MAX_EXACT:
                return None
            return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")
        case datetime():
            return value.replace(tzinfo=SHANGHAI).isoformat()
        case date():
            return value.isoformat()
        case time():
            return value.isoformat()
    return None
