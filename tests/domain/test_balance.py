"""The monitored balance: what enters a cell, what is left out, and what does not change it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.balance import Cell, PointMonth, build_balance
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.varieties import load_varieties

ENERGY = st.decimals(0, 10**9, places=3)


def month(point_id: int, energy: object, **changes: object) -> PointMonth:
    amount = None if energy is None else Decimal(str(energy))
    fields: dict[str, object] = {
        "point_id": point_id, "variety_code": "33", "flow": "purchase", "use": "industrial",
        "is_inside_non_industrial": False, "unit": "kWh", "energy": amount, "measured_energy": amount or Decimal(0),
        "due_slots": 100, "received_slots": 100, "known_slots": 100,
    }  # fmt: skip
    return PointMonth(**{**fields, **changes})  # type: ignore[arg-type]


def cells(*points: PointMonth) -> dict[tuple[str, str], Cell]:
    built = build_balance(points, load_varieties(), load_coefficients().in_use)
    return {(cell.row_code, cell.column_code): cell for cell in built}


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
        month(3, 5_000, flow="internal", use="non_industrial", is_inside_non_industrial=True),
    )
    assert (built["33", "7"].value, built["33", "5"].value) == (2, 8)


def test_without_a_non_industrial_meter_column_7_is_not_there() -> None:
    built = cells(month(1, 10_000))
    assert ("33", "7") not in built
    assert built["33", "5"].value == 1


def test_a_silent_non_industrial_meter_leaves_both_columns_out() -> None:
    built = cells(month(1, 10_000), month(2, None, flow="internal", use="non_industrial"))
    assert built.keys() == {("33", "2"), ("33", "4"), ("33", "10"), ("33", "tce"), ("40", "4")}


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
    assert ("01", "10") not in built


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
