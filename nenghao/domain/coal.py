"""Converts a quantity of energy to standard coal."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Literal

from nenghao.domain.quantities import EXACT, UnitMismatch

#: 当量值: the heat that is in it; 等价值: what had to be burnt to make it (GB/T 2589-2020, clause 3).
Basis = Literal["calorific", "equal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoalCoefficient:
    """One reference row: tonnes of coal equivalent per unit of the form."""

    code: str
    edition: str
    variety_code: str
    basis: Basis
    form_unit: str
    tce_per_form_unit: Decimal
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str


def to_tce(quantity: Decimal, unit: str, coefficient: CoalCoefficient, *, basis: Basis) -> Decimal:
    """Tonnes of coal equivalent of a quantity, unrounded.

    Raises: UnitMismatch where the quantity is not in the coefficient's unit, or the coefficient has the other basis.
    Source: GB/T 2589-2020, 综合能耗 E = Σ(Ei × ki); which table a value comes from stands in `coefficient.source`.
    """
    if unit != coefficient.form_unit:
        raise UnitMismatch(f"{coefficient.code} is stated per {coefficient.form_unit}, not per {unit}")
    if basis != coefficient.basis:
        raise UnitMismatch(f"{coefficient.code} is {coefficient.basis}, not {basis}")
    with localcontext(EXACT):
        return quantity * coefficient.tce_per_form_unit
