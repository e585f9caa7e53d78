"""Facts about one series-day that are costly to compute and never change: computed once, stored, read by detectors."""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Floats

#: Names of the columns that `day_facts` returns, in order; a name's meaning never changes, a new meaning is a new name.
FACTS: Final = ("total", "lowest", "highest", "longest_run")


def day_facts(values: Floats, quantum: Floats) -> Floats:
    """Facts of days, [N, len(FACTS)], of their slots `values` [N, T] and the steps of their meters `quantum` [N].

    NaN where a fact cannot be known: `total` of a day with a missing slot, everything of a day without values.
    """
    del quantum  # no fact needs it yet
    known = np.isfinite(values)
    some = known.any(axis=1)
    total = np.where(known.all(axis=1), values.sum(axis=1, where=known), np.nan)
    lowest = np.where(some, values.min(axis=1, where=known, initial=np.inf), np.nan)
    highest = np.where(some, values.max(axis=1, where=known, initial=-np.inf), np.nan)
    run = np.zeros(len(values))
    longest = np.zeros(len(values))
    for slot in range(1, values.shape[1]):
        run = np.where(values[:, slot] == values[:, slot - 1], run + 1, 0)
        longest = np.maximum(longest, run)
    return np.column_stack([total, lowest, highest, np.where(some, longest + 1, np.nan)])


def facts_of(block: Block) -> dict[str, Floats]:
    """Facts of every day of a block, each [S, D], by name."""
    meters, days, slots = block.shape
    table = day_facts(block.values.reshape(-1, slots), np.repeat(block.quantum, days))
    return {name: table[:, place].reshape(meters, days) for place, name in enumerate(FACTS)}
