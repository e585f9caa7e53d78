"""Cells from January on: quantities add up, coefficients are weighted, what one month does not say is not known."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.cumulative import cumulate

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


def test_a_variety_that_was_not_used_yet_adds_nothing() -> None:
    cells = cumulate([month(100), month(100) | month(7, row="21")])
    assert (cells["205-1", "04", "4"], cells["205-1", "21", "4"]) == (200, 7)


def test_a_month_that_has_the_row_and_not_the_cell_leaves_the_sum_unknown() -> None:
    silent = {("205-1", "04", "2"): Decimal(5)}
    cells = cumulate([month(100), silent])
    assert cells == {}


def test_stocks_are_points_in_time_and_do_not_add_up() -> None:
    assert cumulate([{("205-1", "04", "9"): Decimal(5)}] * 2) == {}
