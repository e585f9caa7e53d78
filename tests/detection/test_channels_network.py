"""A network's residual names the part that is wrong, and leaves honest networks alone."""

from collections.abc import Callable

import numpy as np
import pytest

from nenghao.detection.balance import check_meter, network_balance
from nenghao.detection.block import Block, Floats, Term
from nenghao.detection.candidate import Candidate, Kind
from nenghao.detection.judging import passes
from nenghao.detection.ratios import ratio_step
from tests.detection.network_blocks import block_of, loads

DAYS = 49
BALANCE = {"misfit_min": 1.5, "evidence_min": 5.0, "open_share_max": 0.05}
STEP = {
    "days_before": 14, "days_after_min": 7, "days_after_max": 14, "log_step_min": 0.35, "z_min": 8,
    "part_activity_min": 0.05,
}  # fmt: skip
TRUE = loads(5, DAYS, seed=7)
#: The first part is about a thirtieth of the whole.
TRUE[0] = np.round(TRUE[0] / 4, 2)
TERMS = tuple(Term(5, part) for part in range(5))


def whole_of(parts: Floats, *, more: Floats | float = 0.0, share: Floats | float = 0.01) -> Floats:
    """What a meter above reads: losses of a share, a little noise, and what else flows."""
    load = parts.sum(axis=0)
    noise = np.random.default_rng(3).normal(0, 0.001, load.shape) * load
    return np.round(load * (1 + share) + noise + more, 1)


def network(parts: Floats, whole: Floats, **options: object) -> Block:
    return block_of(np.concatenate([parts, whole[None]]), terms=TERMS, **options)  # type: ignore[arg-type]


def found(block: Block) -> list[Candidate]:
    return [one for one in network_balance(block, BALANCE) if passes(one, BALANCE, is_rich=True)]


def falsified(part: int, days: slice, change: Callable[[Floats], Floats]) -> Block:
    false = TRUE.copy()
    false[part, days] = np.round(change(false[part, days]), 2)
    return network(false, whole_of(TRUE))


@pytest.mark.parametrize("part", [0, 3])
@pytest.mark.parametrize(
    ("kind", "days", "change"),
    [
        (Kind.SCALE, slice(28, 42), lambda true: 0.5 * true),
        (Kind.SCALE, slice(28, 42), lambda true: 0.8 * true),
        (Kind.ZERO, slice(30, 31), lambda true: 0 * true),
        (Kind.CONSTANT, slice(30, 37), lambda true: 0 * true + true.mean()),
        (Kind.REVERSAL, slice(30, 37), lambda true: true[:, ::-1]),
        (Kind.CLOCK, slice(30, 35), lambda true: np.roll(true.ravel(), 32).reshape(true.shape)),
    ],
    ids=["half", "four fifths", "dead", "constant", "reversed", "clock"],
)
def test_a_careful_change_of_one_part_is_found_and_named(
    part: int, kind: Kind, days: slice, change: Callable[[Floats], Floats]
) -> None:
    (one,) = found(falsified(part, days, change))
    assert (one.meter, one.kind) == (part, kind)
    assert abs(one.first_day - days.start) <= 1
    assert abs(one.last_day - days.stop + 1) <= 1
    assert one.expected_energy == pytest.approx(TRUE[part, one.first_day : one.last_day + 1].sum(), rel=0.1)


def test_a_change_that_stays_is_found_to_the_end_of_a_long_file() -> None:
    true = loads(5, 140, seed=9)
    false = true.copy()
    false[2, 50:] = np.round(0.7 * false[2, 50:], 2)
    spans = [(one.first_day, one.last_day) for one in found(network(false, whole_of(true))) if one.meter == 2]
    assert sum(last - first + 1 for first, last in spans) >= 88


def honest(kind: str) -> Block:
    rng = np.random.default_rng(4)
    day, slot = np.arange(DAYS)[:, None], np.arange(96)[None]
    if kind == "losses grow with the load":
        load = TRUE.sum(axis=0)
        return network(TRUE, whole_of(TRUE, share=0.02 * load / load.mean()))
    if kind == "unmetered branch":
        return network(TRUE, whole_of(TRUE, more=6.0))
    if kind == "solar roof":
        sun = np.clip(np.sin((slot - 28) / 40 * np.pi), 0, None) * (day >= 30) * rng.uniform(5, 30, (DAYS, 1))
        return network(TRUE, whole_of(TRUE, more=-sun))
    if kind == "line stop":
        stopped = TRUE.copy()
        stopped[1, 30:] = 0.02
        return network(stopped, whole_of(stopped))
    if kind == "output halved":
        halved = TRUE.copy()
        halved[:, 30:] = np.round(0.5 * halved[:, 30:], 2)
        return network(halved, whole_of(halved))
    if kind == "shutdown":
        shut = TRUE.copy()
        shut[:, 32:39] = np.round(0.03 * shut[:, 32:39], 2)
        return network(shut, whole_of(shut))
    if kind == "clocks apart":
        flat = whole_of(TRUE).ravel()
        return network(TRUE, np.round(flat + 0.05 * np.diff(flat, append=flat[-1]), 1).reshape(DAYS, 96))
    missing = TRUE.copy()
    missing[1, 35, 20:60] = np.nan
    return network(missing, whole_of(TRUE))


@pytest.mark.parametrize(
    "kind",
    [
        "losses grow with the load", "unmetered branch", "solar roof", "line stop", "output halved", "shutdown",
        "clocks apart", "part missing",
    ],
)  # fmt: skip
def test_honest_networks_are_left_alone(kind: str) -> None:
    block = honest(kind)
    assert found(block) == []
    assert [one for one in ratio_step(block, STEP) if passes(one, STEP, is_rich=True)] == []


def test_parts_that_step_together_mean_the_whole() -> None:
    whole = whole_of(TRUE)
    whole[30:] = np.round(0.8 * whole[30:], 1)
    (one,) = found(network(TRUE, whole))
    assert (one.meter, one.kind) == (5, Kind.SCALE)


def test_a_ratio_that_changes_is_a_step_of_the_switching() -> None:
    block = falsified(2, slice(28, DAYS), lambda true: 0.5 * true)
    steps = [one for one in ratio_step(block, STEP) if passes(one, STEP, is_rich=True)]
    assert [(one.meter, one.kind) for one in steps] == [(2, Kind.SCALE)]
    assert steps[0].notes["rate_ratio"] == pytest.approx(0.5, abs=0.05)


def test_main_and_check_meter_differ_beyond_their_classes() -> None:
    thresholds = {"misfit_min": 1.5, "evidence_min": 2.0, "open_share_max": 0.2, "difference_share_min": 0.015}

    def told(check: Floats) -> list[Candidate]:
        main = np.round(TRUE[1] * 1.004, 2)
        block = block_of(np.stack([check, main]), terms=(Term(1, 0),))
        return [one for one in check_meter(block, thresholds) if passes(one, thresholds, is_rich=True)]

    stopped = TRUE[1].copy()
    stopped[30:32] = 0
    assert [(one.meter, one.first_day, one.last_day, one.kind) for one in told(stopped)] == [(0, 30, 31, Kind.ZERO)]
    assert told(TRUE[1]) == []


def test_a_whole_that_is_metered_below_in_part_only_has_no_balance() -> None:
    rest = loads(1, DAYS, seed=11)[0] * 6
    rest[35:42] = rest[35:42] * 0.5 + TRUE[3, 35:42] * 3  # a line that nobody meters runs with one that is metered
    block = network(TRUE, whole_of(TRUE, more=rest))
    assert found(block) == []
    assert network_balance(block, {**BALANCE, "open_share_max": 1.0})
