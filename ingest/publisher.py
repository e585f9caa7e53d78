"""A connection that publishes and knows what the broker took."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from nenghao.config import Settings
from nenghao.errors import RetryableError

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
        self._address = f"{settings.broker_host}:{settings.broker_port}"
        self._waiting: set[int] = set()
        self._is_connected = False
        self._lost: str | None = None
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=CLIENT_ID,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        self._client.username_pw_set(settings.broker_user, settings.secret("broker_collector"))
        self._client.max_inflight_messages_set(MAX_INFLIGHT)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_publish = self._published
        self._client.on_message = self._arrived
        self._host, self._port = settings.broker_host, settings.broker_port

    def open(self) -> None:
        """Connect.

        Raises: RetryableError where the broker is away or does not let us in.
        """
        try:
            self._client.connect(self._host, self._port, KEEPALIVE_S, clean_start=True)
            self._loop_until(lambda: self._is_connected)
        except OSError as error:
            raise RetryableError(f"broker at {self._address}: {error.strerror or error}") from error

    def publish(self, messages: Sequence[Publishable], *, retain: bool = False) -> None:
        """Publish at QoS 1; on return the broker has taken every one.

        Raises: RetryableError where it has not; some may be out by then.
        """
        for message in messages:
            info = self._client.publish(message.topic, message.payload, qos=1, retain=retain)
            self._waiting.add(info.mid)
            if len(self._waiting) >= MAX_INFLIGHT:
                self._loop_until(lambda: len(self._waiting) < MAX_INFLIGHT)
        self._loop_until(lambda: not self._waiting)

    def idle(self, seconds: float) -> None:
        """Keep the connection alive.

        Raises: RetryableError where it is lost.
        """
        code = self._client.loop(seconds)
        if self._lost is not None or code is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise RetryableError(f"broker at {self._address}: {self._lost or code.name}")

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()

    def _loop_until(self, is_done: Any) -> None:
        deadline_s = time.monotonic() + ANSWER_TIMEOUT_S
        while not is_done():
            self.idle(0.1)
            if time.monotonic() > deadline_s:
                raise RetryableError(f"broker at {self._address}: no answer")

    def _connected(
        self, client: Client, _userdata: Any, _flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._lost = str(code)
        else:
            client.subscribe(DROPPED_TOPIC)
        self._is_connected = True

    def _arrived(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        if message.payload.isdigit():
            self._on_dropped(int(message.payload))

    def _disconnected(
        self, _client: Client, _userdata: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._lost = self._lost or str(code)

    def _published(
        self, _client: Client, _userdata: Any, mid: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._lost = f"publish refused: {code}"
        self._waiting.discard(mid)
