"""Replays and copies are found; meters that repeat by themselves or always go together are not."""

import numpy as np
import pytest

from nenghao.detection.candidate import Kind
from tests.detection.exact_blocks import DAYS, block_of, found, plant, spans, standby

REPEAT = {"bits_min": 64.0, "habit_share_max": 0.1}
COPY = {"bits_min": 40.0}


@pytest.mark.parametrize("lag", [1, 7, 20])
def test_a_day_replayed_from_any_earlier_day_is_found(lag: int) -> None:
    values = plant(1)
    values[33] = values[33 - lag]
    (one,) = found("exact_repeat", block_of(values), **REPEAT)
    assert (one.kind, one.first_day, one.last_day) == (Kind.REPEAT, 33, 33)
    assert one.notes["lag_days"] == lag
    assert one.observed_energy == values[33].sum()


def test_a_week_replayed_is_one_candidate() -> None:
    values = plant(2)
    values[30:37] = values[23:30]
    assert spans(found("exact_repeat", block_of(values), **REPEAT)) == [(0, 30, 36)]


def test_a_run_of_hours_is_enough_on_a_lively_meter() -> None:
    values = plant(3)
    values[35, 30:60] = values[31, 30:60]
    (one,) = found("exact_repeat", block_of(values), **REPEAT)
    assert (one.first_day, one.first_slot, one.last_slot) == (35, 30, 59)


def test_a_day_replayed_some_slots_later_is_found() -> None:
    values = plant(4)
    values.reshape(-1)[34 * 96 : 35 * 96] = values.reshape(-1)[30 * 96 - 10 : 31 * 96 - 10]
    (one,) = found("exact_repeat", block_of(values), **REPEAT)
    assert one.notes["lag_slots"] == 4 * 96 + 10


def test_a_day_replayed_and_scaled_is_found() -> None:
    values = plant(5, level=900)
    values[38] = np.rint(0.83 * values[31])
    (one,) = found("exact_repeat", block_of(values), **REPEAT)
    assert spans([one]) == [(0, 38, 38)]
    assert one.notes["factor"] == pytest.approx(0.83, abs=0.01)


def test_an_hourly_meter_is_judged_by_its_fewer_points() -> None:
    values = plant(6, level=600, slots=24)
    values[36] = values[29]
    assert spans(found("exact_repeat", block_of(values), **REPEAT)) == [(0, 36, 36)]


def test_the_step_of_a_meter_is_learnt_where_nobody_tells_it() -> None:
    values = plant(7) * 0.01
    values[33] = values[26]
    assert spans(found("exact_repeat", block_of(values, quantum=None), **REPEAT)) == [(0, 33, 33)]


@pytest.mark.parametrize("seed", range(4))
def test_lively_meters_and_standby_repeat_nothing(seed: int) -> None:
    assert found("exact_repeat", block_of(plant(seed), standby(seed)), **REPEAT) == []


def test_a_programmed_furnace_repeats_by_habit() -> None:
    recipe = plant(8)[0]
    assert found("exact_repeat", block_of(np.tile(recipe, (DAYS, 1))), **REPEAT) == []


def test_a_potline_behind_a_coarse_step_repeats_by_habit() -> None:
    rng = np.random.default_rng(9)
    potline = np.where(rng.random((DAYS, 96)) < 0.85, 18.0, rng.choice([17.0, 19.0], (DAYS, 96)))
    assert found("exact_repeat", block_of(potline * 140, quantum=140.0), **REPEAT) == []


def test_estimated_slots_are_unknown_and_repeat_nothing() -> None:
    values = plant(10)
    values[33] = values[26]
    values[33, ::2] = np.nan
    assert found("exact_repeat", block_of(values), **REPEAT) == []


def test_a_meter_that_copies_its_neighbour_is_found() -> None:
    values, other = plant(11), plant(12, noise=0.3)
    values[33:36] = other[33:36]
    found_here = found("copied_curve", block_of(values, other), **COPY)
    assert spans(found_here) == [(0, 33, 35)]
    assert found_here[0].others == [1]


def test_a_copy_scaled_to_the_meters_own_size_is_found() -> None:
    values, other = plant(13, level=80), plant(14, level=900, noise=0.3)
    values[33] = np.rint(other[33] * 0.09)
    (one,) = found("copied_curve", block_of(values, other), **COPY)
    assert (one.meter, one.first_day, one.notes["source"]) == (0, 33, "m1")


def test_main_and_check_meter_have_always_been_equal() -> None:
    main = plant(15)
    check = main + np.random.default_rng(0).integers(-1, 2, main.shape)
    assert found("copied_curve", block_of(main, check, main), **COPY) == []


def test_meters_on_standby_copy_nobody() -> None:
    assert found("copied_curve", block_of(*(standby(seed) for seed in range(6))), **COPY) == []


@pytest.mark.parametrize("detector", ["exact_repeat", "copied_curve"])
def test_a_history_of_days_says_nothing(detector: str) -> None:
    values = plant(16)
    values[:29] = np.nan
    values[31] = values[30]
    assert found("copied_curve", block_of(values, plant(17)), **COPY) == []
