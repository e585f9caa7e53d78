"""Reads register files into rows, and names every cell that is wrong by file, row, column and reason.

Before: tables of text (tables). After: rows beside each other and beside what is registered (judge).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from nenghao.errors import ConfigError
from nenghao.labels import load_labels
from nenghao.registers.columns import Cell, CellRefused, Column
from nenghao.registers.layout import SHEETS
from nenghao.registers.sheet import Sheet
from nenghao.registers.tables import Table, TableRefused, TableRow, read_tables

#: What names a row: the cells of its key columns, in order.
Key: TypeAlias = tuple[Cell, ...]
#: Heading of the column in which a rejects file tells what is wrong; nothing is read from it.
FAULT_COLUMN: Final = "fault"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One thing that is wrong in a register file. `row` counts as a spreadsheet does: the heading is row 1."""

    file_name: str
    row: int
    column: str
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stood in its file: texts by column, of the columns that the file has."""

    sheet: Sheet
    #: The file, and the sheet's title where it is a workbook.
    file_name: str
    number: int
    texts: Mapping[str, str]

    def fault(self, column: str, reason: str, text: str | None = None) -> Fault:
        """Something wrong with a cell of the row."""
        shown = self.texts.get(column, "") if text is None else text
        return Fault(file_name=self.file_name, row=self.number, column=column, reason=reason, text=shown)


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose cells parsed; a column that its file has not is None."""

    raw: RawRow
    cells: Mapping[str, Cell]

    @property
    def sheet(self) -> Sheet:
        """The register it belongs to."""
        return self.raw.sheet

    @property
    def key(self) -> Key:
        """What names the row in its register."""
        return tuple(self.cells[column] for column in self.raw.sheet.key)

    def fault(self, column: str, reason: str, text: str | None = None) -> Fault:
        """Something wrong with this row that only shows beside other rows."""
        return self.raw.fault(column, reason, text)


