"""Standard coal against published balances (tests/domain/published), and against slips by a power of ten."""

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from nenghao.domain.balance import build_balance
from nenghao.domain.coal import EqualValue
from nenghao.domain.quantities import UNITS, convert
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.varieties import load_varieties
from tests.domain.month_inputs import cells, inputs, point

FOLDER = Path(__file__).parent / "published"
FORM_UNITS = {variety.code: variety.form_unit for variety in load_varieties().varieties}
#: Ten thousand: what the published units are of the form's.
TEN_THOUSAND = Decimal(10_000)


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


#: Rows whose coefficient the standard gives as a range or not at all: washed coal, briquettes, by-products, bitumen.
OF_THE_DATABOOK = ("07", "08", "10", "11", "30", "31")
#: The databook gives this one amount on three decimals only, so that it does not come back exactly.
INEXACT = "29"


def balance_of(flow: list[dict[str, str]], factors: dict[str, Decimal]) -> dict[str, Decimal]:
    """Tonnes of coal equivalent by row of a balance that buys what the province consumed."""
    coefficients = tuple(
        replace(row, tce_per_form_unit=factors.get(code, row.tce_per_form_unit))
        for code, row in load_coefficients().in_use.items()
    )
    points = [
        point(
            number,
            Decimal(row["physical_10k_form_units"]) * TEN_THOUSAND,
            variety_code=row["row"],
            unit=FORM_UNITS[row["row"]],
        )
        for number, row in enumerate(flow, 1)
        if row["row"] != "40"
    ]
    built = build_balance(inputs(points, coefficients=coefficients)).cells
    return {cell.row_code: cell.value for cell in built if cell.column_code == "tce" or cell.key[1:] == ("40", "4")}


def published(row: dict[str, str]) -> Decimal:
    return Decimal(row["published_10ktce"]) * TEN_THOUSAND


@pytest.mark.parametrize("flow", ["total", "industry", "residential"])
def test_a_published_balance_comes_back_exactly_with_the_factors_it_was_made_with(flow: str) -> None:
    flow_rows = [row for row in rows("inner_mongolia_2013.csv") if row["flow"] == flow]
    tce = balance_of(flow_rows, {row["row"]: Decimal(row["databook_factor"] or 1) for row in flow_rows})
    for row in flow_rows:
        if row["row"] == "40":
            assert abs(tce["40"] - published(row)) <= published(row) / 100
        elif row["row"] == INEXACT:
            assert abs(tce[INEXACT] - published(row)) < Decimal("2")
        else:
            assert tce[row["row"]] == published(row), row


@pytest.mark.parametrize("flow", ["total", "industry", "residential"])
def test_the_standard_s_coefficients_give_a_published_balance_within_its_rounding(flow: str) -> None:
    """0.3 % a variety (heat, of two digits, 0.4 %); 1 % of the total."""
    flow_rows = [row for row in rows("inner_mongolia_2013.csv") if row["flow"] == flow]
    factors = {row["row"]: Decimal(row["databook_factor"]) for row in flow_rows if row["row"] in OF_THE_DATABOOK}
    tce = balance_of(flow_rows, factors)
    for row in flow_rows:
        if row["row"] not in (*OF_THE_DATABOOK, "40"):
            tolerance = Decimal("0.004") if row["row"] == "32" else Decimal("0.003")
            assert abs(tce[row["row"]] - published(row)) <= published(row) * tolerance, row
        if row["row"] == "40":
            assert abs(tce["40"] - published(row)) <= published(row) / 100


SHANDONG = [
    {key: Decimal(value) if key != "flow" else value for key, value in row.items()} for row in rows("shandong_2007.csv")
]


