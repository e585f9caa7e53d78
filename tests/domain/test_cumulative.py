"""Cells from January on: quantities add up, coefficients are weighted, what one month does not say is not known."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.balance import build_balance
from nenghao.domain.cumulative import cumulate
from tests.domain.month_inputs import Point, inputs, point

AMOUNTS = st.lists(st.decimals(0, 10**9, places=3), min_size=1, max_size=12)


def month(total: object, coefficient: object = "0.7143", row: str = "04") -> dict[tuple[str, str, str], Decimal]:
    used = {("205-1", row, "4"): Decimal(str(total)), ("205-1", row, "10"): Decimal(str(coefficient))}
    return used | {("205-1", row, "tce"): Decimal(str(total)) * Decimal(str(coefficient))}


@given(AMOUNTS)
def test_a_quantity_is_the_sum_of_its_months_in_any_order(amounts: list[Decimal]) -> None:
    months = [month(amount) for amount in amounts]
    assert cumulate(months)["205-1", "04", "4"] == sum(amounts)
    assert cumulate(months) == cumulate(months[::-1])


def test_a_coefficient_is_weighted_by_what_was_used() -> None:
    cells = cumulate([month(100, "0.70"), month(300, "0.80")])
    assert cells["205-1", "04", "10"] == Decimal("0.775")
    assert cells["205-1", "04", "tce"] == 310


def built(*points: Point) -> dict[tuple[str, str, str], Decimal]:
    return {cell.key: cell.value for cell in build_balance(inputs(points)).cells}


def test_a_variety_that_was_not_used_yet_adds_nothing() -> None:
    coal, diesel = point(1, 100, variety_code="04", unit="t"), point(2, 7, variety_code="21", unit="t")
    cells = cumulate([built(coal), built(coal, diesel)])
    assert (cells["205-1", "04", "4"], cells["205-1", "21", "4"]) == (200, 7)


def test_a_variety_whose_point_was_silent_for_a_month_has_no_sum() -> None:
    """The silent month has no cell of the row at all, and none of the total: that is not zero."""
    coal = point(1, 100, variety_code="04", unit="t")
    silent, metered = (point(2, energy, variety_code="21", unit="t") for energy in (None, 7))
    cells = cumulate([built(coal, silent), built(coal, metered)])
    assert cells["205-1", "04", "4"] == 200
    assert {key for key in cells if key[1] in ("21", "40")} == set()
    assert cumulate([{}, built(coal)]) == {}


def test_one_coefficient_all_year_stays_that_coefficient() -> None:
    """Heat has 0.03412, five decimals."""
    heat = built(point(1, 1000, variety_code="32", unit="GJ"))
    assert cumulate([heat, heat])["205-1", "32", "10"] == Decimal("0.03412")


def test_a_month_that_has_the_row_and_not_the_cell_leaves_the_sum_unknown() -> None:
    silent = {("205-1", "04", "2"): Decimal(5)}
    cells = cumulate([month(100), silent])
    assert cells == {}


def test_stocks_are_points_in_time_and_do_not_add_up() -> None:
    assert cumulate([{("205-1", "04", "9"): Decimal(5)}] * 2) == {}
