"""Builds the inputs of a unit's month from a few words a point, for the tests of balances."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from nenghao.domain.balance import (
    BalanceInputs,
    Cell,
    Editions,
    NetworkTerm,
    PointFacts,
    PointMonth,
    UnitFacts,
    build_balance,
)  # fmt: skip
from nenghao.domain.network import network_spans
from nenghao.domain.periods import Month
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.indicators import load_indicators
from nenghao.reference.media import load_media
from nenghao.reference.varieties import load_varieties

MONTH_ON = date(2026, 10, 1)
Point = tuple[PointFacts, tuple[PointMonth, ...]]


def point(point_id: int, energy: object, **changes: object) -> Point:
    """A point that was metered for the whole month; None energy is a silent one, is_metered=False a sum of others."""
    amount = None if energy is None else Decimal(str(energy))
    totals: dict[str, object] = {
        "first_on": MONTH_ON, "end_on": Month.of(MONTH_ON).end_on, "unit": "kWh", "energy": amount,
        "measured_energy": amount or Decimal(0), "due_slots": 100, "received_slots": 100, "known_slots": 100,
    }  # fmt: skip
    facts: dict[str, object] = {
        "point_code": f"P{point_id}", "process_code": "00", "variety_code": "33", "flow": "purchase",
        "conversion": None, "use": "industrial", "is_metered": True,
    }  # fmt: skip
    for name, value in changes.items():
        (totals if name in totals else facts)[name] = value
    months = (PointMonth(point_id=point_id, **totals),) if facts["is_metered"] else ()  # type: ignore[arg-type]
    return PointFacts(point_id=point_id, **facts), months  # type: ignore[arg-type]


def term(
    whole: int, part: int, sign: int = 1, since: date = date(2020, 1, 1), until: date | None = None
) -> NetworkTerm:
    return NetworkTerm(whole_point_id=whole, part_point_id=part, sign=sign, valid_from=since, valid_to=until)


def inputs(points: Iterable[Point], terms: Iterable[NetworkTerm] = (), **changes: object) -> BalanceInputs:
    """The month of a unit with these points, with every row of the form and its reference coefficients."""
    points, terms = list(points), tuple(terms)
    varieties, coefficients, media = load_varieties(MONTH_ON), load_coefficients(MONTH_ON), load_media(MONTH_ON)
    assert network_spans(terms, MONTH_ON)
    fields: dict[str, object] = {
        "unit": UnitFacts(unit_id=1, unit_code="U", division_code="150200", industry_code="C3110"),
        "month_on": MONTH_ON,
        "editions": Editions(
            layout="l", varieties=varieties.edition, coefficients=coefficients.edition,
            media=media.media.edition, indicators=load_indicators(MONTH_ON).edition,
        ),
        "points": tuple(facts for facts, _ in points),
        "months": tuple(month for _, months in points for month in months),
        "terms": terms,
        "varieties": varieties.varieties,
        "media": media.media.varieties,
        "policy": coefficients.policy,
        "coefficients": (*coefficients.in_use.values(), *media.coefficients),
        "heating_values": (), "equal_values": (), "outputs": (),
        "indicators": load_indicators(MONTH_ON).indicators,
    }  # fmt: skip
    return BalanceInputs(**{**fields, **changes})  # type: ignore[arg-type]


def cells(*points: Point, terms: Iterable[NetworkTerm] = (), **changes: object) -> dict[tuple[str, str], Cell]:
    """The cells of 205-1 by row and column; those of 205-2 have it in front of their column, as in "2:11"."""
    built = build_balance(inputs(points, terms, **changes))
    prefix = {"205-1": "", "205-2": "2:"}
    return {(cell.row_code, prefix[cell.form_code] + cell.column_code): cell for cell in built.cells}