@pytest.mark.parametrize("row", SHANDONG, ids=lambda row: row["flow"])
def test_equal_value_lifts_a_published_balance_by_electricity_and_heat_alone(row: dict[str, Decimal]) -> None:
    """To 0.1 in all 22 rows, each with the equal value that its own figures have."""
    values, points = [], []
    for number, (energy, code, unit, coefficient) in enumerate(
        (("elec", "33", "10^4kWh", Decimal("1.229")), ("heat", "32", "GJ", Decimal("0.03412"))), 1
    ):
        thermal, equal = row[f"{energy}_thermal"], row[f"{energy}_equal"]
        if thermal:
            values.append(equal_value(code, str(equal / thermal * coefficient * 1000), unit))
        points.append(point(number, thermal / coefficient * TEN_THOUSAND, unit=unit, variety_code=code))
    built = {i.definition.code: i for i in build_balance(inputs(points, equal_values=tuple(values))).indicators}
    calorific, lifted = (built[f"energy_2589_{basis}"].value for basis in ("calorific", "equal"))
    assert calorific is not None
    assert lifted is not None
    lift = (lifted - calorific) / TEN_THOUSAND
    assert abs(row["total_equal"] - row["total_thermal"] - lift) <= Decimal("0.1") + Decimal("1E-9")


def test_the_published_equal_value_is_a_power_plant_s_coal() -> None:
    """0.3617 kgce/kWh: what the province's plants burnt, against 0.1229 that is in a kilowatt-hour."""
    final = next(row for row in SHANDONG if row["flow"] == "final_consumption")
    assert round(final["elec_equal"] / final["elec_thermal"] * Decimal("0.1229"), 4) == Decimal("0.3617")
    assert round(final["heat_equal"] / final["heat_thermal"], 3) == Decimal("1.328")


def equal_value(variety: str, kgce: str, unit: str) -> EqualValue:
    return EqualValue(
        equal_value_id=1, region_code="150000", year=2026, variety_code=variety, kgce_per_unit=Decimal(kgce), unit=unit,
        document_no="d", source="s", confidence="found",
    )  # fmt: skip


SECTORS = ("agriculture", "industry", "construction", "transport", "wholesale_retail_hotels", "other", "household")


@pytest.mark.parametrize("year", ["1990", "1995", "2000", "2005", "2007"])
def test_published_sectors_add_to_their_total(year: str) -> None:
    found = {row["item"]: row[year] for row in rows("china_1990_2007.csv")}
    built = cells(
        *(
            point(number, Decimal(found[sector]), variety_code="39", unit="tce")
            for number, sector in enumerate(SECTORS, 1)
        )
    )
    assert abs(built["40", "4"].value - Decimal(found["total_consumption"])) <= 1


@pytest.mark.parametrize(
    ("variety", "amounts"),
    [
        ("33", {"Wh": "12290000", "kWh": "12290", "MWh": "12.29", "10^4kWh": "1.229"}),
        ("15", {"m3": "93000", "10^4m3": "9.3"}),
        ("01", {"kg": "125000", "t": "125", "10^4t": "0.0125"}),
        ("32", {"kJ": "5000000", "MJ": "5000", "GJ": "5", "10^6kJ": "5"}),
        ("39", {"kgce": "7500", "tce": "7.5"}),
    ],
)
def test_the_same_amount_in_any_unit_gives_the_same_cells(variety: str, amounts: dict[str, str]) -> None:
    assert amounts.keys() == {
        unit for unit, measure in UNITS.items() if measure.dimension == UNITS[FORM_UNITS[variety]].dimension
    }
    built = [
        {key: cell.value for key, cell in cells(point(1, amount, variety_code=variety, unit=unit)).items()}
        for unit, amount in amounts.items()
    ]
    assert all(one == built[0] for one in built)
    assert built[0][variety, "4"] == convert(
        Decimal(next(iter(amounts.values()))), next(iter(amounts)), FORM_UNITS[variety]
    )


def test_a_gigajoule_is_a_million_kilojoules_and_nothing_else_is_one_to_one() -> None:
    """The trap that hides: two names of one unit. Every other pair of a dimension differs by a power of ten."""
    same = {
        (one, other)
        for one, first in UNITS.items()
        for other, second in UNITS.items()
        if one < other and first == second and first.dimension != "ratio"
    }
    assert same == {("10^6kJ", "GJ")}
