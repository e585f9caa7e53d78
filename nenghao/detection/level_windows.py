"""Compares stretches of days with the days before them, in every level, for every meter and every end at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from nenghao.detection import known
from nenghao.detection.block import Block, Bools, Floats, Ints

#: Days of the stretches that are compared.
LENGTHS: Final = (1, 2, 3, 5, 7, 10, 14, 21, 28)
#: Days before a stretch that say what was to be expected, at most and at least: four weeks hold one season.
BASE_DAYS: Final = 28
BASE_DAYS_MIN: Final = 12
#: Days whose scatter is one.
SCATTER_DAYS_MIN: Final = 10
#: A stretch with fewer known days than this share is not compared.
STRETCH_SHARE: Final = 0.7
#: Long blocks are judged in pieces of this many days, with this many days of history: scales follow the season.
PIECE_DAYS: Final = 28
PIECE_HISTORY: Final = 84
#: Nothing is said of a meter's first days; then weeks are judged one by one until there are three to learn from.
FIRST_DAYS: Final = 14
YOUNG_DAYS, SETTLED_DAYS = 7, 21


@dataclass(frozen=True, slots=True)
class Stretches:
    """All stretches of one length: E of them a meter, by their last day."""

    length: int
    #: [E] last days.
    ends: Ints
    #: [S, E, K] how far the mean of the stretch lies from what the days before say of its working days and days off.
    change: Floats
    #: [S, E] whether enough days are known on both sides.
    is_known: Bools

    @property
    def begins(self) -> Ints:
        """[E] first days."""
        return self.ends - self.length + 1


def pieces(block: Block) -> Iterator[tuple[int, Block]]:
    """Parts of a long block that are judged one after the other, each with the number of its first day."""
    days = block.shape[1]
    start = max(block.judged_from, FIRST_DAYS)
    while start < days:
        first = max(0, start - PIECE_HISTORY)
        end = min(days, start + (PIECE_DAYS if start >= SETTLED_DAYS else YOUNG_DAYS))
        is_whole = first == 0 and end == days and start == block.judged_from
        yield first, block if is_whole else _days_of(block, first, end, start - first)
        start = end


def _days_of(block: Block, first: int, end: int, judged_from: int) -> Block:
    return replace(
        block,
        values=block.values[:, first:end],
        judged_from=judged_from,
        is_day_off=block.is_day_off[first:end],
        is_explained=block.is_explained[:, first:end],
    )


def sums_before(rows: Floats) -> Floats:
    """Sums of all days before each day: [S, D + 1, …]."""
    return np.concatenate([np.zeros_like(rows[:, :1]), np.cumsum(rows, axis=1)], axis=1)


def stretches(levels: Floats, is_day_off: Bools, first_end: int = 0) -> Iterator[Stretches]:
    """Every stretch of every length that has enough days before it and ends on `first_end` or later."""
    days = levels.shape[1]
    is_known: Bools = np.all(np.isfinite(levels), axis=2)
    filled = np.where(is_known[..., None], levels, 0)
    work, off = is_known & ~is_day_off, is_known & is_day_off
    sum_work, sum_off = sums_before(filled * work[..., None]), sums_before(filled * off[..., None])
    count_work, count_off = sums_before(work.astype(float)), sums_before(off.astype(float))
    for length in LENGTHS:
        ends = np.arange(max(length + BASE_DAYS_MIN - 1, first_end), days)
        if not ends.size:
            continue
        begins = ends - length + 1
        base = np.maximum(begins - BASE_DAYS, 0)
        base_work, base_off = count_work[:, begins] - count_work[:, base], count_off[:, begins] - count_off[:, base]
        mean_work, mean_off = expected_levels(
            sum_work[:, begins] - sum_work[:, base], sum_off[:, begins] - sum_off[:, base], base_work, base_off
        )
        seen_work, seen_off = (count[:, ends + 1] - count[:, begins] for count in (count_work, count_off))
        seen = seen_work + seen_off
        total = sum_work[:, ends + 1] - sum_work[:, begins] + sum_off[:, ends + 1] - sum_off[:, begins]
        expected = mean_work * seen_work[..., None] + mean_off * seen_off[..., None]
        yield Stretches(
            length=length,
            ends=ends,
            change=(total - expected) / np.maximum(seen, 1)[..., None],
            is_known=(seen >= max(1.0, STRETCH_SHARE * length))
            & (base_work + base_off >= BASE_DAYS_MIN)
            & ((base_off >= 2) | (seen_off == 0)),
        )


def expected_levels(sum_work: Floats, sum_off: Floats, work: Floats, off: Floats) -> tuple[Floats, Floats]:
    """Levels of a working day and of a day off; one day off alone says nothing, working days stand in."""
    mean_work = sum_work / np.maximum(work, 1)[..., None]
    mean_off = np.where((off > 1)[..., None], sum_off / np.maximum(off, 1)[..., None], mean_work)
    return np.where((work > 0)[..., None], mean_work, mean_off), mean_off


def daily_scatter(levels: Floats, is_day_off: Bools, days: int) -> Floats:
    """[S, K] honest scatter of levels from day to day in the first `days`, little moved by a few odd days."""
    history, off = levels[:, :days], is_day_off[:days]
    deviation = history.copy()
    for mask in (off, ~off):
        if mask.sum() >= 3:
            deviation[:, mask] -= known.median(history[:, mask], axis=1, keepdims=True)
        elif mask.any():
            deviation[:, mask] = np.nan
    found = known.scatter(np.clip(deviation, -3.0, 3.0), np.zeros(1), axis=1)
    enough = np.isfinite(deviation).sum(axis=1) >= SCATTER_DAYS_MIN
    return np.where(enough, found, np.inf)
