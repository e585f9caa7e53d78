"""Finds stretches of one equal value that a meter does not show by itself.

Before: `steps` counts values in the meter's own steps. After: the rule `frozen` judges.
"""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Floats, Ints
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.steps import clusters, is_rounder, observed, run_ends, steps_of

#: Hours of equal values below which nobody looks closely, and slots.
HOURS_LOOKED_AT: Final = 2.0
SLOTS_LOOKED_AT: Final = 6
#: A day of which so much is one value is flat, not clipped or rounded.
FLAT_SHARE: Final = 0.9
#: Days before and after on which a ceiling may be met again.
CEILING_DAYS: Final = 3
#: What counts as the same level of load, as factors of the equal value.
LEVEL_BAND: Final = (0.6, 1.6)


def frozen(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Runs of equal values that are not zero, longer than chance and habit at that level of load explain.

    Statistics: `bits` of the most telling run (its slots times what one more equal slot is worth at this load),
    `times_longest` (its slots against the meter's own longest earlier run at that load or above), `quanta` (the equal
    value in the meter's steps), `hours`, `history_days` known before it.
    """
    steps, _ = steps_of(block)
    meters, _, slots = steps.shape
    flat = steps.reshape(meters, -1)
    rows, firsts, ends = run_ends((flat[:, 1:] == flat[:, :-1]) & (flat[:, 1:] != 0))
    lengths = ends - firsts + 2
    shortest = max(SLOTS_LOOKED_AT, round(HOURS_LOOKED_AT * 60 / block.slot_minutes))
    looked_at = (lengths >= shortest) & ((ends + 1) // slots >= block.judged_from)
    history = int(thresholds.get("history_days_max", 28)) * slots
    found = []
    for meter in np.unique(rows[looked_at]):
        own = rows == meter
        runs = np.column_stack([firsts[own], ends[own] + 1, lengths[own]])
        places = [
            place
            for place in np.flatnonzero(looked_at[own])
            if not _is_clipped_or_round(flat[meter], runs[place], slots)
        ]
        for group in clusters(runs[places, 0] // slots, 1) if places else ():
            start = int(np.searchsorted(runs[places, 0] // slots, group[0]))
            chosen = runs[places[start : start + len(group)]]
            found.append(_candidate(block, int(meter), flat[meter], runs, chosen, history))
    return found


def _candidate(block: Block, meter: int, flat: Floats, runs: Ints, chosen: Ints, history: int) -> Candidate:
    """The runs of consecutive days as one candidate, judged by what the meter did before the first of them."""
    slots = block.shape[2]
    begin = int(chosen[0, 0])
    before = flat[max(0, begin - history) : begin]
    known_days = float(np.isfinite(before).sum()) / slots
    earlier = runs[(runs[:, 1] < begin) & (runs[:, 0] >= begin - history)]
    worth = [_worth(before, flat, earlier, run) for run in chosen]
    bits, times = max(worth)
    best = chosen[worth.index((bits, times))]
    telling = [run for run, (one, _) in zip(chosen, worth, strict=True) if one >= bits / 4]
    first, last = int(telling[0][0]), int(telling[-1][1])
    return Candidate(
        meter=meter,
        first_day=first // slots,
        last_day=last // slots,
        first_slot=first % slots,
        last_slot=last % slots,
        kind=Kind.CONSTANT,
        statistics={
            "bits": bits,
            "times_longest": times,
            "history_days": known_days,
            "quanta": float(flat[best[0]]),
            "hours": float(best[2]) * block.slot_minutes / 60,
        },
        score=max(0.0, bits * float(np.log10(2)) - 4),
        observed_energy=observed(block, meter, first // slots, last // slots),
        notes={"run_slots": float(best[2])},
    )


def _is_clipped_or_round(flat: Floats, run: Ints, slots: int) -> bool:
    """Whether an equal stretch comes of a ceiling on its days, or of round figures; other rules speak of those."""
    first, last = run[0] // slots * slots, (run[1] // slots + 1) * slots
    day = flat[first:last]
    if np.mean(day == flat[run[0]]) > FLAT_SHARE:
        return False
    near = flat[max(0, first - CEILING_DAYS * slots) : last + CEILING_DAYS * slots]
    if flat[run[0]] == np.nanmax(day) and (near == flat[run[0]]).sum() >= run[2] + 2:
        return True
    return is_rounder(day, flat[max(0, first - 7 * slots) : first])


def _worth(before: Floats, flat: Floats, earlier: Ints, run: Ints) -> tuple[float, float]:
    """Bits of a run, and how many times longer it is than the longest one before it at its load or above."""
    value = flat[run[0]]
    pairs = np.flatnonzero((before[:-1] >= value * LEVEL_BAND[0]) & (before[:-1] <= value * LEVEL_BAND[1]))
    stays = (before[pairs] == before[pairs + 1]).sum()
    # At a load that it never had, a meter is taken to stay equal as often as at its others.
    running = np.flatnonzero(before[:-1] > 0)
    usual = ((before[running] == before[running + 1]).sum() + 1) / (running.size + 2)
    bits = (run[2] - 1) * -np.log2((stays + 2 * usual) / (pairs.size + 2))
    same_load = earlier[flat[earlier[:, 0]] >= value * LEVEL_BAND[0]]
    return float(bits), float(run[2] / max(1, same_load[:, 2].max(initial=1)))
