"""An integrated steel works, checked cell by cell against arithmetic done by hand, and the identity of practice 3."""

import ast
import operator
from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.balance import Balance, build_balance
from nenghao.domain.consumption import comprehensive_consumption, net_supply_tce, supply_identity
from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import exact_text
from nenghao.reference.varieties import load_varieties
from tests.domain.month_inputs import Point, inputs, point, term
from tests.domain.works_files import FOLDER, Expected, expected_cells, works_inputs, works_points

VARIETIES = load_varieties().varieties
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


def worked_out(arithmetic: str) -> Decimal:
    """What a line of sums and products of decimals comes to, exactly."""

    def value(node: ast.expr) -> Decimal:
        match node:
            case ast.Constant():
                return Decimal(str(ast.get_source_segment(arithmetic, node)))
            case ast.BinOp():
                return Decimal(OPERATORS[type(node.op)](value(node.left), value(node.right)))
        raise AssertionError(arithmetic)

    with localcontext(EXACT):
        return value(ast.parse(arithmetic, mode="eval").body)


def values_of(balance: Balance) -> dict[tuple[str, str, str], Decimal]:
    return {cell.key: cell.value for cell in balance.cells}


@pytest.fixture(scope="module")
def works() -> Balance:
    return build_balance(works_inputs())


@pytest.mark.parametrize("cell", expected_cells(), ids=lambda cell: " ".join(cell.key))
def test_a_cell_is_what_was_worked_by_hand(works: Balance, cell: Expected) -> None:
    assert worked_out(cell.arithmetic) == cell.value
    (built,) = [one for one in works.cells if one.key == cell.key]
    assert (built.value, built.unit) == (cell.value, cell.unit)


def test_no_other_cell_is_there(works: Balance) -> None:
    assert {cell.key for cell in works.cells} == {cell.key for cell in expected_cells()}


def test_what_came_in_equals_what_was_used(works: Balance) -> None:
    values = values_of(works)
    identity = supply_identity(values, VARIETIES)
    assert identity is not None
    # Worked by hand in README.md.
    assert identity.supply_tce == identity.use_tce == Decimal("139546.71")
    assert comprehensive_consumption(values, VARIETIES) == Decimal("139288.06")
    net = net_supply_tce(values, VARIETIES)
    assert sum(amount for amount in net.values() if amount is not None) == identity.use_tce


#: Worked by hand in README.md.
INDICATORS = {
    ("consumption_205", None): "139288.06", ("consumption_205_all", None): "139546.71",
    ("energy_2589_calorific", None): "141365.19", ("energy_2589_equal", None): "151488.13",
    ("coal_share", None): "0.9514", ("own_renewable_share", None): "0.0058",
    ("per_product", "coke"): "91.35", ("per_product", "crude_steel"): "348.22",
    ("per_output_value", None): "0.7738",
}  # fmt: skip


def test_each_indicator_is_what_was_worked_by_hand_and_the_one_without_output_says_so(works: Balance) -> None:
    found = {(one.definition.code, one.product_code): one for one in works.indicators}
    values = {key: exact_text(one.value) for key, one in found.items() if one.value is not None}
    assert values == INDICATORS
    assert {key: one.reason for key, one in found.items() if one.value is None} == {
        ("per_value_added", None): "no_output"
    }
    assert found["energy_2589_equal", None].equal_value_ids == (1, 2)
    assert found["per_product", "coke"].heating_value_ids == (3,)
    assert "2589-2020.B.M05" in found["energy_2589_calorific", None].coefficient_codes


def test_a_measured_figure_names_its_lots_and_a_converted_one_its_row(works: Balance) -> None:
    cells = {cell.key: cell for cell in works.cells}
    measured, reference = cells["205-1", "04", "tce"], cells["205-1", "02", "tce"]
    assert (measured.heating_value_ids, measured.coefficient_codes) == ((1, 2), ())
    assert (reference.heating_value_ids, reference.coefficient_code) == ((), "2589-2020.calorific.02")
    assert cells["205-1", "01", "tce"].heating_value_ids == (1, 2)


def test_the_example_for_readers_shows_every_figure_that_is_tested() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for value in ("139 288.06", "139 546.71", "141 365.19", "151 488.13", "91.35", "348.22", "0.9514"):
        assert value in text


AMOUNT = st.decimals(0, 10**7, places=2)
KINDS = st.sampled_from(["power_generation", "heating", "coking", "gas_making"])
#: Rows that may loop inside a works, in units that meters have.
LOOPS = st.sampled_from([("12", "m3"), ("13", "m3"), ("37", "GJ"), ("11", "m3"), ("32", "GJ")])


