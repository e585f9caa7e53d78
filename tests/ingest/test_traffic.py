"""The sender's account of what went and came back, beside a plain model of it."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.gateway.pace import Pace
from ingest.gateway.spool import SpooledMessage
from ingest.gateway.traffic import Traffic
from ingest.topics import TopicKind

SEQS = st.integers(0, 6)
EVENTS = st.lists(st.tuples(st.sampled_from(["send", "take", "receipt", "reconnect"]), SEQS), max_size=60)


def message(seq: int) -> SpooledMessage:
    return SpooledMessage(seq=seq, kind=TopicKind.READINGS, payload=b"", reading_count=seq + 1)


@given(EVENTS)
def test_traffic_counts_each_message_once(events: list[tuple[str, int]]) -> None:
    traffic = Traffic()
    sent: set[int] = set()
    taken: set[int] = set()
    receipted: set[int] = set()
    waiting: set[int] = set()
    sends = 0
    for kind, seq in events:
        if kind == "send" and seq not in receipted:
            traffic.note_sent(message(seq))
            sends += 1
            sent.add(seq)
            waiting.add(seq)
        elif kind == "take" and seq in sent:
            traffic.note_taken([seq])
            taken.add(seq)
        elif kind == "receipt" and seq not in receipted:  # also of what an earlier process sent
            assert traffic.note_receipted({seq: seq + 1}) == (seq in waiting)
            receipted.add(seq)
            waiting.discard(seq)
        elif kind == "reconnect":
            traffic.forget_connection()
            waiting.clear()
        assert traffic.messages_sent == len(sent)
        assert traffic.readings_sent == sum(seq + 1 for seq in sent)
        assert traffic.messages_taken == len(taken | sent & receipted)
        assert traffic.readings_taken_only == sum(seq + 1 for seq in taken - receipted)
        assert traffic.messages_receipted == len(receipted)
        assert traffic.readings_receipted == sum(seq + 1 for seq in receipted)
        assert traffic.messages_sent_again == sends - len(sent)
        assert traffic.is_waiting == bool(waiting)
        assert all(traffic.waits_for(seq) == (seq in waiting) for seq in range(7))


@given(st.lists(st.integers(0, 50), max_size=30))
def test_a_pace_allows_no_more_than_a_second_at_once(wishes: list[int]) -> None:
    """The clock hardly moves meanwhile: what goes in a burst is bounded, whatever is wished for."""
    pace, gone = Pace(0.001), 0
    for wish in wishes:
        allowed = pace.allowance(wish)
        assert 0 <= allowed <= wish
        pace.use(allowed)
        gone += allowed
    assert gone <= 1
    assert gone == (1 if any(wishes) else 0)


def test_without_a_pace_everything_may_go() -> None:
    assert Pace(None).allowance(1000) == 1000
