"""Asks which meter of a network alone would make a strange day ordinary.

Before: `balance` finds the day. After: it names the meter.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Floats, Ints

#: Slots this many standard deviations off are strange, and so is a day whose statistic is this often its usual one.
STRANGE_SLOT: Final = 4.0
#: An implied truth is off by this share of the residual at least: class and clock of the part act on what it reported.
BALANCE_ERROR: Final = 0.03
#: Below this many the implied truth is taken to be what was reported.
SURE_SLOT: Final = 3.0
#: A factor of the whole's load explains this share of the residual's squares, or it is not the whole.
WHOLE_SHARE: Final = 0.8
#: Slots of the moving mean.
SMOOTH_SLOTS: Final = 9
#: A feature of a day counts for no more than this (a natural logarithm of likelihood).
MOST_EVIDENCE: Final = 15.0
#: How much a feature of days scatters at least, as a natural logarithm.
LEAST_SCATTER: Final = 0.15
#: Evidence that another part has to bring to be named in the middle of a stretch.
CHANGE_COST: Final = 10.0


@dataclass(frozen=True, slots=True)
class Member:
    """A part of a formula or its whole: the truth that the residual implies is `reported + sign * residual`."""

    meter: int
    sign: float


def evidence_of(block: Block, members: list[Member], kept: Ints, day: int, residual: Floats, sigma: Floats) -> Floats:
    """[members] how much more likely (natural logarithm) each meter makes the day if it alone is wrong."""
    known = np.isfinite(residual)
    off = known & (np.abs(residual) > STRANGE_SLOT * sigma)
    places = np.flatnonzero(off)
    if not len(places):
        places = np.flatnonzero(known)
    active = slice(int(places[0]), int(places[-1]) + 1)
    found = np.zeros(len(members))
    for place, member in enumerate(members):
        reported = block.values[member.meter, day]
        implied = reported + member.sign * np.where(np.abs(residual) > SURE_SLOT * sigma, residual, 0.0)
        earlier = block.values[member.meter, kept]
        # A whole's own switching holds the residual's; what it should read is the sum of its parts.
        own = reported - residual if place == len(members) - 1 else reported
        gain = max(_switching(residual, own, sigma), _alike(residual, own))
        quantum = block.quantum[member.meter]
        # A whole that sees less because something feeds in behind it looks unlike its other days and is right.
        # So a whole is named only by a residual that is a share of all its load.
        if place == len(members) - 1:
            found[place] = gain if _is_share_of(residual, own) else 0.0
        else:
            found[place] = gain + _ordinary(implied, reported, earlier, active, float(quantum))
        impossible = known & (implied < -SURE_SLOT * sigma - BALANCE_ERROR * np.abs(residual))
        if (np.nan_to_num(reported) >= 0).all():
            found[place] -= min(2.0 * impossible.sum(), 2 * MOST_EVIDENCE)
    return found


def _switching(residual: Floats, own: Floats, sigma: Floats) -> float:
    """How much better the steps of the residual are explained by a meter's own: more of each (a ratio), or none.

    The steps are what a meter alone does; the day's shape is shared by all. Errors have a heavy tail, for what a
    false curve hides comes and goes too.
    """
    step, moves = np.diff(residual), np.diff(own)
    both = np.isfinite(step) & np.isfinite(moves)
    if both.sum() < 8 or not (moves[both] ** 2).sum() > 0:
        return 0.0
    step, moves, noise = step[both], moves[both], np.sqrt(2) * sigma[1:][both]
    large = np.abs(moves) >= np.quantile(np.abs(moves), 0.7)
    ratios = step[large & (moves != 0)] / moves[large & (moves != 0)]
    factors = [-1.0, float(step @ moves / (moves @ moves))]
    if len(ratios):
        factors.append(float(np.median(ratios)))
    before = np.log1p((step / noise) ** 2).sum()
    after = min(float(np.log1p(((step - factor * moves) / noise) ** 2).sum()) for factor in factors)
    return 0.5 * (float(before) - after)


def _alike(residual: Floats, own: Floats) -> float:
    """The same by correlation of what a moving mean leaves of both curves."""
    moves, rest = _switched(own), _switched(residual)
    both = np.isfinite(moves) & np.isfinite(rest)
    square = (moves[both] ** 2).sum() * (rest[both] ** 2).sum()
    if both.sum() < SMOOTH_SLOTS or not square > 0:
        return 0.0
    alike = (moves[both] @ rest[both]) ** 2 / square
    return float(-0.5 * both.sum() * np.log(max(1 - alike, 1e-3)))


def _is_share_of(residual: Floats, own: Floats) -> bool:
    """Whether one factor times the load explains most of the residual."""
    both = np.isfinite(residual) & np.isfinite(own)
    square = (residual[both] ** 2).sum() * (own[both] ** 2).sum()
    return bool(square > 0 and (residual[both] @ own[both]) ** 2 >= WHOLE_SHARE * square)


def _switched(curve: Floats) -> Floats:
    """A curve less its moving mean: its own switching, without the day's shape that all share."""
    known = np.isfinite(curve)
    kernel = np.ones(SMOOTH_SLOTS)
    total = np.convolve(np.where(known, curve, 0.0), kernel, mode="same")
    number = np.convolve(known.astype(np.float64), kernel, mode="same")
    return np.where(known, curve - total / np.maximum(number, 1), np.nan)