@settings(max_examples=40)
@given(row=LOOPS, made=AMOUNT, used=AMOUNT, power=AMOUNT, kind=KINDS, is_recovered=st.booleans())
def test_an_internal_loop_changes_nothing(
    row: tuple[str, str], made: Decimal, used: Decimal, power: Decimal, kind: str, is_recovered: bool
) -> None:
    """Gas, pressure or heat that is recovered, burnt and made into power (BFG, TRT, CDQ) was bought once already."""
    variety, unit = row
    flow, conversion = ("recovery", None) if is_recovered else ("conversion_output", kind)
    loop = [
        point(101, made, variety_code=variety, unit=unit, flow=flow, conversion=conversion),
        point(102, used, variety_code=variety, unit=unit, flow="conversion_input", conversion=kind),
        point(103, power, flow="generation", conversion="power_generation"),
    ]
    without, within = (build_balance(works_inputs([*works_points(), *more])) for more in ([], loop))
    identity = supply_identity(values_of(within), VARIETIES)
    assert identity is not None
    assert identity.difference_tce == 0
    assert identity.use_tce == Decimal("139546.71")
    before, after = (comprehensive_consumption(values_of(one), VARIETIES) for one in (without, within))
    assert before == after


@settings(max_examples=25)
@given(first=AMOUNT, second=AMOUNT)
def test_splitting_a_loop_in_two_changes_no_cell(first: Decimal, second: Decimal) -> None:
    def gas(point_id: int, amount: Decimal, flow: str = "recovery") -> Point:
        return point(point_id, amount, variety_code="12", unit="m3", flow=flow)

    bought = point(1, 10_000)
    whole = build_balance(inputs([bought, gas(2, first + second)]))
    parts = build_balance(inputs([bought, gas(2, first), gas(3, second)]))
    assert values_of(whole) == values_of(parts)


@settings(max_examples=25)
@given(amounts=st.lists(AMOUNT, min_size=1, max_size=4), kinds=st.lists(KINDS, min_size=4, max_size=4))
def test_conversion_adds_up_over_its_kinds(amounts: list[Decimal], kinds: list[str]) -> None:
    built = values_of(
        build_balance(
            inputs(
                point(number, amount, variety_code="15", unit="m3", flow="conversion_input", conversion=kind)
                for number, (amount, kind) in enumerate(zip(amounts, kinds, strict=False), 1)
            )
        )
    )
    kind_columns = [built[key] for key in built if key[:2] == ("205-2", "15") and 3 <= int(key[2]) <= 10]
    assert sum(kind_columns) == built["205-2", "15", "2"]
    assert built["205-2", "40", "2"] == built["205-2", "15", "2"] * Decimal("13.3")


@settings(max_examples=25)
@given(st.permutations(range(40)))
def test_the_order_of_points_changes_no_cell(order: list[int]) -> None:
    points = works_points()
    shuffled = [points[place] for place in order if place < len(points)] + points[40:]
    assert build_balance(works_inputs(shuffled)).cells == build_balance(works_inputs(points)).cells


def test_a_silent_point_takes_its_row_and_the_total_with_it_and_no_other_row(works: Balance) -> None:
    points = [
        point(facts.point_id, None, **{name: getattr(facts, name) for name in SHOWN}, unit=months[0].unit)
        if facts.point_code == "G_TRT"
        else (facts, months)
        for facts, months in works_points()
    ]
    missing = {cell.key for cell in works.cells} - {cell.key for cell in build_balance(works_inputs(points)).cells}
    assert missing == {
        ("205-1", "33", "4"), ("205-1", "33", "5"), ("205-1", "33", "10"), ("205-1", "33", "tce"),
        ("205-1", "40", "4"), ("205-1", "40", "5"),
        ("205-2", "33", "1"), ("205-2", "33", "11"), ("205-2", "33", "12"),
        ("205-2", "40", "1"), ("205-2", "40", "12"),
    }  # fmt: skip
    indicators = {one.definition.code: one for one in build_balance(works_inputs(points)).indicators}
    assert (indicators["consumption_205"].value, indicators["consumption_205"].reason) == (None, "cells_missing")


SHOWN = ("point_code", "process_code", "variety_code", "flow", "conversion", "use")


def test_an_indicator_without_an_equal_value_says_for_which_region_and_year() -> None:
    asked = works_inputs()
    without = replace(asked, equal_values=tuple(replace(v, year=2025) for v in asked.equal_values))
    other = replace(asked, equal_values=tuple(replace(v, region_code="370000") for v in asked.equal_values))
    for one in (without, other):
        (equal,) = [i for i in build_balance(one).indicators if i.definition.code == "energy_2589_equal"]
        assert (equal.value, equal.reason, equal.about) == (None, "no_equal_value", ("33", "150200", "2026"))


def test_a_sub_meter_inside_another_of_its_process_is_not_added_again() -> None:
    more = [point(201, 1_000_000, process_code="01", flow="internal", point_code="E_COK_1")]
    points = [*works_points(), *more]
    whole = next(facts.point_id for facts, _ in points if facts.point_code == "E_COK")
    built = build_balance(works_inputs(points, [term(whole, 201)]))
    assert {str(i.value) for i in built.indicators if i.product_code == "coke"} == {"91.35"}