@dataclass(frozen=True, slots=True)
class Reading:
    """What register files hold: rows by sheet name, rows that did not parse, and faults."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {sheet.name: [] for sheet in SHEETS})
    unread: list[RawRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_registers(source: Path, sheet_name: str | None = None) -> Reading:
    """Read a workbook, a CSV file, or every CSV file and workbook of a folder.

    A CSV file holds the register that it is named after, `points.csv` or `计量点.csv`, unless `sheet_name` names it; so
    do the sheets of a workbook. Words after the first point of a file's name are nobody's concern.

    Raises: ConfigError where there is no register file at all, or no such register.
    """
    if sheet_name is not None and find_sheet(sheet_name) is None:
        raise ConfigError(f"there is no register {sheet_name}: {', '.join(sheet.name for sheet in SHEETS)}")
    reading = Reading()
    for path in _files(source):
        try:
            tables = read_tables(path)
        except TableRefused as refused:
            reading.faults.append(Fault(file_name=path.name, row=1, column="-", reason=str(refused)))
            continue
        for table in tables:
            _read_table(table, path.suffix.lower() == ".xlsx", sheet_name, reading)
    _refuse_repeated(reading)
    return reading


def read_texts(sheet: Sheet, texts: Mapping[str, str], reading: Reading, *, file_name: str, number: int = 1) -> None:
    """Read one row that was typed into a form and not into a file, beside the rows that are read already."""
    raw = RawRow(sheet, file_name, number, {name: texts[name].strip() for name in texts if name in sheet.by_name})
    _read_row(raw, {}, True, reading)


def find_sheet(name: str) -> Sheet | None:
    """The register of a name, or of a title in either language."""
    return next((sheet for sheet in SHEETS if name in {sheet.name, sheet.title("zh"), sheet.title("en")}), None)


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = sorted(
        path
        for path in source.iterdir()
        if path.suffix.lower() in {".csv", ".xlsx"} and not path.name.startswith(("~$", "."))
    )
    if not found:
        raise ConfigError(f"{source} holds none of {', '.join(sheet.file_name for sheet in SHEETS)}, and no workbook")
    return found


def _read_table(table: Table, is_workbook: bool, sheet_name: str | None, reading: Reading) -> None:
    if is_workbook and (not table.rows or table.name in _texts("register.notes")):
        return
    file_name = f"{table.file_name}!{table.name}" if is_workbook else table.file_name
    sheet = find_sheet(sheet_name or table.name.split(".")[0])
    if sheet is None:
        known = ", ".join(each.name for each in SHEETS)
        reading.faults.append(Fault(file_name=file_name, row=1, column="-", reason="sheet_unknown", text=known))
        return
    if not table.rows:
        reading.faults.append(Fault(file_name=file_name, row=1, column="-", reason="heading_missing"))
        return
    heading, *rows = table.rows
    places = _places(sheet, heading, file_name, reading.faults)
    if places is None:
        return
    if rows and _is_second_heading(sheet, places, rows[0]):
        rows = rows[1:]
    for row in rows:
        raw = RawRow(
            sheet,
            file_name,
            row.number,
            {name: row.cells[place] if place < len(row.cells) else "" for name, place in places.items()},
        )
        unreadable = {
            name: reason for name, place in places.items() if (reason := table.unreadable.get((row.number, place)))
        }
        _read_row(raw, unreadable, _fits(row, heading), reading)


def _fits(row: TableRow, heading: TableRow) -> bool:
    """Whether each cell of a row stands below a heading, and each heading above a cell."""
    below = zip(row.cells, heading.cells + ("",) * (len(row.cells) - len(heading.cells)), strict=False)
    return len(row.cells) >= len(heading.cells) and all(title or not cell for cell, title in below)


def _places(sheet: Sheet, heading: TableRow, file_name: str, faults: list[Fault]) -> dict[str, int] | None:
    """Where each column of the sheet stands in the file; columns may stand in any order, optional ones be left out."""
    places: dict[str, int] = {}
    wrong: list[Fault] = []
    for place, text in enumerate(heading.cells):
        if not text or _plain(text) in {FAULT_COLUMN, *_texts("register.fault_column")}:
            continue
        column = _column(sheet, text)
        if column is None or column.name in places:
            reason = "heading_unknown" if column is None else "heading_repeated"
            wrong.append(Fault(file_name=file_name, row=heading.number, column="-", reason=reason, text=text))
        else:
            places[column.name] = place
    wrong += [
        Fault(file_name=file_name, row=heading.number, column=column.name, reason="heading_missing")
        for column in sheet.columns
        if column.is_required and column.name not in places
    ]
    faults += wrong
    return None if wrong else places


def _is_second_heading(sheet: Sheet, places: Mapping[str, int], row: TableRow) -> bool:
    """Whether a row says the headings again, in another language or as names."""
    told = [(name, row.cells[place]) for name, place in places.items() if place < len(row.cells) and row.cells[place]]
    return bool(told) and all((column := _column(sheet, text)) and column.name == name for name, text in told)


def _column(sheet: Sheet, text: str) -> Column | None:
    plain = _plain(text)
    return next(
        (
            column
            for column in sheet.columns
            if plain in {column.name, sheet.heading(column, "zh"), sheet.heading(column, "en")}
        ),
        None,
    )


def _plain(text: str) -> str:
    """A heading without the star that marks what must be given."""
    return text.rstrip("*＊ ")


def _texts(key: str) -> set[str]:
    return {load_labels("zh")[key], load_labels("en")[key]}


def _read_row(raw: RawRow, unreadable: Mapping[str, str], is_whole: bool, reading: Reading) -> None:
    faults = [] if is_whole else [raw.fault("-", "cell_count")]
    cells: dict[str, Cell] = {}
    for column in raw.sheet.columns if is_whole else ():
        text = raw.texts.get(column.name, "")
        try:
            if column.name in unreadable:
                raise CellRefused(unreadable[column.name])
            if not text and column.is_required:
                raise CellRefused("empty")
            cells[column.name] = column.parse(text) if text else None
        except CellRefused as refused:
            faults.append(raw.fault(column.name, str(refused)))
    reading.faults.extend(faults)
    if faults:
        reading.unread.append(raw)
    else:
        reading.rows[raw.sheet.name].append(Row(raw, cells))


def _refuse_repeated(reading: Reading) -> None:
    """Take rows out that name what an earlier row named already."""
    for name, rows in reading.rows.items():
        kept: dict[Key, Row] = {}
        for row in rows:
            if kept.setdefault(row.key, row) is not row:
                reading.faults.append(row.fault(row.sheet.key[-1], "repeated"))
                reading.unread.append(row.raw)
        reading.rows[name] = list(kept.values())


def all_rows(rows: Mapping[str, Iterable[Row]]) -> Iterator[Row]:
    """Rows of every sheet, in the order of references."""
    for sheet in SHEETS:
        yield from rows.get(sheet.name, ())
