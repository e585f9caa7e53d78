"""What balances are computed from, read for many unit months at once: units, points, formulas and totals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from nenghao.db.balances import UnitMonth, pair_columns
from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.balance_inputs import NetworkTerm, PointFacts, PointMonth, ProductionOutput, UnitFacts
from nenghao.domain.coal import EqualValue, HeatingValue
from nenghao.domain.network import network_spans
from nenghao.domain.periods import Month

_QUERIES = load_queries("balance_inputs")


@dataclass(slots=True)
class MonthFacts:
    """What the registers and totals say of one unit's month."""

    unit: UnitFacts
    points: list[PointFacts] = field(default_factory=list)
    months: list[PointMonth] = field(default_factory=list)
    terms: list[NetworkTerm] = field(default_factory=list)
    heating_values: list[HeatingValue] = field(default_factory=list)
    equal_values: list[EqualValue] = field(default_factory=list)
    outputs: list[ProductionOutput] = field(default_factory=list)


def load_month_facts(conn: Connection, months: Sequence[UnitMonth]) -> dict[UnitMonth, MonthFacts]:
    """The facts of every unit month, in a number of queries that does not grow with them."""
    columns = pair_columns(months)
    units = {
        (row[0], row[1]): UnitFacts(unit_id=row[0], unit_code=row[2], division_code=row[3], industry_code=row[4])
        for row in conn.execute(_QUERIES["balance_units"], columns)
    }
    facts = {unit_month: MonthFacts(units[unit_month]) for unit_month in months}
    for row in conn.execute(_QUERIES["balance_points"], columns):
        facts[row[0], row[1]].points.append(
            PointFacts(
                point_id=row[2],
                point_code=row[3],
                process_code=row[4],
                variety_code=row[5],
                flow=row[6],
                conversion=row[7],
                use=row[8],
                is_metered=row[9],
            )
        )
    for row in conn.execute(_QUERIES["balance_terms"], columns):
        facts[row[0], row[1]].terms.append(
            NetworkTerm(whole_point_id=row[2], part_point_id=row[3], sign=row[4], valid_from=row[5], valid_to=row[6])
        )
    _load_totals(conn, facts)
    _load_coal(conn, facts, columns)
    return facts


def _load_coal(conn: Connection, facts: dict[UnitMonth, MonthFacts], columns: dict[str, object]) -> None:
    """What quantities are converted with, and what energy is held against."""
    for row in conn.execute(_QUERIES["balance_heating_values"], columns):
        facts[row[0], row[1]].heating_values.append(
            HeatingValue(
                heating_value_id=row[2],
                variety_code=row[3],
                lot=row[4],
                test_sheet_no=row[5],
                valid_from=row[6],
                valid_to=row[7],
                quantity=row[8],
                quantity_unit=row[9],
                heating_value=row[10],
                heating_value_unit=row[11],
            )
        )
    divisions = {"division_codes": [found.unit.division_code for found in facts.values()]}
    for row in conn.execute(_QUERIES["balance_equal_values"], columns | divisions):
        facts[row[0], row[1]].equal_values.append(
            EqualValue(
                equal_value_id=row[2],
                region_code=row[3],
                year=row[4],
                variety_code=row[5],
                kgce_per_unit=row[6],
                unit=row[7],
                document_no=row[8],
                source=row[9],
                confidence=row[10],
            )
        )
    for row in conn.execute(_QUERIES["balance_outputs"], columns):
        facts[row[0], row[1]].outputs.append(
            ProductionOutput(product_code=row[2], quantity=row[3], unit=row[4], process_codes=tuple(row[5]))
        )


def _load_totals(conn: Connection, facts: dict[UnitMonth, MonthFacts]) -> None:
    """Month totals; where a formula changed within the month, totals of each piece of it."""
    spans = {unit_month: network_spans(found.terms, unit_month[1]) for unit_month, found in facts.items()}
    whole = [unit_month for unit_month, pieces in spans.items() if len(pieces) == 1]
    for row in conn.execute(_QUERIES["balance_point_months"], pair_columns(whole)):
        facts[row[0], row[1]].months.append(_total(row[2], row[1], Month.of(row[1]).end_on, row[3:]))
    cut = [(unit_month, piece) for unit_month, pieces in spans.items() if len(pieces) > 1 for piece in pieces]
    if not cut:
        return
    columns = {
        **pair_columns([unit_month for unit_month, _ in cut]),
        "first_days": [piece[0] for _, piece in cut],
        "end_days": [piece[1] for _, piece in cut],
    }
    for row in conn.execute(_QUERIES["balance_point_spans"], columns):
        facts[row[0], row[1]].months.append(_total(row[2], row[3], row[4], row[5:]))


def _total(point_id: int, first_on: date, end_on: date, row: Sequence[Any]) -> PointMonth:
    unit, energy, measured, due, received, known = row
    return PointMonth(
        point_id=point_id,
        first_on=first_on,
        end_on=end_on,
        unit=str(unit),
        energy=energy,
        measured_energy=measured,
        due_slots=int(due),
        received_slots=int(received),
        known_slots=int(known),
    )
