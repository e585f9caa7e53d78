"""The signed envelope: what goes in comes out, and nothing can be moved or changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nenghao.crypto import check_signature, load_signing_key, new_signing_key, public_key_from_bytes
from nenghao.envelope import MARK, Envelope, enclose, open_envelope, signed_bytes

KEY = load_signing_key(new_signing_key())
TRUSTED = {KEY.key_id: public_key_from_bytes(KEY.public_bytes)}


@given(st.binary(max_size=200), st.text(max_size=40))
def test_a_signed_body_comes_out_as_it_went_in_and_verifies_under_its_topic_only(body: bytes, topic: str) -> None:
    envelope = open_envelope(enclose(KEY, topic, body))
    assert envelope is not None
    assert envelope.signature is not None
    assert envelope.body == body
    assert check_signature(envelope.signature, signed_bytes(topic, body), TRUSTED)
    assert not check_signature(envelope.signature, signed_bytes(topic + "x", body), TRUSTED)
    assert not check_signature(envelope.signature, signed_bytes(topic, body + b" "), TRUSTED)


def test_a_topic_cannot_swallow_the_beginning_of_the_body() -> None:
    """Topics of ours hold no line end; what is signed for one pair is not what is signed for another."""
    assert signed_bytes("a", b"b\nc") != signed_bytes("a/b", b"c")


def test_what_is_no_envelope_is_a_body() -> None:
    assert open_envelope(b'{"schema":"nenghao/1"}') == Envelope(body=b'{"schema":"nenghao/1"}', signature=None)
    assert open_envelope(b"") == Envelope(body=b"", signature=None)


@pytest.mark.parametrize(
    "payload",
    [
        MARK,
        MARK + b"ed25519 abc AAAA",
        MARK + b"ed25519 abc\n{}",
        MARK + b"ed25519 abc A*A=\n{}",
        MARK + b"ed25519 \xff AAAA\n{}",
        MARK + b"ed25519 abc AB==\n{}",
        MARK + b"x" * 600 + b"\n{}",
    ],
)
def test_a_damaged_header_is_no_envelope(payload: bytes) -> None:
    assert open_envelope(payload) is None
