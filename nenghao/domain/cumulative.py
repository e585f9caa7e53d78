"""Cells from January on, as cumulative forms have them: quantities add up, coefficients are weighted by what was used.

Before: cells of a year's months. After: `nenghao balance show --cumulative`.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from nenghao.domain.consumption import CellKey, Values
from nenghao.domain.filed_cells import weighted_mean
from nenghao.domain.quantities import EXACT
from nenghao.domain.varieties import TOTAL_ROW

_FORM, _TOTAL, _COEFFICIENT = "205-1", "4", "10"
#: Points in time: stocks do not add up, meters give none.
_STOCKS: Final = frozenset(("1", "9"))


def cumulate(months: Sequence[Values]) -> dict[CellKey, Decimal]:
    """The sum of the months' cells.

    A cell that one month has and another lacks is in the sum where the lacking month has nothing of its row and has its
    total, for that variety was not used then; else a point was silent, the month does not say, and the sum is unknown.
    """
    keys = {key for month in months for key in month}
    cells = {}
    for key in sorted(keys):
        form, row, column = key
        if form == _FORM and column in (*_STOCKS, _COEFFICIENT):
            continue
        parts = [month[key] for month in months if key in month]
        if all(key in month or _is_unused(month, form, row) for month in months):
            total = Decimal(0)
            for part in parts:
                total = EXACT.add(total, part)
            cells[key] = total
    for row in {row for _, row, _ in keys}:
        used = [
            (month.get((_FORM, row, _COEFFICIENT)), month.get((_FORM, row, _TOTAL)))
            for month in months
            if not _is_unused(month, _FORM, row)
        ]
        if (mean := weighted_mean(used)) is not None:
            cells[_FORM, row, _COEFFICIENT] = mean
    return cells


def _is_unused(month: Mapping[CellKey, Decimal], form: str, row: str) -> bool:
    """A month without its total had a point that was silent, and it may have been this row's."""
    return (_FORM, TOTAL_ROW, _TOTAL) in month and not any(key[:2] == (form, row) for key in month)
