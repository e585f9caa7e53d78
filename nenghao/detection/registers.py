"""Compares what a meter's register advanced with the values that were reported, slot by slot and summed.

Before: `Block.advance`. After: rules `register_against_interval` and `register_step`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.faces import register_step_of
from nenghao.detection.stretches import candidate_of, is_metering_work, stretches

#: Exact channels do not prove much by one odd slot: this many slots of a day must be odd.
ODD_SLOTS: Final = 3
#: Windows over which differences are summed, in days.
WINDOWS: Final = (1, 2, 3, 7)
#: Share of a slot's energy that scaling outside the meter may lose, whatever was learnt.
LEAST_SHARE: Final = 0.005
#: From this many earlier days on, what a meter's channels usually differ by is learnt and not assumed.
LEARNT_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class _Compared:
    """Advance and values of slots that both know."""

    #: [S, D, T] advance less value; NaN where one is unknown.
    difference: Floats
    #: [S, D, T] the same less what one constant error of the clock explains on each day.
    unexplained: Floats
    #: [S, D, T] most that clock and resolution explain in one slot, by what this meter did before.
    slot_tolerance: Floats
    #: [S, D] the scatter of slots that resolution and habit explain, and the sum of a day.
    scatter_tolerance: Floats
    day_tolerance: Floats
    #: [S, D] what of a day's tolerance adds up over days; the rest (clock, resolution) never does.
    daily_share: Floats


def register_against_interval(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days on which a register advanced by something else than the values: in sum, or in several slots.

    Statistic `excess`: how many times the tolerance. Uses thresholds `quanta_of_advance`, `quanta_a_slot`,
    `share_of_energy` and `clock_error` (s).
    """
    if block.advance is None:
        return []
    steps, work = register_step_of(block), is_metering_work(block)
    # The first advance after a hole may hold all of it.
    unclear = _is_step(block, block.advance, steps, thresholds) | (_slots_since_known(block.advance) > 1)
    advance = np.where(unclear, np.nan, block.advance)
    compared = _compare(block, advance, steps, thresholds)
    excess = np.where(work, 0.0, _excess(compared))
    found: Bools = np.asarray(excess >= 1, dtype=np.bool_)
    found[:, : block.judged_from] = False
    silent = np.asarray(~np.isfinite(compared.difference).any(axis=2), dtype=np.bool_)
    candidates = []
    for meter in np.flatnonzero(found.any(axis=1)).tolist():
        truth = np.where(np.isfinite(advance[meter]), advance[meter], block.values[meter])
        for first, last in stretches(found[meter], over=silent[meter]):
            high = float(excess[meter, first : last + 1].max())
            candidates.append(
                candidate_of(
                    block,
                    meter,
                    (first, last),
                    truth=truth,
                    tolerance=compared.slot_tolerance[meter],
                    statistics={"excess": high},
                    score=min(10.0 * high, 300.0),
                    notes={"register_step": float(steps[meter])},
                )
            )
    return candidates


