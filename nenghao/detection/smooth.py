"""Finds days that move as much as ever but without the load's own noise: averages written for readings.

Before: `steps` counts values in the meter's own steps. After: the rule `smoothed` judges.
"""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.steps import clusters, observed, steps_of

#: How far a day's values must spread, in steps: below, rounding alone makes a day smooth or rough.
SPREAD_STEPS: Final = 8.0
#: How much of its usual movement over the day a smooth day must keep; less is an idle day.
MOVEMENT_SHARE: Final = 0.4
#: Earlier days that a day is compared with, at least.
DAYS_NEEDED: Final = 10
#: Times by which a day must be smoother than the smooth ones before it to be looked at.
COLLAPSE_LOOKED_AT: Final = 1.5


def smoothed(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days that bend far less, for how far they move, than earlier ones, while the load moves as usual.

    Statistics: `collapse` (second differences for the day's spread, on the smoothest tenth of earlier days against
    this one), `movement_share` (the day's spread against the usual one).
    """
    steps, _ = steps_of(block)
    history = int(thresholds.get("history_days_max", 28))
    bend = np.abs(steps[:, :, 2:] - 2 * steps[:, :, 1:-1] + steps[:, :, :-2])
    whole = np.isfinite(steps).all(axis=2)
    spread = np.where(whole, steps.std(axis=2), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        # An idle day with one short use bends much for its spread; an average of readings bends little for it.
        noise = np.where(spread >= SPREAD_STEPS, (bend.mean(axis=2) + 1) / spread, np.nan)
    hits: dict[int, dict[int, tuple[float, float]]] = {}
    for day in range(max(block.judged_from, DAYS_NEEDED), steps.shape[1]):
        for meter, collapse, movement in _smooth_on(noise, spread, day, history):
            hits.setdefault(meter, {})[day] = (collapse, movement)
    return [
        _candidate(block, meter, days.tolist(), own)
        for meter, own in hits.items()
        for days in clusters(np.array(sorted(own)), 1)
    ]


def _smooth_on(noise: Floats, spread: Floats, day: int, history: int) -> list[tuple[int, float, float]]:
    """Meters that are smooth on a day: how much smoother than before, and how much of their movement is left."""
    before, moved = noise[:, max(0, day - history) : day], spread[:, max(0, day - history) : day]
    known = np.flatnonzero((np.isfinite(before).sum(axis=1) >= DAYS_NEEDED) & np.isfinite(noise[:, day]))
    # A tenth of the days may be smoothed already.
    collapse = np.nanquantile(before[known], 0.1, axis=1) / noise[known, day]
    movement = spread[known, day] / np.maximum(np.nanmedian(moved[known], axis=1), 1e-9)
    kept = (collapse >= COLLAPSE_LOOKED_AT) & (movement >= MOVEMENT_SHARE)
    return list(zip(known[kept].tolist(), collapse[kept].tolist(), movement[kept].tolist(), strict=True))


def _candidate(block: Block, meter: int, days: list[int], own: dict[int, tuple[float, float]]) -> Candidate:
    collapse, movement = max(own[day] for day in days)
    return Candidate(
        meter=meter,
        first_day=days[0],
        last_day=days[-1],
        kind=Kind.NOISE,
        statistics={"collapse": collapse, "movement_share": movement},
        score=4 * float(np.log10(collapse)),
        observed_energy=observed(block, meter, days[0], days[-1]),
    )
