"""Values counted in the meter's own smallest steps: the side on which equality and roundness mean something.

Before: `block` holds energies. After: the exactness detectors count equal, straight, round and clipped values.
"""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Floats, Ints, kept_with_block

#: Decimals that are tried for a meter whose step nobody tells: from thousands to a millionth of a unit.
DECIMALS: Final = range(-3, 7)
#: A meter's values lie on a grid where all but one in a hundred do: files hold a few sums, fills and corrections.
SHARE_ON_GRID: Final = 0.99
#: Values stored as 32-bit floats are off by this share of themselves.
FLOAT32: Final = 1.2e-7
#: Steps of a round figure, at least.
ROUND_STEPS: Final = 5
#: First known values of a meter that its step is learnt from.
LEARNT_FROM: Final = 1500


@kept_with_block
def learnt_quantum(block: Block) -> Floats:
    """[S] smallest step of each meter: as given, else the coarsest decimal grid that its first days lie on.

    A meter without any grid is counted in millionths of its middle value, so that nothing is equal by rounding.
    """
    quantum = np.asarray(block.quantum, dtype=np.float64).copy()
    unknown = np.flatnonzero(~(np.isfinite(quantum) & (quantum > 0)))
    if unknown.size:
        quantum[unknown] = _decimal_grid(np.stack([_first_known(block.values[row]) for row in unknown]))
    return quantum


def _first_known(values: Floats) -> Floats:
    known = values[np.isfinite(values)][:LEARNT_FROM]
    return np.pad(known, (0, LEARNT_FROM - known.size), constant_values=np.nan)


def _decimal_grid(values: Floats) -> Floats:
    size = np.abs(values)
    known = np.isfinite(values) & (size > 0)
    count = known.sum(axis=1)
    middle = middle_of(size)
    middle[middle == 0] = 1.0
    found: Floats = 10.0 ** (np.floor(np.log10(middle)) - 6)
    open_ = count > 0
    for decimals in DECIMALS:
        step = 10.0**-decimals
        counted = values / step
        tolerance = 1e-3 + FLOAT32 * size / step
        with np.errstate(invalid="ignore"):
            on_grid = (np.abs(counted - np.rint(counted)) <= tolerance) & (tolerance < 0.1) & known & (size > step / 2)
        fits = open_ & (on_grid.sum(axis=1) >= SHARE_ON_GRID * count)
        found[fits] = step
        open_ &= ~fits
    return found


@kept_with_block
def steps_of(block: Block) -> tuple[Floats, Floats]:
    """[S, D, T] values in whole steps of their meters (NaN where unknown), and the steps [S]."""
    quantum = learnt_quantum(block)
    return np.rint(block.values / quantum[:, None, None]), quantum


def middle_of(values: Floats) -> Floats:
    """[S] median of what is positive in each row [S, N], 0 where nothing is."""
    return np.array([float(np.median(row[row > 0])) if (row > 0).any() else 0.0 for row in values])


def is_rounder(day: Floats, before: Floats) -> bool:
    """Whether all values of a stretch are multiples of a figure of several steps that those before it are not."""
    values = np.unique(day[np.isfinite(day) & (day > 0)]).astype(np.int64)
    grid = np.gcd.reduce(values) if values.size else 0
    earlier = before[np.isfinite(before) & (before > 0)]
    return bool(grid >= ROUND_STEPS and values.size >= 3 and earlier.size and np.mean(earlier % grid == 0) < 0.5)


def run_ends(is_in_run: np.ndarray) -> tuple[Ints, Ints, Ints]:
    """Runs of true along the last of two axes: their rows, first places and last places."""
    padded = np.zeros((is_in_run.shape[0], is_in_run.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = is_in_run
    edges = np.diff(padded, axis=1)
    rows, firsts = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    return rows, firsts, ends - 1


def best_run(weight: Floats, is_in_run: np.ndarray) -> Floats:
    """Largest sum of weights over one run of true, along the last axis."""
    total = np.cumsum(np.where(is_in_run, weight, 0.0), axis=-1)
    before = np.maximum.accumulate(np.where(is_in_run, 0.0, total), axis=-1)
    return np.asarray((total - before).max(axis=-1))


def clusters(days: Ints, gap_days: int) -> list[Ints]:
    """Days in order, split where more than `gap_days` lie between."""
    if not days.size:
        return []
    return np.split(days, np.flatnonzero(np.diff(days) > gap_days) + 1)


def heaviest_run(weight: Floats, is_in_run: np.ndarray) -> tuple[float, int, int]:
    """The heaviest run of true in one row: its weight, first and last place."""
    _, firsts, lasts = run_ends(is_in_run[None])
    if not firsts.size:
        return 0.0, 0, 0
    total = np.concatenate([[0.0], np.cumsum(weight)])
    weights = total[lasts + 1] - total[firsts]
    best = int(weights.argmax())
    return float(weights[best]), int(firsts[best]), int(lasts[best])


def bits_of(values: Floats) -> Floats:
    """[D, T] bits each value carries, given the one before it, by how often the meter shows value and pair elsewhere.

    Two occurrences are taken off each count: the value itself and the one it may be copied from. The frequency of a
    pair falls back on that of the value where the pair is rare. A meter that idles or alternates carries few bits.
    """
    flat = values.reshape(-1)
    before = np.concatenate([[np.nan], flat[:-1]])
    both = np.isfinite(flat) & np.isfinite(before)
    _, kind, counts = np.unique(flat, return_inverse=True, return_counts=True)
    _, pair, pair_counts = np.unique(before * 1_000_003.0 + flat, return_inverse=True, return_counts=True)
    single = np.maximum(counts[kind] - 2.0, 0)
    paired = np.where(both, np.maximum(pair_counts[pair] - 2.0, 0), 0)
    preceding = np.concatenate([[0.0], single[:-1]]) * both
    share = (single + 0.5) / (np.isfinite(flat).sum() + 0.5 * (counts.size + 1))
    return np.asarray(-np.log2((paired + 2 * share) / (preceding + 2))).reshape(values.shape)


def observed(block: Block, meter: int, first_day: int, last_day: int) -> float:
    """Energy of days as reported; what is missing adds nothing."""
    return float(np.nansum(block.values[meter, first_day : last_day + 1]))
