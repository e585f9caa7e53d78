"""Finds days that repeat earlier values of the same meter: equal one by one, shifted, or scaled by a factor.

Before: `steps` counts values in the meter's own steps. After: the rule `exact_repeat` judges.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.steps import best_run, bits_of, clusters, heaviest_run, observed, steps_of

#: Equal changes that a stretch must hold before it is looked at closely.
CHANGES_LOOKED_AT: Final = 8
#: Bits below which nobody asks whether the meter repeats itself by habit.
BITS_LOOKED_AT: Final = 30.0
#: A shifted stretch is sought by this many values in a row, all of them changes.
ANCHOR: Final = 5
#: A scaled day follows its source at least this closely before its residuals are looked at.
CORRELATION_LOOKED_AT: Final = 0.99
#: What rounding leaves between a scaled day and its source, in steps: half a step, and as much for a random last digit.
RESIDUAL_STEPS: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Hit:
    day: int
    bits: float
    #: How many slots before its own place the source lies.
    lag_slots: int
    first_slot: int
    last_slot: int
    factor: float = 1.0


def exact_repeat(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Stretches that repeat earlier values with more bits than chance, standby and the meter's own habits explain.

    Statistics: `bits` of the most telling day, `habit_share` (share of the meter's earlier days that repeat half as
    well), `points` repeated in all, `history_days` known before it. A day is compared with the
    `lag_days_max` days before it.
    """
    steps, _ = steps_of(block)
    lag_max = int(thresholds.get("lag_days_max", 28))
    hits: dict[int, list[_Hit]] = {}
    for day in range(max(block.judged_from, 1), steps.shape[1]):
        first = max(0, day - lag_max)
        found: dict[int, _Hit] = {}
        for meter, hit in (*_equal(steps, first, day), *_shifted(steps, first, day), *_scaled(steps, first, day)):
            if meter not in found or hit.bits > found[meter].bits:
                found[meter] = hit
        for meter, hit in found.items():
            if hit.bits >= BITS_LOOKED_AT:
                hits.setdefault(meter, []).append(hit)
    return [
        _candidate(block, steps[meter], meter, cluster, lag_max)
        for meter, all_ in hits.items()
        for cluster in _grouped(all_)
    ]


def _grouped(hits: list[_Hit]) -> Iterator[list[_Hit]]:
    by_day = {hit.day: hit for hit in hits}
    for days in clusters(np.array(sorted(by_day)), 1):
        yield [by_day[int(day)] for day in days]


def _candidate(block: Block, steps: Floats, meter: int, hits: list[_Hit], lag_max: int) -> Candidate:
    best = max(hits, key=lambda hit: hit.bits)
    whole = len(hits) > 1 or best.last_slot - best.first_slot + 1 == steps.shape[1]
    first, last = hits[0], hits[-1]
    return Candidate(
        meter=meter,
        first_day=first.day,
        last_day=last.day,
        first_slot=None if whole else first.first_slot,
        last_slot=None if whole else last.last_slot,
        kind=Kind.REPEAT,
        statistics={
            "bits": best.bits,
            "habit_share": _habit_share(steps, first.day, lag_max, best.bits / 2),
            "history_days": float(np.isfinite(steps[max(0, first.day - lag_max) : first.day]).sum() / steps.shape[1]),
            "points": float(sum(hit.last_slot - hit.first_slot + 1 for hit in hits)),
        },
        score=max(0.0, best.bits * np.log10(2) - 4),
        observed_energy=observed(block, meter, first.day, last.day),
        notes={"lag_slots": float(best.lag_slots), "lag_days": best.lag_slots / steps.shape[1], "factor": best.factor},
    )


def _habit_share(steps: Floats, before: int, lag_max: int, bits_asked: float) -> float:
    """Share of the days before `before` that repeat a day before them with `bits_asked` bits."""
    start = max(0, before - lag_max)
    window = steps[start:before]
    if len(window) < 2:
        return 0.0
    bits = bits_of(window)
    repeated = [best_run(bits[day], window[:day] == window[day]).max() >= bits_asked for day in range(1, len(window))]
    return float(np.mean(repeated))


