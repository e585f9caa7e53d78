"""Tests whether a stretch's levels fell all by one factor, or all by one constant, against how honest meters move."""

from copy import copy
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Bools, Floats, Ints
from nenghao.detection.day_levels import GROUPS, LEVELS, OF_VALUES
from nenghao.detection.level_prior import covariances
from nenghao.detection.level_windows import LENGTHS, Stretches

#: Least honest scatter of a level: what weather and calendar do to the calmest meter.
SCATTER_MIN: Final = 0.03
#: Honest changes that lower everything alike, and each group alike, grow with the root of the days: seasons, output.
COMMON_1: Final = 0.02
COMMON_ROOT_DAY: Final = 0.01
#: How heavy the tails of honest changes are: degrees of freedom of Student's t.
FREEDOM: Final = 4.0
#: Beyond this many standard deviations more is not better: a furnace gone cold is far away, too.
Z_CAP: Final = 5.0
#: Constants tried, as shares of the mean before the stretch.
CONSTANTS: Final = (0.15, 0.25, 0.4, 0.6)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of every stretch [S, E]: natural logarithm of a likelihood ratio, and the logarithm of the factor it fell by."""

    scores: Floats
    factors: Floats
    #: The same ratio without a cap.
    clearness: Floats


class LevelTest:
    """What is known of a block's meters before any stretch is looked at."""

    def __init__(self, scatter: Floats, is_live: Bools, quanta: Floats) -> None:
        """`scatter` from day to day [S, K], levels that can fall [S, K], step over typical level [S, K]."""
        self.is_live = is_live
        self.scatter = np.sqrt(np.where(is_live, scatter, 1.0) ** 2 + SCATTER_MIN**2 + np.minimum(quanta, 1.0) ** 2)
        self.prior = covariances(LEVELS)
        groups = np.zeros((LEVELS, len(GROUPS)))
        for number, group in enumerate(GROUPS):
            groups[list(group), number] = 1
        self.same_group = groups @ groups.T

    def of(self, rows: Ints) -> "LevelTest":
        """The test of some of the meters."""
        part = copy(self)
        part.is_live, part.scatter = self.is_live[rows], self.scatter[rows]
        return part

    def precision(self, length: int, drift: float) -> Floats:
        """[S, K, K] inverse covariance of honest changes of a stretch; levels that cannot fall say nothing."""
        inverse = np.linalg.inv(self.covariance(length, drift))
        return np.where(self.is_live[:, :, None] & self.is_live[:, None, :], inverse, 0.0)

    def covariance(self, length: int, drift: float) -> Floats:
        """[S, K, K] covariance of honest changes of a stretch; that of levels that cannot fall is 1 by itself."""
        covariance = self.scatter[:, :, None] * self.scatter[:, None, :] * self.prior[LENGTHS.index(length)]
        covariance += drift**2 * self.same_group
        both = self.is_live[:, :, None] & self.is_live[:, None, :]
        return np.where(both, covariance, 0) + np.eye(LEVELS) * ~self.is_live[:, :, None]

    def factor(self, stretch: Stretches, unrest: Floats, *, is_bound: bool = False) -> Verdict:
        """Did all levels fall by the same factor? `unrest` [E]: a further honest change, around holidays.

        With `is_bound` scores are upper bounds: what groups of levels say against it is left out.
        """
        drift = COMMON_1 + COMMON_ROOT_DAY * stretch.length**0.5
        change = np.where(self.is_live[:, None], stretch.change, 0)
        common = drift**2 + unrest**2
        precision = self.precision(stretch.length, drift)
        weights = precision.sum(axis=2)
        total = np.maximum(weights.sum(axis=1), 1e-9)[:, None]
        factors = np.einsum("sek,sk->se", change, weights) / total
        whole = np.einsum("sek,skl,sel->se", change, precision, change, optimize=True)
        rest = np.maximum(whole - factors**2 * total, 0)
        z = factors / np.sqrt(1 / total + common)
        scores = self._ratio(rest, np.minimum(np.abs(z), Z_CAP))
        if not is_bound:
            worst, has_base = self._worst_group(change, self.covariance(stretch.length, drift), common)
            scores = scores - 3 * np.maximum(0, worst + 1)
            scores = np.where(has_base, scores, scores / 2)
        live = self.is_live.sum(axis=1)[:, None] >= 4
        return Verdict(
            scores=np.where(stretch.is_known & live, scores, 0), factors=factors, clearness=self._ratio(rest, np.abs(z))
        )

    def constant(self, stretch: Stretches, typical: Floats, unrest: Floats) -> Verdict:
        """Did all values fall by one constant, and their changes not? `typical` [S, K] are levels as energy."""
        drift = COMMON_1 + COMMON_ROOT_DAY * stretch.length**0.5
        change = np.where(self.is_live[:, None], stretch.change, 0)
        precision = self.precision(stretch.length, 2 * drift)
        whole = np.einsum("sek,skl,sel->se", change, precision, change, optimize=True)
        best, factors, clearness = np.zeros_like(whole), np.zeros_like(whole), np.zeros_like(whole)
        lowest = np.where(self.is_live[:, 2], typical[:, 2], 0)
        for share in CONSTANTS:
            taken = share * typical[:, :1]
            fall = np.zeros_like(typical)
            fall[:, OF_VALUES] = np.log1p(-np.minimum(taken / typical[:, OF_VALUES], 0.9))
            off = change - np.where(self.is_live, fall, 0)[:, None]
            rest = np.einsum("sek,skl,sel->se", off, precision, off, optimize=True)
            gain = np.maximum(whole - rest, 0) / (1 + unrest**2 / drift**2)
            scores = self._ratio(rest, np.minimum(np.sqrt(gain), Z_CAP))
            scores = np.where(stretch.is_known & (taken[:, 0] < 0.85 * lowest)[:, None] & (whole > rest), scores, 0)
            factors = np.where(scores > best, np.log1p(-share), factors)
            clearness = np.where(scores > best, self._ratio(rest, np.sqrt(gain)), clearness)
            best = np.maximum(best, scores)
        return Verdict(scores=best, factors=factors, clearness=clearness)

    def _ratio(self, rest: Floats, z: Floats) -> Floats:
        power = (FREEDOM + self.is_live.sum(axis=1)[:, None]) / 2
        ratio: Floats = power * np.log1p(z**2 / (FREEDOM + rest))
        return ratio

    def _worst_group(self, change: Floats, covariance: Floats, common: Floats) -> tuple[Floats, Bools]:
        """[S, E] the group that speaks most against a fall, as its z; [S, 1] whether the base can speak."""
        worst = np.full(change.shape[:2], -np.inf)
        for group in map(list, GROUPS):
            own = np.linalg.inv(covariance[:, group][:, :, group]) * self.is_live[:, group][:, :, None]
            weights = own.sum(axis=1)
            total = weights.sum(axis=1)[:, None]
            mean = np.einsum("sek,sk->se", change[..., group], weights) / np.maximum(total, 1e-9)
            z = mean / np.sqrt(1 / np.maximum(total, 1e-9) + common)
            worst = np.where(total > 1e-6, np.maximum(worst, z), worst)
        has_base: Bools = np.any(self.is_live[:, GROUPS[0]], axis=1)
        return worst, has_base[:, None]
