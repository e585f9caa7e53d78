"""Puts together what balances are computed from: facts of the database and reference rows in force for the month.

Before: month totals (close_days) and registers. After: `build_balance`.
"""

from collections.abc import Sequence
from datetime import date

from nenghao.db.balance_inputs import MonthFacts, load_month_facts
from nenghao.db.balances import UnitMonth
from nenghao.db.connection import Connection
from nenghao.domain.balance import BalanceInputs, Editions
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.indicators import load_indicators
from nenghao.reference.layouts import layout_edition
from nenghao.reference.media import load_media
from nenghao.reference.varieties import load_varieties

FORM = "205-1"


def load_inputs(conn: Connection, months: Sequence[UnitMonth]) -> dict[UnitMonth, BalanceInputs]:
    """The inputs of every unit month, in the editions of its month."""
    facts = load_month_facts(conn, months)
    return {unit_month: _inputs(found, unit_month[1]) for unit_month, found in facts.items()}


def _inputs(facts: MonthFacts, month_on: date) -> BalanceInputs:
    varieties, coefficients, media = load_varieties(month_on), load_coefficients(month_on), load_media(month_on)
    indicators = load_indicators(month_on)
    measured = {point.variety_code for point in facts.points}
    wanted = measured | {v.parent for v in varieties.varieties if v.code in measured and v.parent}
    rows = tuple(coefficients.in_use[code] for code in sorted(wanted & coefficients.in_use.keys()))
    return BalanceInputs(
        unit=facts.unit,
        month_on=month_on,
        editions=Editions(
            layout=layout_edition(FORM, month_on),
            varieties=varieties.edition,
            coefficients=coefficients.edition,
            media=media.media.edition,
            indicators=indicators.edition,
        ),
        points=tuple(facts.points),
        months=tuple(facts.months),
        terms=tuple(facts.terms),
        varieties=tuple(v for v in varieties.varieties if v.code in wanted),
        media=tuple(medium for medium in media.media.varieties if medium.code in measured),
        policy=coefficients.policy,
        coefficients=(*rows, *(row for row in media.coefficients if row.variety_code in measured)),
        heating_values=tuple(facts.heating_values),
        equal_values=tuple(facts.equal_values),
        outputs=tuple(facts.outputs),
        indicators=indicators.indicators,
    )
