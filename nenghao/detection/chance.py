"""Tails of counts as -log10 of their probability, for arrays: bounds that need no special functions."""

import numpy as np

from nenghao.detection.block import Floats


def binomial_tail(count: Floats, trials: Floats, share: Floats | float) -> Floats:
    """-log10 of the chance of `count` or more of `trials` at `share` each, by Chernoff's bound."""
    count, trials, share = np.broadcast_arrays(count, trials, share)
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.clip(count / trials, 0, 1)
        gain = np.where(seen > 0, seen * np.log(seen / share), 0) + np.where(
            seen < 1, (1 - seen) * np.log((1 - seen) / (1 - share)), 0
        )
        return np.where((seen > share) & (trials > 0), trials * gain / np.log(10), 0.0)


def poisson_tail(count: Floats, mean: Floats) -> Floats:
    """-log10 of the chance of `count` or more where `mean` are expected, by Chernoff's bound."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(count > 0, count * np.log(count / mean), 0) - count + mean
        return np.where(count > mean, gain / np.log(10), 0.0)
