from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.filed_cells import (
    FiledCell,
    Key,
    accumulate,
    cells_json,
    month_figures,
    parse_cells,
    standard_coal,
    weighted_mean,
)
from nenghao.errors import DataRefused

AMOUNTS = st.decimals(min_value=-(10**6), max_value=10**9, places=2)
ROWS = ("01", "33")
KEYS: list[Key] = [("205-1", row, column) for row in ROWS for column in ("2", "3", "4", "5")]
MONTHS = st.lists(st.fixed_dictionaries(dict.fromkeys(KEYS, AMOUNTS)), min_size=1, max_size=11)


@settings(max_examples=60)
@given(months=MONTHS)
def test_cumulatives_and_months_are_each_other_s_inverse(months: list[dict[Key, Decimal]]) -> None:
    earlier: dict[Key, Decimal] | None = None
    for month in months:
        cumulative = accumulate(earlier, month)
        assert month_figures(cumulative, earlier) == month
        earlier = cumulative
    assert earlier == {key: sum((month[key] for month in months), Decimal(0)) for key in KEYS}


QUANTITIES = st.decimals(min_value=Decimal("0.01"), max_value=10**6, places=2)
COEFFICIENTS = st.decimals(min_value=Decimal("0.1"), max_value=Decimal("1.5"), places=4)


@settings(max_examples=60)
@given(months=st.lists(st.tuples(QUANTITIES, COEFFICIENTS), min_size=1, max_size=11))
def test_column_10_is_the_quantity_weighted_mean_of_the_months(months: list[tuple[Decimal, Decimal]]) -> None:
    total, mean = ("205-1", "01", "4"), ("205-1", "01", "10")
    earlier: dict[Key, Decimal] | None = None
    for quantity, coefficient in months:
        earlier = accumulate(earlier, {total: quantity, mean: coefficient})
    assert earlier is not None
    coal = sum((quantity * coefficient for quantity, coefficient in months), Decimal(0))
    # Each month's mean is rounded to five decimals; the errors add up to no more than half of the last one a month.
    assert abs(earlier[total] * earlier[mean] - coal) <= earlier[total] * len(months) * Decimal("0.000005")
    assert (
        min(c for _, c in months) - Decimal("0.0001") <= earlier[mean] <= max(c for _, c in months) + Decimal("0.0001")
    )


def test_a_month_may_be_negative_and_a_cell_that_one_cumulative_lacks_gives_none() -> None:
    earlier = {("205-1", "33", "4"): Decimal(10), ("205-1", "33", "9"): Decimal(3)}
    later = {("205-1", "33", "4"): Decimal(8), ("205-1", "33", "9"): Decimal(5), ("205-1", "01", "4"): Decimal(7)}
    assert month_figures(later, earlier) == {("205-1", "33", "4"): Decimal(-2), ("205-1", "33", "9"): Decimal(5)}
    assert month_figures(later, None) == later


def test_an_unknown_coefficient_makes_no_mean_and_no_coal() -> None:
    assert weighted_mean([(Decimal("0.7"), Decimal(5)), (None, Decimal(1))]) is None
    assert weighted_mean([(Decimal("0.7"), Decimal(5)), (None, Decimal(0))]) == Decimal("0.7")
    assert weighted_mean([(Decimal("0.7"), Decimal(0))]) is None
    cells = {
        ("205-1", "33", "4"): Decimal(5),
        ("205-1", "33", "10"): Decimal("1.229"),
        ("205-1", "15", "4"): Decimal(1),
    }
    assert standard_coal(cells, ["33"], "4") == Decimal("6.145")
    assert standard_coal(cells, ["15", "33"], "4") is None


@settings(max_examples=60)
@given(
    figures=st.dictionaries(
        st.tuples(st.sampled_from(["205-1", "205-2"]), st.sampled_from(ROWS), st.sampled_from("123")), AMOUNTS
    )
)
def test_stored_cells_read_as_they_were_written(figures: dict[Key, Decimal]) -> None:
    cells = {
        key: FiledCell(form=key[0], row=key[1], column=key[2], value=value, source="manual")
        for key, value in figures.items()
    }
    stored = cells_json(cells.values())
    assert {key: cell.value for key, cell in parse_cells(stored).items()} == figures
    assert cells_json(parse_cells(list(reversed(stored))).values()) == stored


@pytest.mark.parametrize(
    "wrong",
    [{"value": "1e3"}, {"value": ""}, {"value": "NaN"}, {"value": "１"}, {"source": "bureau"}, {"value": "1,000"}],
)
def test_what_is_no_figure_is_refused(wrong: dict[str, str]) -> None:
    cell = {"form": "205-1", "row": "33", "column": "4", "value": "1", "source": "manual"}
    with pytest.raises(DataRefused):
        parse_cells([cell | wrong])
    with pytest.raises(DataRefused, match="twice"):
        parse_cells([cell, cell])
