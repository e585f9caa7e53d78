"""Coefficients: measured before reference, by the edition of the month; equal values by region and year."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.balance import build_balance
from nenghao.domain.coal import (
    KJ_PER_KGCE,
    HeatingValue,
    UsedCoefficient,
    choose_coefficient,
    find_equal_value,
    mean_of_lots,
)
from nenghao.domain.quantities import UnitMismatch
from nenghao.errors import DataRefused
from nenghao.reference.coefficients import all_coefficient_editions, coefficient_validity, load_coefficients
from nenghao.reference.editions import edition_of
from nenghao.reference.media import load_media
from nenghao.reference.varieties import load_varieties
from tests.domain.month_inputs import cells, inputs, point
from tests.domain.test_published_balances import equal_value

MONTH_ON = date(2026, 10, 1)


def lot(lot_id: int, quantity: object, value: object, **changes: object) -> HeatingValue:
    fields: dict[str, object] = {
        "variety_code": "04", "lot": f"L{lot_id}", "test_sheet_no": f"T{lot_id}", "valid_from": date(2026, 10, 1),
        "valid_to": date(2026, 11, 1), "quantity_unit": "t", "heating_value_unit": "kJ/kg",
    }  # fmt: skip
    return HeatingValue(
        heating_value_id=lot_id,
        quantity=Decimal(str(quantity)),
        heating_value=Decimal(str(value)),
        **{**fields, **changes},  # type: ignore[arg-type]
    )


def mean(*lots: HeatingValue, form_unit: str = "t", month_on: date = MONTH_ON) -> Decimal | None:
    found = mean_of_lots(lots, form_unit, month_on)
    return found[0] if found else None


def choose(*lots: HeatingValue, policy: str = "measured_first", variety: str = "04") -> UsedCoefficient | None:
    return choose_coefficient(
        variety,
        "t",
        month_on=MONTH_ON,
        policy=policy,  # type: ignore[arg-type]
        reference=load_coefficients(MONTH_ON).in_use.get(variety),
        heating_values=lots,
    )


def test_lots_weigh_by_their_quantity() -> None:
    # (20 000 x 21 000 + 10 000 x 22 500) / 30 000 = 21 500 kJ/kg; / 29 307.6 = 0.733598
    assert mean(lot(1, 20_000, 21_000), lot(2, 10_000, 22_500)) == Decimal("0.7336")


def test_gas_is_stated_by_volume() -> None:
    # 17 375 kJ/m3 / 29 307.6 = 0.592849 kgce/m3
    gas = lot(1, 500, 17_375, variety_code="11", quantity_unit="10^4m3", heating_value_unit="kJ/m3")
    assert mean(gas, form_unit="10^4m3") == Decimal("5.9285")


def test_a_lot_over_a_month_s_end_weighs_by_its_days() -> None:
    both = lot(1, 3_100, 20_000, valid_from=date(2026, 9, 1), valid_to=date(2026, 11, 1))  # 31 of 61 days
    own = lot(2, 1_000, 25_000)
    burnt = Fraction(3_100 * 31, 61)
    expected = (burnt * 20_000 + 1_000 * 25_000) / (burnt + 1_000) / Fraction(KJ_PER_KGCE)
    assert mean(both, own) == Decimal(round(expected * 10_000)) / 10_000
    assert mean(both, own, month_on=date(2026, 9, 1)) == Decimal("0.6824")  # 20 000 / 29 307.6, the one lot
    assert mean(own, month_on=date(2026, 9, 1)) is None


def test_two_sheets_of_a_lot_count_once() -> None:
    twice = [lot(1, 100, 20_000, lot="A"), lot(2, 100, 22_000, lot="A")]
    once = lot(3, 100, 21_000, lot="A")
    other = lot(4, 50, 25_000, lot="B")
    assert mean(*twice, other) == mean(once, other)


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(8_000, 36_000)), min_size=1, max_size=5))
def test_a_mean_lies_between_its_lots_and_does_not_ask_for_their_order(lots: list[tuple[int, int]]) -> None:
    made = [lot(number, quantity, value) for number, (quantity, value) in enumerate(lots, 1)]
    found = mean(*made)
    assert found is not None
    values = [Decimal(value) / KJ_PER_KGCE for _, value in lots]
    assert min(values) - Decimal("0.00005") <= found <= max(values) + Decimal("0.00005")
    assert mean(*reversed(made)) == found


def test_measured_goes_before_reference_and_names_its_lots() -> None:
    measured = choose(lot(7, 100, 21_000))
    assert measured is not None
    assert (measured.reference_code, measured.heating_value_ids) == (None, (7,))
    for reference in (
        choose(),
        choose(lot(7, 100, 21_000), policy="reference_only"),
        choose(lot(7, 1, 1, lot="x"), variety="06"),
    ):
        assert reference is not None
        assert (reference.reference_code is not None, reference.heating_value_ids) == (True, ())
    assert choose(variety="99") is None


def test_heat_by_mass_of_what_the_form_counts_by_volume_is_refused() -> None:
    with pytest.raises(UnitMismatch):
        mean(lot(1, 100, 21_000), form_unit="10^4m3")


def test_a_measured_coefficient_is_in_the_form_before_it_is_multiplied() -> None:
    built = cells(
        point(1, 3, variety_code="04", unit="t"), heating_values=(lot(1, 100, 21_000, valid_to=date(2026, 10, 8)),)
    )
    shown = built["04", "10"]
    assert (shown.value, shown.heating_value_ids, shown.coefficient_codes) == (Decimal("0.7165"), (1,), ())
    assert built["04", "tce"].value == 3 * Decimal("0.7165")


def test_a_month_is_converted_with_the_edition_of_its_first_day_whenever_that_is() -> None:
    assert load_coefficients(date(2021, 3, 1)).edition == "GB/T 2589-2008"
    assert load_coefficients(date(2021, 4, 1)).edition == load_coefficients().edition == "GB/T 2589-2020"
    assert set(load_coefficients(date(2021, 3, 1)).in_use) == set(load_coefficients().in_use)
    assert [edition for edition, _, _ in coefficient_validity()] == [e.edition for e in all_coefficient_editions()]


def test_editions_follow_each_other_without_a_gap_or_an_overlap() -> None:
    spans = sorted((valid_from, valid_to) for _, valid_from, valid_to in coefficient_validity())
    assert all(first[1] == second[0] for first, second in pairwise(spans))
    assert spans[-1][1] is None
    two = [{"valid_from": date(2020, 1, 1)}, {"valid_from": date(2021, 1, 1)}]
    with pytest.raises(DataRefused, match="2 editions"):
        edition_of(two, date(2022, 1, 1))
    with pytest.raises(DataRefused, match="0 editions"):
        edition_of(two, date(2019, 1, 1))


def test_no_code_of_a_coefficient_stands_for_two_values() -> None:
    rows = [row for edition in all_coefficient_editions() for row in edition.rows]
    assert len({row.code for row in rows}) == len(rows)


def test_a_range_keeps_both_ends_and_its_policy_names_the_one_in_use() -> None:
    edition = load_coefficients()
    ends = {row.code: row.tce_per_form_unit for row in edition.rows if row.variety_code == "15"}
    assert ends == {
        "2589-2020.calorific.15.low": Decimal("11.000"), "2589-2020.calorific.15.high": Decimal("13.300"),
    }  # fmt: skip
    assert edition.in_use["15"].code.endswith(".high")


def test_an_equal_value_is_of_the_nearest_region_and_of_no_other() -> None:
    values = [
        replace(equal_value("33", kgce, "kWh"), region_code=region)
        for region, kgce in (("150000", "0.31"), ("150200", "0.30"), ("370000", "0.29"), ("000000", "0.28"))
    ]
    for division, kgce in (("150202", "0.30"), ("150102", "0.31"), ("370100", "0.29")):
        found = find_equal_value(values, "33", division, 2026)
        assert found is not None
        assert found.kgce_per_unit == Decimal(kgce)
    assert find_equal_value(values, "33", "110101", 2026) is None
    assert find_equal_value(values, "33", "150202", 2025) is None
    assert find_equal_value(values, "32", "150202", 2026) is None


def test_media_are_no_row_of_the_form_and_have_one_coefficient_each() -> None:
    media, rows = load_media(), set(load_varieties().by_code)
    codes = [medium.code for medium in media.media.varieties]
    assert not rows & set(codes)
    assert [(row.variety_code, row.basis) for row in media.coefficients] == [(code, "equal") for code in codes]


def test_a_medium_that_is_metered_in_another_unit_leaves_its_indicators_out_and_stops_nothing() -> None:
    built = build_balance(inputs([point(1, 10_000), point(2, 300, variety_code="M01", unit="t")]))
    values = {one.definition.code: (one.value is None, one.reason) for one in built.indicators}
    assert values["energy_2589_calorific"] == (True, "point_unit")
    assert values["consumption_205"] == (False, None)


def test_a_medium_is_in_no_cell_of_the_form() -> None:
    bought = cells(point(1, 10_000), point(2, 300, variety_code="M01", unit="m3"))
    assert bought == cells(point(1, 10_000))