def _ordinary(implied: Floats, reported: Floats, earlier: Floats, active: slice, quantum: float) -> float:
    """How much more ordinary the implied day is than the reported one, by level and roughness of the strange slots."""
    least = quantum / 10 if np.isfinite(quantum) and quantum > 0 else 1e-6
    total = 0.0
    for feature in (_level, _roughness, _shape):
        usual = np.array([feature(day[active], least) for day in earlier])
        usual = usual[np.isfinite(usual)]
        now, then = feature(reported[active], least), feature(implied[active], least)
        if len(usual) < 5 or not np.isfinite(now) or not np.isfinite(then):
            continue
        middle = float(np.median(usual))
        scatter = max(LEAST_SCATTER, 1.4826 * float(np.median(np.abs(usual - middle))))
        strange = [min(0.5 * ((value - middle) / scatter) ** 2, MOST_EVIDENCE) for value in (now, then)]
        total += strange[0] - strange[1]
    return total


def _level(curve: Floats, least: float) -> float:
    return float(np.log(max(float(np.nanmean(curve)), 0.0) + least)) if np.isfinite(curve).any() else np.nan


def _roughness(curve: Floats, least: float) -> float:
    steps = np.abs(np.diff(curve))
    return float(np.log(float(np.nanmean(steps)) + least)) if np.isfinite(steps).any() else np.nan


def _shape(curve: Floats, least: float) -> float:
    """The share of slots in which the curve bends by less than a step: flat and straight lines."""
    bends = np.abs(np.diff(curve, n=2))
    known = np.isfinite(bends)
    return float(np.log(0.05 + np.mean(bends[known] < 10 * least))) if known.sum() > 3 else np.nan


def best_path(evidence: Floats) -> list[int]:
    """The members that explain days best when each change from one to another costs evidence (Viterbi)."""
    days, members = evidence.shape
    best = evidence[0].copy()
    came_from = np.zeros((days, members), dtype=np.int64)
    for day in range(1, days):
        leader = int(best.argmax())
        stays = best >= best[leader] - CHANGE_COST
        came_from[day] = np.where(stays, np.arange(members), leader)
        best = np.where(stays, best, best[leader] - CHANGE_COST) + evidence[day]
    path = [int(best.argmax())]
    for day in range(days - 1, 0, -1):
        path.append(int(came_from[day, path[-1]]))
    return path[::-1]


def same_in_a_row(path: list[int]) -> list[tuple[int, int]]:
    """First and last of equal members in a row."""
    edges = [0, *[place for place in range(1, len(path)) if path[place] != path[place - 1]], len(path)]
    return [(start, end - 1) for start, end in pairwise(edges)]
