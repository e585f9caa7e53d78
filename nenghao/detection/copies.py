"""Finds days that follow another meter's day as closely as rounding allows, where the two never did before.

Before: `steps` counts values in the meter's own steps. After: the rule `copied_curve` judges.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats, Ints
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.steps import clusters, observed, steps_of

#: Two days that go together less closely than this are no copies, whatever their steps.
CORRELATION_LOOKED_AT: Final = 0.97
#: How many days before its own a copied day may lie.
LAGS: Final = (0, 1, 7, 14)
#: What rounding to the copy's step leaves, in steps.
RESIDUAL_STEPS: Final = 0.75
#: Share of the slots that must be that close.
CLOSE_SHARE: Final = 0.95
#: Earlier days on which the pair is compared, and the fewest of them.
PAIR_DAYS, PAIR_DAYS_MIN = 21, 5
#: Pairs that are held in memory at once.
PAIRS_AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True)
class _Hit:
    day: int
    bits: float
    source: int
    lag_days: int
    factor: float


def copied_curve(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days of a meter that are another meter's day, times a factor or as it is.

    Statistics: `bits` (how much closer the two are than on close earlier days, over all slots). Of two meters that show
    the same day, the one that is less like its own earlier days is the copy.
    """
    del thresholds
    steps, quantum = steps_of(block)
    hits: dict[int, dict[int, _Hit]] = {}
    for day in range(max(block.judged_from, 1), steps.shape[1]):
        for lag in (lag for lag in LAGS if lag <= day):
            for meter, hit in _copies(block, steps, quantum, day, lag):
                own = hits.setdefault(meter, {})
                if day not in own or hit.bits > own[day].bits:
                    own[day] = hit
    return [
        _candidate(block, meter, [own[int(day)] for day in days])
        for meter, own in hits.items()
        for days in clusters(np.array(sorted(own)), 1)
    ]


def _candidate(block: Block, meter: int, hits: list[_Hit]) -> Candidate:
    best = max(hits, key=lambda hit: hit.bits)
    return Candidate(
        meter=meter,
        first_day=hits[0].day,
        last_day=hits[-1].day,
        kind=Kind.COPY,
        statistics={"bits": best.bits},
        score=max(0.0, best.bits * float(np.log10(2)) - 6),
        observed_energy=observed(block, meter, hits[0].day, hits[-1].day),
        others=sorted({hit.source for hit in hits}),
        notes={"source": block.meters[best.source], "lag_days": float(best.lag_days), "factor": best.factor},
    )


def _standard(days: Floats) -> Floats:
    """Rows with mean 0 and length 1; zeros where a slot is missing or nothing moves."""
    centred = days - days.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.nan_to_num(centred / length, posinf=0.0, neginf=0.0))


def _copies(block: Block, steps: Floats, quantum: Floats, day: int, lag: int) -> Iterator[tuple[int, _Hit]]:
    # Half the digits are enough to find the pairs that are looked at.
    today, source_day = (_standard(steps[:, place]).astype(np.float32) for place in (day, day - lag))
    together = today @ source_day.T
    np.fill_diagonal(together, 0.0)
    ones, others = np.nonzero(together >= CORRELATION_LOOKED_AT)
    close = _are_close(steps[:, day], block.values[:, day - lag], quantum, ones, others)
    for one, other in zip(ones[close], others[close], strict=True):
        # In the steps of the meter that may be the copy.
        source = block.values[other] / quantum[one]
        factor, share, _ = _follows(steps[one, day], source[day - lag])
        if share < CLOSE_SHARE:
            continue
        usual = _usual(steps[one], source, day, lag)
        bits = steps.shape[2] * np.log2((2 * usual + 1) / (2 * RESIDUAL_STEPS + 1)) if usual > RESIDUAL_STEPS else 0.0
        if bits <= 0 or (lag == 0 and _is_source(steps, int(one), int(other), day)):
            continue
        yield int(one), _Hit(day, float(bits), int(other), lag, factor)


def _are_close(today: Floats, before: Floats, quantum: Floats, ones: Ints, others: Ints) -> Bools:
    """[P] pairs that `_follows` may find close in `CLOSE_SHARE` of the slots; a margin leaves the last bits to it."""
    found = np.zeros(len(ones), dtype=np.bool_)
    for first in range(0, len(ones), PAIRS_AT_ONCE):
        part = slice(first, first + PAIRS_AT_ONCE)
        own, source = today[ones[part]], before[others[part]] / quantum[ones[part], None]
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.einsum("pt,pt->p", own, source) / np.einsum("pt,pt->p", source, source)
        for times in (factor, np.ones(len(factor))):
            close = (np.abs(own - times[:, None] * source) <= RESIDUAL_STEPS + 1e-6).mean(axis=1)
            found[part] |= close >= CLOSE_SHARE - 1e-9
    return found


def _follows(day: Floats, source: Floats) -> tuple[float, float, float]:
    """Factor from a source to a day, share of slots as close as rounding, and the median distance in steps."""
    factor = float(day @ source / (source @ source))
    if abs(factor - 1) < 0.01 and np.mean(np.abs(day - source) <= RESIDUAL_STEPS) >= CLOSE_SHARE:
        factor = 1.0
    distance = np.abs(day - factor * source)
    return factor, float((distance <= RESIDUAL_STEPS).mean()), float(np.median(distance))


def _usual(own: Floats, source: Floats, day: int, lag: int) -> float:
    """How closely the meter followed the other on close earlier days, in steps; 0 with too few days."""
    whole = [
        back
        for back in range(max(lag, day - PAIR_DAYS), day)
        if np.isfinite(own[back]).all() and np.isfinite(source[back - lag]).all() and source[back - lag].any()
    ]
    if len(whole) < PAIR_DAYS_MIN:
        return 0.0
    # A copy that goes on for some days must not excuse itself: the closest third of the days stands for habit.
    return float(np.quantile([_follows(own[back], source[back - lag])[2] for back in whole], 0.34))


def _is_source(steps: Floats, one: int, other: int, day: int) -> bool:
    """Whether, of two equal days, this meter's is the one that is like its own earlier days."""
    return _strangeness(steps[one], day) <= _strangeness(steps[other], day)


def _strangeness(steps: Floats, day: int) -> float:
    before = steps[max(0, day - PAIR_DAYS) : day]
    middle = np.nanmedian(before, axis=0)
    spread = np.nanmedian(np.abs(before - middle), axis=0) + 1.0
    return float(np.nanmean(np.minimum(np.abs(steps[day] - middle) / spread, 10.0)))
