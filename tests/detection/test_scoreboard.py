"""The injector does what its kinds say; detection and false alarms on registry data may not get worse."""

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import _rules, _small
from bench._inject import Forgery
from bench._kinds import KINDS, VALUE_KINDS, VARIANTS
from bench._measured import Series
from bench._score import Alarms
from bench._sets import Frame, frame_of, with_registers
from nenghao.detection.block import Floats
from nenghao.detection.candidate import Kind

DAYS, SLOTS, STEP = 56, 96, 0.01


@pytest.fixture(scope="module")
def frame() -> Frame:
    """Three meters whose load varies by hour, day and chance, with registers."""
    rng = np.random.default_rng(5)
    hours = 1 + np.sin(np.arange(SLOTS) / SLOTS * 2 * np.pi)
    return with_registers(frame_of("made", "big", [_series(name, hours, rng) for name in ("first", "second", "third")]))


def _series(name: str, hours: Floats, rng: np.random.Generator) -> Series:
    values = np.rint(rng.gamma(4, 1, (DAYS, SLOTS)) * hours / STEP + 20) * STEP
    return Series("made", name, date(2026, 3, 2), values.round(2), STEP)


@pytest.mark.parametrize("kind", [*VALUE_KINDS, *VARIANTS])
def test_an_injected_kind_is_on_the_meters_grid_and_leaves_other_meters_and_days_true(frame: Frame, kind: str) -> None:
    forgery = Forgery(frame)
    event = forgery.inject(1, kind)
    assert event is not None
    false, true = forgery.block().values, frame.block.values
    assert (false[[0, 2]] == true[[0, 2]]).all()
    assert (false[1][~event.slots] == true[1][~event.slots]).all()
    assert (false[1][event.slots] != true[1][event.slots]).all()
    assert np.allclose(false[1] / STEP, np.rint(false[1] / STEP), atol=1e-6)
    assert (false >= 0).all()
    assert event.first_day >= frame.block.judged_from
    assert (event.truth == true[1]).all()


@pytest.mark.parametrize("kind", ["multiplier", "phase_loss", "bypass_const", "drift", "month_end", "h1"])
def test_kinds_that_hide_energy_hide_it_on_every_day(frame: Frame, kind: str) -> None:
    forgery = Forgery(frame)
    event = forgery.inject(0, kind)
    assert event is not None
    totals = forgery.values[0].sum(axis=1), frame.block.values[0].sum(axis=1)
    assert (totals[0][event.days] < totals[1][event.days]).all()


@given(seed=st.integers(0, 2**31), kind=st.sampled_from(sorted(KINDS)), meter=st.integers(0, 2))
@settings(max_examples=40, deadline=None)
def test_the_same_seed_makes_the_same_event(frame: Frame, seed: int, kind: str, meter: int) -> None:
    first, second = (Forgery(frame, seed=seed) for _ in range(2))
    events = first.inject(meter, kind), second.inject(meter, kind)
    assert (events[0] is None) == (events[1] is None)
    assert np.array_equal(first.values, second.values, equal_nan=True)
    assert first.advance is not None
    assert second.advance is not None
    assert np.array_equal(first.advance, second.advance, equal_nan=True)


def test_an_edit_after_the_meter_leaves_the_register_and_one_in_it_does_not(frame: Frame) -> None:
    clean = frame.block.advance
    assert clean is not None
    after, inside = Forgery(frame), Forgery(frame)
    after.inject(0, "multiplier", register_mode="keep")
    inside.inject(0, "multiplier", register_mode="follow")
    assert after.advance is not None
    assert inside.advance is not None
    assert (after.advance == clean).all()
    gap = inside.advance[0].sum() - inside.values[0].sum()
    assert abs(gap) < 30 * STEP
    assert after.advance[0].sum() - after.values[0].sum() > 100 * STEP


def test_a_late_correction_keeps_what_stood_first(frame: Frame) -> None:
    forgery = Forgery(frame)
    event = forgery.inject(2, "late_correction")
    assert event is not None
    replaced = forgery.block().replaced
    assert replaced is not None
    assert (replaced[2][event.slots] == event.truth[event.slots]).all()
    assert np.isnan(replaced[2][~event.slots]).all()


def test_every_kind_of_finding_is_injected() -> None:
    assert {kind.called for kind in KINDS.values()} == set(Kind)


def test_the_bound_of_a_rate_grows_where_alarms_come_in_runs() -> None:
    spread, clustered, none = Alarms(), Alarms(), Alarms()
    for plant in range(20):
        spread.count(f"p{plant}", 100, 1)
        clustered.count(f"p{plant}", 100, 20 if plant == 0 else 0)
        none.count(f"p{plant}", 100, 0)
    assert spread.per_1000 == clustered.per_1000 == 10
    assert clustered.upper_95() > 2 * spread.upper_95() > 2 * 10
    assert none.per_1000 == 0
    assert none.upper_95(default_effect=1) == pytest.approx(1.5, abs=0.01)  # the rule of three, one-sided


def test_detection_and_false_alarms_on_registry_data_are_no_worse_than_recorded() -> None:
    """Written anew by `scripts/bench detection --floors`, after a look at what changed and why."""
    floors = json.loads(_small.FLOORS.read_text(encoding="utf-8"))
    found = json.loads(json.dumps(_small.scoreboard(_rules.load())))
    worse = []
    for view, floor in floors.items():
        assert found[view]["clean_days"] == floor["clean_days"]
        if found[view]["flagged_days"] > floor["flagged_days"]:
            worse.append(f"{view}: {found[view]['flagged_days']} clean days flagged, {floor['flagged_days']} recorded")
        for kind, (events, met, named) in floor["kinds"].items():
            now = found[view]["kinds"].get(kind, [0, 0, 0])
            if now[0] != events or now[1] < met or now[2] < named:
                worse.append(f"{view} {kind}: {now} events, found, named; {[events, met, named]} recorded")
    assert not worse, "\n".join(worse)
