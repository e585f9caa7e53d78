"""One cause is one group, whatever the order in which its findings come."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.grouping import Clue, groups, is_linked

DAY = datetime(2026, 8, 3, tzinfo=UTC)


def clue(first: int, days: int, **places: set[int]) -> Clue:
    sets = {name: frozenset(ids) for name, ids in places.items()}
    begin_at = DAY + timedelta(days=first)
    return Clue(unit_id=1, begin_at=begin_at, end_at=begin_at + timedelta(days=days), **sets)


ids = st.frozensets(st.integers(1, 4), max_size=2)
clues = st.lists(
    st.builds(
        lambda first, days, points, network, gateways: clue(
            first, days, point_ids=set(points), network_ids=set(network), gateway_ids=set(gateways)
        ),
        st.integers(0, 20), st.integers(1, 6), ids, ids, st.frozensets(st.integers(1, 2), max_size=1),
    ),
    max_size=9,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(clues, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order(found: list[Clue], random: object) -> None:
    order = list(range(len(found)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight = {frozenset(group) for group in groups(found)}
    shuffled = {frozenset(order[place] for place in group) for group in groups([found[place] for place in order])}
    assert straight == shuffled


@settings(max_examples=60, deadline=None)
@given(clues)
def test_linked_findings_are_of_one_group_and_groups_are_not_linked(found: list[Clue]) -> None:
    of = {place: number for number, group in enumerate(groups(found)) for place in group}
    assert sorted(of) == list(range(len(found)))
    for (one, its), (other, others) in combinations(of.items(), 2):
        assert its == others or not is_linked(found[one], found[other])


def test_a_residual_joins_its_parts_and_two_parts_alone_are_two() -> None:
    child, sibling = clue(0, 3, point_ids={2}), clue(1, 3, point_ids={3})
    residual = clue(0, 4, point_ids={1}, network_ids={1, 2, 3})
    assert not is_linked(child, sibling)
    assert groups([child, sibling, residual]) == [[0, 1, 2]]


def test_what_does_not_overlap_or_is_elsewhere_stands_alone() -> None:
    assert not is_linked(clue(0, 1, point_ids={1}), clue(1, 1, point_ids={1}))
    assert not is_linked(clue(0, 1, point_ids={1}), clue(0, 1, point_ids={2}))
    assert not is_linked(clue(0, 1), clue(0, 1))


def test_series_of_one_gateway_fall_silent_together() -> None:
    assert is_linked(clue(0, 2, point_ids={1}, gateway_ids={9}), clue(1, 2, point_ids={2}, gateway_ids={9}))
