from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.filing_states import (
    REVISIONS,
    SIGNERS,
    STEPS,
    FilingStanding,
    State,
    kind_of_next,
    refuse_event,
    refuse_signature,
)

FILED = FilingStanding(
    state="filed", accepted_levels=0, open_queries=0, is_newest=True, signers=("Li", "Wang", "Zhao"), accepters=()
)
EVENTS: tuple[State, ...] = ("queried", "answered", *STEPS)
PEOPLE = ("Li", "Sun", "Zhou", "Wu", "Zheng")


def follow(standing: FilingStanding, event: State, by: str) -> FilingStanding | None:
    """The standing after an event as the database counts it; None where it is refused. A query comes with its event."""
    if event == "queried" and standing.state != "locked":
        standing = replace(standing, open_queries=standing.open_queries + 1)
    if event == "answered":
        standing = replace(standing, open_queries=0)
    if refuse_event(standing, event, by) is not None:
        return None
    if event in STEPS:
        accepters = standing.accepters if event == "locked" else (*standing.accepters, by)
        return replace(standing, state=event, accepted_levels=STEPS.index(event) + 1, accepters=accepters)
    return replace(standing, state=event)


@settings(max_examples=200)
@given(acts=st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(PEOPLE)), max_size=14))
def test_no_way_leads_past_a_level_an_open_query_or_another_person(acts: list[tuple[State, str]]) -> None:
    standing, steps = FILED, []
    for event, by in acts:
        after = follow(standing, event, by)
        if after is None:
            continue
        assert standing.state != "locked"
        if event in STEPS:
            assert standing.open_queries == 0
            assert by not in FILED.signers
            steps.append(event)
        standing = after
    assert steps == list(STEPS[: len(steps)])
    assert len(set(standing.accepters)) == len(standing.accepters)


def test_the_straight_way_leads_to_the_lock() -> None:
    standing = FILED
    for step, by in zip(STEPS, ("Sun", "Zhou", "Wu", "Zheng"), strict=True):
        after = follow(standing, step, by)
        assert after is not None
        standing = after
    assert standing.state == "locked"
    assert {refuse_event(standing, event, "Sun") for event in EVENTS} == {"locked"}


def test_a_replaced_filing_moves_no_more() -> None:
    assert refuse_event(replace(FILED, is_newest=False), "accepted_county", "Sun") == "replaced"


def kind(correction: str | None = None, *, first: bool = False, locked: bool = False, asked: bool = False) -> str:
    return kind_of_next(is_first=first, is_locked=locked, was_asked=asked, correction=correction)  # type: ignore[arg-type]


def test_before_anybody_asked_a_change_is_the_unit_s_own_word() -> None:
    assert kind(first=True) == "original"
    assert kind() == "voluntary"
    assert kind(asked=True) == "amendment"
    assert kind("cumulative") == kind("cumulative", first=True) == "cumulative"


def test_a_locked_month_takes_revisions_only_and_an_open_one_none() -> None:
    for revision in REVISIONS:
        assert kind(revision, locked=True, asked=True) == revision
        assert kind(revision, asked=True) == "not_locked"
    assert kind(locked=True) == "is_locked"
    assert kind("cumulative", locked=True) == "is_locked"


@settings(max_examples=100)
@given(acts=st.lists(st.tuples(st.sampled_from(SIGNERS), st.sampled_from(PEOPLE)), max_size=8))
def test_three_people_sign_in_one_order(acts: list[tuple[str, str]]) -> None:
    signed: list[tuple[str, str]] = []
    for signer, person in acts:
        if refuse_signature(signed, signer, person) is None:  # type: ignore[arg-type]
            signed.append((signer, person))
    assert [signer for signer, _ in signed] == list(SIGNERS[: len(signed)])
    assert len({person for _, person in signed}) == len(signed)
