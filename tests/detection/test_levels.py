"""Multiplied and reduced meters are found; plants that stop, restrict output, rest or catch sun are left alone."""

from dataclasses import replace

import numpy as np
import pytest

from nenghao.detection.candidate import Kind
from nenghao.detection.levels import restless
from tests.detection.exact_blocks import DAYS, block_of, found
from tests.detection.works import SUN, works

SHIFT = {"ln_odds_min": 6.5}


@pytest.mark.parametrize("factor", [0.5, 2 / 3, 0.8])
def test_a_meter_that_counts_less_from_one_day_on_is_found_to_its_end(factor: float) -> None:
    values = works(1).values()
    values[30:] = np.rint(values[30:] * factor)
    (one,) = found("level_shift", block_of(values), **SHIFT)
    assert one.kind == Kind.SCALE
    assert abs(one.first_day - 30) <= 1
    assert one.last_day == DAYS - 1
    assert one.notes["ratio"] == pytest.approx(factor, rel=0.08)
    true_energy = works(1).values()[one.first_day : one.last_day + 1].sum()
    assert one.expected_energy == pytest.approx(true_energy, rel=0.1)


def test_a_constant_taken_away_is_found() -> None:
    values = works(2, base=300.0).values()
    values[30:] -= 150
    (one,) = found("level_shift", block_of(values), **SHIFT)
    assert one.first_day <= 31
    assert one.last_day >= 40


def test_the_last_days_of_a_month_cut_short_are_found() -> None:
    values = works(3).values()
    values[35:39] = np.rint(values[35:39] * 0.7)
    (one,) = found("level_shift", block_of(values), **SHIFT)
    assert (one.first_day, one.last_day - 38 in {0, 1}) == (35, True)


def test_a_meter_that_goes_back_is_followed_no_further() -> None:
    values = works(4).values()
    values[30:36] = np.rint(values[30:36] * 0.6)
    (one,) = found("level_shift", block_of(values), **SHIFT)
    assert 28 <= one.first_day <= 31
    assert 34 <= one.last_day <= 37


def test_hourly_meters_and_meters_of_unknown_step_are_judged() -> None:
    values = works(5).values().reshape(DAYS, 24, 4).sum(axis=2)
    values[30:] = np.rint(values[30:] * 0.6)
    (one,) = found("level_shift", block_of(values, quantum=None), **SHIFT)
    assert one.first_day <= 31


def test_a_fall_in_a_long_file_is_held_against_its_own_season() -> None:
    values = works(6, days=200).values() * np.linspace(1.0, 1.6, 200)[:, None]
    values = np.rint(values)
    values[150:164] = np.rint(values[150:164] * 0.6)
    (one,) = found("level_shift", block_of(values), **SHIFT)
    assert 148 <= one.first_day <= 151
    assert 162 <= one.last_day <= 165


def honest_shutdown() -> np.ndarray:
    plant = works(11)
    plant.production[30:37] = 0
    return plant.values()


def honest_output_cut_to_a_half() -> np.ndarray:
    plant = works(12)
    plant.production[30:] *= 0.5
    return plant.values()


def honest_roof() -> np.ndarray:
    plant = works(13)
    light = np.random.default_rng(13).uniform(0.3, 1.0, (DAYS - 30, 1))
    return np.maximum(np.rint(plant.values() - np.vstack([np.zeros((30, 96)), 260 * light * SUN])), 0)


def honest_new_machine() -> np.ndarray:
    plant = works(14)
    plant.production[30:] = np.minimum(plant.production[30:] * 0.85, 420)
    return plant.values()


def honest_batches() -> np.ndarray:
    rng = np.random.default_rng(15)
    batches = rng.random((DAYS, 1)) < 0.6
    recipe = np.repeat([0, 900, 900, 300, 0, 500, 500, 100], 12)
    return np.rint(60 + recipe * batches + rng.normal(0, 4, (DAYS, 96)).clip(-20, 20))


def honest_slow_season() -> np.ndarray:
    return np.rint(works(16).values() * np.linspace(1.0, 0.9, DAYS)[:, None])


@pytest.mark.parametrize(
    "honest",
    [honest_shutdown, honest_output_cut_to_a_half, honest_roof, honest_new_machine, honest_batches, honest_slow_season],
)
def test_honest_changes_are_no_fall_of_everything(honest) -> None:  # type: ignore[no-untyped-def]
    assert found("level_shift", block_of(honest()), **SHIFT) == []


def test_a_festival_week_and_the_days_around_it_are_left_alone() -> None:
    plant = works(17)
    plant.production[29:36] = 0
    plant.base[29:36] *= 0.85
    values = plant.values()
    values[26:40] = np.rint(values[26:40] * 0.9)
    block = block_of(values)
    off = block.is_day_off.copy()
    off[29:36] = True
    assert found("level_shift", replace(block, is_day_off=off), **SHIFT) == []
    assert restless(off)[[16, 17, 47 - 1 if DAYS > 46 else DAYS - 1]].tolist() == [0, 1, 1]


def test_a_declared_reduction_is_not_told() -> None:
    values = works(18).values()
    values[30:] = np.rint(values[30:] * 0.5)
    block = block_of(values)
    explained = block.is_explained.copy()
    explained[0, 29:] = True
    assert found("level_shift", replace(block, is_explained=explained), **SHIFT) == []


def test_two_weeks_of_history_or_days_without_values_say_nothing() -> None:
    values = works(19).values()
    values[30:] = np.rint(values[30:] * 0.5)
    young = replace(block_of(values[26:]), judged_from=4)
    assert [one for one in found("level_shift", young, **SHIFT) if one.first_day < 12] == []
    values[:27] = np.nan
    assert found("level_shift", block_of(values), **SHIFT) == []
