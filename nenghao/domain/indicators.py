"""Indicators of a unit's month: each with what it declares, how much of it was measured, and why it is not there.

Before: the inputs and cells of a monitored balance. After: `nenghao indicator`, releases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from nenghao.domain.balance_cells import Cell, cell_of
from nenghao.domain.balance_inputs import BalanceInputs, IndicatorDefinition, PointFacts, ProductionOutput
from nenghao.domain.coal import UsedCoefficient, find_equal_value
from nenghao.domain.consumption import comprehensive_consumption, net_supply_tce
from nenghao.domain.network import Leaf, Network, amount_of
from nenghao.domain.quantities import EXACT, UnitMismatch, convert
from nenghao.domain.rounding import round_fraction
from nenghao.domain.varieties import TOTAL_ROW, Variety

#: Electricity and heat: what has an equal value beside its calorific one.
SECONDARY: Final = ("33", "32")
#: How a point at a process enters the energy of what the process makes: what goes in, less what it gives. What it loses
#: it has used.
PROCESS_SIGNS: Final = {
    "internal": 1, "conversion_input": 1, "purchase": 1, "primary_production": 1,
    "conversion_output": -1, "recovery": -1, "export": -1, "passed_on": -1, "loss": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """An indicator of one month; without a value it says why."""

    definition: IndicatorDefinition
    #: The product that it is per; None elsewhere.
    product_code: str | None
    value: Decimal | None
    unit: str
    #: Why there is no value: a label key below `indicator.reason`, and what it speaks of.
    reason: str | None
    about: tuple[str, ...]
    completeness: Decimal | None
    known_share: Decimal | None
    measured_share: Decimal | None
    coefficient_codes: tuple[str, ...]
    heating_value_ids: tuple[int, ...]
    equal_value_ids: tuple[int, ...]


@dataclass(slots=True)
class _Sum:
    """A value under way: what it rests on, or the reason why it will not be one."""

    value: Decimal = Decimal(0)
    reason: str | None = None
    about: tuple[str, ...] = ()
    leaves: list[Leaf] = field(default_factory=list)
    used: list[UsedCoefficient] = field(default_factory=list)
    equal_value_ids: list[int] = field(default_factory=list)
    #: The cell whose shares stand for the value where it rests on the whole month.
    total: Cell | None = None

    def refuse(self, reason: str, *about: str) -> "_Sum":
        if self.reason is None:
            self.reason, self.about = reason, about
        return self


def build_indicators(
    inputs: BalanceInputs, cells: Sequence[Cell], network: Network, coefficients: dict[str, UsedCoefficient]
) -> tuple[Indicator, ...]:
    """Every indicator that the inputs define, in their order, one a product where it is per product."""
    month = _Month(inputs, cells, network, coefficients)
    with localcontext(EXACT):
        return tuple(one for definition in inputs.indicators for one in month.indicators(definition))


@dataclass(frozen=True, slots=True)
class _Month:
    inputs: BalanceInputs
    cells: Sequence[Cell]
    network: Network
    coefficients: dict[str, UsedCoefficient]

    def indicators(self, definition: IndicatorDefinition) -> Iterable[Indicator]:
        match definition.measure:
            case "consumption":
                yield self._finish(definition, self._consumption(with_non_industrial=definition.has_non_industrial))
            case "energy_2589":
                yield self._finish(definition, self._energy_2589(is_equal=definition.basis == "equal"))
            case "coal_share":
                yield self._finish(definition, self._coal_share(definition))
            case "own_renewable_share":
                yield self._finish(definition, self._own_renewable_share(definition))
            case "per_output_value":
                yield self._finish(definition, self._per_output_value(definition))
            case "per_product":
                values = {code for one in self.inputs.indicators for code in one.codes}
                for output in self.inputs.outputs:
                    if output.product_code not in values:
                        yield self._finish(definition, self._per_product(definition, output), output)

    # --- sums ---

    def _consumption(self, *, with_non_industrial: bool = False) -> _Sum:
        found = _Sum(total=self._cell("205-1", TOTAL_ROW, "4"))
        value = comprehensive_consumption(self._values(), self.inputs.varieties)
        if value is None:
            return found.refuse("cells_missing")
        apart = self._cell("205-1", TOTAL_ROW, "7") if with_non_industrial else None
        found.value = EXACT.add(value, apart.value) if apart else value
        return found

    def _energy_2589(self, *, is_equal: bool) -> _Sum:
        """Source: GB/T 2589-2020, E = Σ(Ei × ki) over what the unit takes from outside, media bought in among it."""
        found = self._consumption()
        for medium in self.inputs.media:
            self._add_medium(found, medium)
        for code in SECONDARY if is_equal else ():
            self._lift_to_equal(found, code)
        return found

    def _add_medium(self, found: _Sum, medium: Variety) -> None:
        signs = {"purchase": 1, "export": -1, "passed_on": -1}
        points = [p for p in self.inputs.points if p.variety_code == medium.code and p.flow in signs]
        row = next((one for one in self.inputs.coefficients if one.variety_code == medium.code), None)
        if points and row is None:
            found.refuse("no_coefficient", medium.code)
            return
        for point in points if row else ():
            used = UsedCoefficient(
                variety_code=medium.code,
                form_unit=medium.form_unit,
                tce_per_form_unit=row.tce_per_form_unit if row else Decimal(0),
                reference_code=row.code if row else None,
                heating_value_ids=(),
            )
            self._add_point(found, point, signs[point.flow], used)

    def _lift_to_equal(self, found: _Sum, code: str) -> None:
        """Electricity or heat taken from outside for industry, by equal instead of calorific value."""
        used = self.coefficients.get(code)
        parts = [
            (self._cell(form, code, column), sign)
            for form, column, sign in (("205-1", "4", 1), ("205-1", "7", -1), ("205-2", "11", -1), ("205-2", "13", -1))
        ]
        quantity = sum((cell.value * sign for cell, sign in parts if cell), Decimal(0))
        if quantity == 0:
            return
        unit, year = self.inputs.unit, self.inputs.month_on.year
        equal = find_equal_value(self.inputs.equal_values, code, unit.division_code, year)
        if equal is None or used is None:
            found.refuse("no_equal_value", code, unit.division_code, str(year))
            return
        per_form_unit = EXACT.multiply(convert(Decimal(1), used.form_unit, equal.unit), equal.kgce_per_unit) / 1000
        lift = EXACT.subtract(per_form_unit, used.tce_per_form_unit)
        found.value = EXACT.add(found.value, EXACT.multiply(quantity, lift))
        found.equal_value_ids.append(equal.equal_value_id)

    def _coal_share(self, definition: IndicatorDefinition) -> _Sum:
        found = _Sum(total=self._cell("205-1", TOTAL_ROW, "4"))
        net = net_supply_tce(self._values(), self.inputs.varieties)
        if found.total is None or None in net.values():
            return found.refuse("cells_missing")
        known = {row: amount for row, amount in net.items() if amount is not None}
        coal = sum((amount for row, amount in known.items() if row in definition.codes), Decimal(0))
        return _quotient(found, coal, sum(known.values(), Decimal(0)), definition.decimals)

    def _own_renewable_share(self, definition: IndicatorDefinition) -> _Sum:
        own, used = (self._cell("205-1", definition.codes[0], column) for column in ("primary", "4"))
        found = _Sum(total=used)
        if used is None:
            return found.refuse("cells_missing")
        return _quotient(found, own.value if own else Decimal(0), used.value, definition.decimals)

    def _per_output_value(self, definition: IndicatorDefinition) -> _Sum:
        found = self._consumption()
        output = next((one for one in self.inputs.outputs if one.product_code in definition.codes), None)
        if output is None:
            return found.refuse("no_output", *definition.codes)
        if definition.unit != f"tce/{output.unit}":
            return found.refuse("other_unit", output.product_code, output.unit)
        return _quotient(found, found.value, output.quantity, definition.decimals)

    def _per_product(self, definition: IndicatorDefinition, output: ProductionOutput) -> _Sum:
        mine = set(output.process_codes)
        if not mine:
            return _Sum().refuse("no_process", output.product_code)
        if any(mine & set(other.process_codes) for other in self.inputs.outputs if other is not output):
            return _Sum().refuse("shared_process", output.product_code, ", ".join(sorted(mine)))
        found = self._consumption() if "00" in mine else self._process(mine)
        return _quotient(found, EXACT.multiply(found.value, Decimal(1000)), output.quantity, definition.decimals)

    def _process(self, codes: set[str]) -> _Sum:
        found = _Sum()
        own = [
            point
            for point in self.inputs.points
            if point.process_code in codes
            and point.use == "industrial"
            and point.variety_code in self._rows()
            and _process_sign(point)
        ]
        if not own:
            return found.refuse("no_points", ", ".join(sorted(codes)))
        for point in self.network.outermost(own):
            used = self.coefficients.get(point.variety_code)
            if used is None:
                return found.refuse("no_coefficient", point.variety_code)
            self._add_point(found, point, _process_sign(point), used)
        return found

    # --- what they are made of ---

    def _add_point(self, found: _Sum, point: PointFacts, sign: int, used: UsedCoefficient) -> None:
        for leaf in self.network.leaves(point):
            try:
                amount = amount_of(leaf, used.form_unit)
            except UnitMismatch:
                found.refuse("point_unit", point.point_code, leaf.unit, used.form_unit)
                return
            if amount is None:
                found.refuse("point_silent", point.point_code)
                return
            found.value = EXACT.add(found.value, EXACT.multiply(amount * sign, used.tce_per_form_unit))
            found.leaves.append(leaf)
        found.used.append(used)

    def _values(self) -> dict[tuple[str, str, str], Decimal]:
        return {cell.key: cell.value for cell in self.cells}

    def _rows(self) -> set[str]:
        return {variety.code for variety in self.inputs.varieties}

    def _cell(self, form: str, row: str, column: str) -> Cell | None:
        return next((cell for cell in self.cells if cell.key == (form, row, column)), None)

    def _finish(
        self, definition: IndicatorDefinition, found: _Sum, output: ProductionOutput | None = None
    ) -> Indicator:
        shares = found.total or (cell_of("", "", "", Decimal(0), "", found.leaves) if found.leaves else None)
        codes = {used.reference_code for used in found.used if used.reference_code}
        lots = {lot for used in found.used for lot in used.heating_value_ids}
        if found.total is not None:
            codes |= set(found.total.coefficient_codes)
            lots |= set(found.total.heating_value_ids)
        return Indicator(
            definition=definition,
            product_code=output.product_code if output else None,
            value=None if found.reason else found.value,
            unit=f"{definition.unit}/{output.unit}" if output else definition.unit,
            reason=found.reason,
            about=found.about,
            completeness=shares.completeness if shares else None,
            known_share=shares.known_share if shares else None,
            measured_share=shares.measured_share if shares else None,
            coefficient_codes=tuple(sorted(codes)),
            heating_value_ids=tuple(sorted(lots)),
            equal_value_ids=tuple(found.equal_value_ids),
        )


def _process_sign(point: PointFacts) -> int:
    """Electricity that a process makes from its own heat or gas is given, that from the sun is taken in."""
    if point.flow == "generation":
        return -1 if point.conversion else 1
    return PROCESS_SIGNS[point.flow]


def _quotient(found: _Sum, part: Decimal, whole: Decimal, decimals: int) -> _Sum:
    if whole == 0:
        return found.refuse("nothing_to_divide_by")
    found.value = round_fraction(Fraction(part) / Fraction(whole), decimals)
    return found
