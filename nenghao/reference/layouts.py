"""Reads the layouts of forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from nenghao.errors import DataRefused
from nenghao.reference.files import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtotal:
    """A cell that the form defines by others: a sum of columns, a sum of rows, or a sum of products over the total."""

    row: str | None = None
    column: str | None = None
    of_columns: tuple[str, ...] = ()
    of_rows: tuple[str, ...] = ()
    factor_column: str | None = None
    #: Columns in which a sum of rows holds.
    columns: tuple[str, ...] = ()
    #: Rows in which a sum of columns does not hold.
    but_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One edition of a form: what its head says and which columns it has; None is not known and printed as such."""

    edition: str
    form: str
    form_number: str
    document_no: str | None
    valid_from: date | None = None
    valid_until: date | None
    columns: tuple[str, ...]
    figure_decimals: int
    coefficient_decimals: int
    coefficient_columns: tuple[str, ...]
    #: The column that prints the reference coefficient of a row.
    reference_column: str | None = None
    has_total_row: bool = True
    subtotals: tuple[Subtotal, ...] = ()
    source: str
    confidence: str

    def decimals(self, column_code: str) -> int:
        """Decimals that a column is printed with."""
        return self.coefficient_decimals if column_code in self.coefficient_columns else self.figure_decimals


@cache
def load_layout(form: str, month_on: date | None = None) -> Layout:
    """The layout of a form for a month, the newest where none is given.

    Raises: DataRefused where there is none, or the newest of before the month was no longer valid in it.
    """
    editions = [layout for layout in _layouts() if layout.form == form]
    began = [one for one in editions if month_on is None or one.valid_from is None or one.valid_from <= month_on]
    if not began:
        raise DataRefused(f"no layout of form {form} is loaded{f' for {month_on:%Y-%m}' if month_on else ''}")
    layout = max(began, key=lambda one: one.valid_from or date.min)
    if month_on is not None:
        refuse_expired(layout, month_on)
    return layout


def layout_validity(form: str) -> tuple[tuple[str, date], ...]:
    """(edition, valid from) of every edition of a form; of several that began, the latest is that of a month."""
    return tuple((one.edition, one.valid_from or date.min) for one in _layouts() if one.form == form)


def layout_edition(form: str, month_on: date) -> str:
    """The edition of a month, expired or not: what was measured is computed, and waits for a layout to be printed on.

    Raises: DataRefused where none had begun.
    """
    began = [(valid_from, edition) for edition, valid_from in layout_validity(form) if valid_from <= month_on]
    if not began:
        raise DataRefused(f"no layout of form {form} is loaded for {month_on:%Y-%m}")
    return max(began)[1]


def refuse_expired(layout: Layout, month_on: date) -> None:
    """Let nobody print a month on a layout that was no longer valid then.

    Raises: DataRefused.
    """
    if layout.valid_until is not None and month_on > layout.valid_until:
        raise DataRefused(
            f"layout {layout.edition} was valid until {layout.valid_until}, the month is {month_on:%Y-%m}"
        )


def all_layouts() -> tuple[Layout, ...]:
    """Every edition of every form, old ones too."""
    return _layouts()


@cache
def _layouts() -> tuple[Layout, ...]:
    return tuple(_layout(row) for row in read_rows("layouts.toml")["layout"])


def _layout(row: Mapping[str, Any]) -> Layout:
    return Layout(
        edition=row["edition"],
        form=row["form"],
        form_number=row["form_number"],
        document_no=row.get("document_no"),
        valid_from=row.get("valid_from"),
        valid_until=row.get("valid_until"),
        columns=tuple(row["columns"]),
        figure_decimals=row["figure_decimals"],
        coefficient_decimals=row["coefficient_decimals"],
        coefficient_columns=tuple(row["coefficient_columns"]),
        reference_column=row.get("reference_column"),
        has_total_row=row["has_total_row"],
        subtotals=tuple(_subtotal(part) for part in row.get("subtotal", [])),
        source=row["source"],
        confidence=row["confidence"],
    )


def _subtotal(row: Mapping[str, Any]) -> Subtotal:
    return Subtotal(
        row=row.get("row"),
        column=row.get("column"),
        of_columns=tuple(row.get("of_columns", ())),
        of_rows=tuple(row.get("of_rows", ())),
        factor_column=row.get("factor_column"),
        columns=tuple(row.get("columns", ())),
        but_rows=tuple(row.get("but_rows", ())),
    )
