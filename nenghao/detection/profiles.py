"""Daily profiles: a meter's usual curve on working days and days off, learnt from the days before the judged ones."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection import known
from nenghao.detection.block import Block, Bools, Floats, kept_with_block

#: Days of history that make the profile, at most and at least; a type with fewer days leans on all days.
PROFILE_DAYS: Final = 42
PROFILE_DAYS_MIN: Final = 12
TYPE_DAYS_MIN: Final = 3
#: Values are looked at as logarithms over this share of the mean, so that small loads do not shout.
SOFTENING: Final = 0.1


@dataclass(frozen=True, slots=True)
class Profiles:
    """Curves of days and what is usual for them."""

    #: [S, D, T] softened logarithms, each day about its own mean; 0 on unknown slots.
    curves: Floats
    #: [S, D] whether the day is known well enough.
    is_known: Bools
    #: [S, D, T] usual curve of the day's type; for a day of the history itself, of the other days.
    usual: Floats
    #: Number of the first day that made profiles, and the judged days that follow.
    first: int
    judged_from: int
    #: [S, D] how much the day's mean or the size of its swings differ from the usual, as the logarithm of a likelihood:
    #: minutes that only moved leave both as they were.
    otherness: Floats
    is_day_off: Bools


@kept_with_block
def soft_log(block: Block) -> Floats:
    """[S, D, T] logarithms of values over a tenth of the meter's usual mean."""
    values = block.values
    usual = known.mean(values[:, : block.judged_from], axis=(1, 2))
    with np.errstate(invalid="ignore"):
        logs: Floats = np.log(SOFTENING + np.maximum(values, 0) / np.maximum(usual, 1e-12)[:, None, None])
    return logs


@kept_with_block
def profiles_of(block: Block) -> Profiles | None:
    """Profiles of a block; None with too little history."""
    history = block.judged_from
    first = max(0, history - PROFILE_DAYS)
    if history - first < PROFILE_DAYS_MIN:
        return None
    logs = soft_log(block)
    finite = np.isfinite(logs)
    is_known = finite.mean(axis=2) > 0.95
    heights = np.where(is_known, known.mean(logs, axis=2), 0.0)
    curves = np.where(finite & is_known[..., None], logs - heights[..., None], 0.0)
    usual = _usual(curves, is_known, block.is_day_off, first, history)
    return Profiles(
        curves=curves, is_known=is_known, usual=usual, first=first,
        judged_from=history,
        otherness=_otherness(heights, curves, is_known, block.is_day_off, first, history),
        is_day_off=block.is_day_off,
    )  # fmt: skip


def _otherness(heights: Floats, curves: Floats, is_known: Bools, off: Bools, first: int, history: int) -> Floats:
    swings = np.log(SOFTENING + np.sqrt((curves**2).mean(axis=2)))
    total = np.zeros(heights.shape)
    for measure in (heights, swings):
        seen = np.where(is_known, measure, np.nan)
        for mask in (~off, off):
            past = seen[:, first:history][:, mask[first:history]]
            if past.shape[1] < TYPE_DAYS_MIN:
                past = seen[:, first:history]
            centre = known.median(past, axis=1, keepdims=True)
            spread = known.deviation(past, axis=1, keepdims=True) + 0.05
            z = np.nan_to_num((measure[:, mask] - centre) / spread)
            total[:, mask] += 3.0 * np.log1p(z**2 / 5.0)
    return total


def expected_energy(block: Block, meter: int, first: int, last: int) -> float:
    """What was to be expected from one day to another, both included, by the meter's like days of the history."""
    begin = max(0, block.judged_from - PROFILE_DAYS)
    history, off = block.values[meter, begin : block.judged_from], block.is_day_off[begin : block.judged_from]
    by_type = [float(known.mean(history[m] if m.sum() >= TYPE_DAYS_MIN else history, (0, 1))) for m in (~off, off)]
    return float(sum(by_type[int(each)] for each in block.is_day_off[first : last + 1]) * block.values.shape[2])


