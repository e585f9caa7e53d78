"""Holds active energy against the other channels of its point: reactive energy with power factor, current with voltage.

Before: `Block.channels`. After: rule `channel_identity`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Thresholds
from nenghao.detection.registers import ODD_SLOTS, usual_before
from nenghao.detection.stretches import candidate_of, is_metering_work, stretches

#: Names of reactive energy counted when the load is inductive and when it is capacitive.
REACTIVE: Final = ("kvarh", "kvarh_lag")
LEADING: Final = ("kvarh_lead",)
POWER_FACTOR: Final = ("pf", "pf_lag")
#: Slots under this many steps of the meter have a power factor of their rounding.
LEAST_STEPS: Final = 20.0
#: A power factor nearer to 1 than this implies no active energy: the reactive one is too small.
HIGHEST_FACTOR: Final = 0.995
#: First weeks of a block without history, as `alignment` learns registers from.
FIRST_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class _Implied:
    """What other channels say of the active energy, [S, D, T]."""

    #: Difference of the identity, in its own measure.
    difference: Floats
    least: float
    truth: Floats


def channel_identity(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days on which active energy does not fit the other channels of its point as it used to.

    Statistic `excess`: how many times the learnt tolerance the third worst slot is. Uses `factor_tolerance` (of the
    power factor, at least), `apparent_tolerance` (share of apparent energy, at least) and `usual_times`.
    """
    candidates = []
    work = is_metering_work(block)
    for implied in (_by_power_factor(block, thresholds), _by_current(block, thresholds)):
        if implied is None:
            continue
        excess = np.where(work, 0.0, _excess(implied, thresholds["usual_times"]))
        found = np.asarray(excess >= 1, dtype=np.bool_)
        found[:, : block.judged_from] = False
        for meter in np.flatnonzero(found.any(axis=1)).tolist():
            truth = np.where(np.isfinite(implied.truth[meter]), implied.truth[meter], np.nan)
            tolerance = 0.1 * np.abs(np.nan_to_num(truth)) + 2 * np.nan_to_num(block.quantum[meter])
            for days in stretches(found[meter]):
                high = float(excess[meter, days[0] : days[1] + 1].max())
                candidates.append(
                    candidate_of(
                        block,
                        meter,
                        days,
                        truth=truth,
                        tolerance=tolerance,
                        statistics={"excess": high},
                        score=float(min(10 + 5 * high, 100)),
                    )
                )
    return candidates


def _excess(implied: _Implied, usual_times: float) -> Floats:
    """[S, D] the third worst slot over what is tolerated: the least, and some times what is usual for the meter.

    Metered power factors are those of an instant: how far they stray from the mean of a slot is learnt per meter.
    """
    worst = np.sort(np.where(np.isfinite(implied.difference), np.abs(implied.difference), -np.inf), axis=2)
    third = worst[:, :, -ODD_SLOTS]
    tolerance = np.maximum(implied.least, usual_times * usual_before(third))
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(third) & np.isfinite(tolerance), third / tolerance, 0.0)


def _channel(block: Block, names: tuple[str, ...]) -> Floats | None:
    for name in names:
        if name in block.channels:
            return block.channels[name]
    return None


def _by_power_factor(block: Block, thresholds: Thresholds) -> _Implied | None:
    reactive, factor = _channel(block, REACTIVE), _channel(block, POWER_FACTOR)
    if reactive is None or factor is None:
        return None
    leading = _channel(block, LEADING)
    active = block.values
    # Percent or share, and whether leading energy counts against lagging: as the meter's first weeks fit best.
    factor = np.where(np.nan_to_num(_median(factor)) > 1.5, factor / 100, factor)
    choices = [reactive] if leading is None else [reactive, reactive - leading, np.hypot(reactive, leading)]
    fitted = [_factor_of(active, one) - np.abs(factor) for one in choices]
    misses = np.stack(
        [np.nan_to_num(_median(np.abs(one[:, : _first_days(block)]))[:, 0, 0], nan=np.inf) for one in fitted]
    )
    best = misses.argmin(axis=0)[:, None, None]
    difference, counted = np.choose(best, fitted), np.choose(best, choices)
    small = _is_small(block, np.hypot(np.nan_to_num(active), np.nan_to_num(counted)))
    share = np.clip(np.abs(factor), 0, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        truth = np.where(share < HIGHEST_FACTOR, np.abs(counted) * share / np.sqrt(1 - share**2), np.nan)
    return _Implied(np.where(small, np.nan, difference), thresholds["factor_tolerance"], truth)


def _factor_of(active: Floats, reactive: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(active >= 0, active / np.hypot(active, reactive), np.nan)


def _by_current(block: Block, thresholds: Thresholds) -> _Implied | None:
    volt, current = block.channels.get("volt"), block.channels.get("amp")
    if volt is None or current is None:
        return None
    reactive = _channel(block, REACTIVE)
    counted = np.zeros(block.values.shape) if reactive is None else np.where(np.isfinite(reactive), reactive, 0.0)
    apparent, fields = np.hypot(block.values, counted), volt * current * block.slot_minutes / 60_000
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = apparent / fields
        # One phase, three phases, a transformer between: the ratio of the first weeks is the meter's.
        usual = _median(np.where(_is_small(block, fields), np.nan, ratio)[:, : _first_days(block)])
        difference = np.where(_is_small(block, usual * fields), np.nan, ratio / usual - 1)
        truth = np.sqrt(np.maximum((usual * fields) ** 2 - counted**2, 0))
    return _Implied(difference, thresholds["apparent_tolerance"], truth)


def _first_days(block: Block) -> int:
    """Days that a meter's usual is learnt from: its history, or the first weeks where all days are judged."""
    return block.judged_from or FIRST_DAYS


def _is_small(block: Block, energy: Floats) -> Bools:
    steps = np.where(np.isfinite(block.quantum), block.quantum, 0.0)[:, None, None]
    with np.errstate(invalid="ignore"):
        return np.asarray(~(energy > LEAST_STEPS * steps), dtype=np.bool_)


def _median(array: Floats) -> Floats:
    """[S, 1, 1] median of what is known; NaN without any."""
    flat = np.sort(array.reshape(len(array), -1), axis=1)
    known = np.isfinite(flat).sum(axis=1)
    middle = flat[np.arange(len(flat)), np.maximum((known - 1) // 2, 0)]
    return np.where(known > 0, middle, np.nan)[:, None, None]