def register_step(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days on which the face of a register went back, or ahead by more than the meter can count.

    Statistic `jump`: the step, in highest slots of the meter. Uses `quanta_of_advance` and `highest_slots`.
    """
    if block.advance is None:
        return []
    steps = _is_step(block, block.advance, register_step_of(block), thresholds) & ~is_metering_work(block)[:, :, None]
    highest = _highest(block)
    candidates = []
    for meter, day in zip(*np.nonzero(steps.any(axis=2)), strict=True):
        if day < block.judged_from:
            continue
        slots = np.flatnonzero(steps[meter, day])
        jump = float(np.nansum(block.advance[meter, day, slots] - np.nan_to_num(block.values[meter, day, slots])))
        size = abs(jump) / max(float(highest[meter]), 1e-12)
        candidates.append(
            Candidate(
                meter=int(meter),
                first_day=int(day),
                last_day=int(day),
                kind=Kind.REGISTER,
                score=100.0 + min(size, 100),
                statistics={"jump": size},
                first_slot=int(slots[0]),
                last_slot=int(slots[-1]),
                notes={"energy": jump},
            )
        )
    return candidates


def _highest(block: Block) -> Floats:
    """[S] a high slot of each meter, robust against a few false ones."""
    with np.errstate(invalid="ignore"):
        flat = np.sort(
            np.where(np.isfinite(block.values), block.values, -np.inf).reshape(len(block.meters), -1), axis=1
        )
    known = np.isfinite(flat).sum(axis=1)
    place = flat.shape[1] - 1 - (0.002 * known).astype(np.int64)
    high: Floats = np.maximum(np.nan_to_num(flat[np.arange(len(flat)), place], neginf=0.0), 0.0)
    return high


def _is_step(block: Block, advance: Floats, steps: Floats, thresholds: Thresholds) -> Bools:
    """[S, D, T] slots in which the face went back while the values did not, or jumped beyond all that can flow."""
    values = np.nan_to_num(block.values)
    slack = (thresholds["quanta_of_advance"] * steps)[:, None, None]
    with np.errstate(invalid="ignore"):
        back = (advance < -slack) & (advance < values - slack)
        most = np.fmax(thresholds["highest_slots"] * _highest(block), block.capacity)[:, None, None]
        waited = _slots_since_known(advance)
        ahead = (advance > most * waited + slack) & (values < 0.1 * advance)
    return np.asarray(back | ahead, dtype=np.bool_)


def _slots_since_known(advance: Floats) -> Floats:
    """[S, D, T] how many slots after the last known one: after a hole one advance may hold them all."""
    flat = np.isfinite(advance).reshape(len(advance), -1)
    place = np.broadcast_to(np.arange(flat.shape[1]), flat.shape)
    last = np.maximum.accumulate(np.where(flat, place, -1), axis=1)
    before = np.column_stack([np.full(len(flat), -1), last[:, :-1]])
    waited: Floats = (place - before).reshape(advance.shape).astype(np.float64)
    return waited


def _compare(block: Block, advance: Floats, steps: Floats, thresholds: Thresholds) -> _Compared:
    difference = advance - block.values
    known = np.isfinite(difference)
    quantum = np.where(np.isfinite(block.quantum), block.quantum, steps)[:, None, None]
    step = np.maximum(steps[:, None, None], quantum)
    resolution = thresholds["quanta_of_advance"] * step
    clock = thresholds["clock_error"] / (60 * block.slot_minutes)
    held = np.where(known, np.maximum(np.abs(advance), np.abs(block.values)), 0.0)
    near = _with_neighbours(held)
    unexplained = difference - _clock_moved(difference, advance, clock)
    with np.errstate(invalid="ignore", divide="ignore"):
        beyond = (np.abs(unexplained) - resolution - quantum) / np.maximum(near, quantum)
    worst = np.where(np.isfinite(beyond), np.maximum(beyond, 0), -np.inf).max(axis=2)
    share = np.minimum(2 * usual_before(worst)[:, :, None] + LEAST_SHARE, 2 * clock)
    scatter = scatter_of(unexplained)
    level = scatter_of(np.where(known, held, np.nan))
    usual_scatter = usual_before(scatter)
    highest, lowest = held.max(axis=2), np.where(known, held, np.inf).min(axis=2)
    slots = known.sum(axis=2)
    cut = thresholds["quanta_a_slot"] * slots * quantum[:, :, 0]
    usual_sum = 3 * usual_before(np.where(slots > 0, np.abs(np.nansum(difference, axis=2)), -np.inf))
    daily_share = np.minimum(cut, usual_sum) + thresholds["share_of_energy"] * np.where(known, np.abs(advance), 0).sum(
        axis=2
    )
    return _Compared(
        difference=difference,
        unexplained=unexplained,
        slot_tolerance=resolution + quantum + share * near,
        scatter_tolerance=2 * np.maximum(usual_scatter, 0.5 * step[:, :, 0]) + LEAST_SHARE * np.maximum(level, 0),
        day_tolerance=resolution[:, :, 0] + daily_share + clock * np.where(np.isfinite(lowest), highest - lowest, 0),
        daily_share=daily_share,
    )


def scatter_of(array: Floats) -> Floats:
    """[S, D] root of the mean square of each day; minus infinity where nothing is known."""
    known = np.isfinite(array)
    number = known.sum(axis=2)
    mean = (np.where(known, array, 0.0) ** 2).sum(axis=2) / np.maximum(number, 1)
    return np.where(number > 0, np.sqrt(mean), -np.inf)


def _clock_moved(difference: Floats, advance: Floats, clock: float) -> Floats:
    """[S, D, T] what a clock late by one time all day, at most `clock`, moves between slots."""
    flat = advance.reshape(len(advance), -1)
    ramp = np.column_stack([np.diff(flat, axis=1), np.full(len(flat), np.nan)]).reshape(advance.shape)
    both = np.isfinite(ramp) & np.isfinite(difference)
    ramp = np.where(both, ramp, 0.0)
    square = (ramp**2).sum(axis=2)
    late = (ramp * np.where(both, difference, 0.0)).sum(axis=2) / np.maximum(square, 1e-12)
    moved: Floats = np.clip(late, -clock, clock)[:, :, None] * ramp
    return moved


def _with_neighbours(held: Floats) -> Floats:
    """[S, D, T] the highest of a slot and the two beside it, over midnight."""
    flat = held.reshape(len(held), -1)
    after = np.column_stack([flat[:, 1:], flat[:, -1:]])
    before = np.column_stack([flat[:, :1], flat[:, :-1]])
    return np.maximum(np.maximum(flat, after), before).reshape(held.shape)


def usual_before(daily: Floats) -> Floats:
    """[S, D] what a figure of days was on the better days before each: infinite while too few days are known.

    The lower quartile: three quarters of the days before may be edited. Unknown days are minus infinity.
    """
    usual = np.full(daily.shape, np.inf)
    for day in range(LEARNT_DAYS, daily.shape[1]):
        before = np.sort(np.where(np.isfinite(daily[:, :day]), daily[:, :day], np.inf), axis=1)
        known = np.isfinite(before).sum(axis=1)
        quartile = before[np.arange(len(before)), np.minimum(known // 4, before.shape[1] - 1)]
        usual[:, day] = np.where(known >= LEARNT_DAYS, quartile, np.inf)
    return usual


def _excess(compared: _Compared) -> Floats:
    """[S, D] the largest of three measures, 1 at the tolerance: the sum so far, the scatter, the third odd slot."""
    meters, days, slots = compared.difference.shape
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.sort(np.nan_to_num(np.abs(compared.unexplained) / compared.slot_tolerance), axis=2)
        scatter = scatter_of(compared.unexplained) / compared.scatter_tolerance
    odd = ratio[:, :, -ODD_SLOTS] if slots >= ODD_SLOTS else np.zeros((meters, days))
    return np.maximum(np.maximum(np.nan_to_num(scatter, neginf=0.0), odd), _summed(compared))


def _summed(compared: _Compared) -> Floats:
    """[S, D] how far the sum of differences runs within windows of days that end or begin here, over the tolerance.

    Within a day, and again over the days around: what a clock moves over midnight comes back on the other side, and a
    small loss each day adds up.
    """
    meters, days, slots = compared.difference.shape
    running = np.cumsum(np.nan_to_num(compared.difference).reshape(meters, -1), axis=1).reshape(meters, days, slots)
    start = np.column_stack([np.zeros(meters), running[:, :-1, -1]])
    highest = np.maximum(running.max(axis=2), start)
    lowest = np.minimum(running.min(axis=2), start)
    end = running[:, :, -1]
    own = (highest - lowest) / np.maximum(compared.day_tolerance, 1e-12)
    excess = np.zeros((meters, days))
    for window in WINDOWS:
        for first in range(days - window + 1):
            span = slice(first, first + window)
            drift = np.abs(end[:, first + window - 1] - start[:, first])
            tolerance = compared.day_tolerance[:, span].max(axis=1) + (
                compared.daily_share[:, span].sum(axis=1) - compared.daily_share[:, span].max(axis=1)
            )
            reached = drift / np.maximum(tolerance, 1e-12)
            takes_part = own[:, span] >= own[:, span].max(axis=1, keepdims=True) / 3
            excess[:, span] = np.maximum(excess[:, span], np.where(takes_part, reached[:, None], 0.0))
    return np.minimum(excess, np.where(own >= 1, np.inf, excess))
