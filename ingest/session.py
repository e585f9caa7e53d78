"""The persistent session of one shard at the broker: bytes in, acknowledgements out."""

import hmac
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

from paho.mqtt.client import MQTTMessage

from ingest.connection import Connection, HasFileno, collector_peer
from ingest.pipeline import Arrival
from ingest.topics import shard_filters
from nenghao.config import Settings

#: A commit may wait 30 s for a lock while nobody answers the broker's pings.
KEEPALIVE_S: Final = 120
ANSWER_TIMEOUT_S: Final = 10.0
FLUSH_S: Final = 5.0
RECEIVE_MAXIMUM_MAX: Final = 65_535


def session_id(settings: Settings, shard: int) -> str:
    """The client id of a shard's session: the same on every host, and nobody else's to guess.

    The broker gives a session, with all that it holds, to whoever names its id and has any password. Another secret
    means another session: what the old one held comes again from the gateways, which have no receipt of it.
    """
    digest = hmac.digest(settings.secret("broker_collector").encode(), f"shard {shard}".encode(), "sha256")
    return f"nenghao-collector-{shard}-{digest.hex()[:16]}"


class ShardSession:
    """A connection; when it is lost, its packet ids are worthless, and a new object takes the session on."""

    def __init__(self, settings: Settings, shard: int, on_arrival: Callable[[int, Arrival], None]) -> None:
        self._shard = shard
        self._on_arrival = on_arrival
        # Two batches may be unacknowledged: one on its way to the database, one filling up.
        self._receive_maximum = min(RECEIVE_MAXIMUM_MAX, 2 * settings.batch_max_messages)
        self._connection = Connection(
            collector_peer(settings), session_id(settings, shard), is_acknowledged_by_hand=True
        )
        self._connection.on_message = self._arrived

    def open(self) -> None:
        """Connect, take the session on and subscribe; messages may arrive before this returns.

        Raises: RetryableError where the broker is away or does not let us in.
        """
        self._connection.open(keepalive_s=KEEPALIVE_S, answer_s=ANSWER_TIMEOUT_S, receive_maximum=self._receive_maximum)
        self._connection.subscribe(*shard_filters(self._shard), answer_s=ANSWER_TIMEOUT_S)

    def loop(self, timeout_s: float, other: HasFileno, *, is_taking: Callable[[], bool]) -> None:
        """Handle what the broker sent while `is_taking` says so, waiting at most `timeout_s` for it or for `other`.

        Raises: RetryableError where the connection is lost.
        """
        self._connection.loop(timeout_s, other, is_taking=is_taking)

    def acknowledge(self, packet_ids: Iterable[int]) -> None:
        """Tell the broker, in order of arrival, that these messages are stored.

        Raises: RetryableError where the connection is lost.
        """
        self._connection.acknowledge(packet_ids)

    def close(self) -> None:
        """Send what is still to be sent and disconnect; the session stays at the broker."""
        self._connection.flush(FLUSH_S)
        self._connection.close()

    def _arrived(self, message: MQTTMessage) -> None:
        arrival = Arrival(
            topic=message.topic,
            payload=bytes(message.payload),
            received_at=datetime.now(UTC),
            is_replay=message.retain or message.dup,
        )
        self._on_arrival(message.mid if message.qos else 0, arrival)
