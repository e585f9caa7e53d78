"""Splits whole numbers by weights into whole numbers that add up to them exactly, many at once."""

import numpy as np

from nenghao.closing.columns import Exact, Ints, first_of_groups

#: Products below this fit into 64 bits.
_ROOM = float(2**62)


def apportion(totals: Exact, group: Ints, weights: Ints) -> Exact:
    """Parts of each group's total by largest remainder; equal remainders are served in order.

    `group` numbers the totals from 0, ascending, each with at least one weight. Where all weights of a group are 0 they
    count as equal.
    """
    starts = np.flatnonzero(first_of_groups(group))
    whole = np.add.reduceat(weights, starts)
    is_blank = whole == 0
    if bool(is_blank.any()):
        weights = np.where(is_blank[group], 1, weights)
        whole = np.add.reduceat(weights, starts)
    shared = totals[group]
    if shared.dtype != object and float(shared.max()) * float(weights.max()) >= _ROOM:
        shared = shared.astype(object)
    product = shared * weights
    parts = product // whole[group]
    # Below the sum of weights, so 64 bits hold it whatever the total.
    remainder = (product - parts * whole[group]).astype(np.int64)
    left = (totals - np.add.reduceat(parts, starts)).astype(np.int64)
    order = np.lexsort((-remainder, group))
    rank = np.arange(len(group)) - starts[group[order]]
    parts[order[rank < left[group[order]]]] += 1
    return parts if totals.dtype == object else parts.astype(np.int64)


def expand(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """For each of `count` steps from `first`: whose step it is, and its number."""
    owner = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, first[owner] + nth
