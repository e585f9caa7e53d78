"""Patterns that a reported curve shows beside the true one: exact ones first, which need little of the truth.

After: `naming` asks for them, the most telling first.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from nenghao.detection.block import Bools, Floats

#: A statement about all slots holds where it holds on this share: ends of events, holes and chance are the rest.
NEARLY_ALL: Final = 0.9
MOST: Final = 0.7
#: Highest slots of a day that are equal, from which on a ceiling cut them.
TIES: Final = 4
#: Daily rounding moves a day by less than this.
DAILY_ROUNDING: Final = 0.06
#: A tolerance is about this many mean errors of the implied truth.
SIGMAS: Final = 8.0
#: A day equal to another must hold this many different values to say anything.
TELLING_VALUES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """N days of one meter of T slots, NaN where unknown."""

    reported: Floats
    truth: Floats
    #: [N, T] how far the implied truth may be off without any change (one standard deviation, or a hard bound).
    tolerance: Floats
    #: [H, T] days reported before the stretch, oldest first.
    earlier: Floats
    #: [P, N, T] the same days of other meters.
    peers: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))
    quantum: float = np.nan

    @property
    def changed(self) -> Bools:
        """[N, T] slots whose report and truth differ."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.abs(self.reported - self.truth) > self.tolerance, dtype=np.bool_)

    @property
    def step(self) -> float:
        """The smallest step of the values; a millionth of the largest where it is unknown."""
        if np.isfinite(self.quantum) and self.quantum > 0:
            return self.quantum
        return 1e-6 * float(np.nanmax(np.abs(self.reported), initial=1e-9))


def is_unit(stretch: Stretch, changed: Bools) -> bool:
    """The truth times a power of ten, as a wrong unit makes it."""
    reported, truth = stretch.reported[changed], stretch.truth[changed]
    if reported.sum() <= 0 or truth.sum() <= 0:
        return False
    power = float(np.log10(reported.sum() / truth.sum()))
    whole = round(power)
    if abs(whole) < 2 and not (abs(whole) == 1 and abs(power - whole) < 0.004):
        return False
    near = np.abs(reported - truth * 10.0**whole) <= 0.1 * np.abs(reported) + 0.6 * stretch.step
    return bool(near.mean() >= MOST)


def is_zero(stretch: Stretch, changed: Bools) -> bool:
    """Nothing where something flowed."""
    reported = stretch.reported[changed]
    return bool((np.abs(reported) < 0.5 * stretch.step).mean() >= NEARLY_ALL)


def is_clip(stretch: Stretch, changed: Bools) -> bool:
    """Changed slots sit at one ceiling below the truth, others below it; nothing is above."""
    ceiling = float(np.nanmax(stretch.reported))
    at_ceiling = np.abs(stretch.reported - ceiling) <= 0.5 * stretch.step
    below = stretch.truth > stretch.reported
    free = np.isfinite(stretch.reported) & ~at_ceiling
    if at_ceiling.sum(axis=1).max() >= TIES and _has_been_higher(stretch, ceiling):
        # Too small a cut for each slot, but it all lies below the ceiling.
        cut = np.nan_to_num(stretch.truth - stretch.reported)
        return bool(free.mean() >= 0.1 and abs(cut[free].sum()) < (1 - MOST) * cut[at_ceiling].sum())
    return bool(
        at_ceiling[changed].mean() >= NEARLY_ALL
        and below[changed].mean() >= NEARLY_ALL
        and free.mean() >= 0.1
        and changed.sum() >= 2
    )


def _has_been_higher(stretch: Stretch, ceiling: float) -> bool:
    """Whether the meter often went above a ceiling before, and never rested at its highest."""
    earlier = stretch.earlier[-14:][np.isfinite(stretch.earlier[-14:]).all(axis=1)]
    if not len(earlier):
        return False
    highest = earlier.max(axis=1)
    ties = (earlier >= highest[:, None] - 0.5 * stretch.step).sum(axis=1)
    return bool(np.median(highest) > 1.1 * ceiling and np.median(ties) < TIES)


def is_constant(stretch: Stretch, changed: Bools) -> bool:
    """One value again and again."""
    reported = stretch.reported
    same = np.zeros(reported.shape, dtype=np.bool_)
    equal = np.abs(np.diff(reported, axis=1)) <= 0.5 * stretch.step
    same[:, 1:] |= equal
    same[:, :-1] |= equal
    flat = same & (np.abs(reported) > 0.5 * stretch.step)
    return bool(flat[changed].mean() >= MOST and changed.sum() >= 4 and _longest(flat) >= 4)


def _longest(flags: Bools) -> int:
    run = longest = 0
    for flag in flags.ravel():
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest


