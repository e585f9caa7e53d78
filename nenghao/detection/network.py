"""Learns what a whole usually reads beyond its parts, and says what it reads beyond that: the residual of a network.

Before: `Block.terms`. After: `network_balance` and `check_meter` name the part that the residual speaks of.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats, Ints

#: Days that a fit is learnt from: at least, where a network begins, at most, and how long one serves. Days found
#: strange are left out of the next, so that a change which stays does not become usual.
LEAST_DAYS: Final = 10
FIRST_DAYS: Final = 21
REFERENCE_DAYS: Final = 42
EPOCH_DAYS: Final = 28
#: One standard deviation of what may be honest: error of a part by its class (share), constant losses and unmetered
#: branches (share of the usual load), losses that grow with its square, and clocks (share of a slot, by 60 s).
CLASS_ERROR: Final = 0.01
CONSTANT_LOSS: Final = 0.05
LOAD_LOSS: Final = 0.03
CLOCK_S: Final = 60.0
#: A reference day this many times as rough as the others is none.
ROUGH_DAY: Final = 2.5


@dataclass(frozen=True, slots=True)
class Formula:
    """A whole, its parts and their signs."""

    whole: int
    parts: Ints
    signs: Floats


def formulas(block: Block) -> list[Formula]:
    """The signed formulas of a block, by whole."""
    terms = defaultdict(list)
    for term in block.terms:
        terms[term.whole].append(term)
    return [
        Formula(whole, np.array([t.part for t in held]), np.array([float(t.sign) for t in held]))
        for whole, held in terms.items()
        if len({t.part for t in held}) == len(held)
    ]


class NetworkFit:
    """A formula over the days of a block, learnt epoch by epoch from days that were not strange."""

    def __init__(self, block: Block, formula: Formula) -> None:
        self.formula = formula
        self.judged_from = block.judged_from
        values = block.values[formula.parts] * formula.signs[:, None, None]
        self._whole = block.values[formula.whole]
        self._load = values.sum(axis=0)
        self.usual = (
            float(np.nanmedian(np.nanmean(np.abs(self._whole), axis=1))) if np.isfinite(self._load).any() else np.nan
        )
        steps = block.quantum[np.append(formula.parts, formula.whole)]
        self._step = float(np.sqrt(np.nansum(steps**2) / 6))
        clock = CLOCK_S / (60 * block.slot_minutes)
        # A wrong unit must not drag the losses along.
        sane = np.stack([np.clip(value, *_range(value)) for value in values])
        self._clipped = np.nan_to_num(np.abs(values - sane))
        whole = np.clip(self._whole, *_range(self._whole))
        self._columns, self._prior = _columns(sane, whole, sane.sum(axis=0), self.usual, clock)
        self.known = np.isfinite(self._whole - self._load) & np.isfinite(self._columns).all(axis=0)

    @property
    def epochs(self) -> list[tuple[int, int]]:
        """First and last of the days that one fit judges."""
        days, known = len(self._whole), np.asarray(self.known.any(axis=1))
        begins = max(self.judged_from, int(known.argmax()) + FIRST_DAYS if known.any() else days)
        return [(first, min(first + EPOCH_DAYS, days) - 1) for first in range(begins, days, EPOCH_DAYS)]

    def reference(self, first: int, strange: Bools) -> Ints:
        """Days before `first` to learn from: the last that were known for the most part and not strange."""
        can = (self.known.mean(axis=1) > 0.5) & ~strange
        days = np.flatnonzero(can[:first])[-REFERENCE_DAYS:]
        return days.astype(np.int64)

    def judge(self, reference: Ints, first: int, last: int) -> tuple[Floats, Floats, Ints] | None:
        """Residual and standard deviation of days, learnt from others, and the days kept to learn from."""
        if len(reference) < LEAST_DAYS or not self.usual > 0:
            return None
        kept = reference
        for _ in range(3):
            learnt, unsure = self._solve(kept)
            roughness = np.array([_rms(self._residual(learnt, day)) for day in reference.tolist()])
            middle = np.median(roughness[np.isin(reference, kept)])
            again = reference[roughness <= ROUGH_DAY * middle]
            if len(again) == len(kept) or len(again) < LEAST_DAYS:
                break
            kept = again
        errors = np.stack([self._residual(learnt, day) for day in kept.tolist()])
        load = np.abs(self._load[kept])
        sigma_share = self._sigma_share(errors, load)
        days = np.arange(first, last + 1)
        residual = np.stack([self._residual(learnt, day) for day in days.tolist()])
        columns = np.nan_to_num(self._columns[:, days])
        # What was not learnt, because a part stood still, is as unsure as its class.
        model = np.einsum("cdt,ce,edt->dt", columns, unsure, columns, optimize=True)
        beyond = (CLASS_ERROR * self._clipped[:, days]) ** 2
        with np.errstate(invalid="ignore"):
            sigma = np.sqrt(self._step**2 + (sigma_share * np.abs(self._load[days])) ** 2 + model + beyond.sum(axis=0))
        return residual, np.where(np.isfinite(sigma), sigma, np.inf), kept

    def _solve(self, days: Ints) -> tuple[Floats, Floats]:
        """Factors of the columns, and their covariance."""
        known = self.known[days]
        columns = self._columns[:, days][:, known]
        beyond = (self._whole - self._load)[days][known]
        noise = max(self._step, 1e-3 * self.usual)
        learnt: Floats = np.zeros(len(columns))
        for _ in range(2):
            left = columns @ columns.T / noise**2 + np.diag(1 / self._prior**2)
            learnt = np.asarray(np.linalg.solve(left, columns @ beyond / noise**2), dtype=np.float64)
            noise = max(self._step, 1.4826 * float(np.median(np.abs(beyond - learnt @ columns))))
        return learnt, np.asarray(np.linalg.inv(left), dtype=np.float64)

    def _residual(self, learnt: Floats, day: int) -> Floats:
        usual = np.einsum("c,ct->t", learnt, np.nan_to_num(self._columns[:, day]))
        return np.where(self.known[day], (self._whole - self._load)[day] - usual, np.nan)

    def _sigma_share(self, errors: Floats, load: Floats) -> float:
        """Share of the load that makes honest errors what they are, by their middle and by their tail."""
        known = np.isfinite(errors)
        error, beside = np.abs(errors[known]), load[known]
        share = 0.0
        for level, normal in ((0.5, 0.6745), (0.99, 2.576)):
            high = np.quantile(error, level) / normal
            share = max(share, float(np.sqrt(max(high**2 - self._step**2, 0)) / max(float(np.median(beside)), 1e-12)))
        return max(share, 2e-4)


def _range(curve: Floats) -> tuple[float, float]:
    """Between these a meter's slots lie, but for the rarest."""
    if not np.isfinite(curve).any():
        return -np.inf, np.inf
    known = curve[np.isfinite(curve).any(axis=1)]
    high = float(np.nanquantile(np.nanmax(np.abs(known), axis=1), 0.8))
    return (-3 * high if np.nanquantile(known, 0.02) < 0 else 0.0), 3 * high


def _columns(values: Floats, whole: Floats, load: Floats, usual: float, clock: float) -> tuple[Floats, Floats]:
    """What may honestly lie between a whole and its parts, [C, D, T], and one standard deviation of each factor."""

    def moved(curve: Floats, by: int) -> Floats:
        flat = curve.ravel()
        away = np.full(flat.shape, np.nan)
        away[max(-by, 0) : len(flat) - max(by, 0)] = flat[max(by, 0) : len(flat) + min(by, 0)]
        ramp: Floats = (away - flat).reshape(curve.shape)
        # At the ends and beside holes the clock cannot be told: no ramp is assumed.
        return np.where(np.isfinite(curve), np.nan_to_num(ramp), np.nan)

    columns = [*values, np.ones_like(load), load**2 / usual, moved(whole, 1), moved(whole, -1)]
    prior = [CLASS_ERROR] * len(values) + [CONSTANT_LOSS * usual, LOAD_LOSS, clock, clock]
    columns += [moved(value, 1) - moved(value, -1) for value in values]
    prior += [clock / 2] * len(values)
    return np.stack(columns), np.array(prior)


def _rms(errors: Floats) -> float:
    known = errors[np.isfinite(errors)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else np.inf
