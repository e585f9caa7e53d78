from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from nenghao.domain.comparison import PointSpan, Side, Statement, cycle_span, hold, monitored, settled
from nenghao.domain.periods import Month
from nenghao.reference.comparison import load_uncertainty

SHARES = load_uncertainty()
MARCH = Month(2026, 3)


def statement(from_on: str, to_on: str, quantity: object = 100, account: str = "A") -> Statement:
    return Statement(
        account_no=account,
        from_on=date.fromisoformat(from_on),
        to_on=date.fromisoformat(to_on),
        quantity=Decimal(str(quantity)),
    )


YEAR = [
    statement("2025-12-26", "2026-01-26"),
    statement("2026-01-26", "2026-02-26"),
    statement("2026-02-26", "2026-03-26"),
]


def test_statements_are_summed_over_the_cycle_they_settle() -> None:
    side = settled(YEAR, MARCH, SHARES)
    assert isinstance(side, Side)
    assert side.quantity == 300
    assert (side.first_on, side.end_on) == cycle_span(MARCH, 25)


def test_a_red_letter_statement_lowers_the_sum() -> None:
    side = settled([*YEAR, statement("2026-01-26", "2026-02-26", -20)], MARCH, SHARES)
    assert isinstance(side, Side)
    assert side.quantity == 280


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        ([], "no_statement"),
        (YEAR[:2], "statement_missing"),
        (YEAR[1:], "statement_missing"),
        ([YEAR[0], YEAR[2]], "statement_missing"),
        ([*YEAR, statement("2026-02-20", "2026-03-20")], "statements_overlap"),
        ([*YEAR, statement("2026-01-01", "2026-04-01", account="B")], "cycles_differ"),
    ],
)
def test_what_is_not_settled_whole_is_not_comparable(statements: list[Statement], reason: str) -> None:
    assert settled(statements, MARCH, SHARES) == reason


def test_an_account_without_any_statement_makes_the_sum_too_small_to_compare() -> None:
    assert settled(YEAR, MARCH, SHARES, accounts=("A", "B")) == "statement_missing"
    assert isinstance(settled(YEAR, MARCH, SHARES, accounts=("A",)), Side)
    assert settled([], MARCH, SHARES, accounts=("A",)) == "no_statement"


POINT = PointSpan(
    sign=1,
    energy=Decimal(1000),
    measured=Decimal(1000),
    days=90,
    due_slots=8640,
    known_slots=8640,
    accuracy_class="0.5S",
)
SPAN = (date(2026, 1, 1), date(2026, 4, 1))


def test_points_are_summed_by_their_signs() -> None:
    side = monitored([POINT, replace(POINT, sign=-1, energy=Decimal(200), measured=Decimal(200))], SPAN, SHARES)
    assert isinstance(side, Side)
    assert side.quantity == 800


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"days": 89}, "days_missing"), ({"energy": None}, "days_missing"), ({"known_slots": 7000}, "known_too_little")],
)
def test_a_point_that_says_too_little_makes_its_side_not_comparable(change: dict[str, object], reason: str) -> None:
    assert monitored([POINT, replace(POINT, **change)], SPAN, SHARES) == reason  # type: ignore[arg-type]
    assert monitored([], SPAN, SHARES) == "no_points"


def test_what_was_estimated_widens_the_tolerance() -> None:
    measured = monitored([POINT], SPAN, SHARES)
    estimated = monitored([replace(POINT, measured=Decimal(500))], SPAN, SHARES)
    assert isinstance(measured, Side)
    assert isinstance(estimated, Side)
    near, wide = hold(Decimal(1050), measured, SHARES), hold(Decimal(1050), estimated, SHARES)
    assert near is not None
    assert wide is not None
    assert (near.difference, wide.difference) == (Decimal("0.05"), Decimal("0.05"))
    assert not near.is_within
    assert wide.is_within
    # 2 * sqrt(((0.5² + 0.7²) / 3) + 0.2²) percent
    assert near.tolerance == Decimal("0.0107")


def test_nothing_is_no_base_of_a_share() -> None:
    assert (
        hold(Decimal(1), Side(quantity=Decimal(0), first_on=SPAN[0], end_on=SPAN[1], uncertainty=Decimal(0)), SHARES)
        is None
    )
