"""Flat, straight, round, clipped, rescaled and smoothed stretches are found; what meters do by themselves is not."""

import numpy as np
import pytest

from nenghao.detection.block import Floats
from nenghao.detection.candidate import Kind
from tests.detection.exact_blocks import DAYS, block_of, found, plant, spans, standby

THRESHOLDS: dict[str, dict[str, float]] = {
    "frozen": {"bits_min": 28, "times_longest_min": 1.5, "quanta_min": 2, "history_days_min": 7},
    "linear_fill": {"bits_min": 30, "times_longest_min": 1.5},
    "round_values": {"surprise_min": 4},
    "clipped_peak": {"surprise_min": 4, "habit_share_max": 0.1, "peak_share_min": 0.1},
    "rescaled_grid": {"surprise_min": 7, "shift_min": 0.1},
    "smoothed": {"collapse_min": 3, "movement_share_max": 1.8},
}


def judged(detector: str, *meters: Floats, quantum: float = 1.0) -> list[tuple[int, int, int]]:
    return spans(found(detector, block_of(*meters, quantum=quantum), **THRESHOLDS[detector]))


def potline() -> Floats:
    rng = np.random.default_rng(1)
    return np.where(rng.random((DAYS, 96)) < 0.85, 18.0, rng.choice([17.0, 19.0], (DAYS, 96)))


def deadband(values: Floats, width: float) -> Floats:
    """What a gateway sends that passes a value on only when it moved enough."""
    flat = values.copy().reshape(-1)
    for place in range(1, flat.size):
        if abs(flat[place] - flat[place - 1]) < width:
            flat[place] = flat[place - 1]
    return flat.reshape(values.shape)


@pytest.mark.parametrize("detector", THRESHOLDS)
@pytest.mark.parametrize(
    "honest",
    [
        plant(1),
        plant(2, level=900),
        plant(3, level=9),
        standby(4),
        potline(),
        deadband(plant(5, level=60), 12),
        np.rint(plant(6) / 50) * 50,
        np.tile(plant(7)[0], (DAYS, 1)),
        np.where(np.arange(DAYS)[:, None] % 7 < 5, plant(8), standby(8)),
    ],
    ids=["shop", "large", "small", "standby", "potline", "deadband", "rounds by itself", "recipe", "week-ends off"],
)
def test_an_honest_meter_is_left_alone(detector: str, honest: Floats) -> None:
    assert judged(detector, honest) == []


@pytest.mark.parametrize("detector", THRESHOLDS)
def test_missing_slots_are_nothing(detector: str) -> None:
    values = plant(9)
    values[30:34] = np.nan
    values[36, 20:60] = np.nan
    assert judged(detector, values) == []


@pytest.mark.parametrize("detector", THRESHOLDS)
def test_a_meter_without_history_is_not_judged(detector: str) -> None:
    values = plant(10)
    values[:29] = np.nan
    values[29] = 150
    assert judged(detector, values) == []


def test_days_of_one_value_each_are_found() -> None:
    values = plant(11)
    values[30:37] = np.rint(values[30:37].mean(axis=1, keepdims=True))
    assert judged("frozen", values) == [(0, 30, 36)]


def test_a_meter_stuck_for_hours_is_found() -> None:
    values = plant(12)
    values[33, 20:60] = values[33, 19]
    (one,) = found("frozen", block_of(values), **THRESHOLDS["frozen"])
    assert (one.kind, one.first_slot, one.last_slot) == (Kind.CONSTANT, 19, 59)


def test_a_stretch_at_zero_is_not_the_frozen_rules_to_tell() -> None:
    values = plant(13)
    values[33] = 0
    assert judged("frozen", values) == []


def test_a_straight_line_over_hours_is_found() -> None:
    values = plant(14)
    values[33, 30:71] = np.rint(np.linspace(values[33, 30], values[33, 70] + 25, 41))
    assert judged("linear_fill", values) == [(0, 33, 33)]


@pytest.mark.parametrize("step", [10.0, 50.0])
def test_round_entries_are_found(step: float) -> None:
    values = plant(25)
    values[32:37] = np.rint(values[32:37] / step) * step
    assert judged("round_values", values) == [(0, 32, 36)]


def test_round_totals_are_found() -> None:
    values = plant(26)
    for day in range(32, 37):
        values[day, 40] += -values[day].sum() % 1000
    (one,) = found("round_values", block_of(values), **THRESHOLDS["round_values"])
    assert (one.first_day, one.last_day, one.notes["of"]) == (32, 36, "totals")


def test_clipped_peaks_are_found_and_named_so() -> None:
    values = plant(17)
    values[31:38] = np.minimum(values[31:38], 150)
    (one,) = found("clipped_peak", block_of(values), **THRESHOLDS["clipped_peak"])
    assert (one.kind, one.first_day, one.last_day) == (Kind.CLIP, 31, 37)
    assert one.notes["ceiling"] == 150
    assert judged("frozen", values) == []


def test_demand_control_that_always_was_is_left_alone() -> None:
    assert judged("clipped_peak", np.minimum(plant(18), 150)) == []


@pytest.mark.parametrize("factor", [0.8, 2 / 3])
def test_values_multiplied_after_the_meter_leave_an_imprint(factor: float) -> None:
    values = plant(19, level=400)
    values[31:] = np.rint(values[31:] * factor)
    (one,) = judged("rescaled_grid", values)
    assert one[1] >= 29


def test_a_meter_that_counts_less_leaves_none() -> None:
    rng = np.random.default_rng(20)
    true = plant(20, level=400) + rng.uniform(-0.5, 0.5, (DAYS, 96))
    true[31:] *= 0.8
    assert judged("rescaled_grid", np.rint(true)) == []


def test_values_that_leave_a_lattice_coarser_than_their_digits_are_found() -> None:
    lattice = np.rint(plant(21, level=200) * 3.6)
    lattice[33] = np.rint(lattice[33] * 0.9)
    assert judged("rescaled_grid", lattice) == [(0, 33, 33)]


def test_averages_written_for_readings_are_found() -> None:
    values = plant(22, level=900)
    flat = values.reshape(-1)
    flat[32 * 96 : 35 * 96] = np.rint(np.convolve(flat, np.ones(7) / 7, "same")[32 * 96 : 35 * 96])
    assert judged("smoothed", values) == [(0, 32, 34)]
