"""Finds stretches that run straight from one value to another where the meter's load never does.

Before: `steps` counts values in the meter's own steps. After: the rule `linear_fill` judges.
"""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats, Ints
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.steps import middle_of, observed, run_ends, steps_of

#: Slots in a row below which nobody looks closely, and hours.
SLOTS_LOOKED_AT: Final = 8
HOURS_LOOKED_AT: Final = 2.0
#: Second differences of a straight line rounded to steps are at most this.
BEND_STEPS: Final = 1.0
#: Where steps are far finer than the load's own noise, a bend of this share of the usual one is straight too: whoever
#: filled the line may have rounded it more coarsely than the meter counts.
BEND_SHARE: Final = 0.02
#: A run that ends this close to where it began is flat, not a line; `frozen` speaks there.
RISE_STEPS: Final = 3.0
#: What counts as the same level of load, as factors of the line's lowest and highest value.
LEVEL_BAND: Final = (0.6, 1.6)


def linear_fill(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Runs whose second differences vanish, longer than chance and habit at that level of load explain.

    Statistics: `bits` (the run's slots times what one more straight slot is worth at this load), `times_longest` (its
    slots against the meter's longest earlier straight run), `rise_steps` from end to end, `hours`, `history_days`
    known before it.
    """
    steps, _ = steps_of(block)
    meters, _, slots = steps.shape
    flat = steps.reshape(meters, -1)
    bend = np.abs(flat[:, 2:] - 2 * flat[:, 1:-1] + flat[:, :-2])
    tolerance = np.maximum(BEND_STEPS, BEND_SHARE * middle_of(bend[:, ::3]))
    straight = bend <= tolerance[:, None]
    rows, firsts, ends = run_ends(straight)
    ends = ends + 2
    shortest = max(SLOTS_LOOKED_AT, round(HOURS_LOOKED_AT * 60 / block.slot_minutes))
    long_enough = ends - firsts + 1 >= shortest
    rows, firsts, ends = rows[long_enough], firsts[long_enough], ends[long_enough]
    history = int(thresholds.get("history_days_max", 28)) * slots
    found = []
    for place in np.flatnonzero(ends // slots >= block.judged_from):
        meter = int(rows[place])
        run = _straightest(flat[meter], int(firsts[place]), int(ends[place]), float(tolerance[meter]))
        if run is None or run[1] - run[0] + 1 < shortest:
            continue
        # Runs are in order of meters.
        own = np.arange(*np.searchsorted(rows, [meter, meter + 1]))
        own = own[(ends[own] < run[0]) & (firsts[own] >= run[0] - history)]
        own = own[np.abs(flat[meter, ends[own]] - flat[meter, firsts[own]]) >= RISE_STEPS]
        found.append(
            _candidate(
                block, meter, flat[meter], straight[meter], np.column_stack([firsts[own], ends[own]]), run, history
            )
        )
    return found


def _straightest(flat: Floats, first: int, last: int, tolerance: float) -> tuple[int, int] | None:
    """The run without the ends that bend away from its chord; None where it is no rising or falling line."""
    inner = slice(first, last + 1)
    places = np.arange(last - first + 1)
    slope, start = np.polyfit(places, flat[inner], 1)
    away = np.abs(flat[inner] - start - slope * places)
    if away.max() > tolerance + 0.5 or abs(flat[last] - flat[first]) < RISE_STEPS:
        return None
    return first, last


def _candidate(
    block: Block, meter: int, flat: Floats, straight: Bools, earlier: Ints, run: tuple[int, int], history: int
) -> Candidate:
    slots = block.shape[2]
    first, last = run
    low, high = np.sort(flat[[first, last]])
    start = max(0, first - history)
    middle = flat[start + 1 : first - 1]
    level = (middle >= low * LEVEL_BAND[0]) & (middle <= high * LEVEL_BAND[1])
    share = (straight[start : first - 2][level[: first - 2 - start]].sum() + 1) / (level.sum() + 2)
    bits = float((last - first - 1) * -np.log2(share))
    longest = (earlier[:, 1] - earlier[:, 0] + 1).max(initial=1)
    return Candidate(
        meter=meter,
        first_day=first // slots,
        last_day=last // slots,
        first_slot=first % slots,
        last_slot=last % slots,
        kind=Kind.FILL,
        statistics={
            "bits": bits,
            "times_longest": float((last - first + 1) / longest),
            "history_days": float(np.isfinite(middle).sum()) / slots,
            "rise_steps": float(abs(flat[last] - flat[first])),
            "hours": (last - first + 1) * block.slot_minutes / 60,
        },
        score=max(0.0, bits * float(np.log10(2)) - 4),
        observed_energy=observed(block, meter, first // slots, last // slots),
    )
