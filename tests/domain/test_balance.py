"""The monitored balance: what enters a cell, what is left out, and what does not change it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.balance import balance_inputs_json, build_balance, parse_balance_inputs
from nenghao.domain.quantities import UnitMismatch
from nenghao.errors import DataRefused
from tests.domain.month_inputs import MONTH_ON, Point, cells, inputs, term
from tests.domain.month_inputs import point as month

ENERGY = st.decimals(0, 10**9, places=3)


@given(bought=ENERGY, own=ENERGY, exported=ENERGY, passed=ENERGY)
def test_electricity_used_is_bought_and_generated_less_exported_and_passed_on(
    bought: Decimal, own: Decimal, exported: Decimal, passed: Decimal
) -> None:
    built = cells(
        month(1, bought), month(2, own, flow="generation"), month(3, exported, flow="export"),
        month(4, passed, flow="passed_on"), month(5, 77, flow="internal"),
    )  # fmt: skip
    assert built["33", "2"].value == bought / 10_000
    assert built["33", "4"].value == (bought + own - exported - passed) / 10_000
    assert built["33", "tce"].value == built["33", "4"].value * Decimal("1.229")
    assert built["33", "4"].source_point_ids == (1, 2, 3, 4)


@given(ENERGY, ENERGY)
def test_splitting_a_feeder_changes_no_figure(first: Decimal, second: Decimal) -> None:
    whole, split = cells(month(1, first + second)), cells(month(1, first), month(2, second))
    assert {key: cell.value for key, cell in whole.items()} == {key: cell.value for key, cell in split.items()}


def test_a_point_below_a_non_industrial_one_is_not_counted_twice() -> None:
    built = cells(
        month(1, 100_000),
        month(2, 20_000, flow="internal", use="non_industrial"),
        month(3, 5_000, flow="internal", use="non_industrial"),
        terms=[term(2, 3)],
    )
    assert (built["33", "7"].value, built["33", "5"].value) == (2, 8)


def test_without_a_non_industrial_meter_column_7_is_not_there() -> None:
    built = cells(month(1, 10_000))
    assert ("33", "7") not in built
    assert built["33", "5"].value == 1


def test_a_silent_non_industrial_meter_leaves_both_columns_out() -> None:
    built = cells(month(1, 10_000), month(2, None, flow="internal", use="non_industrial"))
    assert built.keys() == {("33", "2"), ("33", "4"), ("33", "10"), ("33", "tce"), ("40", "4")}
    assert ("40", "5") not in built


def test_a_total_with_a_silent_variety_is_not_there() -> None:
    built = cells(month(1, 10_000), month(2, None, variety_code="15", unit="m3"))
    assert ("40", "4") not in built
    assert ("33", "4") in built


def test_row_01_holds_its_parts_once_with_their_own_coefficients() -> None:
    built = cells(
        month(1, 100, variety_code="02", unit="t"), month(2, 50, variety_code="05", unit="t"),
        month(3, 10, variety_code="01", unit="t"),
    )  # fmt: skip
    tce = 100 * Decimal("0.9428") + 50 * Decimal("0.4286") + 10 * Decimal("0.7143")
    assert (built["01", "4"].value, built["01", "tce"].value, built["40", "4"].value) == (160, tce, tce)
    # 122.853 tce / 160 t: the mean of the parts, in no reference row.
    assert built["01", "10"].value == Decimal("0.7678")
    assert built["01", "10"].coefficient_code is None
    assert len(built["01", "tce"].coefficient_codes) == 3


def test_what_came_and_tells_nothing_is_received_and_not_known() -> None:
    cell = cells(month(1, 90, known_slots=90), month(2, 10, flow="generation"))["33", "4"]
    assert (cell.completeness, cell.known_share, cell.measured_share) == (1, Decimal("0.95"), 1)


def test_completeness_and_measured_share_travel_to_the_cell() -> None:
    built = cells(
        month(1, 900, received_slots=90, measured_energy=Decimal(450)),
        month(2, 100, flow="export", received_slots=50),
    )
    cell = built["33", "4"]
    assert (cell.completeness, cell.measured_share) == (Decimal("0.7"), Decimal("0.55"))
    assert built["33", "2"].measured_share == Decimal("0.5")
    assert built["40", "4"].measured_share == Decimal("0.55")


def test_no_energy_has_no_measured_share_and_is_still_a_figure() -> None:
    cell = cells(month(1, 0))["33", "4"]
    assert (cell.value, cell.measured_share) == (0, None)


def test_what_a_works_makes_recovers_and_loses_enters_its_consumption() -> None:
    built = cells(
        month(1, 100_000), month(2, 40_000, flow="conversion_output", conversion="power_generation"),
        month(3, 7_000, flow="recovery"), month(4, 2_000, flow="loss"), month(5, 9_000, flow="primary_production"),
        month(6, 1_000, flow="passed_on"),
    )  # fmt: skip
    assert built["33", "4"].value == Decimal("15.3")
    assert [built["33", key].value for key in ("primary", "supplied", "loss")] == [
        Decimal("0.9"), Decimal("0.1"), Decimal("0.2"),
    ]  # fmt: skip
    assert (built["33", "2:11"].value, built["33", "2:12"].value) == (4, 4 * Decimal("1.229"))
    assert built["33", "2:13"].value == Decimal("0.7")
    assert built["33", "2:1"].value == built["33", "5"].value


def test_conversion_input_stands_by_kind_and_in_total_and_in_no_consumption() -> None:
    built = cells(
        month(1, 100, variety_code="06", unit="t"),
        month(2, 60, variety_code="06", unit="t", flow="conversion_input", conversion="coking"),
        month(3, 30, variety_code="06", unit="t", flow="conversion_input", conversion="power_generation"),
    )
    assert built["06", "4"].value == 100
    assert [built["06", f"2:{column}"].value for column in ("2", "3", "6")] == [90, 30, 60]
    assert [built["40", f"2:{column}"].value for column in ("2", "3", "6")] == [81, 27, 54]
    assert ("06", "2:4") not in built


def test_generation_is_primary_unless_other_energy_went_into_it() -> None:
    sun, steam = month(1, 10_000, flow="generation"), month(2, 10_000, flow="generation", conversion="power_generation")
    assert cells(sun)["33", "primary"].value == 1
    assert ("33", "2:11") not in cells(sun)
    assert cells(steam)["33", "2:11"].value == 1
    assert ("33", "primary") not in cells(steam)


def test_a_point_that_nothing_measures_is_the_signed_sum_of_its_parts() -> None:
    built = cells(
        month(1, None, is_metered=False), month(2, 70_000, flow="internal"), month(3, 50_000, flow="internal"),
        month(4, 20_000, flow="internal", measured_energy=Decimal(0)),
        terms=[term(1, 2), term(1, 3), term(1, 4, -1)],
    )  # fmt: skip
    cell = built["33", "4"]
    assert (cell.value, cell.source_point_ids) == (10, (2, 3, 4))
    assert cell.measured_share == Decimal("0.857142")  # 120 of 140 MWh moved were measured


def test_a_sum_with_an_unmeasured_part_is_not_known() -> None:
    points = [month(1, None, is_metered=False), month(2, 10_000, flow="internal")]
    assert ("33", "4") not in cells(*points, month(3, None, flow="internal"), terms=[term(1, 2), term(1, 3)])
    assert ("33", "4") not in cells(*points, terms=[term(1, 2), term(1, 9)])
    assert ("33", "4") not in cells(*points, terms=[term(1, 1)])


def split(whole: Point, on: date, first: object, second: object) -> Point:
    """The point's month in two pieces."""
    facts, (total,) = whole
    pieces = ((MONTH_ON, on, first), (on, date(2026, 11, 1), second))
    return facts, tuple(
        replace(total, first_on=begin, end_on=end, energy=Decimal(str(energy)), measured_energy=Decimal(str(energy)))
        for begin, end, energy in pieces
    )


