"""Faces of registers become advances, whatever end of the slot and unit a file gives."""

import numpy as np
import pytest

from nenghao.detection.alignment import align_register

DAYS, SLOTS = 30, 24


def load(seed: int = 3) -> np.ndarray:
    """Slots of one meter in whole hundredths of a kWh, with a day's shape and steps."""
    noise = np.random.default_rng(seed).uniform(0.5, 1.5, (1, DAYS, SLOTS))
    return np.round((2 + np.sin(np.arange(SLOTS) / SLOTS * 2 * np.pi)) * noise, 2)


def faces(values: np.ndarray, start: float = 100.0) -> tuple[np.ndarray, np.ndarray]:
    """Faces at the start and at the end of each slot."""
    end = start + np.cumsum(values.reshape(1, -1), axis=1)
    begin = np.column_stack([np.full(1, start), end[:, :-1]])
    return begin.reshape(values.shape), end.reshape(values.shape)


@pytest.mark.parametrize("factor", [1.0, 1000.0, 1 / 40, 4.0])
@pytest.mark.parametrize("at_end", [False, True])
def test_place_and_unit_of_faces_are_learnt(at_end: bool, factor: float) -> None:
    values = load()
    register = faces(values)[at_end] * factor
    advance = align_register(values, register, multiplier=np.array([40.0]))
    known = np.isfinite(advance)
    assert known.sum() == values.size - 1
    assert np.allclose(advance[known], values[known], atol=1e-6)


def test_two_weeks_edited_after_the_meter_do_not_move_place_or_factor() -> None:
    values = load()
    register = faces(values)[1]
    edited = values.copy()
    edited[:, 16:] *= 0.5
    advance = align_register(edited, register)
    assert np.allclose(advance.reshape(-1)[1:], values.reshape(-1)[1:], atol=1e-6)


def test_a_ratio_that_is_no_unit_and_no_multiplier_is_left_to_the_rules() -> None:
    values = load()
    advance = align_register(0.7 * values, faces(values)[0])
    assert np.allclose(advance.reshape(-1)[:-1], values.reshape(-1)[:-1], atol=1e-6)


def test_faces_once_a_day_give_the_days_advance_in_the_shape_of_the_values() -> None:
    values = load()
    register = np.full(values.shape, np.nan)
    register[:, :, 0] = faces(values)[0][:, :, 0]
    edited = values.copy()
    edited[:, 20] *= 0.5
    advance = align_register(edited, register)
    assert np.allclose(np.nansum(advance[0, :-1], axis=1), values[0, :-1].sum(axis=1))
    assert np.isnan(advance[0, -1]).all()


def test_a_span_with_an_unknown_value_says_nothing_about_its_slots() -> None:
    values = load()
    register = faces(values)[0]
    register[0, 5, 3:7] = np.nan
    values[0, 5, 4] = np.nan
    advance = align_register(values, register)
    assert np.isnan(advance[0, 5, 2:7]).all()
    assert np.isfinite(advance[0, 5, 7])


def test_a_rollover_is_unfolded_and_a_step_back_is_not() -> None:
    values = load()
    start = 10_000 - values[0, :10].sum()
    register = faces(values, start)[0]
    rolled = np.where(register >= 10_000, register - 10_000, register)
    assert np.allclose(align_register(values, rolled).reshape(-1)[:-1], values.reshape(-1)[:-1], atol=1e-6)
    back = faces(values, 500.0)[0]
    back[0, 15:] -= 60
    advance = align_register(values, back)
    assert (advance < 0).sum() == 1
    assert advance[0, 14, -1] == pytest.approx(values[0, 14, -1] - 60)


def test_meters_without_register_stay_unknown() -> None:
    values = np.concatenate([load(), load(5)])
    register = np.concatenate([faces(values[:1])[0], np.full((1, DAYS, SLOTS), np.nan)])
    advance = align_register(values, register)
    assert np.isfinite(advance[0]).sum() == DAYS * SLOTS - 1
    assert np.isnan(advance[1]).all()


def test_an_idle_meter_is_not_taken_at_the_wrong_end() -> None:
    values = load()
    values[:, :, 2:] = 0.0  # an hour or two a day, as a kitchen
    advance = align_register(values, faces(values)[1])
    known = np.isfinite(advance)
    assert np.allclose(advance[known], values[known], atol=1e-6)
