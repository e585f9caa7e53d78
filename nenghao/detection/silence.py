"""Asks whether the gaps of a meter fall on its high load more often than chance lets them.

Before: unknown slots of `Block.values`. After: rule `selective_silence`.
"""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.stretches import stretches

#: Random placements that the gaps are held against; as many as a probability of one in two thousand needs.
PLACEMENTS: Final = 2000
#: Days that know a slot, before its usual load is said.
LEAST_DAYS: Final = 5


def selective_silence(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Meters whose link goes down when the load is high, again and again, while others are heard.

    Statistics: `episodes`; `improbable`, -log10 of the chance that as many gaps of these lengths at random times of
    their days meet as much load. Uses `episode_h_min`, `episode_h_max` and `episodes_min`.
    """
    missing = ~np.isfinite(block.values) & ~block.is_explained[:, :, None]
    missing &= _is_heard(block)
    hours = 24 / block.shape[2]
    found = []
    for meter in np.flatnonzero(missing.any(axis=(1, 2))).tolist():
        episodes = [
            (day, first, last)
            for day in np.flatnonzero(missing[meter].any(axis=1)).tolist()
            for first, last in stretches(missing[meter, day])
            if thresholds["episode_h_min"] <= (last - first + 1) * hours <= thresholds["episode_h_max"]
        ]
        usual = _usual_load(block, meter)
        if len(episodes) < thresholds["episodes_min"] or not np.isfinite(usual).all():
            continue
        chance = _chance(block, usual, episodes, meter)
        judged = [day for day, _, _ in episodes if day >= block.judged_from]
        if not judged:
            continue
        loads = [usual[int(block.is_day_off[day]), first : last + 1] for day, first, last in episodes]
        found.append(
            Candidate(
                meter=meter,
                first_day=judged[0],
                last_day=judged[-1],
                kind=Kind.GAP,
                statistics={"episodes": float(len(episodes)), "improbable": -float(np.log10(chance))},
                score=-float(np.log10(chance)),
                expected_energy=float(sum(load.sum() for load in loads)),
                observed_energy=0.0,
            )
        )
    return found


def _is_heard(block: Block) -> Bools:
    """[S, D, T] slots in which another meter of the zone was heard and the meter above, if any, was energised."""
    known = np.isfinite(block.values)
    heard = np.ones(block.values.shape, dtype=np.bool_)
    for zone in np.unique(block.zone):
        members = np.flatnonzero(block.zone == zone) if zone >= 0 else np.zeros(0, dtype=np.int64)
        if len(members) > 1:
            # Half of the others: a gateway that falls silent takes its meters along, a power cut takes all.
            others = known[members].sum(axis=0)[None] - known[members]
            heard[members] = others >= (len(members) - 1) / 2
    for term in block.terms:
        with np.errstate(invalid="ignore"):
            heard[term.part] &= block.values[term.whole] > 0
    return heard


def _usual_load(block: Block, meter: int) -> Floats:
    """[2, T] median load of working days and of days off; NaN where too few are known."""
    made = []
    for is_off in (False, True):
        days = block.values[meter, block.is_day_off == is_off]
        known = np.isfinite(days).sum(axis=0)
        if not len(days) or known.min() < LEAST_DAYS:
            days, known = block.values[meter], np.isfinite(block.values[meter]).sum(axis=0)
        made.append(np.where(known >= LEAST_DAYS, np.nanmedian(np.where(known > 0, days, 0.0), axis=0), np.nan))
    return np.stack(made)


def _chance(block: Block, usual: Floats, episodes: list[tuple[int, int, int]], meter: int) -> float:
    """Share of random placements, each gap anywhere on its own day, that meet as much load as the gaps did."""
    rng = np.random.default_rng(meter)
    slots = block.shape[2]
    met, placed = 0.0, np.zeros(PLACEMENTS)
    for day, first, last in episodes:
        load = usual[int(block.is_day_off[day])]
        length = last - first + 1
        running = np.concatenate([[0.0], np.cumsum(load)])
        sums = running[length:] - running[:-length]
        met += float(sums[first])
        placed += sums[rng.integers(0, slots - length + 1, PLACEMENTS)]
    return float((1 + (placed >= met * (1 - 1e-9)).sum()) / (1 + PLACEMENTS))
