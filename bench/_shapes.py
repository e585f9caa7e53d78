"""The false curve of each kind that changes values: what a forger, a fault or a wire makes of the true days."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Floats


@dataclass(frozen=True, slots=True)
class Draw:
    """What a kind draws on: the meter's true days and where it begins."""

    rng: np.random.Generator
    truth: Floats
    start: int
    days: int
    judged_from: int
    quantum: float
    donor: Floats
    month_day: int

    @property
    def span(self) -> slice:
        return slice(self.start, self.start + self.days)

    @property
    def earlier(self) -> Floats:
        return self.truth[: self.start]


def on_grid(values: Floats, quantum: float) -> Floats:
    """Values as a meter of that step would give them; never below zero."""
    floored = np.maximum(values, 0)
    if not np.isfinite(quantum):
        return floored
    return np.round(np.rint(floored / quantum) * quantum, 9)


def _mean(draw: Draw) -> float:
    return float(np.nanmean(draw.earlier[-14:]))


def _scaled(low: float, high: float) -> Callable[[Draw], Floats]:
    return lambda draw: draw.truth[draw.span] * draw.rng.uniform(low, high)


def _zero_window(draw: Draw) -> Floats:
    """Off for at least four hours, at most a day a time, on every day of the span."""
    false = draw.truth[draw.span].copy()
    per_day = false.shape[1]
    for day in false:
        length = int(draw.rng.integers(per_day // 6, per_day * 3 // 4))
        first = int(draw.rng.integers(0, per_day - length + 1))
        day[first : first + length] = 0
    return false


def _slot_noise(draw: Draw) -> Floats:
    return draw.truth[draw.span] * draw.rng.uniform(0.1, 0.8, draw.truth[draw.span].shape)


def _mean_noise(draw: Draw) -> Floats:
    return _mean(draw) * draw.rng.uniform(0.1, 0.8, draw.truth[draw.span].shape)


def _flat(draw: Draw) -> Floats:
    return np.full(draw.truth[draw.span].shape, float(np.nanmean(draw.truth[draw.span])))


def _reversed(draw: Draw) -> Floats:
    return draw.truth[draw.span][:, ::-1]


def _replay(draw: Draw) -> Floats:
    """Days from before the event once more: the day a week ago, the last week."""
    back = 7 * int(draw.rng.integers(1, 3))
    return draw.truth[draw.start - back : draw.start - back + draw.days]


def _copied(draw: Draw) -> Floats:
    other, own = draw.donor[draw.span], draw.truth[draw.span]
    ratio = np.nanmean(own) / max(float(np.nanmean(other)), 1e-9)
    # A copy is taken as it is where it is of the same size, and fitted where it would stand out.
    return other if 1 / 3 <= ratio <= 3 else other * ratio


def _constant_fill(draw: Draw) -> Floats:
    return np.full(draw.truth[draw.span].shape, _mean(draw) * draw.rng.uniform(0.7, 1.1))


def _linear(draw: Draw) -> Floats:
    flat = draw.truth[draw.span].ravel().copy()
    length = int(draw.rng.integers(flat.size // 3, flat.size * 9 // 10))
    first = int(draw.rng.integers(1, flat.size - length))
    ends = flat[first - 1], flat[min(first + length, flat.size - 1)]
    flat[first : first + length] = np.linspace(*ends, length + 2)[1:-1]
    return flat.reshape(draw.truth[draw.span].shape)


def _round_entry(draw: Draw) -> Floats:
    """Typed by hand: every value to one round step, a twentieth to a fifth of the mean."""
    false = draw.truth[draw.span]
    widest = max(_mean(draw), 1e-9) / 5
    step = 10.0 ** int(np.floor(np.log10(widest)))
    step = max(step * (5 if step * 5 <= widest else 2 if step * 2 <= widest else 1), draw.quantum * 5)
    return np.asarray(np.rint(false / step) * step)


def _round_daily(draw: Draw) -> Floats:
    """The day's total is a round figure of two digits, the curve scaled to it."""
    false = draw.truth[draw.span].copy()
    for place, day in enumerate(false):
        total = day.sum()
        if total > 0:
            step = 10.0 ** (np.floor(np.log10(total)) - 1)
            wanted = np.rint(total / step) * step
            scaled = on_grid(day * wanted / total, draw.quantum)
            rest = np.nan_to_num(np.rint((wanted - scaled.sum()) / draw.quantum))
            spread = np.argsort(-scaled)[: int(abs(rest)) % scaled.size]
            scaled[spread] += np.sign(rest) * draw.quantum
            false[place] = scaled
    return false


def _multiplier(draw: Draw) -> Floats:
    return draw.truth[draw.span] * float(draw.rng.choice([0.5, 0.8]))


def _bypass(draw: Draw) -> Floats:
    return np.maximum(draw.truth[draw.span] - _mean(draw) * draw.rng.uniform(0.2, 0.5), 0)


def _peak_clip(draw: Draw) -> Floats:
    peak = float(np.nanmedian(np.nanmax(draw.earlier[-14:], axis=1)))
    return np.minimum(draw.truth[draw.span], peak * draw.rng.uniform(0.6, 0.85))


def _month_end(draw: Draw) -> Floats:
    """The last days cut so that the month ends 5 % lower."""
    month = float(np.nansum(draw.truth[max(0, draw.start - 26) : draw.start + draw.days]))
    last = float(np.nansum(draw.truth[draw.span]))
    return draw.truth[draw.span] * max(0.2, 1 - 0.05 * month / max(last, 1e-9))


def _drift(draw: Draw) -> Floats:
    fall = 1 - 0.25 * np.arange(1, draw.days + 1) / 28
    return draw.truth[draw.span] * fall[:, np.newaxis]


def _stuck(draw: Draw) -> Floats:
    """The last value again and again for six hours to a day."""
    flat = draw.truth[draw.span].ravel().copy()
    length = int(draw.rng.integers(flat.size // 4, flat.size * 3 // 4))
    first = int(draw.rng.integers(1, flat.size - length))
    flat[first : first + length] = flat[first - 1] or _mean(draw)
    return flat.reshape(draw.truth[draw.span].shape)


def _dead(draw: Draw) -> Floats:
    return np.zeros(draw.truth[draw.span].shape)


def _spike(draw: Draw) -> Floats:
    false = draw.truth[draw.span].copy()
    slot = int(draw.rng.integers(1, false.shape[1] - 2))
    highest = float(np.nanmax(draw.earlier[-14:]))
    false[0, slot : slot + 2] = highest * draw.rng.uniform(3, 10, 2)
    return false


def _unit_mix(draw: Draw) -> Floats:
    return draw.truth[draw.span] * float(draw.rng.choice([1000.0, 0.001]))


def _clock(draw: Draw) -> Floats:
    per_hour = draw.truth.shape[1] / 24
    lag = int(draw.rng.choice([-1, 1, 8]) * per_hour) or 1
    return np.roll(draw.truth.ravel(), lag).reshape(draw.truth.shape)[draw.span]


def _swap(draw: Draw) -> Floats:
    return draw.truth[draw.span][::-1]


def _less_constant(draw: Draw) -> Floats:
    return np.maximum(draw.truth[draw.span] - _mean(draw) * draw.rng.uniform(0.2, 0.8), 0)


def _cut_off(draw: Draw) -> Floats:
    return np.minimum(draw.truth[draw.span], _mean(draw) * draw.rng.uniform(0.8, 1.6))


def _zero_share(draw: Draw) -> Floats:
    false = draw.truth[draw.span].copy()
    per_day = false.shape[1]
    for day in false:
        length = int(per_day * draw.rng.uniform(0.2, 0.8))
        first = int(draw.rng.integers(0, per_day - length + 1))
        day[first : first + length] = 0
    return false


def _yesterdays_mean(draw: Draw) -> Floats:
    means = np.nanmean(draw.truth[draw.start - 1 : draw.start + draw.days - 1], axis=1)
    share = draw.rng.uniform(0.2, 0.8, draw.days)
    return np.repeat((means * share)[:, np.newaxis], draw.truth.shape[1], axis=1)


def _yesterday_reversed(draw: Draw) -> Floats:
    return draw.truth[draw.start - 1 : draw.start + draw.days - 1][:, ::-1]


SHAPES: Final[dict[str, Callable[[Draw], Floats]]] = {
    "h1": _scaled(0.1, 0.8), "h2": _zero_window, "h3": _slot_noise, "h4": _mean_noise, "h5": _flat, "h6": _reversed,
    "replay_day": _replay, "replay_week": _replay, "copy_other": _copied, "constant_fill": _constant_fill,
    "linear_backfill": _linear, "round_entry": _round_entry, "round_daily": _round_daily, "multiplier": _multiplier,
    "phase_loss": _scaled(2 / 3, 2 / 3), "bypass_const": _bypass, "peak_clip": _peak_clip, "month_end": _month_end,
    "drift": _drift, "stuck": _stuck, "dead": _dead, "spike": _spike, "unit_mix": _unit_mix, "clock_shift": _clock,
    "swap_days": _swap,
    "f1": lambda draw: draw.truth[draw.span] * draw.rng.uniform(0.2, 0.8, draw.truth[draw.span].shape),
    "f2": _less_constant, "f3": _cut_off, "f4": _zero_share, "f5": _yesterdays_mean, "f6": _yesterday_reversed,
}  # fmt: skip
