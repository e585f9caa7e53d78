"""Steps in how strongly a whole sees the switching of a part: a ratio that changed, whatever the losses do.

Before: `Block.terms`. After: rule `ratio_step`.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.network import Formula, formulas
from nenghao.detection.stretches import stretches

#: Of the days compared this share has to be known.
KNOWN_SHARE: Final = 0.8
#: A slope is never known better than this.
LEAST_ERROR: Final = 0.001


@dataclass(frozen=True, slots=True)
class _Step:
    """What one day as day of a step shows, [parts, D] each; NaN where nothing can be said."""

    log_step: Floats
    z: Floats
    slope_before: Floats
    slope_after: Floats


def ratio_step(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Parts whose switching the whole sees more or less strongly than before, from a day on.

    Statistics: `log_step` of the slopes and its `z`. Uses `days_before`, `days_after_min`, `days_after_max`,
    `part_activity_min`, and both minima, with which days in a row are one step. Parts of one whole that step together
    speak of the whole.
    """
    made = []
    for formula in formulas(block):
        steps = _steps(block, formula, thresholds)
        found = (np.abs(steps.log_step) >= thresholds["log_step_min"]) & (np.abs(steps.z) >= thresholds["z_min"])
        made += _named(block, formula, steps, found, int(thresholds["days_after_max"]))
    return made


def _steps(block: Block, formula: Formula, thresholds: Thresholds) -> _Step:
    before, least, most = (int(thresholds[name]) for name in ("days_before", "days_after_min", "days_after_max"))
    parts = block.values[formula.parts] * formula.signs[:, None, None]
    x = np.diff(parts, axis=2)
    # What the whole sees beside the other parts: they switch at the same times of the day.
    y = np.diff(block.values[formula.whole] - parts.sum(axis=0), axis=1)[None] + x
    known = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(known, x, 0.0), np.where(known, y, 0.0)
    daily = {"n": known.sum(axis=2), "xx": (x * x).sum(axis=2), "xy": (x * y).sum(axis=2), "yy": (y * y).sum(axis=2)}
    # One day of spikes must not speak for two weeks.
    weight = 4 * _median_of_positive(daily["xx"]) / np.maximum(daily["xx"], 1e-12)
    daily |= {name: daily[name] * np.minimum(weight, 1) for name in ("xx", "xy", "yy")}
    daily["days"] = (daily["n"] > 0).astype(np.int64)
    running = {name: np.pad(np.cumsum(sums, axis=1), ((0, 0), (1, 0))) for name, sums in daily.items()}
    days = np.arange(block.shape[1])
    first, last = np.maximum(days - before, 0), np.minimum(days + most, len(days))
    earlier = {name: sums[:, days] - sums[:, first] for name, sums in running.items()}
    later = {name: sums[:, last] - sums[:, days] for name, sums in running.items()}
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes = [part["xy"] / part["xx"] for part in (earlier, later)]
        errors = [
            np.sqrt(np.maximum(part["yy"] - part["xy"] ** 2 / part["xx"], 0) / part["n"] / part["xx"]) / slope
            for part, slope in zip((earlier, later), slopes, strict=True)
        ]
        activity = [part["xx"] / part["n"] * slope**2 for part, slope in zip((earlier, later), slopes, strict=True)]
        can = (earlier["days"] >= KNOWN_SHARE * before) & (later["days"] >= KNOWN_SHARE * least)
        can &= (days + least <= len(days))[None] & (slopes[0] > 0) & (slopes[1] > 0)
        # A slope k times steeper means a part that counts 1/k: its squares are 1/k^2 of the same load.
        can &= activity[1] >= thresholds["part_activity_min"] * activity[0]
        log_step = np.where(can, np.log(slopes[1] / slopes[0]), np.nan)
        z = log_step / np.maximum(np.hypot(errors[0], errors[1]), LEAST_ERROR)
    return _Step(log_step, z, slopes[0], slopes[1])


def _median_of_positive(squares: Floats) -> Floats:
    """[parts, 1] median over days on which a part moved."""
    ordered = np.sort(np.where(squares > 0, squares, np.inf), axis=1)
    known = np.isfinite(ordered).sum(axis=1)
    middle: Floats = np.where(known > 0, ordered[np.arange(len(ordered)), np.maximum((known - 1) // 2, 0)], 0.0)
    return middle[:, None]


def _named(block: Block, formula: Formula, steps: _Step, found: Bools, days_after: int) -> list[Candidate]:
    strongest: dict[tuple[int, float], list[int]] = defaultdict(list)
    for part in range(len(formula.parts)):
        for sign in (1.0, -1.0):
            same = np.asarray(found[part] & (np.sign(np.nan_to_num(steps.log_step[part])) == sign), dtype=np.bool_)
            for first, last in stretches(same):
                day = first + int(np.abs(steps.z[part, first : last + 1]).argmax())
                strongest[day, sign].append(part)
    made = []
    for (day, sign), parts in strongest.items():
        together = [
            part for part in range(len(formula.parts)) if found[part, day] and steps.log_step[part, day] * sign > 0
        ]
        part = max(parts, key=lambda one: abs(steps.z[one, day]))
        is_whole = len(together) > 1
        last_day = min(day + days_after, block.shape[1]) - 1
        if last_day < block.judged_from:
            continue
        ratio = float(steps.slope_before[part, day] / steps.slope_after[part, day])
        meter = formula.whole if is_whole else int(formula.parts[part])
        ratio = 1 / ratio if is_whole else ratio
        observed = float(np.nansum(block.values[meter, day : last_day + 1]))
        made.append(
            Candidate(
                meter=meter,
                first_day=day,
                last_day=last_day,
                kind=Kind.SCALE,
                statistics={"log_step": abs(float(steps.log_step[part, day])), "z": abs(float(steps.z[part, day]))},
                score=float(min(abs(steps.z[part, day]), 60)),
                expected_energy=observed / ratio,
                observed_energy=observed,
                others=[int(formula.parts[one]) for one in together] if is_whole else [formula.whole],
                notes={"rate_ratio": round(ratio, 3), "parts_stepping": len(together)},
            )
        )
    return made
