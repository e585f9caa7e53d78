"""Finds zeros where a meter does not stand at zero, or not for so long, by its own history."""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats, Ints
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.day_levels import step_of
from nenghao.detection.level_windows import pieces
from nenghao.detection.profiles import expected_energy
from nenghao.detection.spans import Span, runs, unexplained

#: Days of history with values without which nothing is said.
KNOWN_DAYS_MIN: Final = 10
#: A hole in the data of so many slots does not end a run of zeros.
HOLE_SLOTS: Final = 4


def zero_stretch(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Runs of zeros of `hours_min` hours or more, `times_own_min` times as long as any of the meter's own."""
    found: list[Candidate] = []
    for first, part in pieces(block):
        step = step_of(part)
        rows = np.flatnonzero((part.values[:, part.judged_from :] < step[:, None, None] / 2).any(axis=(1, 2)))
        if not rows.size:
            continue
        zeros = zero_runs(part.values[rows], step[rows])
        per_hour = 60 / block.slot_minutes
        history = part.judged_from
        days_known = np.isfinite(part.values[rows, :history]).any(axis=2).sum(axis=1)
        own = np.maximum(zeros[:, :history].max(axis=(1, 2), initial=0), 1)
        longest = zeros[:, history:].max(axis=2)
        times = longest / own[:, None]
        speaks = (
            (longest >= thresholds["hours_min"] * per_hour)
            & (times >= thresholds["times_own_min"])
            & (days_known >= KNOWN_DAYS_MIN)[:, None]
        )
        for row, begin, end in runs(speaks):
            span = Span(float(times[row, begin : end + 1].max()), int(rows[row]), history + begin, history + end)
            found.append(_candidate(part, first, span, longest[row, begin : end + 1].max() / per_hour))
    return unexplained(block, found)


def zero_runs(values: Floats, step: Floats) -> Ints:
    """[S, D, T] length in slots, so far, of the run of zeros that a slot is in, over midnight; 0 where not zero."""
    meters, days, slots = values.shape
    flat = values.reshape(meters, -1)
    is_zero: Bools = flat < step[:, None] / 2
    is_hole = ~np.isfinite(flat)
    place = np.arange(flat.shape[1])
    hole = place - np.maximum.accumulate(np.where(is_hole, -1, place), axis=1)
    ends = ~is_zero & (~is_hole | (hole > HOLE_SLOTS))
    zeros = np.cumsum(is_zero, axis=1)
    length = np.where(is_zero, zeros - np.maximum.accumulate(np.where(ends, zeros, 0), axis=1), 0)
    return length.reshape(meters, days, slots)


def _candidate(block: Block, first: int, span: Span, hours: float) -> Candidate:
    return Candidate(
        meter=span.meter, first_day=first + span.first, last_day=first + span.last, kind=Kind.ZERO,
        statistics={"hours": round(float(hours), 2), "times_own": round(span.score, 2)},
        score=float(min(span.score, 30.0)) / 2,
        expected_energy=expected_energy(block, span.meter, span.first, span.last),
        observed_energy=float(np.nansum(block.values[span.meter, span.first : span.last + 1])),
    )  # fmt: skip
