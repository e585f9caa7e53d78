"""A draft as its form is laid out: rows of varieties, columns, and beside each figure what the meters say.

Before: a draft or a filing. After: the pages of returns show it, and read back what was typed into it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from nenghao.console.forms import Form
from nenghao.console.unit.own import UnitRefused
from nenghao.domain.filed_cells import FORM_1, FORM_2, FORM_3, FiledCell, Key
from nenghao.domain.rounding import exact_text
from nenghao.domain.varieties import VarietyEdition
from nenghao.filing.templates import COLUMNS, FormSheet, column_title, fault_of
from nenghao.labels import Language, label
from nenghao.registers.columns import Column
from nenghao.registers.exporter import ExportedSheet, shown
from nenghao.registers.sheet import Sheet
from nenghao.reporting.workbook import WorkbookColumn, WorkbookSheet

FORMS: Final = (FORM_1, FORM_2)
#: A field of the form is called by its cell: `cell:205-1:33:4`; what stood there when the page was made: `was:…`.
CELL, WAS = "cell:", "was:"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCell:
    """A cell as it is shown: its text, where it comes from, what the meters say, and what is wrong with it."""

    key: Key
    text: str
    source: str | None
    monitored: Decimal | None
    broken: Sequence[Mapping[str, Any]]

    @property
    def name(self) -> str:
        """Its name in the form."""
        return ":".join(self.key)

    @property
    def differs(self) -> bool:
        """Whether it says something else than the meters do."""
        return self.monitored is not None and bool(self.text) and Decimal(self.text) != self.monitored


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row of a form."""

    code: str
    name: str
    unit: str
    cells: Sequence[SheetCell]

    @property
    def is_used(self) -> bool:
        """Whether anything stands in it, here or at the meters."""
        return any(cell.text or cell.monitored is not None for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGrid:
    """A form: headings (code, title) and rows."""

    form: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[SheetRow]


def grid_of(
    form: str,
    cells: Mapping[Key, FiledCell],
    monitored: Mapping[Key, Decimal],
    broken: Sequence[Mapping[str, Any]],
    varieties: VarietyEdition,
    language: Language,
) -> FormGrid:
    """A form with all rows of its edition."""
    faults: dict[Key, list[Mapping[str, Any]]] = {}
    for each in broken:
        faults.setdefault((each["form"], each["row"], each["column"]), []).append(each)
    rows = [
        SheetRow(
            code=variety.code,
            name=label(f"variety.{variety.code}", language),
            unit=label(f"unit.{variety.form_unit}", language),
            cells=[_cell((form, variety.code, column), cells, monitored, faults) for column in COLUMNS[form]],
        )
        for variety in varieties.varieties
    ]
    columns = [(column, column_title(form, column, language)) for column in COLUMNS[form]]
    return FormGrid(form=form, columns=columns, rows=rows)


def read_entries(form: Form) -> dict[Key, Decimal | None]:
    """What a person changed in the form: figures, or None where one was taken out.

    Raises: UnitRefused where a cell is none of a form, or no figure.
    """
    were = form.beginning(WAS)
    entries: dict[Key, Decimal | None] = {}
    for name, text in form.beginning(CELL).items():
        # People paste figures with the groups of three that our own pages write.
        plain = "".join(letter for letter in text if not letter.isspace()).replace("\N{MINUS SIGN}", "-")
        if plain == were.get(name, ""):
            continue
        parts = name.split(":")
        if len(parts) != 3:
            raise UnitRefused("no_such_cell", cell=name[:40])
        key = (parts[0], parts[1], parts[2])
        fault = fault_of(key, plain or "0")
        if fault is not None:
            raise UnitRefused(
                "not_decimal" if fault == "not_decimal" else "no_such_cell", cell=f"{parts[1]}.{parts[2]}"
            )
        entries[key] = Decimal(plain) if plain else None
    return entries


def figure_pages(sheets: Sequence[FormSheet]) -> list[WorkbookSheet]:
    """Forms with their figures as sheets of a workbook."""
    return [
        WorkbookSheet(
            title=sheet.form,
            columns=tuple(
                WorkbookColumn(heading, code, kind="text" if place < 3 else "number")
                for place, (heading, code) in enumerate(zip(sheet.headings, sheet.codes, strict=True))
            ),
            rows=sheet.rows,
        )
        for sheet in sheets
    ]


def register_page(exported: ExportedSheet, language: Language) -> WorkbookSheet:
    """A register as a sheet of a workbook, with lists to choose from."""
    columns = exported.sheet.columns
    return WorkbookSheet(
        exported.sheet.title(language),
        tuple(_register_column(exported.sheet, column, language) for column in columns),
        [[shown(column, cell, language) for column, cell in zip(columns, row, strict=True)] for row in exported.rows],
    )


def _register_column(sheet: Sheet, column: Column, language: Language) -> WorkbookColumn:
    return WorkbookColumn(
        sheet.heading(column, language) + ("*" if column.is_required else ""),
        column.name,
        tuple(label(f"register.choice.{value}", language) for value in column.choices),
        column.kind,
    )


def _cell(
    key: Key,
    cells: Mapping[Key, FiledCell],
    monitored: Mapping[Key, Decimal],
    faults: Mapping[Key, Sequence[Mapping[str, Any]]],
) -> SheetCell:
    cell = cells.get(key)
    return SheetCell(
        key=key,
        text="" if cell is None else exact_text(cell.value),
        source=None if cell is None else cell.source,
        monitored=monitored.get(key),
        broken=faults.get(key, ()),
    )


__all__ = [
    "CELL", "FORMS", "FORM_3", "WAS", "FormGrid", "figure_pages", "grid_of", "read_entries", "register_page",
]  # fmt: skip
