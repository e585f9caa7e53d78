"""The expected curve: like days before the stretch speak, and nothing else does."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.detection.expected import MIN_DAYS, expected_curve

SLOTS = 4


def days(count: int, level: float = 10.0) -> list[list[float]]:
    """Working days of `level`, days off (every sixth and seventh) of a tenth; a little noise that never repeats."""
    rng = np.random.default_rng(7)
    levels = np.array([level / 10 if day % 7 >= 5 else level for day in range(count)])
    return (levels[:, None] * rng.uniform(0.95, 1.05, (count, SLOTS))).tolist()


def days_off(count: int) -> list[bool]:
    return [day % 7 >= 5 for day in range(count)]


def test_working_days_are_expected_like_working_days_and_days_off_like_days_off() -> None:
    found = expected_curve(days(49), [True] * 49, days_off(49), 42, [[True] * SLOTS] * 7)
    assert found is not None
    assert 38 < sum(found.mid[0]) < 42
    assert 3.8 < sum(found.mid[5]) < 4.2
    assert found.total_low < 5 * 40 + 2 * 4 < found.total_high


def test_only_the_asked_slots_count() -> None:
    half = expected_curve(days(35), [True] * 35, days_off(35), 28, [[True, True, False, False]])
    assert half is not None
    assert 19 < half.total_mid < 21


def test_the_stretch_and_what_comes_after_it_do_not_speak() -> None:
    values = days(49)
    cut = values[:28] + [[slot * 0.5 for slot in day] for day in values[28:]]
    found = expected_curve(cut, [True] * 49, days_off(49), 35, [[True] * SLOTS])
    before = expected_curve(cut, [day < 28 for day in range(49)], days_off(49), 35, [[True] * SLOTS])
    assert found is not None
    assert before is not None
    assert max(before.like_days) < 28
    assert before.total_low > 37 > found.total_low


def test_a_day_with_a_gap_does_not_speak() -> None:
    values = days(35)
    values[20][2] = float("nan")
    found = expected_curve(values, [True] * 35, days_off(35), 28, [[True] * SLOTS])
    assert found is not None
    assert 20 not in found.like_days


def test_too_little_history_says_nothing() -> None:
    assert expected_curve(days(10), [True] * 10, days_off(10), MIN_DAYS - 1, [[True] * SLOTS]) is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1e6), min_size=SLOTS, max_size=SLOTS), min_size=9, max_size=40))
def test_the_band_holds_its_middle(values: list[list[float]]) -> None:
    count = len(values)
    found = expected_curve(values, [True] * count, days_off(count), count - 1, [[True] * SLOTS])
    assert found is not None
    assert found.total_low <= found.total_mid <= found.total_high
    for low, mid, high in zip(found.low[0], found.mid[0], found.high[0], strict=True):
        assert low <= mid <= high
