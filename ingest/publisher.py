"""A connection that publishes and knows what the broker took."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from paho.mqtt.client import MQTTMessage

from ingest.connection import Connection, collector_peer
from nenghao.config import Settings

CLIENT_ID: Final = "nenghao-outbound"
KEEPALIVE_S: Final = 60
ANSWER_TIMEOUT_S: Final = 30.0
MAX_INFLIGHT: Final = 200
#: What the broker dropped since it started, for want of room in its queues; kept by it, and sent when it changes.
DROPPED_TOPIC: Final = "$SYS/broker/publish/messages/dropped"


class Publishable(Protocol):
    """Something to publish."""

    @property
    def topic(self) -> str:
        """Where to."""
        ...

    @property
    def payload(self) -> bytes:
        """What."""
        ...


class Publisher:
    """One connection; when it is lost, a new object takes over."""

    def __init__(self, settings: Settings, on_dropped: Callable[[int], None]) -> None:
        self._on_dropped = on_dropped
        self._waiting: set[int] = set()
        self._connection = Connection(collector_peer(settings), CLIENT_ID)
        self._connection.limit_in_flight(MAX_INFLIGHT)
        self._connection.on_taken = self._waiting.discard
        self._connection.on_message = self._arrived

    def open(self) -> None:
        """Connect.

        Raises: RetryableError where the broker is away or does not let us in.
        """
        self._connection.open(keepalive_s=KEEPALIVE_S, answer_s=ANSWER_TIMEOUT_S, is_persistent=False)
        self._connection.subscribe(DROPPED_TOPIC, answer_s=ANSWER_TIMEOUT_S)

    def publish(self, messages: Sequence[Publishable], *, retain: bool = False) -> None:
        """Publish at QoS 1; on return the broker has taken every one.

        Raises: RetryableError where it has not; some may be out by then.
        """
        for message in messages:
            self._waiting.add(self._connection.publish(message.topic, message.payload, retain=retain).mid)
            if len(self._waiting) >= MAX_INFLIGHT:
                self._connection.loop_until(lambda: len(self._waiting) < MAX_INFLIGHT, ANSWER_TIMEOUT_S)
        self._connection.loop_until(lambda: not self._waiting, ANSWER_TIMEOUT_S)

    def idle(self, seconds: float) -> None:
        """Keep the connection alive.

        Raises: RetryableError where it is lost.
        """
        self._connection.loop(seconds)

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()

    def _arrived(self, message: MQTTMessage) -> None:
        if message.payload.isdigit():
            self._on_dropped(int(message.payload))
