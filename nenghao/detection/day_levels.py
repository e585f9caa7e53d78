"""Levels of a day as logarithms: how high its base, middle, peaks and steps are, whatever hour they come at."""

from typing import Final

import numpy as np

from nenghao.detection import known
from nenghao.detection.block import Block, Bools, Floats, kept_with_block

#: Shares of a day's slots, from the lowest up, whose value is a level; and of its changes from slot to slot.
VALUE_QUANTILES: Final = (0.02, 0.10, 0.25, 0.50, 0.75, 0.90, 1.0)
CHANGE_QUANTILES: Final = (0.25, 0.50, 0.75, 0.90)
#: Levels move together for honest reasons within a group, and apart between groups: the base that never sleeps, the
#: load of work, and the noise of switching. Levels in order: mean, seven values, four changes, mean change.
GROUPS: Final = ((1, 2, 3), (0, 4, 5, 6, 7), (8, 9, 10, 11, 12))
LEVELS: Final = 13
#: The levels that a constant taken away lowers; changes stay what they were.
OF_VALUES: Final = tuple(range(8))
#: A day with fewer known slots than this share has no levels.
KNOWN_SHARE: Final = 0.9


@kept_with_block
def step_of(block: Block) -> Floats:
    """[S] smallest step of each meter: as told, else the smallest change seen in its history."""
    seen = block.values[:, : max(block.judged_from, 1)].reshape(len(block.meters), -1)
    changes = np.abs(np.diff(seen, axis=1))
    changes[~(changes > 0)] = np.inf
    least = changes.min(axis=1, initial=np.inf)
    least = np.where(np.isfinite(least), least, 1e-6)
    return np.where(np.isfinite(block.quantum) & (block.quantum > 0), block.quantum, least)


@kept_with_block
def day_levels(block: Block) -> Floats:
    """[S, D, LEVELS] natural logarithms of the levels; NaN for days that lack too many slots."""
    values, step = block.values, step_of(block)
    slots = values.shape[2]
    is_known = np.isfinite(values)
    share = is_known.mean(axis=2)
    changes = np.abs(np.diff(values, axis=2))
    levels = np.empty((*share.shape, LEVELS))
    with np.errstate(invalid="ignore", divide="ignore"):
        levels[..., 0] = values.sum(axis=2, where=is_known) / is_known.sum(axis=2)
        levels[..., 1:8] = _quantiles(values, VALUE_QUANTILES)
        levels[..., 8:12] = _quantiles(changes, CHANGE_QUANTILES)
        levels[..., 12] = changes.sum(axis=2, where=np.isfinite(changes)) / np.isfinite(changes).sum(axis=2)
    levels = np.log(np.maximum(levels, (step / 2)[:, None, None]))
    levels[share < max(KNOWN_SHARE, 1 - 2 / slots) - 1e-9] = np.nan
    return levels


def informative(levels: Floats, step: Floats, days: int) -> Bools:
    """[S, LEVELS] levels that stood above the smallest step in the first `days`: only these can be seen to fall."""
    return np.exp(known.median(levels[:, :days], axis=1)) > 1.01 * step[:, None]


def _quantiles(values: Floats, shares: tuple[float, ...]) -> Floats:
    """Quantiles of the known part of the last axis, which stands at the front once sorted: NaN goes to the end."""
    ordered = np.sort(values, axis=-1)
    count = np.isfinite(values).sum(axis=-1)
    places = np.rint(np.asarray(shares) * (np.maximum(count, 1) - 1)[..., None]).astype(np.int64)
    return np.take_along_axis(ordered, places, axis=-1)
