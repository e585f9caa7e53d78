"""The suspected curve of a point as it was judged, as it stands now, and as its own like days make it expected.

Before: series days as rows, of the store and of what was kept when a rule found something. After: `evidence_accounts`
bounds what should have been reported; the document and its page show the curves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any, Final

from nenghao.detection.expected import Expected, expected_curve
from nenghao.domain.periods import day_of, day_start
from nenghao.domain.quantities import EXACT
from nenghao.domain.series_day import VALIDATED

ONE_DAY: Final = timedelta(days=1)
#: As far back as like days may lie, and two weeks more for those that do not count.
HISTORY: Final = timedelta(days=70)

Row = Mapping[str, Any]
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of a series: energy of each slot, None where unknown, with the letters of the slots."""

    day_on: date
    slot_minutes: int
    unit: str
    energy: tuple[Decimal | None, ...]
    quality: str
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What one series told of a span, before it was taken out by any decision, and what was to be expected."""

    span: Span
    unit: str
    slot_minutes: int
    #: Days of the span as they stood when they were judged; days without a row are missing.
    judged: tuple[Day, ...]
    now: tuple[Day, ...]
    #: A week before the span, to look at.
    before: tuple[Day, ...]
    #: For each day of the span, which of its slots lie in it and are known.
    asked: tuple[tuple[bool, ...], ...]
    slots: int
    expected: Expected | None
    #: Days that spoke for what was expected.
    like_days: tuple[date, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """The days that the span touches."""
        return tuple(days_of(self.span))

    @property
    def known_slots(self) -> int:
        """How many slots of the span told anything."""
        return sum(sum(row) for row in self.asked)

    def reported(self) -> Decimal | None:
        """Energy of the span as it was reported; None where no slot told anything."""
        by_day = {day.day_on: day for day in self.judged}
        known = [
            value
            for day_on, row in zip(self.days, self.asked, strict=True)
            for value, is_asked in zip(by_day[day_on].energy if any(row) else (), row, strict=False)
            if is_asked and value is not None
        ]
        with localcontext(EXACT):
            return sum(known, Decimal(0)) if known else None

    def sum_where_asked(self, days: Iterable[Day]) -> Decimal | None:
        """Energy that another series of the same point told in the same slots; None where it knows not all of them."""
        by_day = {day.day_on: day for day in days}
        total = Decimal(0)
        for day_on, row in zip(self.days, self.asked, strict=True):
            day = by_day.get(day_on)
            for place, is_asked in enumerate(row):
                if not is_asked:
                    continue
                value = day.energy[place] if day is not None and len(day.energy) == len(row) else None
                if value is None:
                    return None
                with localcontext(EXACT):
                    total += value
        return total


def days_of(span: Span) -> list[date]:
    """Days that a half-open span touches."""
    first_on, last_on = day_of(span[0]), day_of(span[1] - timedelta(microseconds=1))
    return [first_on + ONE_DAY * number for number in range((last_on - first_on).days + 1)]


def read_day(row: Row) -> Day:
    """A day of a row of series_day, or of what was kept of one."""
    scale, unit = Decimal(1).scaleb(-int(row["scale"])), str(row["unit"])
    day_on = row["day_on"] if isinstance(row["day_on"], date) else date.fromisoformat(row["day_on"])
    with localcontext(EXACT):
        energy = tuple(None if value is None else value * scale for value in row["energy"])
    return Day(
        day_on=day_on,
        slot_minutes=int(row["slot_minutes"]),
        unit=unit,
        energy=energy,
        quality=str(row["quality"]),
        content_hash=str(row["content_hash"]),
    )


def draw(
    span: Span,
    judged: Sequence[Day],
    now: Sequence[Day],
    unclean: set[date],
    is_workday: Callable[[date], bool],
) -> Curve | None:
    """The curve of a span; None where the series has no day in it.

    `judged` and `now` hold the days of the span and of the time before it; a day that was kept goes before today's row.
    """
    stood = {day.day_on: day for day in (*now, *judged)}
    inside = [stood[day_on] for day_on in days_of(span) if day_on in stood]
    if not inside:
        return None
    minutes, unit = inside[0].slot_minutes, inside[0].unit
    per_day = 24 * 60 // minutes
    even = {on: day for on, day in stood.items() if day.slot_minutes == minutes and day.unit == unit}
    asked = tuple(_asked(even.get(day_on), day_on, span, minutes) for day_on in days_of(span))
    first_on = days_of(span)[0] - HISTORY
    table = [first_on + ONE_DAY * number for number in range(HISTORY.days + len(asked))]
    expected = expected_curve(
        [_floats(even.get(on), per_day) for on in table],
        [on in even and on not in unclean and set(even[on].quality) == {VALIDATED} for on in table],
        [not is_workday(on) for on in table],
        HISTORY.days,
        asked,
    )
    return Curve(
        span=span,
        unit=unit,
        slot_minutes=minutes,
        judged=tuple(inside),
        now=tuple(day for day in now if day.day_on in set(days_of(span))),
        before=tuple(even[on] for on in table[HISTORY.days - 7 : HISTORY.days] if on in even),
        asked=asked,
        slots=sum(_is_inside(on, place, span, minutes) for on in days_of(span) for place in range(per_day)),
        expected=expected,
        like_days=() if expected is None else tuple(table[number] for number in expected.like_days),
    )


def _asked(day: Day | None, day_on: date, span: Span, minutes: int) -> tuple[bool, ...]:
    return tuple(
        day is not None and day.energy[place] is not None and _is_inside(day_on, place, span, minutes)
        for place in range(24 * 60 // minutes)
    )


def _is_inside(day_on: date, place: int, span: Span, minutes: int) -> bool:
    return span[0] <= day_start(day_on) + timedelta(minutes=minutes * place) < span[1]


def _floats(day: Day | None, per_day: int) -> list[float]:
    if day is None:
        return [float("nan")] * per_day
    return [float("nan") if value is None else float(value) for value in day.energy]
