"""Lays a unit's metered month out as form 205-1: the monitored balance (监测测算值).

Before: month totals of points. After: reporting.content, which seals it. It stands beside a filing, never inside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Final

from nenghao.domain.coal import CoalCoefficient, to_tce
from nenghao.domain.quantities import EXACT, convert
from nenghao.domain.rounding import floor_share
from nenghao.domain.varieties import TOTAL_ROW, Variety, VarietyEdition

PURCHASE, TOTAL, INDUSTRIAL, NON_INDUSTRIAL, COEFFICIENT, TCE = "2", "4", "5", "7", "10", "tce"
#: Columns that hold quantities of energy, and so have a sum in row 40.
QUANTITY_COLUMNS: Final = (PURCHASE, TOTAL, INDUSTRIAL, NON_INDUSTRIAL)
#: How a point's flow enters the unit's consumption (practice 4: bought + generated - exported - passed on).
SIGN_IN_TOTAL: Final[Mapping[str, int]] = {"purchase": 1, "generation": 1, "export": -1, "passed_on": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class PointMonth:
    """A point's month: what it measures for the form, and its totals."""

    point_id: int
    variety_code: str
    flow: str
    use: str
    #: Whether a point above it in the network is already counted as non-industrial.
    is_inside_non_industrial: bool
    unit: str
    energy: Decimal | None
    measured_energy: Decimal
    due_slots: int
    received_slots: int
    known_slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of the balance, exact and unrounded, with how much of it was seen, is known and was measured."""

    row_code: str
    column_code: str
    value: Decimal
    unit: str
    #: Received / due slots of the points behind the cell.
    completeness: Decimal
    #: Slots whose energy is in the value / due slots. Readings may come and tell nothing: a register that fell, a
    #: changed meter, an interval that a decision took out. None in cells of before it was counted.
    known_share: Decimal | None
    #: Energy between real registers / energy published; None where no energy is.
    measured_share: Decimal | None
    coefficient_code: str | None
    source_point_ids: tuple[int, ...]


def build_balance(
    points: Sequence[PointMonth], varieties: VarietyEdition, coefficients: Mapping[str, CoalCoefficient]
) -> list[Cell]:
    """The cells that meters can give, in the form's order; one that they cannot give is not there, and never zero.

    A cell needs every point behind it: where one of them has no energy at all, the cell is left out. Where a point has
    part of its slots, what is known is summed and the known share says how much that is.
    """
    cells: list[Cell] = []
    for variety in varieties.varieties:
        codes = {v.code for v in varieties.varieties if variety.code in (v.code, v.parent)}
        own = [point for point in points if point.variety_code in codes]
        cells += _row(variety, own, coefficients)
    return cells + _total_row(cells, points, varieties)


def _row(variety: Variety, points: Sequence[PointMonth], coefficients: Mapping[str, CoalCoefficient]) -> Iterable[Cell]:
    """The cells of one variety: purchase, consumption and its split, coefficient and coal equivalent.

    Where no meter says that use is non-industrial, consumption is industrial.
    """
    bought = [point for point in points if point.flow == "purchase"]
    flows = [point for point in points if point.flow in SIGN_IN_TOTAL]
    apart = [
        point
        for point in points
        if point.use == "non_industrial"
        and point.flow not in ("export", "passed_on")
        and not point.is_inside_non_industrial
    ]
    total, not_industrial = _signed_sum(flows, variety.form_unit), _signed_sum(apart, variety.form_unit, sign=1)
    if bought and (purchase := _signed_sum(bought, variety.form_unit)) is not None:
        yield _cell(variety.code, PURCHASE, purchase, variety.form_unit, bought)
    if not flows or total is None:
        return
    yield _cell(variety.code, TOTAL, total, variety.form_unit, flows)
    if not_industrial is not None:
        yield _cell(
            variety.code, INDUSTRIAL, EXACT.subtract(total, not_industrial), variety.form_unit, [*flows, *apart]
        )
    if apart and not_industrial is not None:
        yield _cell(variety.code, NON_INDUSTRIAL, not_industrial, variety.form_unit, apart)
    yield from _standard_coal(variety, flows, coefficients)


def _standard_coal(
    variety: Variety, flows: Sequence[PointMonth], coefficients: Mapping[str, CoalCoefficient]
) -> Iterable[Cell]:
    """Coal equivalent of the consumption; a row with parts converts each with its own coefficient and shows none."""
    tce = Decimal(0)
    used = {part: coefficients.get(part) for part in sorted({point.variety_code for point in flows})}
    for part, coefficient in used.items():
        quantity = _signed_sum([point for point in flows if point.variety_code == part], variety.form_unit)
        if coefficient is None or quantity is None:
            return
        tce = EXACT.add(tce, to_tce(quantity, variety.form_unit, coefficient, basis="calorific"))
    own = used.get(variety.code) if len(used) == 1 else None
    code = own.code if own else None
    if own:
        yield _cell(variety.code, COEFFICIENT, own.tce_per_form_unit, "1", flows, code)
    yield _cell(variety.code, TCE, tce, "tce", flows, code)


def _total_row(cells: Sequence[Cell], points: Sequence[PointMonth], varieties: VarietyEdition) -> list[Cell]:
    """Row 40, the sum of coal equivalents; left out where a variety is consumed that has none (relation A4)."""
    counted = [
        code
        for code in varieties.in_total
        if any(p.variety_code == code or _is_part(p, code, varieties) for p in points)
    ]
    tce = {cell.row_code: cell for cell in cells if cell.column_code == TCE}
    if not counted or any(code not in tce for code in counted):
        return []
    behind = {point_id for code in counted for point_id in tce[code].source_point_ids}
    with localcontext(EXACT):
        value = sum((tce[code].value for code in counted), Decimal(0))
        measured = sum((tce[code].value * (tce[code].measured_share or 0) for code in counted), Decimal(0))
    cell = _cell(TOTAL_ROW, TOTAL, value, "tce", [point for point in points if point.point_id in behind])
    # Kilowatt-hours and cubic metres do not add up: the total's share weighs each variety by its coal equivalent.
    return [replace(cell, measured_share=floor_share(measured, value))]


def _is_part(point: PointMonth, code: str, varieties: VarietyEdition) -> bool:
    variety = varieties.by_code.get(point.variety_code)
    return variety is not None and variety.parent == code


def _signed_sum(points: Sequence[PointMonth], unit: str, *, sign: int | None = None) -> Decimal | None:
    """Sum of the points in the form's unit, by flow unless a sign is given; None where one has no energy.

    Raises: UnitMismatch where a point measures something else than the form wants.
    """
    total = Decimal(0)
    for point in points:
        if point.energy is None:
            return None
        amount = convert(point.energy, point.unit, unit)
        total = EXACT.add(total, amount.copy_negate() if (sign or SIGN_IN_TOTAL[point.flow]) < 0 else amount)
    return total


def _cell(
    row_code: str,
    column_code: str,
    value: Decimal,
    unit: str,
    points: Sequence[PointMonth],
    coefficient_code: str | None = None,
) -> Cell:
    behind = {point.point_id: point for point in points}.values()
    # Shares add magnitudes: an export that was estimated weighs as much as a purchase that was.
    published = sum((abs(point.energy) for point in behind if point.energy is not None), Decimal(0))
    measured = sum((abs(point.measured_energy) for point in behind), Decimal(0))
    due = sum(point.due_slots for point in behind)
    return Cell(
        row_code=row_code,
        column_code=column_code,
        value=value,
        unit=unit,
        completeness=floor_share(sum(p.received_slots for p in behind), due) or Decimal(0),
        known_share=floor_share(sum(p.known_slots for p in behind), due) or Decimal(0),
        measured_share=floor_share(measured, published),
        coefficient_code=coefficient_code,
        source_point_ids=tuple(sorted(point.point_id for point in behind)),
    )
