"""Finds single slots far above all that the meter ever showed, and days that lie whole decades from its level."""

from typing import Final

import numpy as np

from nenghao.detection import known
from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.day_levels import day_levels, step_of
from nenghao.detection.level_windows import pieces
from nenghao.detection.profiles import TYPE_DAYS_MIN, expected_energy
from nenghao.detection.spans import Span, runs, unexplained

KNOWN_DAYS_MIN: Final = 10
#: Days whose highest value is the peak that a spike is held against; how it jumps is learnt from the whole history.
PEAK_DAYS: Final = 14
#: Days before the first jump of a meter's highest value can be told.
JUMP_DAYS_MIN: Final = 5
#: A spike lasts so long at most; more is load.
SPIKE_MINUTES: Final = 60
#: A meter that stood idle and is switched on is no spike: its history reaches this many of its own steps.
IDLE_STEPS: Final = 10.0


def spike(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Short peaks, `times_peak_min` times the highest of two weeks before and far above the meter's own jumps."""
    found: list[Candidate] = []
    for first, part in pieces(block):
        history, step = part.judged_from, step_of(part)
        highest = _daily_highest(part.values)
        settled = np.isfinite(highest[:, :history]).sum(axis=1) >= KNOWN_DAYS_MIN
        own = np.ones(len(highest))
        for day in range(JUMP_DAYS_MIN, part.values.shape[1]):
            before = highest[:, max(0, day - PEAK_DAYS) : day]
            peak = np.max(before, axis=1, initial=0.0, where=np.isfinite(before))
            times = np.where(peak > IDLE_STEPS * step, highest[:, day] / np.maximum(peak, step), 0.0)
            times = np.where(np.isfinite(times), times, 0.0)
            speaks = settled & (times >= thresholds["times_peak_min"]) & (times >= thresholds["times_own_min"] * own)
            if day >= history:
                slots = (part.values[:, day] > thresholds["times_peak_min"] * peak[:, None]).sum(axis=1)
                for meter in np.flatnonzero(speaks & (slots <= max(1, SPIKE_MINUTES // block.slot_minutes))).tolist():
                    figures = {
                        "times_peak": round(float(times[meter]), 2),
                        "times_own": round(float(times[meter] / own[meter]), 2),
                    }
                    found.append(_spike(part, first, meter, day, figures))
            # A spike does not raise the bar for the next one; the meter's honest jumps do.
            highest[:, day] = np.where(speaks & (day >= history), peak, highest[:, day])
            own = np.maximum(own, np.where(speaks & (day >= history), 1.0, times))
    return unexplained(block, found)


def _daily_highest(values: Floats) -> Floats:
    highest: Floats = np.where(np.isfinite(values), values, -np.inf).max(axis=2)
    return highest


def _spike(block: Block, first: int, meter: int, day: int, statistics: dict[str, float]) -> Candidate:
    values = block.values[meter, day]
    top = np.flatnonzero(values >= 0.5 * np.nanmax(values))
    usual = float(np.nanmedian(np.delete(values, top))) if len(top) < len(values) else 0.0
    return Candidate(
        meter=meter, first_day=first + day, last_day=first + day, first_slot=int(top[0]), last_slot=int(top[-1]),
        kind=Kind.SPIKE, statistics=statistics, score=min(statistics["times_own"], 10.0) * 2,
        expected_energy=usual * len(top), observed_energy=float(values[top].sum()),
    )  # fmt: skip


def unit_jump(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days whose levels lie a whole number of decades, two or more, from those of the weeks before."""
    found: list[Candidate] = []
    for first, part in pieces(block):
        history, step = part.judged_from, step_of(part)
        # The mean and the upper half: below, a thousandth of a small load is nothing.
        levels = day_levels(part)[..., [0, 5, 6, 7]] / np.log(10)
        past = levels[:, :history]
        centre = usual_levels(past, part.is_day_off[:history], part.is_day_off)
        reach = known.highest(np.abs(past[..., 0] - centre[:, :history, 0]), axis=1)
        speaks_at_all = np.isfinite(past[..., 0]).sum(axis=1) >= KNOWN_DAYS_MIN
        change = levels[:, history:] - centre[:, history:]
        decades = np.rint(change[..., 0])
        misfit = np.abs(np.median(change, axis=2) - decades)
        beyond = np.abs(change[..., 0]) / np.maximum(reach, 0.1)[:, None]
        speaks = (
            (np.abs(decades) >= thresholds["decades_min"])
            & (misfit <= thresholds["misfit_max"])
            & (beyond >= thresholds["beyond_own_min"])
            & speaks_at_all[:, None]
            & (levels[:, history:, 0] > np.log10(0.75 * step)[:, None])
        )
        for meter, begin, end in runs(speaks):
            span = Span(float(beyond[meter, begin]), meter, history + begin, history + end)
            found.append(
                _jump(part, first, span, float(decades[meter, begin]), float(misfit[meter, begin : end + 1].max()))
            )
    return unexplained(block, found)


def usual_levels(past: Floats, past_off: Bools, is_day_off: Bools) -> Floats:
    """[S, D, K] median levels of the days of the same type in the history; of all days where there are few."""
    everything = known.median(past, axis=1)
    types = [
        known.median(past[:, mask], axis=1) if mask.sum() >= TYPE_DAYS_MIN else everything
        for mask in (~past_off, past_off)
    ]
    return np.where(is_day_off[None, :, None], types[1][:, None], types[0][:, None])


def _jump(block: Block, first: int, span: Span, decades: float, misfit: float) -> Candidate:
    observed = float(np.nansum(block.values[span.meter, span.first : span.last + 1]))
    expected = expected_energy(block, span.meter, span.first, span.last)
    return Candidate(
        meter=span.meter, first_day=first + span.first, last_day=first + span.last, kind=Kind.UNIT,
        statistics={"decades": abs(decades), "misfit": round(misfit, 3), "beyond_own": round(span.score, 2)},
        score=min(span.score, 10.0) * 2, expected_energy=expected, observed_energy=observed,
        notes={"factor": 10.0**decades},
    )  # fmt: skip
