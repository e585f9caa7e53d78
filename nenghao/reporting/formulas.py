"""Finds the formula that a form's subtotal is shown by: over printed figures, with the sealed figure as its value.

The sealed figure is exact and rounded once. Rounded parts may add up to another last digit; then the formula adds the
difference openly. Where the parts on the page do not explain the figure within rounding (a part was not metered, or a
row is converted part by part), there is no formula and the figure stands as a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Final

from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import exact_text

#: A cell of the page: row code, column code.
Place = tuple[str, str]
HALF: Final = Decimal("0.5")
SURELY_ROUNDED: Final = Decimal("0.98")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """ROUND(sum of terms + rounding, decimals); a term is a cell, or a cell times another."""

    terms: tuple[tuple[Place, ...], ...]
    decimals: int
    #: What the rounded parts miss of the sealed figure.
    rounding: Decimal


def find_formula(form: Mapping[str, Any], printed: Mapping[Place, Decimal], place: Place) -> Formula | None:
    """The formula of a printed figure, None where its form has none or the parts do not explain it."""
    found = [_terms(form, printed, subtotal, place) for subtotal in form["subtotals"]]
    fitting = (_fit(terms, printed, place) for terms in sorted(found, key=len, reverse=True) if terms)
    return next((formula for formula in fitting if formula is not None), None)


def _terms(
    form: Mapping[str, Any], printed: Mapping[Place, Decimal], subtotal: Mapping[str, Any], place: Place
) -> tuple[tuple[Place, ...], ...]:
    """The terms that are on the page of what a subtotal says of a cell; none where it says nothing of it."""
    row, column = place
    candidates: list[tuple[Place, ...]] = []
    if subtotal["of_columns"] and column == subtotal["column"] and row not in subtotal["but_rows"]:
        candidates = [((row, part),) for part in subtotal["of_columns"]]
    elif subtotal["of_rows"] and row == subtotal["row"] and column in subtotal["columns"]:
        candidates = [((part, column),) for part in subtotal["of_rows"]]
    elif subtotal["factor_column"] and place == (subtotal["row"], subtotal["column"]):
        candidates = [((part, column), (part, subtotal["factor_column"])) for part in form["in_total"]]
    return tuple(term for term in candidates if all(factor in printed for factor in term))


def _fit(terms: tuple[tuple[Place, ...], ...], printed: Mapping[Place, Decimal], place: Place) -> Formula | None:
    value, total, leeway = printed[place], Decimal(0), _half_unit(printed[place])
    with localcontext(EXACT):
        for term in terms:
            figures = [printed[factor] for factor in term]
            if len(figures) == 1:
                total, leeway = total + figures[0], leeway + _half_unit(figures[0])
            else:
                quantity, factor = figures
                total += quantity * factor
                leeway += abs(quantity) * _half_unit(factor) + abs(factor) * _half_unit(quantity)
        missing = value - total
        if abs(missing) > leeway:
            return None
        # Spreadsheets round a tie away from zero, in binary: what is near one is not left to them.
        is_plain = abs(missing) < _half_unit(value) * SURELY_ROUNDED
    return Formula(terms=terms, decimals=_decimals(value), rounding=Decimal(0 if is_plain else exact_text(missing)))


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def _half_unit(value: Decimal) -> Decimal:
    return HALF.scaleb(-_decimals(value))
