"""Lays a unit's metered month out as forms 205-1 and 205-2: the monitored balance (监测测算值).

Before: `BalanceInputs` (jobs.build_months). After: reporting.content, which seals it. It stands beside a filing, never
inside it. Column codes are the form's; `tce` is standard coal of column 4; `primary`, `supplied` and `loss` are what
meters know of the supply side and 205-1 has no column for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from nenghao.domain.balance_cells import Cell, RowSum, cell_of, total_cell
from nenghao.domain.balance_inputs import (
    BalanceInputs,
    Editions,
    NetworkTerm,
    PointFacts,
    PointMonth,
    ProductionOutput,
    UnitFacts,
    balance_inputs_json,
    parse_balance_inputs,
)
from nenghao.domain.coal import UsedCoefficient, choose_coefficient
from nenghao.domain.indicators import Indicator, build_indicators
from nenghao.domain.network import Leaf, Network, amount_of
from nenghao.domain.quantities import EXACT, UnitMismatch
from nenghao.domain.varieties import TOTAL_ROW, Variety
from nenghao.errors import DataRefused

__all__ = [
    "ENGINE_VERSION", "Balance", "BalanceInputs", "Cell", "Editions", "Indicator", "NetworkTerm", "PointFacts",
    "PointMonth", "ProductionOutput", "UnitFacts", "balance_inputs_json", "build_balance", "parse_balance_inputs",
]  # fmt: skip

#: Changes whenever equal inputs could give other cells.
ENGINE_VERSION: Final = "balance-2"
FORM_1, FORM_2 = "205-1", "205-2"
PURCHASE, TOTAL, INDUSTRIAL, NON_INDUSTRIAL, COEFFICIENT, TCE = "2", "4", "5", "7", "10", "tce"
PRIMARY, SUPPLIED, LOSS = "primary", "supplied", "loss"
#: Columns of 205-2 (domain 3.4, order known): 工业生产消费量, 投入合计, eight kinds, 产出, its standard coal, 回收利用.
USED, INPUT, OUTPUT, OUTPUT_TCE, RECOVERY = "1", "2", "11", "12", "13"
INPUT_COLUMNS: Final[Mapping[str, str]] = {
    "power_generation": "3", "heating": "4", "coal_washing": "5", "coking": "6", "refining": "7", "gas_making": "8",
    "liquefaction": "9", "coal_products": "10",
}  # fmt: skip
#: How a point's flow enters the unit's consumption (practice 4: bought + made - exported - passed on).
SIGN_IN_TOTAL: Final[Mapping[str, int]] = {
    "purchase": 1, "primary_production": 1, "generation": 1, "conversion_output": 1, "recovery": 1,
    "export": -1, "passed_on": -1, "loss": -1,
}  # fmt: skip
#: What leaves the unit, is lost, or is burnt to make other energy is nobody's non-industrial use.
NEVER_APART: Final = frozenset(("export", "passed_on", "loss", "conversion_input"))


@dataclass(frozen=True, slots=True)
class Balance:
    """A unit's monitored month."""

    cells: tuple[Cell, ...]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The sums of one row of the forms by (form, column); None where a silent point is behind one."""

    variety: Variety
    sums: Mapping[tuple[str, str], RowSum | None]


def build_balance(inputs: BalanceInputs) -> Balance:
    """The cells that meters can give, in the form's order; one that they cannot give is not there, and never zero.

    A cell needs every point behind it: where one of them has no energy at all, the cell is left out. Where a point has
    part of its slots, what is known is summed and the known share says how much that is.

    Raises: UnitMismatch where a point measures something else than the form wants; DataRefused where one that counts
    is of no variety of the month's edition, for what it measures would be missing from the total.
    """
    _refuse_unknown(inputs)
    network, coefficients = Network(inputs), _coefficients(inputs)
    fills_second = any(point.conversion or point.flow == "recovery" for point in inputs.points)
    rows = []
    for variety in inputs.varieties:
        codes = {one.code for one in inputs.varieties if variety.code in (one.code, one.parent)}
        own = [point for point in inputs.points if point.variety_code in codes]
        if own and variety.code != TOTAL_ROW:
            rows.append(_row(variety, own, network, coefficients, fills_second))
    cells = [cell for row in rows for cell in _row_cells(row, coefficients)]
    cells += _total_cells(rows)
    return Balance(cells=tuple(cells), indicators=build_indicators(inputs, cells, network, coefficients))


def _refuse_unknown(inputs: BalanceInputs) -> None:
    known = {one.code for one in (*inputs.varieties, *inputs.media)} - {TOTAL_ROW}
    for point in inputs.points:
        if point.flow != "internal" and point.variety_code not in known:
            raise DataRefused(f"{point.point_code}: {point.variety_code} is no variety of {inputs.editions.varieties}")


def _coefficients(inputs: BalanceInputs) -> dict[str, UsedCoefficient]:
    """What each variety is converted with in this month; a variety without is not here."""
    reference = {row.variety_code: row for row in inputs.coefficients}
    chosen = {
        variety.code: choose_coefficient(
            variety.code,
            variety.form_unit,
            month_on=inputs.month_on,
            policy=inputs.policy,
            reference=reference.get(variety.code),
            heating_values=inputs.heating_values,
        )
        for variety in inputs.varieties
    }
    return {code: one for code, one in chosen.items() if one is not None}


def _row(
    variety: Variety,
    points: Sequence[PointFacts],
    network: Network,
    coefficients: Mapping[str, UsedCoefficient],
    fills_second: bool,
) -> _Row:
    def add(chosen: Iterable[PointFacts], *, signed: bool = False) -> RowSum | None:
        leaves = [
            (point, SIGN_IN_TOTAL[point.flow] if signed else 1, leaf)
            for point in chosen
            for leaf in network.leaves(point)
        ]
        return _add_up(leaves, variety.form_unit, coefficients)

    groups: dict[tuple[str, str], list[PointFacts]] = {
        (FORM_1, PURCHASE): [p for p in points if p.flow == "purchase"],
        (FORM_1, PRIMARY): [p for p in points if _is_primary(p)],
        (FORM_1, SUPPLIED): [p for p in points if p.flow in ("export", "passed_on")],
        (FORM_1, LOSS): [p for p in points if p.flow == "loss"],
        (FORM_2, INPUT): [p for p in points if p.flow == "conversion_input"],
        **{
            (FORM_2, column): [p for p in points if p.flow == "conversion_input" and p.conversion == kind]
            for kind, column in INPUT_COLUMNS.items()
        },
        (FORM_2, OUTPUT): [p for p in points if _is_output(p)],
        (FORM_2, RECOVERY): [p for p in points if p.flow == "recovery"],
    }
    sums = {key: add(chosen) for key, chosen in groups.items() if chosen}
    flows = [point for point in points if point.flow in SIGN_IN_TOTAL]
    apart = [
        (point, 1, leaf)
        for point in points
        if point.use == "non_industrial" and point.flow not in NEVER_APART
        for leaf in network.leaves_apart(point)
    ]
    total = add(flows, signed=True) if flows else None
    not_industrial = _add_up(apart, variety.form_unit, coefficients)
    sums[FORM_1, TOTAL] = total
    sums[FORM_1, INDUSTRIAL] = total.less(not_industrial) if total and not_industrial else None
    if apart:
        sums[FORM_1, NON_INDUSTRIAL] = not_industrial
    if fills_second:
        sums[FORM_2, USED] = sums[FORM_1, INDUSTRIAL]
    return _Row(variety=variety, sums=sums)


def _is_primary(point: PointFacts) -> bool:
    """一次自产: mined, or generated from what nobody metered before (sun, wind, water)."""
    return point.flow == "primary_production" or (point.flow == "generation" and point.conversion is None)


def _is_output(point: PointFacts) -> bool:
    """加工转换产出: made from other energy of the unit, electricity of its own power plant among it."""
    return point.flow == "conversion_output" or (point.flow == "generation" and point.conversion is not None)


def _add_up(
    leaves: Sequence[tuple[PointFacts, int, Leaf]], unit: str, coefficients: Mapping[str, UsedCoefficient]
) -> RowSum | None:
    """The signed sum of the leaves in the form's unit and in standard coal; None where one has no energy."""
    by_part: dict[str, Decimal] = {}
    for point, sign, leaf in leaves:
        try:
            amount = amount_of(leaf, unit)
        except UnitMismatch as error:
            raise UnitMismatch(f"{point.point_code}: {error}") from error
        if amount is None:
            return None
        before = by_part.get(point.variety_code, Decimal(0))
        by_part[point.variety_code] = EXACT.add(before, amount.copy_negate() if sign < 0 else amount)
    used = [coefficients.get(code) for code in sorted(by_part)]
    return RowSum(
        by_part=by_part,
        leaves=tuple(leaf for _, _, leaf in leaves),
        coefficients=None if None in used else tuple(one for one in used if one is not None),
    )


