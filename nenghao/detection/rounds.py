"""Finds days of values, or of day totals, that are rounder than the meter's own.

Before: values as metered. After: the rule `round_values` judges.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.chance import binomial_tail
from nenghao.detection.steps import SHARE_ON_GRID, clusters, learnt_quantum, middle_of, observed

#: Round figures: these, times a power of ten of the unit or of the meter's own step.
ROUND: Final = (1.0, 2.0, 5.0)
#: A round figure is at least this many of the meter's steps.
ROUND_STEPS: Final = 4.5
#: Days that are looked at together, for values and for totals.
VALUE_WINDOWS: Final = (1, 5)
TOTAL_WINDOWS: Final = (3, 5, 7)
#: Days of a window belong to it where they are round to this share of the window's own.
DAY_SHARE: Final = 0.8
#: A window so many times more surprising has taken the round days that another leans on.
FAR_STRONGER: Final = 1.5
#: How many days the expected share of round totals weighs against the meter's own history.
PRIOR_DAYS: Final = 10.0
PRIOR_VALUES: Final = 20.0
#: A meter of whose earlier moves so many are multiples of a grid has that grid.
OWN_GRID_SHARE: Final = 0.8
#: One slot in so many says what a meter's usual value is; the number shares no factor with the slots of a day.
SAMPLED: Final = 7
#: Sampled values that a meter's own grid is learnt from, at least.
VALUES_NEEDED: Final = 30
#: -log10 of the chance from which a window is looked at closely.
SURPRISE_LOOKED_AT: Final = 3.0
#: How far from a multiple a value is still one, as a share of the round figure: what decimal fractions lose in binary.
CLOSE: Final = 1e-5


@dataclass(frozen=True, slots=True)
class _Hit:
    #: The round days of a window.
    days: tuple[int, ...]
    surprise: float
    grid: float
    share: float
    is_total: bool


def round_values(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days whose changes, or whose totals, lie on a round grid more often than the meter's history lets expect.

    Statistics: `surprise` (-log10 of the chance), `share` of the changes or totals that are round, `grid_steps` (the
    round figure in the meter's steps). Digits screen a population: a lead, never more.
    """
    quantum = learnt_quantum(block)
    history = int(thresholds.get("history_days_max", 28))
    hits: dict[int, list[_Hit]] = {}
    for meter, hit in (*_round_slots(block, quantum, history), *_round_totals(block, quantum, history)):
        hits.setdefault(meter, []).append(hit)
    return [
        _candidate(block, meter, stretch, float(quantum[meter]))
        for meter, own in hits.items()
        for stretch in _stretches(own)
    ]


def _stretches(hits: list[_Hit]) -> Iterator[dict[int, _Hit]]:
    """Days in a row with the strongest window of each, without windows that lean on days of a far stronger one."""
    best: dict[int, _Hit] = {}
    for hit in sorted(hits, key=lambda hit: -hit.surprise):
        if all(best[day].surprise <= FAR_STRONGER * hit.surprise for day in hit.days if day in best):
            best = dict.fromkeys(hit.days, hit) | best
    for days in clusters(np.array(sorted(best), dtype=np.int64), 1):
        yield {int(day): best[int(day)] for day in days}


def _candidate(block: Block, meter: int, stretch: dict[int, _Hit], quantum: float) -> Candidate:
    top = max(stretch.values(), key=lambda hit: hit.surprise)
    first, last = min(stretch), max(stretch)
    return Candidate(
        meter=meter,
        first_day=first,
        last_day=last,
        kind=Kind.ROUND,
        statistics={"surprise": top.surprise, "share": top.share, "grid_steps": top.grid / quantum},
        score=top.surprise,
        observed_energy=observed(block, meter, first, last),
        notes={"round_to": top.grid, "of": "totals" if top.is_total else "values"},
    )


def grids(quantum: Floats, largest: Floats) -> Floats:
    """[G, S] round figures of meters with steps `quantum`, up to `largest`; NaN where it has no such figure."""
    powers = 10.0 ** np.arange(-4, 8)
    absolute = np.sort((np.array(ROUND)[:, None] * powers).ravel())[:, None] * np.ones(quantum.shape)
    own = np.sort((np.array(ROUND)[:, None] * 10.0 ** np.arange(0, 6)).ravel())[:, None] * quantum
    # Steps that are round themselves give each figure twice; the second is left out.
    is_decimal = np.abs(np.log10(quantum) - np.rint(np.log10(quantum))) < 1e-6
    made = np.vstack([absolute, np.where(is_decimal, np.nan, own)])
    with np.errstate(invalid="ignore"):
        made[~((made >= ROUND_STEPS * quantum) & (made <= largest))] = np.nan
    return np.asarray(made[np.isfinite(made).any(axis=1)])


def _is_round(values: Floats, grid: Floats | float) -> Bools:
    with np.errstate(invalid="ignore"):
        counted = values / grid
        return np.abs(counted - np.rint(counted)) <= CLOSE * np.maximum(1.0, np.abs(counted) * 1e-2)


