"""Rounding, shares, coal equivalent, credit codes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from nenghao.domain.coal import to_tce
from nenghao.domain.quantities import UnitMismatch, convert
from nenghao.domain.rounding import exact_text, floor_share, round_figure
from nenghao.domain.unit_code import ALPHABET, check_character, parse_unit_code
from nenghao.errors import DataRefused
from nenghao.reference.coefficients import load_coefficients

DECIMALS = st.decimals(-(10**12), 10**12, places=6)


@given(DECIMALS, st.integers(0, 4))
def test_rounding_is_near_idempotent_and_symmetric(value: Decimal, decimals: int) -> None:
    rounded = round_figure(value, decimals)
    assert abs(rounded - value) * 2 <= Decimal(1).scaleb(-decimals)
    assert round_figure(rounded, decimals) == rounded
    assert round_figure(-value, decimals) == -rounded


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.125", "0.12"), ("0.135", "0.14"), ("0.1251", "0.13"), ("-2.345", "-2.34"), ("10", "10.00")],
)
def test_a_tie_goes_to_the_even_digit(value: str, rounded: str) -> None:
    assert str(round_figure(Decimal(value), 2)) == rounded


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_only_the_whole_is_a_whole_share(part: int, whole: int) -> None:
    share = floor_share(min(part, whole), whole)
    assert share is not None
    assert (share == 1) == (part >= whole)
    assert floor_share(part, 0) is None


@given(DECIMALS)
def test_exact_text_keeps_the_value_and_has_one_form(value: Decimal) -> None:
    text = exact_text(value)
    assert Decimal(text) == value
    assert exact_text(value * Decimal("1.000")) == text
    assert "E" not in text


@given(DECIMALS, DECIMALS)
def test_coal_equivalent_is_additive(first: Decimal, second: Decimal) -> None:
    power = load_coefficients().in_use["33"]
    both = to_tce(first + second, "10^4kWh", power, basis="calorific")
    parts = (to_tce(one, "10^4kWh", power, basis="calorific") for one in (first, second))
    assert both == sum(parts)


def test_another_unit_or_basis_is_refused() -> None:
    power = load_coefficients().in_use["33"]
    with pytest.raises(UnitMismatch, match="not per kWh"):
        to_tce(Decimal(1), "kWh", power, basis="calorific")
    with pytest.raises(UnitMismatch, match="not equal"):
        to_tce(Decimal(1), "10^4kWh", power, basis="equal")


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_check_characters_equal_those_of_another_implementation(front: str) -> None:
    assert check_character(front) == uscc.calc_check_digit(front)


@given(st.text(ALPHABET, min_size=18, max_size=18))
def test_a_code_is_taken_where_another_implementation_takes_it(code: str) -> None:
    front = "91150100" + code[8:17]
    good = front + check_character(front)
    assert parse_unit_code(f" {good.lower()} ") == good
    assert uscc.is_valid(good)
    if code[-1] != good[-1]:
        with pytest.raises(DataRefused):
            parse_unit_code(front + code[-1])


@given(DECIMALS)
def test_conversion_there_and_back_is_exact(value: Decimal) -> None:
    assert convert(convert(value, "kWh", "10^4kWh"), "10^4kWh", "kWh") == value
