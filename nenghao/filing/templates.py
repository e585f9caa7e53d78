"""Templates of figures that meters cannot give: stocks, purchases and money, raw material, transport, conversion.

A workbook has a sheet for each form, laid out as the form; a CSV file has a line for each figure. Blank cells say
nothing. Before: a draft. After: people fill it in, and `drafting.set_cells` takes what is new.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from nenghao.domain.filed_cells import FORM_1, FORM_2, FORM_3, FiledCell, Key
from nenghao.domain.rounding import exact_text
from nenghao.domain.varieties import VarietyEdition
from nenghao.labels import Language, label
from nenghao.registers.tables import Table, TableRefused, TableRow, read_tables

#: Columns of each form in the order of its sheet. Those with a name stand beside the form in the unit's own ledger.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    FORM_1: (
        "1", "2", "outside_province", "3", "4", "5", "6", "7", "8", "9", "10", "primary", "supplied", "loss",
    ),
    FORM_2: ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"),
    FORM_3: ("numerator", "denominator", "factor", "indicator"),
}  # fmt: skip
LONG_HEADING: Final = ("form", "row", "column", "value")
#: What stands before the figures of a row.
HEAD: Final = ("row", "name", "unit")
_FIGURE: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
_ROW_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFault:
    """A cell of a file that is no figure; `row` counts as a spreadsheet does."""

    file_name: str
    sheet: str
    row: int
    column: str
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a file says: figures by cell, or what is wrong with it."""

    entries: dict[Key, Decimal]
    faults: tuple[FigureFault, ...]


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One form as a sheet: headings for people, codes for programs, a line for each row."""

    form: str
    headings: tuple[str, ...]
    codes: tuple[str, ...]
    rows: tuple[tuple[str | Decimal | None, ...], ...]


def form_sheets(
    cells: Mapping[Key, FiledCell],
    varieties: VarietyEdition,
    language: Language,
    *,
    forms: Sequence[str] = (FORM_1, FORM_2),
) -> list[FormSheet]:
    """The forms as sheets, with the figures that are there."""
    sheets = []
    for form in forms:
        columns = COLUMNS[form]
        sheets.append(
            FormSheet(
                form=form,
                headings=(
                    *(label(f"draft.head.{name}", language) for name in HEAD),
                    *(column_title(form, column, language) for column in columns),
                ),
                codes=(*HEAD, *columns),
                rows=tuple(_form_rows(form, cells, varieties, language)),
            )
        )
    return sheets


def column_title(form: str, column: str, language: Language) -> str:
    """What a column is called: the form's own word, or that of the unit's ledger."""
    if column.isdigit() and form != FORM_3:
        return label(f"form.{form}.column.{column}", language)
    return label(f"draft.column.{column}", language)


def long_lines(cells: Mapping[Key, FiledCell]) -> list[tuple[str, ...]]:
    """The heading, and a line for each figure, as a CSV file has them."""
    return [LONG_HEADING, *((*key, exact_text(cell.value)) for key, cell in sorted(cells.items()))]


def read_figures(path: Path) -> Figures:
    """Read a template that was filled in: figures, or every cell that is none."""
    try:
        tables = read_tables(path)
    except TableRefused as refused:
        fault = FigureFault(file_name=path.name, sheet="-", row=1, column="-", reason=str(refused))
        return Figures({}, (fault,))
    entries: dict[Key, Decimal] = {}
    faults: list[FigureFault] = []
    read = 0
    for table in tables:
        heading = next((row for row in table.rows if row.cells[:1] in (("row",), ("form",))), None)
        if heading is None:
            continue
        read += 1
        for key, text, row, column in _figures_of(table, heading):
            reason = table.unreadable.get((row, column)) or fault_of(key, text)
            if reason is None and key in entries:
                reason = "repeated"
            if reason is not None:
                faults.append(
                    FigureFault(
                        file_name=path.name, sheet=table.name, row=row, column=key[2] or "-", reason=reason, text=text
                    )
                )
            else:
                entries[key] = Decimal(text)
    if not read:
        faults.append(FigureFault(file_name=path.name, sheet="-", row=1, column="-", reason="no_sheet"))
    return Figures(entries, tuple(faults))


def _figures_of(table: Table, heading: TableRow) -> Iterator[tuple[Key, str, int, int]]:
    """(cell, text, row number, column from 0) of everything that is filled in below the line of codes."""
    names = heading.cells
    is_long = names[: len(LONG_HEADING)] == LONG_HEADING
    for row in table.rows:
        if row.number <= heading.number:
            continue
        if is_long:
            form, code, column, text = (row.cells + ("",) * 4)[:4]
            if text or (row.number, 3) in table.unreadable:
                yield (form, code, column), text, row.number, 3
            continue
        for place, name in enumerate(names):
            text = row.cells[place] if place < len(row.cells) else ""
            if name not in (*HEAD, "") and (text or (row.number, place) in table.unreadable):
                yield (table.name, row.cells[0], name), text, row.number, place


def fault_of(key: Key, text: str) -> str | None:
    """Why a text is no figure of a cell, as a key below `draft.reason` or `register.reason`; None where it is one."""
    form, row, column = key
    if form not in COLUMNS:
        return "unknown_form"
    if not _ROW_CODE.fullmatch(row):
        return "unknown_row"
    if column not in COLUMNS[form]:
        return "unknown_column"
    return None if _FIGURE.fullmatch(text) else "not_decimal"


def _form_rows(
    form: str, cells: Mapping[Key, FiledCell], varieties: VarietyEdition, language: Language
) -> Iterator[tuple[str | Decimal | None, ...]]:
    if form == FORM_3:
        for code in sorted({row for of, row, _ in cells if of == FORM_3}):
            yield code, None, None, *(_value(cells, (form, code, column)) for column in COLUMNS[form])
        return
    for variety in varieties.varieties:
        yield (
            variety.code,
            label(f"variety.{variety.code}", language),
            label(f"unit.{variety.form_unit}", language),
            *(_value(cells, (form, variety.code, column)) for column in COLUMNS[form]),
        )


def _value(cells: Mapping[Key, FiledCell], key: Key) -> Decimal | None:
    return cells[key].value if key in cells else None
