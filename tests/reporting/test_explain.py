"""A cell of a sealed release is taken apart by what is frozen in it."""

from decimal import Decimal

import pytest

from nenghao.domain.balance import balance_inputs_json, build_balance
from nenghao.errors import DataRefused
from nenghao.reporting.content import build_content
from nenghao.reporting.explain import CellName, take_apart
from tests.domain.month_inputs import inputs, point
from tests.reporting.test_releases import BALANCE

WORKS = inputs(
    [
        point(1, 310_000),
        point(2, 40_000, flow="conversion_output", conversion="power_generation"),
        point(3, 9_000, variety_code="11", unit="m3", flow="recovery"),
        point(4, 5_000, variety_code="11", unit="m3", flow="conversion_input", conversion="power_generation"),
    ]
)
CONTENT = build_content(BALANCE, WORKS, build_balance(WORKS), balance_inputs_json(WORKS), None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("205-2!33.11", CellName("205-2", "33", "11")),
        ("33.4", CellName("205-1", "33", "4")),
        ("33.tce", CellName("205-1", "33", "tce")),
        ("consumption_205", CellName("", "", "", "consumption_205")),
    ],
)
def test_a_cell_is_named_by_form_row_and_column_or_as_an_indicator(text: str, expected: CellName) -> None:
    assert CellName.parse(text) == expected


@pytest.mark.parametrize("text", ["", "33", "205-1!33", "33.4.5", ".4", "33.", "!33.4.", "a b"])
def test_another_name_is_refused(text: str) -> None:
    with pytest.raises(DataRefused):
        CellName.parse(text)


@pytest.mark.parametrize("column", ["4", "5"])
def test_a_total_is_the_sum_of_its_addends_in_standard_coal(column: str) -> None:
    told = take_apart(CONTENT, WORKS, CellName("205-1", "40", column))
    parts = [Decimal(part["value"]) * Decimal(part["converted_by"] or 1) for part in told.addends]
    assert sum(parts) == Decimal(told.cell["value"])
    assert {part["row"] for part in told.addends} == {"11", "33"}
    assert {row["variety_code"] for row in told.coefficients} == {"11", "33"}


def test_a_cell_of_the_second_form_names_its_points_as_they_were() -> None:
    told = take_apart(CONTENT, WORKS, CellName("205-2", "11", "13"))
    (behind,) = told.points
    assert behind.facts["flow"] == "recovery"
    assert [total["energy"] for total in behind.totals] == ["9000"]


def test_a_cell_that_meters_cannot_give_is_refused() -> None:
    with pytest.raises(DataRefused, match=r"205-1!33\.9"):
        take_apart(CONTENT, WORKS, CellName("205-1", "33", "9"))
