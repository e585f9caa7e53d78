"""Reads the integrated steel works of tests/domain/steel_works: registers, month totals and what was worked by hand."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from nenghao.domain.balance import BalanceInputs, NetworkTerm, ProductionOutput
from nenghao.domain.coal import EqualValue, HeatingValue
from tests.domain.month_inputs import Point, inputs
from tests.domain.month_inputs import point as make_point

FOLDER = Path(__file__).parent / "steel_works"
REGISTER = FOLDER / "register"


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure worked by hand, with the arithmetic that gives it."""

    key: tuple[str, str, str]
    value: Decimal
    unit: str
    arithmetic: str


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected_cells() -> list[Expected]:
    return [
        Expected((row["form"], row["row"], row["column"]), Decimal(row["value"]), row["unit"], row["arithmetic"])
        for row in rows(FOLDER / "expected.csv")
    ]


def works_points() -> list[Point]:
    totals = {row["point_code"]: row for row in rows(FOLDER / "months.csv")}
    return [
        make_point(
            number,
            totals.get(row["point_code"], {}).get("energy"),
            point_code=row["point_code"],
            process_code=row["data_code"][:2],
            variety_code=row["variety_code"],
            flow=row["flow"],
            conversion=row["conversion"] or None,
            use=row["use"],
            unit=totals.get(row["point_code"], {}).get("unit", ""),
            is_metered=row["point_code"] in totals,
        )
        for number, row in enumerate(rows(REGISTER / "points.csv"), 1)
    ]


def works_inputs(points: Sequence[Point] | None = None, terms: Sequence[NetworkTerm] = ()) -> BalanceInputs:
    """The works' month, or that of a works with other points and more terms."""
    points = works_points() if points is None else points
    ids = {facts.point_code: facts.point_id for facts, _ in points}
    network = [
        NetworkTerm(
            whole_point_id=ids[row["whole_point_code"]],
            part_point_id=ids[row["part_point_code"]],
            sign=int(row["sign"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=None,
        )
        for row in rows(REGISTER / "network.csv")
    ]
    return replace(
        inputs(points, [*network, *terms]),
        heating_values=heating_values(),
        equal_values=equal_values(),
        outputs=outputs(),
    )


def heating_values() -> tuple[HeatingValue, ...]:
    return tuple(
        HeatingValue(
            heating_value_id=number,
            variety_code=row["variety_code"],
            lot=row["lot"],
            test_sheet_no=row["test_sheet_no"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]),
            quantity=Decimal(row["quantity"]),
            quantity_unit=row["quantity_unit"],
            heating_value=Decimal(row["heating_value"]),
            heating_value_unit=row["heating_value_unit"],
        )
        for number, row in enumerate(rows(REGISTER / "heating_values.csv"), 1)
    )


def equal_values() -> tuple[EqualValue, ...]:
    return tuple(
        EqualValue(
            equal_value_id=number,
            region_code=row["region_code"],
            year=int(row["year"]),
            variety_code=row["variety_code"],
            kgce_per_unit=Decimal(row["kgce_per_unit"]),
            unit=row["unit"],
            document_no=row["document_no"],
            source=row["source"],
            confidence=row["confidence"],
        )
        for number, row in enumerate(rows(REGISTER / "equal_values.csv"), 1)
    )


def outputs() -> tuple[ProductionOutput, ...]:
    processes = {row["product_code"]: (row["process_code"],) for row in rows(REGISTER / "product_processes.csv")}
    return tuple(
        ProductionOutput(
            product_code=row["product_code"],
            process_codes=processes.get(row["product_code"], ()),
            quantity=Decimal(row["quantity"]),
            unit=row["unit"],
        )
        for row in rows(REGISTER / "production_outputs.csv")
    )