def _row_cells(row: _Row, coefficients: Mapping[str, UsedCoefficient]) -> Iterable[Cell]:
    """The cells of one variety; standard coal and coefficient stand behind column 4."""
    code, unit = row.variety.code, row.variety.form_unit
    for (form, column), found in row.sums.items():
        if found is None:
            continue
        yield cell_of(form, code, column, found.value, unit, found.leaves)
        if (form, column) == (FORM_2, OUTPUT) and found.coefficients is not None:
            yield cell_of(form, code, OUTPUT_TCE, found.tce, "tce", found.leaves, found.coefficients)
        if (form, column) == (FORM_1, TOTAL) and found.coefficients is not None:
            if (shown := found.shown_coefficient(coefficients.get(code))) is not None:
                yield cell_of(form, code, COEFFICIENT, shown, "1", found.leaves, found.coefficients)
            yield cell_of(form, code, TCE, found.tce, "tce", found.leaves, found.coefficients)


def _total_cells(rows: Sequence[_Row]) -> Iterable[Cell]:
    """Row 40, the sum of coal equivalents; left out where a variety that belongs to it has none (relation A4)."""
    counted = [row for row in rows if row.variety.parent is None and row.variety.code != TOTAL_ROW]
    for column in (TOTAL, INDUSTRIAL):
        whole = [row.sums.get((FORM_1, column)) for row in counted]
        if (cell := total_cell(FORM_1, column, whole)) is not None:
            yield cell
    for form, column, shown in (
        (FORM_1, NON_INDUSTRIAL, NON_INDUSTRIAL),
        (FORM_2, USED, USED),
        (FORM_2, INPUT, INPUT),
        *((FORM_2, column, column) for column in INPUT_COLUMNS.values()),
        (FORM_2, OUTPUT, OUTPUT_TCE),
        (FORM_2, RECOVERY, RECOVERY),
    ):
        there = [row.sums[form, column] for row in counted if (form, column) in row.sums]
        if (cell := total_cell(form, shown, there)) is not None:
            yield cell
