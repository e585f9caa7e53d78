"""Registers against values: edits after the meter are found in every size, honest differences are not."""

import numpy as np
import pytest

from nenghao.detection.block import Block
from nenghao.detection.candidate import Candidate, Kind
from nenghao.detection.identity import channel_identity
from nenghao.detection.registers import register_against_interval, register_step
from tests.detection.network_blocks import SLOTS, block_of, faces_of, loads

THRESHOLDS = {
    "excess_min": 1.0, "quanta_of_advance": 2.0, "quanta_a_slot": 1.0, "share_of_energy": 0.001, "clock_error": 60.0,
    "highest_slots": 5.0,
}  # fmt: skip
DAYS = 42
TRUE = loads(3, DAYS)


def found(block: Block) -> list[Candidate]:
    return register_against_interval(block, THRESHOLDS)


def test_three_days_lowered_after_the_meter_are_found_and_named() -> None:
    false = TRUE.copy()
    false[1, 30:33] = np.round(0.7 * false[1, 30:33], 2)
    (one,) = found(block_of(false, advance=faces_of(TRUE, 0.01)))
    assert (one.meter, one.first_day, one.last_day, one.kind) == (1, 30, 32, Kind.SCALE)
    assert one.expected_energy == pytest.approx(TRUE[1, 30:33].sum(), rel=1e-3)
    assert one.observed_energy == pytest.approx(false[1, 30:33].sum())


@pytest.mark.parametrize("first", [21, 26])
def test_a_reversed_week_of_the_same_energy_is_found(first: int) -> None:
    false = TRUE.copy()
    false[0, first : first + 7] = false[0, first : first + 7, ::-1]
    (one,) = found(block_of(false, advance=faces_of(TRUE, 0.1)))
    assert (one.first_day, one.last_day, one.kind) == (first, first + 6, Kind.REVERSAL)


def test_a_change_from_the_first_judged_day_to_the_last_stays_found() -> None:
    false = TRUE.copy()
    false[2, 21:] = np.round(0.9 * false[2, 21:], 2)
    (one,) = found(block_of(false, advance=faces_of(TRUE, 0.01)))
    assert (one.meter, one.first_day, one.last_day) == (2, 21, DAYS - 1)


def honest(kind: str) -> Block:
    rng = np.random.default_rng(8)
    ramp = np.diff(TRUE, axis=2, append=TRUE[:, :, -1:])
    if kind == "coarse register":
        return block_of(TRUE, advance=faces_of(TRUE, 1.0))
    if kind == "clock late all the time":
        return block_of(TRUE, advance=faces_of(TRUE, 0.01, late_share=60 / 900))
    if kind == "clock steps by a minute":
        late = np.where(np.arange(DAYS)[None, :, None] >= 30, 60 / 900, 0.0)
        return block_of(TRUE, advance=np.round(TRUE + late * ramp, 2))
    if kind == "clock wanders":
        flat = TRUE.reshape(len(TRUE), -1)
        moved = flat * rng.uniform(-60 / 900, 60 / 900, flat.shape)
        return block_of(TRUE, advance=np.round(flat + moved - np.roll(moved, 1, axis=1), 2).reshape(TRUE.shape))
    if kind == "decimals cut":
        return block_of(np.floor(TRUE * 10 - 1e-6) / 10, quantum=0.1, advance=faces_of(TRUE, 0.01))
    if kind == "half a day missing":
        known = TRUE.copy()
        known[0, 30, 20:70] = np.nan
        return block_of(known, advance=faces_of(TRUE, 0.01))
    if kind == "transformer changed":
        changed = np.round(np.where(np.arange(SLOTS) > 50, 1.25, 1.0) * TRUE[:, 33], 2)
        advance = faces_of(TRUE, 0.01)
        advance[:, 33] = changed
        return block_of(TRUE, advance=advance, explained=((0, 33), (1, 33), (2, 33)))
    # Read once a day: the day's advance lies in the slots as the values do.
    daily = np.round(TRUE.sum(axis=2, keepdims=True) + rng.uniform(-1, 1, (len(TRUE), DAYS, 1)))
    return block_of(TRUE, advance=daily * TRUE / TRUE.sum(axis=2, keepdims=True))


@pytest.mark.parametrize(
    "kind",
    [
        "coarse register", "clock late all the time", "clock steps by a minute",
        "clock wanders", "decimals cut",
        "half a day missing", "transformer changed", "read once a day",
    ],
)  # fmt: skip
def test_honest_registers_are_left_alone(kind: str) -> None:
    block = honest(kind)
    assert found(block) == []
    assert register_step(block, THRESHOLDS) == []


def test_a_face_that_goes_back_or_jumps_is_a_step_of_the_register_and_nothing_else() -> None:
    advance = faces_of(TRUE, 0.01)
    advance[0, 25, 40] -= 300
    advance[1, 30, 10] += 20_000
    block = block_of(TRUE, advance=advance)
    assert found(block) == []
    steps = register_step(block, THRESHOLDS)
    assert [(one.meter, one.first_day, one.first_slot, one.kind) for one in steps] == [
        (0, 25, 40, Kind.REGISTER),
        (1, 30, 10, Kind.REGISTER),
    ]


def test_a_declared_change_of_meter_is_no_step() -> None:
    advance = faces_of(TRUE, 0.01)
    advance[0, 25, 40] -= 300
    assert register_step(block_of(TRUE, advance=advance, explained=((0, 25),)), THRESHOLDS) == []


def test_a_hole_whose_energy_one_advance_holds_is_no_jump() -> None:
    values, advance = TRUE.copy(), faces_of(TRUE, 0.01)
    values[0, 25, 10:60] = np.nan
    held = advance[0, 25, 10:61].sum()
    advance[0, 25, 10:60], advance[0, 25, 60] = np.nan, held
    block = block_of(values, advance=advance)
    assert register_step(block, THRESHOLDS) == []
    assert found(block) == []


def test_without_registers_nothing_is_said() -> None:
    assert found(block_of(TRUE)) == []
    assert register_step(block_of(TRUE), THRESHOLDS) == []


@pytest.mark.parametrize("judged_from", [0, 28])
def test_channels_are_held_against_values_with_and_without_days_of_history(judged_from: int) -> None:
    values = loads(1, 40, mean=200.0)
    reactive = values * 0.5
    falsified = values.copy()
    falsified[0, 35] *= 0.6
    channels = {
        "kvarh": reactive, "pf": values / np.hypot(values, reactive),
        "volt": np.full(values.shape, 400.0), "amp": np.hypot(values, reactive) * 7.0,
    }  # fmt: skip
    block = block_of(falsified, channels=channels, judged_from=judged_from)
    thresholds = {"factor_tolerance": 0.02, "apparent_tolerance": 0.05, "usual_times": 3.0}
    spans = {(one.first_day, one.last_day) for one in channel_identity(block, thresholds)}
    assert spans == {(35, 35)}


def test_a_face_before_a_multiplier_of_40_moves_by_its_own_steps() -> None:
    small = np.round(TRUE / 40, 2)
    assert found(block_of(small, advance=faces_of(small, 0.4))) == []
