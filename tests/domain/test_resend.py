"""Which messages a gateway is asked for again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.resend import (
    ASKED_AGAIN_AFTER,
    ASKED_AT_MOST,
    Missing,
    Request,
    SpoolState,
    StoredRun,
    count_messages,
    find_missing,
    subtract,
)

NOW = datetime(2026, 10, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BOOT_ID = UUID("7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11")


def spool(buffered: int | None = 0, head: int | None = None, said: timedelta | None = MINUTE) -> SpoolState:
    return SpoolState(
        gateway_id=1, unit_code="u", gateway_code="g", shard=0, boot_id=BOOT_ID,
        said_at=None if said is None else NOW - said, buffered_count=buffered, spool_head_seq=head,
    )  # fmt: skip


def runs(*ranges: tuple[int, int], age: timedelta = 2 * MINUTE) -> list[StoredRun]:
    return [StoredRun(first_seq=first, last_seq=last, came_at=NOW - age) for first, last in ranges]


def asked(first: int, last: int, age: timedelta) -> Request:
    return Request(first_seq=first, last_seq=last, requested_at=NOW - age)


def test_what_lies_below_a_stored_message_and_up_to_the_head_is_asked_for() -> None:
    found = find_missing(spool(head=9), runs((2, 3), (6, 7)), [], NOW)
    assert found == Missing(
        ask=(
            (0, 1),
            (4, 5),
            (8, 9),
        )
    )
    assert find_missing(spool(head=9), [], [], NOW) == Missing(ask=((0, 9),))


def test_nothing_is_asked_for_that_the_gateway_still_holds() -> None:
    assert find_missing(spool(buffered=6, head=9), runs((2, 3), (6, 7)), [], NOW) == Missing()
    assert find_missing(spool(head=7), runs((0, 7)), [], NOW) == Missing()


def test_a_heartbeat_says_nothing_of_what_came_after_it() -> None:
    newer = runs((0, 1), (5, 5), age=timedelta(seconds=1))
    assert find_missing(spool(said=MINUTE), newer, [], NOW) == Missing()
    assert find_missing(spool(said=timedelta(0)), newer, [], NOW) == Missing(ask=((2, 4),))


def test_a_gateway_without_heartbeats_is_asked_once_the_gap_is_old() -> None:
    silent = spool(buffered=None, said=None)
    assert find_missing(silent, runs((0, 1), (5, 5)), [], NOW) == Missing()
    assert find_missing(silent, runs((0, 1), (5, 5), age=16 * MINUTE), [], NOW) == Missing(ask=((2, 4),))


def test_what_was_asked_for_within_the_hour_is_not_asked_for_again() -> None:
    just = [asked(2, 3, MINUTE), asked(0, 0, ASKED_AGAIN_AFTER)]
    assert find_missing(spool(), runs((5, 5)), just, NOW) == Missing(
        ask=(
            (0, 1),
            (4, 4),
        )
    )


def test_what_was_asked_for_too_often_is_given_up_by_name() -> None:
    often = [asked(0, 2, ASKED_AGAIN_AFTER * number) for number in range(1, ASKED_AT_MOST + 1)]
    assert find_missing(spool(), runs((5, 5)), often, NOW) == Missing(ask=((3, 4),), given_up=((0, 2),))


ranges = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 5)).map(lambda one: (one[0], one[0] + one[1])), max_size=6
)


@given(ranges, ranges)
def test_subtracting_ranges_is_subtracting_sets(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    def seqs(pieces: list[tuple[int, int]]) -> set[int]:
        return {seq for first, last in pieces for seq in range(first, last + 1)}

    assert seqs(subtract(left, right)) == seqs(left) - seqs(right)


@given(st.sets(st.integers(0, 40), min_size=1), st.integers(0, 45))
def test_missing_is_what_is_below_the_newest_and_not_stored(stored: set[int], head: int) -> None:
    pieces = [(seq, seq) for seq in sorted(stored)]
    found = find_missing(spool(head=head), runs(*pieces), [], NOW)
    expected = set(range(max(head, *stored) + 1)) - stored
    assert {seq for first, last in found.ask for seq in range(first, last + 1)} == expected
    assert count_messages(found.ask) == len(expected)