def _equal(steps: Floats, first: int, day: int) -> Iterator[tuple[int, _Hit]]:
    """Meters whose values of a day equal those of an earlier day at the same time of day."""
    past, today = steps[:, first:day], steps[:, day]
    moved = np.zeros(today.shape, dtype=np.bool_)
    moved[:, 1:] = today[:, 1:] != today[:, :-1]
    equal = past == today[:, None]
    rows, places = np.nonzero((equal & moved[:, None]).sum(axis=2) >= CHANGES_LOOKED_AT)
    run = best_run(moved[rows].astype(np.float64), equal[rows, places])
    slots = steps.shape[2]
    kept = run >= CHANGES_LOOKED_AT
    bits = {int(row): bits_of(steps[row, first : day + 1])[-1] for row in np.unique(rows[kept])}
    for row, place in zip(rows[kept].tolist(), places[kept].tolist(), strict=True):
        yield row, _hit(bits[row], equal[row, place], day, (day - first - place) * slots)


def _shifted(steps: Floats, first: int, day: int) -> Iterator[tuple[int, _Hit]]:
    """Meters whose values of a day equal earlier ones at another time of day."""
    slots = steps.shape[2]
    past = steps[:, first:day].reshape(len(steps), -1)
    today = steps[:, day]
    starts = range(slots // 8, slots - ANCHOR, slots // 4)
    found: dict[tuple[int, int], int] = {}
    for start in starts:
        anchor = today[:, start : start + ANCHOR]
        moves = (np.diff(anchor, axis=1) != 0).all(axis=1) & np.isfinite(anchor).all(axis=1)
        reach = past.shape[1] - ANCHOR + 1
        own, at = np.nonzero(past[:, :reach] == np.where(moves, anchor[:, 0], np.nan)[:, None])
        for place in range(1, ANCHOR):
            same = past[own, at + place] == anchor[own, place]
            own, at = own[same], at[same]
        for row, back in zip(own.tolist(), at.tolist(), strict=True):
            key = (row, (day - first) * slots + start - back)
            found[key] = found.get(key, 0) + 1
    for (row, lag), count in found.items():
        if count >= 2 and lag % slots:
            bits = bits_of(steps[row, first : day + 1])[-1]
            flat = np.concatenate([past[row], today[row]])
            places = np.arange(slots) + (day - first) * slots - lag
            equal = (places >= 0) & (flat[np.maximum(places, 0)] == today[row])
            yield row, _hit(bits, equal, day, lag)


def _hit(bits: Floats, equal: np.ndarray, day: int, lag_slots: int) -> _Hit:
    total, first, last = heaviest_run(bits, equal)
    return _Hit(day, total, lag_slots, first, last)


def _scaled(steps: Floats, first: int, day: int) -> Iterator[tuple[int, _Hit]]:
    """Meters whose day is an earlier day times a factor, as closely as rounding allows.

    The bits of a slot say how much closer it is than the day follows its other earlier days; where the load's own
    noise is no larger than a step or two, that is nothing.
    """
    past, today = steps[:, first:day], steps[:, day]
    whole = np.flatnonzero(np.isfinite(today).all(axis=1))
    past, today = past[whole], today[whole]
    square = np.einsum("slt,slt->sl", past, past)
    product = np.einsum("slt,st->sl", past, today)
    slots = steps.shape[2]
    mean_past, mean_today = past.sum(axis=2) / slots, today.mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.maximum(square / slots - mean_past**2, 0)) * today.std(axis=1)[:, None]
        correlation = (product / slots - mean_past * mean_today[:, None]) / spread
        factor = product / square
    for row, place in zip(*np.nonzero(correlation >= CORRELATION_LOOKED_AT), strict=True):
        close = np.abs(today[row] - factor[row, place] * past[row, place]) <= RESIDUAL_STEPS
        if close.mean() < 0.95 or factor[row, place] <= 0:
            continue
        others = np.delete(np.abs(today[row] - factor[row, :, None] * past[row]), place, axis=0)
        others = others[np.isfinite(others).all(axis=1)]
        if len(others) < 6:
            continue
        # The closest other day is the null: a load that follows its yesterday closely proves nothing by doing so.
        usual = np.median(others, axis=1).min()
        bits = float(close.sum() * max(0.0, np.log2((2 * usual + 1) / (2 * RESIDUAL_STEPS + 1))))
        lag = (day - first - int(place)) * slots
        yield int(whole[row]), _Hit(day, bits, lag, 0, slots - 1, float(factor[row, place]))
