"""One connection to the broker in the persistent session of one shard: bytes in, acknowledgements out."""

import hmac
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.pipeline import Arrival
from ingest.topics import shard_filters
from nenghao.config import Settings
from nenghao.errors import RetryableError

NEVER: Final = 0xFFFFFFFF
#: A commit may wait 30 s for a lock while nobody answers the broker's pings.
KEEPALIVE_S: Final = 120
CONNECT_TIMEOUT_S: Final = 10.0
QOS: Final = 1


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
        self._settings = settings
        self._shard = shard
        self._on_arrival = on_arrival
        self._is_ready = False
        self._lost: str | None = None
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=session_id(settings, shard),
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        self._client.username_pw_set(settings.broker_user, settings.secret("broker_collector"))
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._arrived

    def open(self) -> None:
        """Connect, take the session on and subscribe; messages may arrive before this returns.

        Raises: RetryableError where the broker is away or does not let us in.
        """
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = NEVER
        # Two batches may be unacknowledged: one on its way to the database, one filling up.
        properties.ReceiveMaximum = min(65_535, 2 * self._settings.batch_max_messages)
        host, port = self._settings.broker_host, self._settings.broker_port
        try:
            self._client.connect(host, port, KEEPALIVE_S, clean_start=False, properties=properties)
            deadline_s = time.monotonic() + CONNECT_TIMEOUT_S
            while not self._is_ready:
                self.loop(0.1)
                if time.monotonic() > deadline_s:
                    raise RetryableError(f"broker at {host}:{port}: no answer")
        except OSError as error:
            raise RetryableError(f"broker at {host}:{port}: {error.strerror or error}") from error

    def loop(self, timeout_s: float) -> None:
        """Handle what the broker sent, waiting for it at most `timeout_s`.

        Raises: RetryableError where the connection is lost.
        """
        code = self._client.loop(timeout_s)
        if self._lost is not None or code is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            host, port = self._settings.broker_host, self._settings.broker_port
            raise RetryableError(f"broker at {host}:{port}: {self._lost or code.name}")

    def acknowledge(self, packet_ids: Iterable[int]) -> None:
        """Tell the broker, in order of arrival, that these messages are stored. Ids of QoS 0 messages are 0."""
        for packet_id in packet_ids:
            if packet_id:
                self._client.ack(packet_id, QOS)

    def close(self) -> None:
        """Send what is still to be sent and disconnect; the session stays at the broker."""
        deadline_s = time.monotonic() + 5
        while self._client.want_write() and time.monotonic() < deadline_s:
            if self._client.loop_write() is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
        self._client.disconnect()

    def _connected(
        self, client: Client, _userdata: Any, _flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._lost = str(code)
            return
        # Retained states come with a new subscription only, not at each reconnect.
        options = SubscribeOptions(qos=QOS, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        client.subscribe([(one, options) for one in shard_filters(self._shard)])

    def _subscribed(
        self, _client: Client, _userdata: Any, _mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        failed = [str(code) for code in codes if code.is_failure]
        if failed:
            self._lost = f"subscription refused: {failed[0]}"
        self._is_ready = True

    def _disconnected(
        self, _client: Client, _userdata: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._lost = self._lost or str(code)

    def _arrived(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        arrival = Arrival(
            topic=message.topic,
            payload=bytes(message.payload),
            received_at=datetime.now(UTC),
            is_replay=message.retain or message.dup,
        )
        self._on_arrival(message.mid if message.qos else 0, arrival)