def _round_slots(block: Block, quantum: Floats, history: int) -> Iterator[tuple[int, _Hit]]:
    """Days on which the values that the meter changes to are round."""
    changed = _changes(block.values, quantum)
    start_at = max(0, block.judged_from - max(VALUE_WINDOWS) + 1)
    trials = changed[:, start_at:].sum(axis=2)
    for grid in grids(quantum, 4 * middle_of(block.values.reshape(len(quantum), -1)[:, ::SAMPLED])):
        rows = np.flatnonzero(np.isfinite(grid))
        count = (_is_round(block.values[rows, start_at:], grid[rows, None, None]) & changed[rows, start_at:]).sum(
            axis=2
        )
        for width in VALUE_WINDOWS:
            seen, tried = _rolling(count, width), _rolling(trials[rows], width)
            for place, back in zip(*np.nonzero((seen >= 5) & (seen >= 0.5 * tried)), strict=True):
                row, day = int(rows[place]), start_at + int(back)
                if day < block.judged_from:
                    continue
                first = max(start_at, day - width + 1)
                start = max(0, first - history)
                share = _habit(block.values[row, start:first], changed[row, start:first], float(grid[row]))
                if share is None:
                    continue
                share = max(share, float(quantum[row] / grid[row]))
                surprise = float(binomial_tail(seen[place, back], tried[place, back], share))
                if surprise >= SURPRISE_LOOKED_AT:
                    in_window = float(seen[place, back] / tried[place, back])
                    inside = slice(first - start_at, day + 1 - start_at)
                    own = count[place, inside] >= DAY_SHARE * in_window * np.maximum(trials[row, inside], 1)
                    days = tuple((first + np.flatnonzero(own)).tolist())
                    yield row, _Hit(days, surprise, float(grid[row]), in_window, is_total=False)


def _changes(values: Floats, quantum: Floats) -> Bools:
    """[S, D, T] slots that differ from the one before and are not zero."""
    flat = values.reshape(len(values), -1)
    changed = np.zeros(flat.shape, dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        changed[:, 1:] = (
            (flat[:, 1:] != flat[:, :-1]) & np.isfinite(flat[:, :-1]) & (flat[:, 1:] > quantum[:, None] / 2)
        )
    return changed.reshape(values.shape)


def _rolling(counts: Floats, width: int) -> Floats:
    """Sums over the day and the `width` - 1 before it, along the last axis."""
    total = np.cumsum(counts, axis=1)
    total[:, width:] = total[:, width:] - total[:, :-width]
    return total


def _habit(values: Floats, changed: Bools, grid: float) -> float | None:
    """Share of round changes on the roundest of earlier days; None where they are too few, or the grid is the meter's.

    The roundest day, not their mean: loads repeat, and so do their digits. A meter that changes by whole multiples of
    the grid has that grid, whatever is added to all its values.
    """
    days = changed.sum(axis=1)
    if len(values) < 5 or days.sum() < 30:
        return None
    hits = (_is_round(values, grid) & changed).sum(axis=1)
    by_day = (hits + PRIOR_VALUES * hits.sum() / days.sum()) / (days + PRIOR_VALUES)
    moves = np.diff(values.reshape(-1))
    moves = moves[np.isfinite(moves) & (moves != 0)]
    if moves.size and _is_round(moves, grid).mean() >= OWN_GRID_SHARE:
        return None
    return float(by_day.max())


def _round_totals(block: Block, quantum: Floats, history: int) -> Iterator[tuple[int, _Hit]]:
    """Days in a row whose totals are round."""
    total = block.values.sum(axis=2)
    known = np.isfinite(total)
    quantum = _own_grid(block.values.reshape(len(quantum), -1)[:, ::SAMPLED], quantum)
    tried = {width: _rolling(known.astype(np.float64), width) for width in TOTAL_WINDOWS}
    over = {width: _earlier(_rolling(known.astype(np.float64), history), width) for width in TOTAL_WINDOWS}
    for grid in grids(quantum * 2, middle_of(total)):
        rows = np.flatnonzero(np.isfinite(grid))
        is_round = _is_round(total[rows], grid[rows, None]) & (total[rows] > grid[rows, None] / 2)
        chance = np.minimum(quantum[rows] / grid[rows], 1.0)[:, None]
        habit = _rolling(is_round.astype(np.float64), history)
        for width in TOTAL_WINDOWS:
            hit, trials = _rolling(is_round.astype(np.float64), width), tried[width][rows]
            before, earlier = _earlier(habit, width), over[width][rows]
            share = np.maximum((before + PRIOR_DAYS * chance) / (earlier + PRIOR_DAYS), chance)
            surprise = np.zeros(share.shape)
            judged = np.s_[:, block.judged_from :]
            surprise[judged] = binomial_tail(hit[judged], trials[judged], share[judged])
            for place, day in zip(
                *np.nonzero((surprise >= SURPRISE_LOOKED_AT) & (hit >= 2) & (earlier >= 5)), strict=True
            ):
                row, first = int(rows[place]), int(day) - width + 1
                days = tuple((first + np.flatnonzero(is_round[place, first : int(day) + 1])).tolist())
                in_window = float(hit[place, day] / trials[place, day])
                yield row, _Hit(days, float(surprise[place, day]), float(grid[row]), in_window, is_total=True)


def _own_grid(values: Floats, quantum: Floats) -> Floats:
    """[S] the coarsest tenfold of their steps that meters' values lie on: few count in their last printed digit."""
    found = quantum.copy()
    known = values > quantum[:, None] / 2
    open_ = known.sum(axis=1) >= VALUES_NEEDED
    while open_.any():
        rows = np.flatnonzero(open_)
        fits = (_is_round(values[rows], 10 * found[rows, None]) & known[rows]).sum(axis=1)
        open_[rows] = fits >= SHARE_ON_GRID * known[rows].sum(axis=1)
        found[open_] *= 10
    return found


def _earlier(sums: Floats, days: int) -> Floats:
    """The sums as they stood so many days before; 0 where there was no such day."""
    moved = np.zeros(sums.shape)
    moved[:, days:] = sums[:, :-days]
    return moved
