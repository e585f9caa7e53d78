"""Holds two sources of one quantity against each other, their cycles aligned, or says why they are not comparable.

Before: a filed figure, days of points, suppliers' statements. After: relations A17 and A20, `nenghao compare`.
Source: practice 3: compare only after alignment, with a tolerance from the combined uncertainties.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Final, Literal

from nenghao.domain.periods import Month
from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import round_figure

#: Why two sides are not comparable; label keys below `compare.reason`.
NotComparable = Literal[
    "not_filed", "not_monitored", "no_points", "days_missing", "known_too_little", "unit_unknown", "no_statement",
    "statement_missing", "statements_overlap", "cycles_differ", "month_missing",
]  # fmt: skip
#: A settlement day of 31 is the end of the month, whatever its length.
MONTH_END: Final = 31
_CLASS: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_SHARE_DECIMALS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """Shares and percentages that make a tolerance (reference data)."""

    class_without_number: Decimal
    transformer_percent: Decimal
    statement_percent: Decimal
    estimate_error: Decimal
    synchronism_percent: Decimal
    known_share_min: Decimal
    coverage_factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSpan:
    """What a point measured over a span, in the form's unit."""

    sign: int
    energy: Decimal | None
    measured: Decimal
    days: int
    due_slots: int
    known_slots: int
    accuracy_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a supplier settled for [from_on, to_on), in the form's unit; None where it settles in what is none of it."""

    account_no: str
    from_on: date
    to_on: date
    quantity: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One source of a quantity over a span, with the standard uncertainty of it as a share."""

    quantity: Decimal
    first_on: date
    end_on: date
    uncertainty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Two sides held against each other; `difference` and `tolerance` are shares of the second."""

    difference: Decimal
    tolerance: Decimal

    @property
    def is_within(self) -> bool:
        """Whether they agree as far as they can be known."""
        return abs(self.difference) <= self.tolerance


def cycle_span(month: Month, settlement_day: int) -> tuple[date, date]:
    """[first, end) of what is cumulative to a month for whom a cycle ends on this day of the month.

    >>> cycle_span(Month(2026, 3), 25), cycle_span(Month(2026, 2), 31)
    ((datetime.date(2025, 12, 26), datetime.date(2026, 3, 26)), (datetime.date(2026, 1, 1), datetime.date(2026, 3, 1)))
    """
    return _after_settlement(Month(month.year - 1, 12), settlement_day), _after_settlement(month, settlement_day)


def settled(
    statements: Sequence[Statement], month: Month, shares: Uncertainty, accounts: Iterable[str] = ()
) -> Side | NotComparable:
    """What all accounts were settled for since the year began, of statements that end by this month's.

    A statement belongs to the month of its last day. Each account has to be settled without a gap from about the year's
    start to this month, and all over the same span. `accounts`: those that are registered; one that nobody has brought
    a statement of is missing from the sum.
    """
    if not statements:
        return "no_statement"
    spans = set()
    quantity = Decimal(0)
    for account_no in sorted({one.account_no for one in statements} | set(accounts)):
        own = [
            one
            for one in statements
            if one.account_no == account_no and _is_of_year_to(one.to_on - timedelta(days=1), month)
        ]
        if not own:
            return "statement_missing"
        span = _tiled(sorted({(one.from_on, one.to_on) for one in own}))
        if isinstance(span, str):
            return span
        if Month.of(span[1] - timedelta(days=1)) != month or span[0] > date(month.year, 1, 7):
            return "statement_missing"
        spans.add(span)
        for one in own:
            if one.quantity is None:
                return "unit_unknown"
            quantity = EXACT.add(quantity, one.quantity)
    if len(spans) > 1:
        return "cycles_differ"
    first_on, end_on = spans.pop()
    with localcontext(prec=28):
        uncertainty = shares.statement_percent / 100 / Decimal(3).sqrt()
    return Side(quantity=quantity, first_on=first_on, end_on=end_on, uncertainty=uncertainty)


def monitored(points: Sequence[PointSpan], span: tuple[date, date], shares: Uncertainty) -> Side | NotComparable:
    """The signed sum of points over a span, with what is uncertain about it."""
    if not points:
        return "no_points"
    first_on, end_on = span
    if any(point.energy is None or point.days < (end_on - first_on).days for point in points):
        return "days_missing"
    if any(point.known_slots < shares.known_share_min * point.due_slots for point in points):
        return "known_too_little"
    with localcontext(EXACT):
        quantity = sum((point.sign * (point.energy or Decimal(0)) for point in points), Decimal(0))
    return Side(quantity=quantity, first_on=first_on, end_on=end_on, uncertainty=_uncertainty(points, quantity, shares))


def hold(figure: Decimal, other: Side, shares: Uncertainty) -> Verdict | None:
    """A figure against a side; None where the side is nothing, of which nothing is a share."""
    if other.quantity == 0:
        return None
    with localcontext(prec=28):
        difference = (figure - other.quantity) / other.quantity
        synchronism = shares.synchronism_percent / 100
        tolerance = shares.coverage_factor * (other.uncertainty**2 + synchronism**2).sqrt()
    return Verdict(
        difference=round_figure(difference, _SHARE_DECIMALS), tolerance=round_figure(tolerance, _SHARE_DECIMALS)
    )


def class_percent(accuracy_class: str, without_number: Decimal) -> Decimal:
    """The error in percent that a class allows: of `0.5S` a half, of a class in words what is assumed.

    >>> class_percent("0.5S", Decimal(2)), class_percent("II", Decimal(2))
    (Decimal('0.5'), Decimal('2'))
    """
    found = _CLASS.match(accuracy_class.strip())
    return Decimal(found[0]) if found else without_number


def _uncertainty(points: Sequence[PointSpan], quantity: Decimal, shares: Uncertainty) -> Decimal:
    """Root sum of squares: a class is a limit, so its standard uncertainty is a square root of three smaller."""
    if quantity == 0:
        return Decimal(0)
    with localcontext(prec=28):
        squares = Decimal(0)
        for point in points:
            energy = abs(point.energy or Decimal(0))
            limits = (
                class_percent(point.accuracy_class, shares.class_without_number) ** 2 + shares.transformer_percent**2
            )
            estimated = abs(energy - abs(point.measured)) * shares.estimate_error
            squares += energy**2 * limits / 10000 / 3 + estimated**2
        return squares.sqrt() / abs(quantity)


def _tiled(spans: Sequence[tuple[date, date]]) -> tuple[date, date] | NotComparable:
    for (_, end_on), (first_on, _) in pairwise(spans):
        if first_on > end_on:
            return "statement_missing"
        if first_on < end_on:
            return "statements_overlap"
    return spans[0][0], spans[-1][1]


def _is_of_year_to(last_on: date, month: Month) -> bool:
    return last_on.year == month.year and last_on < month.end_on


def _after_settlement(month: Month, settlement_day: int) -> date:
    """The day after a month's settlement."""
    if settlement_day >= MONTH_END:
        return month.end_on
    return min(date(month.year, month.month, 1) + timedelta(days=settlement_day), month.end_on)
