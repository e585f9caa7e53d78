"""One connection of a gateway to the broker: publishes at QoS 1 and hears receipts."""

from collections.abc import Callable
from typing import Final

import msgspec
from paho.mqtt.client import MQTTMessage

from ingest.codecs.json_v1 import SCHEMA
from ingest.connection import Connection, Peer
from ingest.gateway.account import GatewayAccount
from ingest.topics import TopicKind
from nenghao.errors import RetryableError

KEEPALIVE_S: Final = 60
ANSWER_TIMEOUT_S: Final = 10.0
MAX_INFLIGHT: Final = 65_535


def state_payload(*, online: bool, boot_id: str, buffered_count: int | None) -> bytes:
    """A heartbeat, or the will where `online` is false."""
    body = {"schema": SCHEMA, "online": online, "boot_id": boot_id, "buffered_count": buffered_count}
    return msgspec.json.encode(body)


class Link:
    """A connection; when it is lost, a new object takes the session on, and what was not receipted is sent again."""

    def __init__(self, account: GatewayAccount, boot_id: str, on_receipt: Callable[[bytes], None]) -> None:
        self._account = account
        self._boot_id = boot_id
        self._on_receipt = on_receipt
        self._sent: dict[int, int] = {}
        self.taken_seqs: list[int] = []
        peer = Peer(
            host=account.host, port=account.port, user=account.name, password=account.password, ca_pem=account.ca_pem
        )
        self._connection = Connection(peer, account.name)
        self._connection.limit_in_flight(MAX_INFLIGHT)
        self._connection.set_will(account.topic(TopicKind.STATE), self._state(None, online=False))
        self._connection.on_taken = self._taken
        self._connection.on_message = self._arrived

    def open(self, buffered_count: int) -> None:
        """Connect, listen for receipts and say that the gateway is there.

        Raises: RetryableError where the broker is away, cannot prove who it is or does not let it in.
        """
        self._connection.open(keepalive_s=KEEPALIVE_S, answer_s=ANSWER_TIMEOUT_S)
        self._connection.subscribe(self._account.topic(TopicKind.RECEIPTS), answer_s=ANSWER_TIMEOUT_S)
        self._publish_state(buffered_count, online=True)

    def publish(self, seq: int, kind: TopicKind, payload: bytes) -> None:
        """Send a message; its seq is in `taken_seqs` once the broker has it."""
        self._sent[self._connection.publish(self._account.topic(kind), payload).mid] = seq

    @property
    def in_flight_count(self) -> int:
        """How many messages the broker has not taken yet."""
        return len(self._sent)

    def loop(self, timeout_s: float) -> None:
        """Handle what the broker sent.

        Raises: RetryableError where the connection is lost.
        """
        self._connection.loop(timeout_s)

    def close(self, buffered_count: int) -> None:
        """Say that the gateway goes, and disconnect."""
        try:
            self._publish_state(buffered_count, online=False)
        except RetryableError:
            pass  # the broker publishes the will then
        self._connection.close()

    def _publish_state(self, buffered_count: int, *, online: bool) -> None:
        info = self._connection.publish(
            self._account.topic(TopicKind.STATE), self._state(buffered_count, online=online), retain=True
        )
        self._connection.loop_until(info.is_published, ANSWER_TIMEOUT_S)

    def _state(self, buffered_count: int | None, *, online: bool) -> bytes:
        return state_payload(online=online, boot_id=self._boot_id, buffered_count=buffered_count)

    def _taken(self, mid: int) -> None:
        seq = self._sent.pop(mid, None)
        if seq is not None:
            self.taken_seqs.append(seq)

    def _arrived(self, message: MQTTMessage) -> None:
        self._on_receipt(bytes(message.payload))
