"""Reads register files into rows, and names every cell that is wrong by file, row, column and reason."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from nenghao.errors import ConfigError
from nenghao.registers.columns import Cell, CellRefused
from nenghao.registers.layout import SHEETS, Sheet

#: What names a row: the cells of its key columns, in order.
Key: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One thing that is wrong in a register file. `row` counts as a spreadsheet does: the heading is row 1."""

    file_name: str
    row: int
    column: str
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose cells parsed."""

    sheet: Sheet
    number: int
    cells: Mapping[str, Cell]

    def fault(self, column: str, reason: str) -> Fault:
        """Something wrong with this row that only shows beside other rows."""
        return Fault(
            file_name=self.sheet.file_name, row=self.number, column=column, reason=reason, text=str(self.cells[column])
        )

    @property
    def key(self) -> Key:
        """What names the row in its file."""
        return tuple(self.cells[column] for column in self.sheet.key)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a register folder holds: rows by sheet name, and faults."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_folder(folder: Path) -> Reading:
    """Read every register file of `folder`; a file that is not there has no rows.

    Raises: ConfigError where the folder holds no register file at all.
    """
    reading = Reading()
    for sheet in SHEETS:
        path = folder / sheet.file_name
        reading.rows[sheet.name] = _read_sheet(sheet, path, reading.faults) if path.exists() else []
    if not any((folder / sheet.file_name).exists() for sheet in SHEETS):
        names = ", ".join(sheet.file_name for sheet in SHEETS)
        raise ConfigError(f"{folder} holds none of {names}")
    return reading


def _read_sheet(sheet: Sheet, path: Path, faults: list[Fault]) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error):
        faults.append(Fault(file_name=path.name, row=1, column="-", reason="not_utf8_csv"))
        return []
    heading = lines[0] if lines else []
    expected = [column.name for column in sheet.columns]
    if heading != expected:
        faults.append(Fault(file_name=path.name, row=1, column="-", reason="heading", text=", ".join(expected)))
        return []
    rows = [_read_row(sheet, number, line, faults) for number, line in enumerate(lines[1:], start=2) if any(line)]
    good = [row for row in rows if row is not None]
    seen: dict[Key, Row] = {}
    faults += [row.fault(sheet.key[-1], "repeated") for row in good if seen.setdefault(row.key, row) is not row]
    return good


def _read_row(sheet: Sheet, number: int, line: list[str], faults: list[Fault]) -> Row | None:
    if len(line) != len(sheet.columns):
        faults.append(
            Fault(file_name=sheet.file_name, row=number, column="-", reason="cell_count", text=str(len(line)))
        )
        return None
    cells: dict[str, Cell] = {}
    before = len(faults)
    for column, raw in zip(sheet.columns, line, strict=True):
        text = raw.strip()
        try:
            if not text and column.is_required:
                raise CellRefused("empty")
            cells[column.name] = column.parse(text) if text else None
        except CellRefused as refused:
            faults.append(
                Fault(file_name=sheet.file_name, row=number, column=column.name, reason=str(refused), text=text)
            )
    return Row(sheet, number, cells) if len(faults) == before else None
