"""Zeros, noise, reversed days, clocks, spikes and unit slips are found; idle, wild, resting and new loads are not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nenghao.detection.block import Floats
from nenghao.detection.candidate import Candidate, Kind
from nenghao.detection.day_levels import step_of
from nenghao.detection.zeros import zero_runs
from tests.detection.exact_blocks import DAYS, block_of, found, spans
from tests.detection.works import works

ZERO = {"hours_min": 4.0, "times_own_min": 4.0}
NOISE = {"ln_odds_min": 7.0, "turns_more_min": 0.06, "memory_lost_min": 0.12}
REVERSED = {"ln_odds_min": 6.0}
CLOCK = {"ln_odds_min": 4.0}
SPIKE = {"times_peak_min": 2.0, "times_own_min": 1.8}
UNIT = {"decades_min": 3.0, "misfit_max": 0.35, "beyond_own_min": 2.0}
EVERY = (
    ("zero_stretch", ZERO), ("noisy_shape", NOISE), ("reversed_day", REVERSED), ("shifted_clock", CLOCK),
    ("spike", SPIKE), ("unit_jump", UNIT),
)  # fmt: skip


def early(seed: int) -> Floats:
    """A works whose day is over at noon: backwards or moved it looks unlike itself."""
    plant = works(seed)
    hours = np.arange(96) / 4
    return np.maximum(np.rint(plant.base + plant.production * np.where(hours < 13, 1.0, 0.15)), 0.0)


def test_a_dead_day_and_a_daily_window_of_zeros_are_found() -> None:
    values = works(21).values()
    values[30] = 0
    values[35:39, 40:60] = 0
    assert sorted(spans(found("zero_stretch", block_of(values), **ZERO))) == [(0, 30, 30), (0, 35, 38)]


def test_a_line_that_rests_every_night_and_the_week_end_is_no_zero() -> None:
    plant = works(22)
    values = np.where(plant.production > 20, np.rint(plant.production), 0.0)
    values[32] = 0
    assert found("zero_stretch", block_of(values), **ZERO) == []


def test_what_is_missing_is_not_zero() -> None:
    values = works(23).values()
    values[30, 20:70] = np.nan
    assert found("zero_stretch", block_of(values), **ZERO) == []
    values[30, :20] = 0
    values[30, 22:40] = 0
    values[30, 20:22] = np.nan
    (one,) = found("zero_stretch", block_of(values), **ZERO)
    assert one.statistics["hours"] == 9.5


@pytest.mark.parametrize("instead", [True, False], ids=["of the load", "on the load"])
def test_values_drawn_slot_by_slot_are_found(instead: bool) -> None:
    rng = np.random.default_rng(24)
    values = works(24).values()
    drawn = values[28:33].mean() if instead else values[28:33]
    values[28:33] = np.rint(drawn * rng.uniform(0.1, 0.8, (5, 96)))
    (one,) = found("noisy_shape", block_of(values), **NOISE)
    assert (one.kind, one.first_day, one.last_day) == (Kind.NOISE, 28, 32)


def test_a_day_filled_in_backwards_is_found() -> None:
    values = early(25)
    values[28:33] = values[28:33, ::-1]
    (one,) = found("reversed_day", block_of(values), **REVERSED)
    assert (one.kind, one.first_day, one.last_day) == (Kind.REVERSAL, 28, 32)
    assert one.expected_energy == one.observed_energy


@pytest.mark.parametrize(("slots", "hours"), [(4, 1.0), (-4, -1.0), (32, 8.0)])
def test_a_clock_that_is_hours_wrong_is_found(slots: int, hours: float) -> None:
    values = early(26)
    values[28:34] = np.roll(values.ravel(), slots).reshape(values.shape)[28:34]
    found_ones = found("shifted_clock", block_of(values), **CLOCK)
    strongest = max(found_ones, key=lambda one: one.score)
    assert (strongest.kind, strongest.statistics["hours"]) == (Kind.CLOCK, hours)
    assert strongest.first_day <= 30
    assert strongest.last_day >= 31


def test_a_change_of_summer_time_in_a_zone_is_nobody_s_clock() -> None:
    meters = [early(30 + number) for number in range(12)]
    for values in meters:
        values[28:] = np.roll(values.ravel(), 4).reshape(values.shape)[28:]
    assert found("shifted_clock", block_of(*meters), **CLOCK) == []
    assert found("shifted_clock", block_of(meters[0]), **CLOCK) != []


def test_two_slots_far_above_all_before_are_found_by_their_slots() -> None:
    values = works(41).values()
    values[31, 50:52] = 4 * values[:28].max()
    (one,) = found("spike", block_of(values), **SPIKE)
    assert (one.kind, one.first_day, one.first_slot, one.last_slot) == (Kind.SPIKE, 31, 50, 51)
    assert one.observed_energy == values[31, 50:52].sum()


def test_a_furnace_that_jumps_and_a_meter_woken_from_idleness_are_no_spikes() -> None:
    rng = np.random.default_rng(42)
    furnace = np.rint(200 + 900 * (rng.random((DAYS, 96)) < 0.01) * rng.uniform(0.3, 3.0, (DAYS, 96)))
    furnace[8, 30] = 3400
    asleep = rng.choice([1.0, 2.0], (DAYS, 96))
    asleep[31, 40:43] = 90
    assert found("spike", block_of(furnace, asleep), **SPIKE) == []


@pytest.mark.parametrize("factor", [1000.0, 0.001, 10_000.0])
def test_days_in_another_unit_are_found(factor: float) -> None:
    values = works(43).values() * 10
    values[30:32] = np.rint(values[30:32] * factor)
    (one,) = found("unit_jump", block_of(values), **UNIT)
    assert (one.kind, one.first_day, one.last_day) == (Kind.UNIT, 30, 31)
    assert one.expected_energy == pytest.approx(works(43).values()[30:32].sum() * 10, rel=0.2)


def shutdown() -> Floats:
    plant = works(51)
    plant.production[30:] = 0
    return plant.values()


def output_cut_to_a_half() -> Floats:
    plant = works(52)
    plant.production[30:] *= 0.5
    return plant.values()


def second_line() -> Floats:
    plant = works(53)
    plant.production[30:] *= 2.0
    return plant.values()


def arc_furnace() -> Floats:
    rng = np.random.default_rng(54)
    return np.rint(150 + 800 * rng.random((DAYS, 96)) * (rng.random((DAYS, 96)) < 0.7))


def later_shift() -> Floats:
    plant = works(55)
    plant.production[30:, 88:] = plant.production[30:, 60:68]
    return plant.values()


def slow_season() -> Floats:
    return np.rint(works(56).values() * np.linspace(1.0, 0.7, DAYS)[:, None])


@pytest.mark.parametrize("honest", [shutdown, output_cut_to_a_half, second_line, arc_furnace, later_shift, slow_season])
def test_honest_plants_are_left_alone(honest: Callable[[], Floats]) -> None:
    block = block_of(honest())
    told: list[Candidate] = []
    for detector, thresholds in EVERY:
        told += found(detector, block, **thresholds)
    assert told == []


def test_what_an_event_explains_is_not_told() -> None:
    values = works(57).values()
    values[30] = 0
    block = block_of(values)
    explained = block.is_explained.copy()
    explained[0, 30] = True
    assert found("zero_stretch", replace(block, is_explained=explained), **ZERO) == []


@pytest.mark.parametrize(("detector", "thresholds"), EVERY, ids=[name for name, _ in EVERY])
def test_nothing_is_said_of_young_empty_or_idle_meters(detector: str, thresholds: dict[str, float]) -> None:
    young = replace(block_of(works(58).values()[:13]), judged_from=0)
    empty = np.full((DAYS, 96), np.nan)
    idle = np.zeros((DAYS, 96))
    assert found(detector, young, **thresholds) == []
    assert found(detector, block_of(empty, idle), **thresholds) == []


def test_a_run_of_zeros_waits_over_a_short_hole_and_ends_at_a_long_one() -> None:
    nan = np.nan
    day = [0, 0, nan, nan, 0, 5, 0, nan, nan, nan, nan, nan, 0, 0, nan, 7, 0]
    runs = zero_runs(np.array([[day]], dtype=np.float64), np.array([1.0]))
    assert runs[0, 0].tolist() == [1, 2, 0, 0, 3, 0, 1, 0, 0, 0, 0, 0, 1, 2, 0, 0, 1]


def test_what_is_kept_with_a_block_is_not_told_of_another() -> None:
    values = works(1).values()
    block = block_of(values)
    assert step_of(block) is step_of(block)
    assert step_of(replace(block, quantum=2 * block.quantum)) == pytest.approx(2 * step_of(block))
