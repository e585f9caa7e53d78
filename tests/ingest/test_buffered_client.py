"""The buffer before paho: whatever falls into however many pieces, what is heard is what paho alone hears."""

import socket
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from ingest.buffered_client import BufferedClient

Heard = tuple[str, bytes, int, int, bool, bool]


def length_of(number: int) -> bytes:
    groups = bytearray()
    while True:
        number, group = divmod(number, 128)
        groups.append(group | (128 if number else 0))
        if not number:
            return bytes(groups)


def publish(topic: str, payload: bytes, qos: int, mid: int, flags: int, properties: bytes) -> bytes:
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name
    body += mid.to_bytes(2, "big") if qos else b""
    body += length_of(len(properties)) + properties + payload
    return bytes([0x30 | flags | qos << 1]) + length_of(len(body)) + body


#: A message expiry interval and a content type: what makes a packet one for paho.
PROPERTIES = (b"", b"", b"", b"\x02\x00\x00\x00\x3c", b"\x03\x00\x04json")
packets = st.builds(
    publish,
    topic=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#+"), min_size=1, max_size=40),
    payload=st.binary(max_size=300) | st.binary(min_size=16_500, max_size=17_000),
    qos=st.integers(0, 1),
    mid=st.integers(1, 65_535),
    flags=st.sampled_from([0, 1, 8, 9]),
    properties=st.sampled_from(PROPERTIES),
)
MOST_PACKETS = 12
PONG = b"\xd0\x00"


def heard_by(kind: type[Client], pieces: list[bytes]) -> list[Heard]:
    heard: list[Heard] = []

    def take(_client: Client, _userdata: Any, message: MQTTMessage) -> None:
        heard.append((message.topic, bytes(message.payload), message.mid, message.qos, message.retain, message.dup))

    client = kind(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True)
    client.on_message = take
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    client._sock = ours  # a broker that cuts packets where it is told to is not to be had
    with ours, theirs:
        for piece in pieces:
            theirs.sendall(piece)
            for _ in range(MOST_PACKETS + 1):
                assert client.loop_read() == 0
        client._sock = None
    return heard


@given(
    st.lists(packets | st.just(PONG), min_size=1, max_size=MOST_PACKETS),
    st.randoms(use_true_random=False),
    st.integers(0, 6),
)
def test_pieces_do_not_matter(sent: list[bytes], chance: Random, cuts: int) -> None:
    stream = b"".join(sent)
    places = sorted(chance.randrange(len(stream) + 1) for _ in range(cuts))
    pieces = [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True) if a != b]
    assert heard_by(BufferedClient, pieces) == heard_by(Client, pieces)
    assert len(heard_by(BufferedClient, pieces)) == sum(one != PONG for one in sent)
