"""Codecs never raise, whatever arrives."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.codecs.json_v1 import JsonV1
from ingest.codecs.state_v1 import decode_state
from ingest.pipeline import Arrival, SizeLimits, judge, read_arrival
from nenghao.db.ingest_rows import IncomingMessage, IncomingState
from tests.ingest.test_cases import LIMITS, NOW, REGISTERS, SIZES
from tests.ingest.wire import message, reading

#: A busy machine is no fault of the code.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

BOOT_ID = "7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11"
VALID = message(BOOT_ID, 3, reading("1.5"), reading("2.5", point="p2"))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@patient
@given(st.binary())
def test_arbitrary_bytes_are_refused(payload: bytes) -> None:
    assert JsonV1().decode(payload, max_readings=10).refused is not None
    decode_state(payload)


@patient
@given(st.integers(0, len(VALID) - 1), st.binary(max_size=3), st.integers(0, 5))
def test_a_damaged_message_is_judged(place: int, patch: bytes, cut: int) -> None:
    payload = VALID[:place] + patch + VALID[place + cut :]
    arrival = Arrival(
        topic="nenghao/v1/0/91110000000000013A/gw1/readings", payload=payload, received_at=NOW, is_replay=False
    )
    judged = judge(read_arrival(arrival, SIZES), REGISTERS, LIMITS)
    assert isinstance(judged, IncomingMessage)


@patient
@given(st.dictionaries(st.sampled_from(sorted(reading())) | st.sampled_from(["meter", "corrects"]), json_values))
def test_a_reading_with_strange_fields_never_refuses_its_neighbour(strange: dict[str, object]) -> None:
    payload = message(BOOT_ID, 3, reading() | strange, reading())
    decoded = JsonV1().decode(payload, max_readings=10)
    assert decoded.refused is None
    assert len(decoded.readings) == 2


@patient
@given(st.text(max_size=80))
def test_any_topic_is_judged(topic: str) -> None:
    arrival = Arrival(topic=topic, payload=VALID, received_at=NOW, is_replay=False)
    judged = judge(read_arrival(arrival, SizeLimits(message_bytes=999, message_readings=9)), REGISTERS, LIMITS)
    assert isinstance(judged, IncomingMessage | IncomingState)


def test_a_whole_message_is_refused_for_too_many_readings_even_where_one_is_wrong() -> None:
    wrong = json.loads(VALID)
    wrong["readings"] = [reading(), reading() | {"value": 1}, reading()]
    decoded = JsonV1().decode(json.dumps(wrong).encode(), max_readings=2)
    assert decoded.refused is not None
    assert (decoded.seq, len(decoded.readings)) == (3, 3)


@pytest.mark.parametrize(
    ("sent_at", "year"),
    [("9999-12-31T23:59:00-14:00", None), ("0001-01-01T00:00:00+14:00", None), ("1970-01-01T00:00:00Z", 1970)],
)
def test_an_instant_that_could_not_be_read_back_stays_in_the_bytes(sent_at: str, year: int | None) -> None:
    decoded = JsonV1().decode(message(BOOT_ID, 3, reading(), sent_at=sent_at), max_readings=1)
    assert decoded.refused is None
    assert (None if decoded.sent_at is None else decoded.sent_at.year) == year
