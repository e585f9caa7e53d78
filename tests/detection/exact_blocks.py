"""Blocks for the tests of exactness: loads with noise on the grid of a meter, and what honest meters do beside."""

from datetime import date

import numpy as np

from nenghao.detection.block import Block, Floats
from nenghao.detection.candidate import Candidate
from nenghao.detection.catalogue import DETECTORS
from nenghao.detection.judging import passes

#: First day on which candidates lie, and all days.
JUDGED_FROM, DAYS, SLOTS = 28, 42, 96


def block_of(*meters: Floats, quantum: float | None = 1.0) -> Block:
    """Meters [D, T] side by side, judged after four weeks."""
    values = np.stack(meters).astype(np.float64)
    count, days, slots = values.shape
    return Block(
        meters=tuple(f"m{number}" for number in range(count)),
        first_on=date(2026, 8, 3),
        slot_minutes=1440 // slots,
        values=values,
        judged_from=JUDGED_FROM,
        quantum=np.full(count, np.nan if quantum is None else quantum),
        capacity=np.full(count, np.nan),
        is_day_off=np.arange(days) % 7 >= 5,
        is_explained=np.zeros((count, days), dtype=np.bool_),
        zone=np.zeros(count, dtype=np.int64),
    )


def plant(seed: int, *, level: float = 160.0, noise: float = 0.12, days: int = DAYS, slots: int = SLOTS) -> Floats:
    """A shop with two shifts: whole steps, never twice the same day."""
    rng = np.random.default_rng(seed)
    hours = np.arange(slots) * 24 / slots
    shape = 0.35 + np.exp(-(((hours - 10) / 3) ** 2)) + 0.8 * np.exp(-(((hours - 17) / 2.5) ** 2))
    day_level = rng.uniform(0.85, 1.15, (days, 1))
    return np.maximum(np.rint(level * shape * day_level * (1 + noise * rng.standard_normal((days, slots)))), 0)


def standby(seed: int, days: int = DAYS, slots: int = SLOTS) -> Floats:
    """A closed shop: two or three last digits, mostly the same."""
    rng = np.random.default_rng(seed)
    return rng.choice([2.0, 3.0, 4.0], (days, slots), p=[0.6, 0.35, 0.05])


def found(detector: str, block: Block, **thresholds: float) -> list[Candidate]:
    """Candidates of a detector that pass thresholds, of meters that are values alone."""
    return [one for one in DETECTORS[detector](block, thresholds) if passes(one, thresholds, is_rich=False)]


def spans(candidates: list[Candidate]) -> list[tuple[int, int, int]]:
    """Meter, first and last day of each."""
    return [(one.meter, one.first_day, one.last_day) for one in candidates]
