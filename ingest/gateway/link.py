"""One connection of a gateway to the broker: publishes at QoS 1 and hears receipts."""

import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest.codecs.json_v1 import SCHEMA
from ingest.gateway.account import GatewayAccount
from ingest.topics import TopicKind
from nenghao.errors import RetryableError

NEVER: Final = 0xFFFFFFFF
KEEPALIVE_S: Final = 60
ANSWER_TIMEOUT_S: Final = 10.0


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
        self._is_ready = False
        self._lost: str | None = None
        self._sent: dict[int, int] = {}
        self.taken_seqs: list[int] = []
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=account.name,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        self._client.username_pw_set(account.name, account.password)
        self._client.max_inflight_messages_set(65_535)
        self._client.will_set(account.topic(TopicKind.STATE), self._state(None, online=False), qos=1, retain=True)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected
        self._client.on_publish = self._published
        self._client.on_message = self._arrived

    def open(self, buffered_count: int) -> None:
        """Connect, listen for receipts and say that the gateway is there.

        Raises: RetryableError where the broker is away or does not let it in.
        """
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = NEVER
        host, port = self._account.host, self._account.port
        try:
            self._client.connect(host, port, KEEPALIVE_S, clean_start=False, properties=properties)
        except OSError as error:
            raise RetryableError(f"broker at {host}:{port}: {error.strerror or error}") from error
        self._loop_until(lambda: self._is_ready)
        self._publish_state(buffered_count, online=True)

    def publish(self, seq: int, kind: TopicKind, payload: bytes) -> None:
        """Send a message; its seq is in `taken_seqs` once the broker has it."""
        self._sent[self._client.publish(self._account.topic(kind), payload, qos=1).mid] = seq

    @property
    def in_flight_count(self) -> int:
        """How many messages the broker has not taken yet."""
        return len(self._sent)

    def loop(self, timeout_s: float) -> None:
        """Handle what the broker sent.

        Raises: RetryableError where the connection is lost.
        """
        code = self._client.loop(timeout_s)
        if self._lost is not None or code is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise RetryableError(f"broker at {self._account.host}:{self._account.port}: {self._lost or code.name}")

    def close(self, buffered_count: int) -> None:
        """Say that the gateway goes, and disconnect."""
        try:
            self._publish_state(buffered_count, online=False)
        except RetryableError:
            pass  # the broker publishes the will then
        self._client.disconnect()

    def _publish_state(self, buffered_count: int, *, online: bool) -> None:
        info = self._client.publish(
            self._account.topic(TopicKind.STATE), self._state(buffered_count, online=online), qos=1, retain=True
        )
        self._loop_until(info.is_published)

    def _state(self, buffered_count: int | None, *, online: bool) -> bytes:
        return state_payload(online=online, boot_id=self._boot_id, buffered_count=buffered_count)

    def _loop_until(self, is_done: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + ANSWER_TIMEOUT_S
        while not is_done():
            self.loop(0.05)
            if time.monotonic() > deadline_s:
                raise RetryableError(f"broker at {self._account.host}:{self._account.port}: no answer")

    def _connected(
        self, client: Client, _userdata: Any, _flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._lost = str(code)
        else:
            client.subscribe(self._account.topic(TopicKind.RECEIPTS), qos=1)

    def _subscribed(
        self, _client: Client, _userdata: Any, _mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        if any(code.is_failure for code in codes):
            self._lost = f"subscription refused: {codes[0]}"
        self._is_ready = True

    def _disconnected(
        self, _client: Client, _userdata: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._lost = self._lost or str(code)

    def _published(
        self, _client: Client, _userdata: Any, mid: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        seq = self._sent.pop(mid, None)
        if code.is_failure:
            self._lost = f"publish refused: {code}"
        elif seq is not None:
            self.taken_seqs.append(seq)

    def _arrived(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        self._on_receipt(bytes(message.payload))