def is_repeat(stretch: Stretch, changed: Bools) -> bool:
    """Days are equal to earlier ones of the same meter, slot by slot."""
    days = np.concatenate([stretch.earlier, stretch.reported])
    repeats = looked = 0
    for number in np.flatnonzero(changed.any(axis=1)):
        place = len(stretch.earlier) + number
        day, before = days[place], days[:place]
        if len(np.unique(np.round(day / stretch.step))) < TELLING_VALUES or not len(before):
            continue
        looked += 1
        repeats += bool((np.abs(before - day) <= 0.5 * stretch.step).mean(axis=1).max() >= NEARLY_ALL)
    return looked > 0 and repeats >= 0.5 * looked


def is_copy(stretch: Stretch, changed: Bools) -> bool:
    """Another meter's curve, as it is or times one factor."""
    for peer in stretch.peers:
        both = np.asarray(changed.any(axis=1))[:, None] & np.isfinite(peer) & np.isfinite(stretch.reported)
        reported, other = stretch.reported[both], peer[both]
        if both.sum() < TELLING_VALUES or other.sum() <= 0 or len(np.unique(reported)) < TELLING_VALUES:
            continue
        factor = reported.sum() / other.sum()
        for times in (1.0, factor):
            near = np.abs(reported - times * other) <= 1.01 * stretch.step + 0.002 * np.abs(reported)
            if near.mean() >= NEARLY_ALL and np.ptp(reported) > 4 * stretch.step:
                return True
    return False


def is_spike(stretch: Stretch, changed: Bools) -> bool:
    """A few slots of a day far above all that the meter does."""
    del changed  # coarse registers make more slots differ
    usual = np.concatenate([stretch.earlier.ravel(), stretch.truth.ravel()])
    if not np.isfinite(usual).any():
        return False
    change = np.where(
        np.isfinite(stretch.reported - stretch.truth), np.abs(stretch.reported - stretch.truth), 0.0
    ).ravel()
    largest = np.argsort(change)[-max(3, int(0.03 * change.size)) :]
    holds_most = change[largest].sum() >= MOST * change.sum()
    far = stretch.reported.ravel()[largest[-1]] > 1.5 * float(np.nanquantile(usual, 0.995))
    return bool(holds_most and far)


def is_fill(stretch: Stretch, changed: Bools) -> bool:
    """A straight line, rounded to the meter's step, that is no level."""
    places = np.flatnonzero(changed.ravel())
    first, last = int(places[0]), int(places[-1])
    if last - first < 5 or last - first >= 3 * stretch.reported.shape[1]:
        return False
    line = stretch.reported.ravel()[first : last + 1]
    if not np.isfinite(line).all():
        return False
    at = np.arange(len(line))
    slope, start = np.polyfit(at, line, 1)
    is_straight = np.abs(line - start - slope * at) <= 0.75 * stretch.step
    return bool(is_straight.mean() >= NEARLY_ALL and abs(slope) * len(line) >= 1.5 * stretch.step)


def is_round(stretch: Stretch, changed: Bools) -> bool:
    """Values, or the days' totals, on a step far coarser than the meter's."""
    reported, truth = stretch.reported[changed], stretch.truth[changed]
    slack = stretch.tolerance[changed]
    top = int(np.floor(np.log10(max(float(reported.max()), stretch.step) / stretch.step)))
    for power in range(top, -1, -1):
        for digit in (5, 2, 1):
            coarse = digit * 10.0**power * stretch.step
            if coarse < 4.5 * stretch.step:
                return _has_round_totals(stretch, changed)
            on_step = np.abs(reported / coarse - np.round(reported / coarse)) * coarse <= 0.1 * stretch.step
            near = np.abs(reported - truth) <= 0.55 * coarse + slack
            if on_step.mean() >= 0.95 and near.mean() >= NEARLY_ALL and len(np.unique(reported)) > 2:
                return True
    return _has_round_totals(stretch, changed)


def _has_round_totals(stretch: Stretch, changed: Bools) -> bool:
    reported, truth = stretch.reported.sum(axis=1), stretch.truth.sum(axis=1)
    looked = changed.any(axis=1) & np.isfinite(reported) & (reported > 0)
    if not looked.any():
        return False
    reported, truth = reported[looked], truth[looked]
    coarse = 10.0 ** (np.floor(np.log10(reported) + 1e-9) - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        small = ~(np.abs(reported / truth - 1) > DAILY_ROUNDING)
    on_step = np.abs(reported / coarse - np.round(reported / coarse)) * coarse <= 0.6 * stretch.step
    return bool((on_step & small & (coarse > (5 if looked.sum() > 1 else 20) * stretch.step)).mean() >= MOST)