def _usual(curves: Floats, is_known: Bools, off: Bools, first: int, history: int) -> Floats:
    days = np.arange(curves.shape[1])
    in_history = (days >= first) & (days < history)
    total = np.einsum("sdt,sd->st", curves[:, first:history], is_known[:, first:history].astype(float))
    count = is_known[:, first:history].sum(axis=1).astype(float)
    means, counts = [], []
    for mask in (~off & in_history, off & in_history):
        mine = is_known & mask
        number = mine.sum(axis=1).astype(float)
        own = np.einsum("sdt,sd->st", curves, mine.astype(float))
        few = number < TYPE_DAYS_MIN
        means.append(np.where(few[:, None], total, own))
        counts.append(np.where(few, count, number))
    kind = off.astype(int)
    # A day of the history does not speak for itself.
    alone = is_known & in_history
    sums = np.stack(means)[kind].swapaxes(0, 1) - curves * alone[..., None]
    usual: Floats = sums / np.maximum(np.stack(counts)[kind].T - alone, 1)[..., None]
    return usual


def likeness(curves: Floats, usual: Floats) -> Floats:
    """[S, D] correlation of each day with its usual curve; 0 for flat ones."""
    centred = usual - usual.mean(axis=2, keepdims=True)
    own = curves - curves.mean(axis=2, keepdims=True)
    product = np.einsum("sdt,sdt->sd", own, centred)
    size = np.sqrt(np.einsum("sdt,sdt->sd", own, own) * np.einsum("sdt,sdt->sd", centred, centred))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(size > 1e-9, product / size, 0.0)


@dataclass(frozen=True, slots=True)
class RivalLaw:
    """How like honest days are to their own curve, and how they would be if they followed a rival one.

    By symmetry a falsified day is as like the rival as an honest one is like its own, and as like its own as an honest
    one is like the curve that the rival makes of its own (`mirrored`). Learnt from the history; a Student's t with five
    degrees, of equal width: a day is not falsified because it is odd, only because it lies on the other side.
    """

    honest: Floats
    falsified: Floats
    width: Floats
    likeness: Floats
    likeness_width: Floats

    def evidence(self, usual: Profiles, own: Floats, rival: Floats, cap: float) -> Floats:
        """[S, D] log likelihood that days that are so like their own curve and the rival follow the rival."""
        gap = own - rival
        evidence = _log_density(gap, self.falsified, self.width) - _log_density(gap, self.honest, self.width)
        evidence = np.where(self.honest > self.falsified, evidence, 0.0)
        evidence -= 3.0 * np.log1p((np.minimum(rival - self.likeness, 0) / self.likeness_width) ** 2 / 5.0)
        evidence -= usual.otherness
        return np.where(usual.is_known, np.clip(evidence, -cap, cap), 0.0)


def rival_law(usual: Profiles, own: Floats, rival: Floats, mirrored: Floats) -> RivalLaw:
    """Laws of the history's days."""
    honest, width = _law(own - rival, usual)
    falsified, other_width = _law(mirrored - own, usual)
    centre, spread = _law(own, usual)
    return RivalLaw(honest, falsified, np.maximum(width, other_width), centre, spread)


def _law(statistic: Floats, usual: Profiles) -> tuple[Floats, Floats]:
    seen = np.where(usual.is_known, statistic, np.nan)[:, usual.first : usual.judged_from]
    past_off = usual.is_day_off[usual.first : usual.judged_from]
    centre, spread = known.usual_by_type(seen, past_off, usual.is_day_off)
    return np.nan_to_num(centre), np.nan_to_num(spread) + 0.01


def _log_density(value: Floats, centre: Floats, spread: Floats) -> Floats:
    return -3.0 * np.log1p(((value - centre) / spread) ** 2 / 5.0) - np.log(spread)
