"""Cells that a unit drafts and files: cumulative figures, each with its source, and the months between them.

Before: monitored months, templates, a person's hand. After: `drafts` prefills, `filing` files. Cumulative figures run
from the year's start to the month; a month is the difference of two of them and may be negative (practice 3).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any, Final, Literal, cast, get_args

from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import exact_text, round_fraction
from nenghao.errors import DataRefused

#: Where a figure comes from: the unit's own meters, its people, an earlier filing, other cells of the draft.
Source = Literal["meter", "manual", "carried", "computed"]
#: (form, row, column).
Key = tuple[str, str, str]

FORM_1, FORM_2, FORM_3 = "205-1", "205-2", "205-3"
OPENING, PURCHASE, MONEY, TOTAL, INDUSTRIAL, MATERIAL, NON_INDUSTRIAL, TRANSPORT, CLOSING, COEFFICIENT = (
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10",
)  # fmt: skip
#: Columns that hold what was at one moment, or a mean: a month of them is no difference.
_STOCKS: Final = frozenset({(FORM_1, OPENING), (FORM_1, CLOSING)})
_MEANS: Final = frozenset({(FORM_1, COEFFICIENT)})
COEFFICIENT_DECIMALS: Final = 5
_SOURCES: Final = frozenset(get_args(Source))
_VALUE: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledCell:
    """A cell of a draft or a filing."""

    form: str
    row: str
    column: str
    value: Decimal
    source: Source

    @property
    def key(self) -> Key:
        """What names it."""
        return self.form, self.row, self.column


def cells_json(cells: Iterable[FiledCell]) -> list[dict[str, str]]:
    """Cells as they are stored, in one order."""
    return [
        {
            "form": cell.form,
            "row": cell.row,
            "column": cell.column,
            "value": exact_text(cell.value),
            "source": cell.source,
        }
        for cell in sorted(cells, key=_order)
    ]


def parse_cells(content: Sequence[Mapping[str, Any]]) -> dict[Key, FiledCell]:
    """Stored cells by key.

    Raises: DataRefused where a value or a source is none, or a cell stands twice.
    """
    cells: dict[Key, FiledCell] = {}
    for item in content:
        form, row, column, value, source = (str(item[name]) for name in ("form", "row", "column", "value", "source"))
        if not _VALUE.fullmatch(value) or source not in _SOURCES:
            raise DataRefused(f"{form} {row}.{column}: {value!r} from {source!r} is no figure")
        cell = FiledCell(form=form, row=row, column=column, value=Decimal(value), source=cast("Source", source))
        if cell.key in cells:
            raise DataRefused(f"{form} {row}.{column} stands twice")
        cells[cell.key] = cell
    return cells


def month_figures(cumulative: Mapping[Key, Decimal], earlier: Mapping[Key, Decimal] | None) -> dict[Key, Decimal]:
    """The month between two cumulatives; `earlier` is None where the year begins with this one.

    A cell that only one of them has gives no month: what was not said is not zero. Stocks are those of the later one,
    column 10 is the mean that makes the quantity-weighted cumulative mean what it is, where anything was consumed.
    """
    if earlier is None:
        return dict(cumulative)
    month: dict[Key, Decimal] = {}
    for key, value in cumulative.items():
        form, row, column = key
        if (form, column) in _STOCKS:
            month[key] = value
        elif (form, column) not in _MEANS and key in earlier:
            month[key] = EXACT.subtract(value, earlier[key])
    for (form, row, column), value in cumulative.items():
        if (form, column) in _MEANS and (mean := _mean_between(form, row, value, cumulative, earlier)) is not None:
            month[form, row, column] = mean
    return month


def accumulate(earlier: Mapping[Key, Decimal] | None, month: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """The cumulative after a month: the inverse of `month_figures`, but for the rounding of column 10."""
    if earlier is None:
        return dict(month)
    cumulative: dict[Key, Decimal] = {}
    for key, value in month.items():
        form, _, column = key
        if (form, column) in _STOCKS:
            cumulative[key] = value
        elif (form, column) not in _MEANS and key in earlier:
            cumulative[key] = EXACT.add(earlier[key], value)
    for (form, row, column), value in month.items():
        if (form, column) in _MEANS:
            parts = [
                (value, month.get((form, row, TOTAL))),
                (earlier.get((form, row, column)), earlier.get((form, row, TOTAL))),
            ]
            if (mean := weighted_mean(parts)) is not None:
                cumulative[form, row, column] = mean
    return cumulative


def weighted_mean(parts: Iterable[tuple[Decimal | None, Decimal | None]]) -> Decimal | None:
    """The mean of coefficients by quantity; None where one is not known or nothing was consumed."""
    weight, total = Fraction(0), Fraction(0)
    for coefficient, quantity in parts:
        if quantity is None or (coefficient is None and quantity != 0):
            return None
        weight += Fraction(quantity)
        total += Fraction(quantity) * Fraction(coefficient or 0)
    return round_fraction(total / weight, COEFFICIENT_DECIMALS) if weight > 0 else None


def standard_coal(cells: Mapping[Key, Decimal], rows: Iterable[str], column: str, form: str = FORM_1) -> Decimal | None:
    """Σ quantity × column 10 of 205-1 over rows; None where a quantity has no coefficient."""
    total = Decimal(0)
    with localcontext(EXACT):
        for row in rows:
            quantity, coefficient = cells.get((form, row, column)), cells.get((FORM_1, row, COEFFICIENT))
            if quantity is None or quantity == 0:
                continue
            if coefficient is None:
                return None
            total += quantity * coefficient
    return total


def values(cells: Mapping[Key, FiledCell]) -> dict[Key, Decimal]:
    """The figures alone."""
    return {key: cell.value for key, cell in cells.items()}


def _mean_between(
    form: str, row: str, mean: Decimal, cumulative: Mapping[Key, Decimal], earlier: Mapping[Key, Decimal]
) -> Decimal | None:
    quantity, before = cumulative.get((form, row, TOTAL)), earlier.get((form, row, TOTAL))
    mean_before = earlier.get((form, row, COEFFICIENT))
    if quantity is None or before is None or (mean_before is None and before != 0) or quantity == before:
        return None
    coal = Fraction(quantity) * Fraction(mean) - Fraction(before) * Fraction(mean_before or 0)
    return round_fraction(coal / (Fraction(quantity) - Fraction(before)), COEFFICIENT_DECIMALS)


def _order(cell: FiledCell) -> tuple[str, str, int, str]:
    """By form and row, columns by number, named ones after them."""
    return cell.form, cell.row, int(cell.column) if cell.column.isdigit() else 1000, cell.column
