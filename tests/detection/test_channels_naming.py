"""What was done to a stretch is named by what turns the truth into the report."""

from collections.abc import Callable

import numpy as np
import pytest

from nenghao.detection.candidate import Kind
from nenghao.detection.naming import name_kind
from nenghao.detection.patterns import Stretch
from tests.detection.network_blocks import SLOTS, loads

QUANTUM = 0.01
DAYS = 40
TRUE = loads(2, DAYS, quantum=QUANTUM)
MEAN = float(TRUE[0].mean())


def spiked(true: np.ndarray) -> np.ndarray:
    false = true.copy()
    false[0, 40:42] *= 12
    return false


def line(true: np.ndarray) -> np.ndarray:
    flat = true.ravel().copy()
    flat[20:80] = np.linspace(flat[19], flat[80], 62)[1:-1]
    return flat.reshape(true.shape)


def day_rounded(true: np.ndarray) -> np.ndarray:
    total = true.sum(axis=1, keepdims=True)
    false = np.round(true * (np.round(total, -2) / total), 2)
    false[:, -1] += np.round(total, -2)[:, 0] - false.sum(axis=1)
    return false


def noise(true: np.ndarray) -> np.ndarray:
    drawn: np.ndarray = np.random.default_rng(5).uniform(0.1, 0.8, true.shape)
    return drawn


def daily(days: int) -> np.ndarray:
    return 1 - 0.25 * np.arange(1, days + 1)[:, None] / days


CASES: list[tuple[str, Kind, int, Callable[[np.ndarray], np.ndarray]]] = [
    ("h1", Kind.SCALE, 7, lambda true: true * 0.37),
    ("multiplier", Kind.SCALE, 14, lambda true: true * 0.8),
    ("phase_loss", Kind.SCALE, 14, lambda true: true * 2 / 3),
    ("bypass_const", Kind.SCALE, 14, lambda true: np.maximum(true - 0.4 * MEAN, 0)),
    ("month_end", Kind.SCALE, 4, lambda true: true * 0.7),
    ("h2", Kind.ZERO, 7, lambda true: np.where(np.arange(SLOTS) < 40, 0, true)),
    ("dead", Kind.ZERO, 1, lambda true: true * 0),
    ("h3", Kind.NOISE, 7, lambda true: true * noise(true)),
    ("h4", Kind.NOISE, 7, lambda true: MEAN * noise(true)),
    ("h5", Kind.CONSTANT, 7, lambda true: true * 0 + true.mean(axis=1, keepdims=True)),
    ("constant_fill", Kind.CONSTANT, 2, lambda true: true * 0 + 0.9 * MEAN),
    ("stuck", Kind.CONSTANT, 1, lambda true: np.where(np.arange(SLOTS) > 30, true[:, 30:31], true)),
    ("h6", Kind.REVERSAL, 7, lambda true: true[:, ::-1]),
    ("replay_day", Kind.REPEAT, 1, lambda _: TRUE[0, 13:14]),
    ("replay_week", Kind.REPEAT, 7, lambda _: TRUE[0, 7:14]),
    ("copy_other", Kind.COPY, 3, lambda true: TRUE[1, 20 : 20 + len(true)] * 1.37),
    ("linear_backfill", Kind.FILL, 1, line),
    ("round_entry", Kind.ROUND, 5, lambda true: np.round(true / 2) * 2),
    ("round_daily", Kind.ROUND, 5, day_rounded),
    ("peak_clip", Kind.CLIP, 7, lambda true: np.minimum(true, 1.3 * MEAN)),
    ("drift", Kind.DRIFT, 20, lambda true: true * daily(len(true))),
    ("spike", Kind.SPIKE, 1, spiked),
    ("unit_mix", Kind.UNIT, 2, lambda true: true * 1000),
    ("unit_mix_down", Kind.UNIT, 2, lambda true: true / 1000),
    ("clock_shift", Kind.CLOCK, 5, lambda true: np.roll(true.ravel(), 4).reshape(true.shape)),
    ("clock_shift_8h", Kind.CLOCK, 5, lambda true: np.roll(true.ravel(), 32).reshape(true.shape)),
    ("swap_days", Kind.CLOCK, 2, lambda true: true[::-1]),
]


@pytest.mark.parametrize("accuracy", [0.0, 0.02])
@pytest.mark.parametrize(("kind", "days", "change"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_kind_is_named(kind: Kind, days: int, change: Callable[[np.ndarray], np.ndarray], accuracy: float) -> None:
    true = TRUE[0, 20 : 20 + days]
    reported = np.round(np.round(change(true) / QUANTUM) * QUANTUM, 9)
    error = np.random.default_rng(2).normal(0, accuracy * MEAN, true.shape) if accuracy else np.zeros(true.shape)
    stretch = Stretch(
        reported=reported,
        truth=true + error,
        tolerance=np.full(true.shape, 2 * QUANTUM + 4 * accuracy * MEAN),
        earlier=TRUE[0, :20],
        peers=TRUE[1:, 20 : 20 + days],
        quantum=QUANTUM,
    )
    assert name_kind(stretch) == kind
