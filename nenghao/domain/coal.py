"""Converts a quantity of energy to standard coal, by a unit's own heating values or by reference rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final, Literal

from nenghao.domain.periods import Month
from nenghao.domain.quantities import EXACT, UnitMismatch, convert
from nenghao.domain.rounding import round_fraction

#: 当量值: the heat that is in it; 等价值: what had to be burnt to make it (GB/T 2589-2020, clause 3).
Basis = Literal["calorific", "equal"]
#: 折标系数取用: a unit's own measured heating values before reference rows, or reference rows alone.
Policy = Literal["measured_first", "reference_only"]
#: 1 kgce. Source: GB/T 2589-2020, 3.8 (7 000 kcal, international table).
KJ_PER_KGCE: Final = Decimal("29307.6")
#: What a heating value is stated per, as the unit that its lots are counted in.
HEATING_VALUE_UNITS: Final[dict[str, str]] = {"kJ/kg": "kg", "kJ/m3": "m3"}
#: A mean of measured values is a published figure (column 10) before anything is multiplied by it, so that whoever has
#: the form finds the same standard coal. Source: GB/T 2589-2020 table A writes four decimals.
MEASURED_DECIMALS: Final = 4


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


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatingValue:
    """实测低位发热量: the laboratory's value of one lot, and the days on which the lot was burnt: `[from, to)`."""

    heating_value_id: int
    variety_code: str
    lot: str
    test_sheet_no: str
    valid_from: date
    valid_to: date
    quantity: Decimal
    quantity_unit: str
    heating_value: Decimal
    heating_value_unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualValue:
    """等价值: what a region publishes for a year, in kilograms of coal equivalent per `unit`."""

    equal_value_id: int
    region_code: str
    year: int
    variety_code: str
    kgce_per_unit: Decimal
    unit: str
    document_no: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedCoefficient:
    """What a variety of a unit is converted with in a month, and what that rests on: a reference row, or lots."""

    variety_code: str
    form_unit: str
    tce_per_form_unit: Decimal
    reference_code: str | None
    heating_value_ids: tuple[int, ...]


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


def choose_coefficient(
    variety_code: str,
    form_unit: str,
    *,
    month_on: date,
    policy: Policy,
    reference: CoalCoefficient | None,
    heating_values: Iterable[HeatingValue],
) -> UsedCoefficient | None:
    """What a variety is converted with in a month: its measured lots before its reference row; None without either.

    Source: GB/T 2589-2020, 低位发热量以实测为准, reference values where there is no measurement.
    """
    lots = [lot for lot in heating_values if lot.variety_code == variety_code]
    measured = mean_of_lots(lots, form_unit, month_on) if policy == "measured_first" else None
    if measured is not None:
        return UsedCoefficient(
            variety_code=variety_code,
            form_unit=form_unit,
            tce_per_form_unit=measured[0],
            reference_code=None,
            heating_value_ids=measured[1],
        )
    if reference is None:
        return None
    return UsedCoefficient(
        variety_code=variety_code,
        form_unit=form_unit,
        tce_per_form_unit=reference.tce_per_form_unit,
        reference_code=reference.code,
        heating_value_ids=(),
    )


def mean_of_lots(
    lots: Sequence[HeatingValue], form_unit: str, month_on: date
) -> tuple[Decimal, tuple[int, ...]] | None:
    """Tonnes of coal equivalent per unit of the form, the mean of the month's lots weighted by quantity, and their ids.

    A lot that was burnt over a month's end counts in each month by its days there; one with several test sheets counts
    once, with their mean. None where no lot was burnt.

    Raises: UnitMismatch where lot, heating value and form do not measure the same.
    """
    month, heat, burnt, used = Month.of(month_on), Fraction(0), Fraction(0), []
    sheets = Counter(lot.lot for lot in lots)
    for lot in sorted(lots, key=lambda lot: lot.heating_value_id):
        first_on, end_on = max(lot.valid_from, month.start_on), min(lot.valid_to, month.end_on)
        if first_on >= end_on:
            continue
        per = HEATING_VALUE_UNITS.get(lot.heating_value_unit)
        if per is None:
            raise UnitMismatch(f"a heating value is not stated in {lot.heating_value_unit}")
        share = Fraction((end_on - first_on).days, (lot.valid_to - lot.valid_from).days) / sheets[lot.lot]
        quantity = share * Fraction(convert(lot.quantity, lot.quantity_unit, per))
        heat += quantity * Fraction(lot.heating_value)
        burnt += quantity
        used.append((lot.heating_value_id, per))
    if not burnt:
        return None
    per_form_unit = Fraction(convert(Decimal(1), form_unit, used[0][1]))
    if any(per != used[0][1] for _, per in used):
        raise UnitMismatch("lots by mass and by volume have no common mean")
    tce = heat / burnt * per_form_unit / Fraction(KJ_PER_KGCE) / 1000
    return round_fraction(tce, MEASURED_DECIMALS), tuple(lot_id for lot_id, _ in used)


def find_equal_value(
    values: Iterable[EqualValue], variety_code: str, division_code: str, year: int
) -> EqualValue | None:
    """The equal value that holds for a unit: its county's, its city's or its province's, never another region's."""
    regions = [division_code, f"{division_code[:4]}00", f"{division_code[:2]}0000"]
    fitting = [v for v in values if v.variety_code == variety_code and v.year == year and v.region_code in regions]
    return min(fitting, key=lambda value: regions.index(value.region_code), default=None)
