"""Frauds, each planted into an honest meter; the truth is kept for the final report."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from demo.measured import METER_STEP, Curve


@dataclass(frozen=True, slots=True)
class Planted:
    """What a meter's two channels show after the fraud, and where it lies.

    `intervals` are the interval values, `registers` the steps of the register's face; equal where the fraud
    is in the meter, different where only one channel was edited. Slots `[first, last)` are false.
    """

    intervals: Curve
    registers: Curve
    first: int
    last: int
    #: Slots that neither channel reports.
    silent: frozenset[int] = frozenset()
    #: Interval values that are sent once more after all others, by slot.
    again: Mapping[int, Decimal] = field(default_factory=dict)


def edit_after_meter(curve: Curve, day: int, days: int) -> Planted:
    """Interval values cut to 70 % on their way from the meter for some days; the register goes on honestly."""
    first, last = _span(curve, day, days)
    steps = list(curve.steps)
    steps[first:last] = [(step * Decimal("0.7")).quantize(METER_STEP) for step in steps[first:last]]
    return Planted(replace(curve, steps=tuple(steps)), curve, first, last)


def replay_day(curve: Curve, day: int, earlier: int) -> Planted:
    """One day shows the quarter-hours of an earlier day again, in both channels."""
    first, last = _span(curve, day, 1)
    shift = (day - earlier) * (last - first)
    steps = list(curve.steps)
    steps[first:last] = steps[first - shift : last - shift]
    shown = replace(curve, steps=tuple(steps))
    return Planted(shown, shown, first, last)


def ratio_step(curve: Curve, day: int) -> Planted:
    """From one day on a current transformer is bridged: the meter counts half, in both channels."""
    first, last = _span(curve, day, len(curve.steps))
    steps = list(curve.steps)
    steps[first:] = [(step / 2).quantize(METER_STEP) for step in steps[first:]]
    shown = replace(curve, steps=tuple(steps))
    return Planted(shown, shown, first, min(last, len(steps)))


def freeze(curve: Curve, day: int, days: int) -> Planted:
    """The value of one slot is repeated for whole days, in both channels."""
    first, last = _span(curve, day, days)
    steps = list(curve.steps)
    steps[first:last] = [max(steps[first - 4 : first])] * (last - first)
    shown = replace(curve, steps=tuple(steps))
    return Planted(shown, shown, first, last)


def send_again(curve: Curve, day: int) -> Planted:
    """At the end of the window one day's intervals are sent once more, a quarter lower."""
    first, last = _span(curve, day, 1)
    again = {slot: (curve.steps[slot] * Decimal("0.75")).quantize(METER_STEP) for slot in range(first, last)}
    return Planted(curve, curve, first, last, again=again)


def fall_silent(curve: Curve, day: int, days: int) -> Planted:
    """For some days the meter's line is cut in the four hours that usually count most."""
    first, last = _span(curve, day, days)
    per_day = (last - first) // days
    usual = [sum(curve.steps[slot::per_day]) for slot in range(per_day)]
    length = per_day // 6
    peak = max(range(per_day - length), key=lambda at: sum(usual[at : at + length]))
    silent = frozenset(start + peak + n for start in range(first, last, per_day) for n in range(length))
    return Planted(curve, curve, first, last, silent=silent)


def slip_unit(curve: Curve, day: int, days: int) -> Planted:
    """For some days both channels count in another unit: a thousand times as much."""
    first, last = _span(curve, day, days)
    steps = list(curve.steps)
    steps[first:last] = [step * 1000 for step in steps[first:last]]
    shown = replace(curve, steps=tuple(steps))
    return Planted(shown, shown, first, last)


def _span(curve: Curve, day: int, days: int) -> tuple[int, int]:
    slots = timedelta(days=1) // curve.slot
    return day * slots, min((day + days) * slots, len(curve.steps))
