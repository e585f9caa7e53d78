"""One connection of a gateway to the broker: publishes at QoS 1 and hears what the platform says."""

from collections.abc import Callable
from typing import Final

from paho.mqtt.client import MQTTMessage

from ingest.connection import Connection, Peer
from ingest.gateway.account import GatewayAccount
from ingest.gateway.inbox import HEADS_FILTER
from ingest.topics import DOWNWARD, TopicKind
from nenghao.errors import RetryableError

KEEPALIVE_S: Final = 60
ANSWER_TIMEOUT_S: Final = 10.0
MAX_INFLIGHT: Final = 65_535


class Link:
    """A connection; when it is lost, a new object takes the session on, and what was not receipted is sent again."""

    def __init__(self, account: GatewayAccount, will: bytes, on_message: Callable[[str, bytes], None]) -> None:
        self._account = account
        self._on_message = on_message
        self._sent: dict[int, int] = {}
        self.taken_seqs: list[int] = []
        peer = Peer(
            host=account.host, port=account.port, user=account.name, password=account.password, ca_pem=account.ca_pem
        )
        self._connection = Connection(peer, account.name)
        self._connection.limit_in_flight(MAX_INFLIGHT)
        self._connection.set_will(account.topic(TopicKind.STATE), will)
        self._connection.on_taken = self._taken
        self._connection.on_message = self._arrived

    def open(self) -> None:
        """Connect, and listen for receipts, requests and heads.

        Raises: RetryableError where the broker is away, cannot prove who it is or does not let it in.
        """
        self._connection.open(keepalive_s=KEEPALIVE_S, answer_s=ANSWER_TIMEOUT_S)
        own = [self._account.topic(kind) for kind in DOWNWARD]
        self._connection.subscribe(*own, HEADS_FILTER, answer_s=ANSWER_TIMEOUT_S)

    def publish(self, seq: int, kind: TopicKind, payload: bytes) -> None:
        """Send a message; its seq is in `taken_seqs` once the broker has it."""
        self._sent[self._connection.publish(self._account.topic(kind), payload).mid] = seq

    def publish_state(self, payload: bytes) -> None:
        """Say how the gateway is, without waiting."""
        self._connection.publish(self._account.topic(TopicKind.STATE), payload, retain=True)

    @property
    def in_flight_count(self) -> int:
        """How many messages the broker has not taken yet."""
        return len(self._sent)

    def loop(self, timeout_s: float) -> None:
        """Handle what the broker sent.

        Raises: RetryableError where the connection is lost.
        """
        self._connection.loop(timeout_s)

    def close(self, state: bytes) -> None:
        """Say that the gateway goes, and disconnect."""
        try:
            info = self._connection.publish(self._account.topic(TopicKind.STATE), state, retain=True)
            self._connection.loop_until(info.is_published, ANSWER_TIMEOUT_S)
        except RetryableError:
            pass  # the broker publishes the will then
        self._connection.close()

    def _taken(self, mid: int) -> None:
        seq = self._sent.pop(mid, None)
        if seq is not None:
            self.taken_seqs.append(seq)

    def _arrived(self, message: MQTTMessage) -> None:
        self._on_message(message.topic, bytes(message.payload))
