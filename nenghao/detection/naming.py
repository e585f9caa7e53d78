"""Names what was done to a stretch, from the curve that was reported and the one that other channels imply.

Before: a register, a network, a first version or another channel says what the truth was. After: a candidate's kind.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from nenghao.detection.block import Bools, Floats
from nenghao.detection.candidate import Kind
from nenghao.detection.patterns import (
    SIGMAS,
    Stretch,
    is_clip,
    is_constant,
    is_copy,
    is_fill,
    is_repeat,
    is_round,
    is_spike,
    is_unit,
    is_zero,
)

#: Model errors, as shares of the whole change, up to which a formula explains it.
FITS_SHARE: Final = 0.2
MOVES_SHARE: Final = 0.6
#: A drift lasts this many days and goes this far.
DRIFT_DAYS: Final = 10
DRIFT_RANGE: Final = 0.08

#: The most telling first.
PATTERNS: Final[tuple[tuple[Kind, Callable[[Stretch, Bools], bool]], ...]] = (
    (Kind.UNIT, is_unit),
    (Kind.ZERO, is_zero),
    (Kind.CLIP, is_clip),
    (Kind.FILL, is_fill),
    (Kind.ROUND, is_round),
    (Kind.CONSTANT, is_constant),
    (Kind.REPEAT, is_repeat),
    (Kind.COPY, is_copy),
    (Kind.SPIKE, is_spike),
)


def name_kind(stretch: Stretch) -> Kind:
    """What kind of change turns the truth into the report."""
    changed: Bools = stretch.changed
    if not changed.any():
        # No slot alone is beyond doubt, only their sum: all slots take part.
        changed = np.asarray(np.isfinite(stretch.reported) & np.isfinite(stretch.truth), dtype=np.bool_)
    if not changed.any():
        return Kind.SCALE
    for kind, holds in PATTERNS:
        if holds(stretch, changed):
            return kind
    return _nearest_formula(stretch, changed)


def _nearest_formula(stretch: Stretch, changed: Bools) -> Kind:
    """The formula that turns the truth into the report with the least error."""
    days = np.asarray(changed.any(axis=1), dtype=np.bool_)
    valid = np.isfinite(stretch.reported) & np.isfinite(stretch.truth) & days[:, None]
    change = np.abs(stretch.reported - stretch.truth)[valid].sum()
    unsure = np.minimum(stretch.tolerance / SIGMAS, np.abs(stretch.truth))[valid].sum() / change

    def error(model: Floats, among: Bools) -> float:
        both = among & np.isfinite(model)
        whole = np.abs(stretch.reported - stretch.truth)[both].sum()
        return float(np.abs(stretch.reported - model)[both].sum() / whole) if whole > 0 else np.inf

    factors = _daily_factors(stretch, valid)
    one = float(np.median(factors[np.isfinite(factors)])) if np.isfinite(factors).any() else 1.0
    scaled = min(error(one * stretch.truth, valid), error(one * stretch.truth, valid & changed))
    daily = error(factors[:, None] * stretch.truth, valid)
    moved = min(error(model, valid) for model in _moved(stretch.truth, days))
    turned = min(error(stretch.truth[:, ::-1], valid), error(_day_before(stretch)[:, ::-1], valid))
    if min(turned, moved) < min(MOVES_SHARE, 0.8 * daily):
        return Kind.REVERSAL if turned < moved else Kind.CLOCK
    if daily < FITS_SHARE + unsure and _slides(factors):
        return Kind.DRIFT
    lessened = min(error(model, valid) for model in _lessened(stretch, valid))
    if min(scaled, daily, lessened) < FITS_SHARE + min(unsure, 0.5):
        return Kind.SCALE
    return Kind.NOISE


def _daily_factors(stretch: Stretch, valid: Bools) -> Floats:
    reported = np.where(valid, stretch.reported, 0).sum(axis=1)
    truth = np.where(valid, stretch.truth, 0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(truth > 0, reported / truth, np.nan)


def _moved(truth: Floats, days: Bools) -> list[Floats]:
    """The truth some slots earlier or later, and its days in another order."""
    flat, per_day = truth.ravel(), truth.shape[1]
    moved = []
    for lag in range(-per_day // 2, per_day // 2 + 1):
        if lag:
            model = np.roll(flat, lag).astype(np.float64)
            if lag > 0:
                model[:lag] = np.nan
            else:
                model[lag:] = np.nan
            moved.append(model.reshape(truth.shape))
    numbers = np.flatnonzero(days)
    if len(numbers) >= 2:
        swapped = np.full(truth.shape, np.nan)
        swapped[numbers] = truth[numbers[::-1]]
        moved.append(swapped)
    return moved


def _day_before(stretch: Stretch) -> Floats:
    first = stretch.earlier[-1:] if len(stretch.earlier) else np.full((1, stretch.truth.shape[1]), np.nan)
    return np.concatenate([first, stretch.truth[:-1]])


def _lessened(stretch: Stretch, valid: Bools) -> list[Floats]:
    """The truth less a constant, never below zero."""
    loss = float(np.quantile((stretch.truth - stretch.reported)[valid], 0.9))
    middle = float(np.median((stretch.truth - stretch.reported)[valid]))
    return [np.maximum(stretch.truth - less, 0) for less in (loss, middle)]


def _slides(factors: Floats) -> bool:
    known = np.flatnonzero(np.isfinite(factors))
    if len(known) < DRIFT_DAYS:
        return False
    found = factors[known]
    thirds = [float(np.median(part)) for part in np.array_split(found, 3)]
    steps = np.diff(thirds)
    slope = np.corrcoef(known, found)[0, 1]
    is_even = abs(steps[0]) > 0.25 * abs(steps[1]) and abs(steps[1]) > 0.25 * abs(steps[0])
    return bool(abs(slope) > 0.7 and is_even and steps[0] * steps[1] > 0 and abs(thirds[2] - thirds[0]) > DRIFT_RANGE)
