"""A step of many units on one day is one cause; of few it is theirs."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.common_cause import Group, Step, find_common

DAY = date(2026, 8, 10)
ZONE: Group = ("150203", None)


def step(unit: int, day_on: date = DAY, sector: str = "C33") -> Step:
    return Step(unit, unit, (ZONE, (None, sector)), day_on)


def common(steps: list[Step], total: int) -> list[tuple[Group, int]]:
    groups = {group for one in steps for group in one.groups}
    totals = {(group, DAY + timedelta(days=n)): total for group in groups for n in range(-5, 6)}
    return [(one.group, one.unit_count) for one in find_common(steps, totals, Decimal("0.1"), 5)]


def test_more_than_a_tenth_of_a_zone_is_one_cause() -> None:
    assert common([step(unit) for unit in range(6)], 59) == [(("150203", None), 6)]
    assert common([step(unit) for unit in range(6)], 60) == []


def test_a_small_zone_is_not_excused_by_one_of_its_units() -> None:
    assert common([step(unit) for unit in range(4)], 9) == []


def test_a_sector_across_zones_is_one_cause() -> None:
    steps = [Step(unit, unit, ((f"1502{unit:02}", None), (None, "C33")), DAY) for unit in range(6)]
    assert common(steps, 40) == [((None, "C33"), 6)]


def test_a_day_on_either_side_counts_and_two_days_do_not() -> None:
    near = [step(unit, DAY + timedelta(days=unit % 3 - 1)) for unit in range(6)]
    far = [step(unit, DAY + timedelta(days=2 * unit)) for unit in range(6)]
    assert common(near, 40) == [(ZONE, 6)]
    assert common(far, 40) == []


@settings(max_examples=40, deadline=None)
@given(st.permutations([step(unit, DAY + timedelta(days=unit % 4)) for unit in range(12)]))
def test_the_order_does_not_matter_and_no_case_is_told_twice(steps: list[Step]) -> None:
    totals = {(group, DAY + timedelta(days=n)): 50 for group in steps[0].groups for n in range(5)}
    found = find_common(steps, totals, Decimal("0.1"), 5)
    assert {(one.group, frozenset(one.case_ids)) for one in found} == {
        (one.group, frozenset(one.case_ids))
        for one in find_common(sorted(steps, key=lambda one: one.case_id), totals, Decimal("0.1"), 5)
    }
    told = [case_id for one in found for case_id in one.case_ids]
    assert len(told) == len(set(told))