def test_each_piece_of_a_month_is_summed_by_the_formula_of_its_days() -> None:
    on = date(2026, 10, 11)
    built = cells(
        month(1, None, is_metered=False),
        split(month(2, 0, flow="internal"), on, 10_000, 20_000),
        split(month(3, 0, flow="internal"), on, 3_000, 4_000),
        terms=[term(1, 2), term(1, 3, until=on)],
    )
    assert built["33", "4"].value == Decimal("3.3")


def test_what_moved_into_a_dormitory_within_the_month_is_apart_until_then() -> None:
    on = date(2026, 10, 11)
    built = cells(
        split(month(1, 0), on, 50_000, 60_000),
        split(month(2, 0, flow="internal", use="non_industrial"), on, 1_000, 9_000),
        split(month(3, 0, flow="internal", use="non_industrial"), on, 2_000, 4_000),
        terms=[term(2, 3, since=on)],
    )
    assert built["33", "7"].value == Decimal("1.2")


def test_the_order_of_points_changes_nothing() -> None:
    points = [
        month(1, 100_000), month(2, 3_000, flow="internal", use="non_industrial"), month(3, 500, flow="export"),
        month(4, 93_000, variety_code="15", unit="m3"), month(5, 8, variety_code="04", unit="t"),
    ]  # fmt: skip
    assert cells(*points) == cells(*reversed(points))


def test_a_point_that_measures_something_else_is_refused_by_name() -> None:
    with pytest.raises(UnitMismatch, match="P1"):
        cells(month(1, 5, unit="m3"))


@pytest.mark.parametrize("variety", ["40", "77"])
def test_a_point_that_no_row_of_the_form_holds_is_refused_and_not_left_out_of_the_total(variety: str) -> None:
    with pytest.raises(DataRefused, match="P2: "):
        cells(month(1, 10_000), month(2, 5, variety_code=variety, unit="t"))
    assert cells(month(1, 10_000), month(2, 5, variety_code=variety, unit="t", flow="internal"))["40", "4"].value


def test_inputs_are_one_sequence_of_bytes_and_read_back_whole() -> None:
    asked = inputs([month(1, "1.250"), month(2, None, flow="export")], [term(1, 2, until=date(2027, 1, 1))])
    data = balance_inputs_json(asked)
    assert parse_balance_inputs(data) == asked
    assert balance_inputs_json(parse_balance_inputs(data)) == data
    assert build_balance(parse_balance_inputs(data)) == build_balance(asked)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"energy":"1.25"', b'"energy":"1.250"'),
        (b'"energy":"1.25"', b'"energy":1.25'),
        (b'"sign":1', b'"sign":true'),
        (b'"is_metered"', b'"metered"'),
        (b"-inputs-1", b"-inputs-2"),
        (b'"use":"industrial"', b'"use":7'),
        (b'"use":"industrial"', b'"use":"idle"'),
        (b'"month_on":"2026-10-01"', b'"month_on":"2026-10"'),
        (b"{", b"{ "),
    ],
)
def test_bytes_that_were_not_written_so_are_refused(old: bytes, new: bytes) -> None:
    data = balance_inputs_json(inputs([month(1, "1.25")], [term(1, 2)]))
    assert old in data
    with pytest.raises(DataRefused):
        parse_balance_inputs(data.replace(old, new, 1))
