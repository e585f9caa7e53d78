"""Finds days whose peaks end at one ceiling that the meter did not have before.

Before: `steps` counts values in the meter's own steps. After: the rule `clipped_peak` judges.
"""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.chance import poisson_tail
from nenghao.detection.steps import clusters, is_rounder, observed, steps_of

#: Days that are looked at together: one, half a week, a week.
WINDOWS: Final = (1, 3, 7)
#: The stretch below the ceiling that says how dense values lie there, as a share of the ceiling and in steps.
BAND_SHARE: Final = 0.06
BAND_STEPS: Final = 4
#: A ceiling lies this many steps above zero at least; below, every meter's values are few.
CEILING_STEPS: Final = 6
#: A day of which more is one value is flat, not clipped; `frozen` speaks there.
FLAT_SHARE: Final = 0.8
#: -log10 of the chance from which a window is looked at closely.
SURPRISE_LOOKED_AT: Final = 3.0


def clipped_peak(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days on which more slots stand exactly at the highest value than the values just below it let expect.

    Statistics: `surprise` (-log10 of the chance of so many slots at the ceiling), `habit_share` (share of the earlier
    days that look half as surprising, or had the same highest value), `peak_share` (the ceiling against the median of
    the earlier days' highest values), `ties` (slots at the ceiling on the most telling days).
    """
    steps, quantum = steps_of(block)
    history = int(thresholds.get("history_days_max", 28))
    hits: dict[int, list[tuple[int, float, float, float]]] = {}
    for day in range(max(block.judged_from, 1), steps.shape[1]):
        for width in (width for width in WINDOWS if width <= day):
            window = steps[:, day - width + 1 : day + 1]
            surprise, ties, ceiling = _ties(window)
            for meter in np.flatnonzero(surprise >= SURPRISE_LOOKED_AT):
                share = (window[meter] == ceiling[meter]).mean(axis=1)
                touched = np.flatnonzero((share > 0) & (share <= FLAT_SHARE))
                hits.setdefault(int(meter), []).extend(
                    (day - width + 1 + int(back), float(surprise[meter]), float(ties[meter]), float(ceiling[meter]))
                    for back in touched
                )
    found = []
    for row, own in hits.items():
        best = {day: max(item for item in own if item[0] == day) for day in {item[0] for item in own}}
        for days in clusters(np.array(sorted(best)), 2):
            stretch = [best[int(day)] for day in days]
            one = _candidate(block, steps[row], float(quantum[row]), row, stretch, history)
            if one is not None:
                found.append(one)
    return found


def _ties(window: Floats) -> tuple[Floats, Floats, Floats]:
    """[S] of windows [S, W, T]: how surprising the slots at the highest value are, how many, and the value."""
    flat = window.reshape(len(window), -1)
    ceiling = np.fmax.reduce(flat, axis=1)
    ties = (flat == ceiling[:, None]).sum(axis=1).astype(np.float64)
    band = np.maximum(BAND_STEPS, np.floor(BAND_SHARE * ceiling))
    near = ((flat < ceiling[:, None]) & (flat >= (ceiling - band)[:, None])).sum(axis=1)
    # The density just below the ceiling, were it as high at the ceiling itself; one slot makes the highest value.
    surprise = poisson_tail(ties - 1, (near + 1.0) / band)
    with np.errstate(invalid="ignore"):
        surprise[~(ceiling >= CEILING_STEPS) | (ties < 3)] = 0.0
    return surprise, ties, ceiling


def _stay(before: Floats, ceiling: float) -> float:
    """Share of slots near the ceiling that are equal to the one before: what a deadband or a held load makes."""
    flat = before.reshape(-1)
    near = np.flatnonzero(flat[1:] >= ceiling / 2)
    return float((flat[near + 1] == flat[near]).sum() / max(near.size, 1))


def _candidate(
    block: Block,
    steps: Floats,
    quantum: float,
    meter: int,
    stretch: list[tuple[int, float, float, float]],
    history: int,
) -> Candidate | None:
    """Days at a ceiling as one candidate, held against the days before the first of them."""
    first, last = stretch[0][0], stretch[-1][0]
    _, surprise, ties, ceiling = max(stretch, key=lambda item: item[1])
    before = steps[max(0, first - history) : first]
    highest = np.fmax.reduce(before, axis=1)
    highest = highest[np.isfinite(highest)]
    if len(highest) < 5 or is_rounder(steps[[day for day, *_ in stretch]], before):
        return None
    usual = [
        float(_ties(before[None, max(0, day - width + 1) : day + 1])[0][0])
        for day in range(len(before))
        for width in (1, 7)
    ]
    habit = np.reshape(usual, (-1, 2)).max(axis=1)
    slots = float((steps[first : last + 1] == ceiling).sum())
    surprise *= 1 - _stay(before, ceiling)
    return Candidate(
        meter=meter,
        first_day=first,
        last_day=last,
        kind=Kind.CLIP,
        statistics={
            "surprise": surprise,
            # A ceiling that was the highest value on other days, too, is the equipment's, however rarely.
            "habit_share": float(max((habit >= surprise / 2).mean(), (highest == ceiling).mean())),
            "peak_share": float(ceiling / max(np.median(highest), 1.0)),
            "ties": ties,
        },
        score=surprise,
        observed_energy=observed(block, meter, first, last),
        notes={"ceiling": ceiling * quantum, "slots_at_ceiling": slots, "history_days": float(len(highest))},
    )
