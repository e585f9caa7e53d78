"""One connection to the broker by MQTT 5, driven by its user's own loop: connecting, TLS, hearing of loss, waiting.

When it is lost, a new object takes over: packet ids of the old one are worthless.
"""

import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from select import select
from socket import socket
from struct import Struct
from typing import Any, Final, NoReturn, Protocol

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.buffered_client import BufferedClient
from nenghao.config import Settings
from nenghao.errors import ConfigError, RetryableError

NEVER: Final = 0xFFFFFFFF
QOS: Final = 1
SEND_TIMEOUT_S: Final = 10.0
#: An acknowledgement of success without properties has these four bytes in MQTT 3.1.1 and in MQTT 5.
_PUBACK: Final = Struct(">BBH")
_PUBACK_TYPE: Final = 0x40
_PUBACK_BYTES: Final = 2


class HasFileno(Protocol):
    """What `select` can wait for."""

    def fileno(self) -> int:
        """Its file descriptor."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The broker's address, and as whom to speak to it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    #: The certificates by which the broker is known; without one the connection is not encrypted.
    ca_pem: str | None = field(default=None, repr=False)


def collector_peer(settings: Settings) -> Peer:
    """The broker's inner listener, as the collector and the outbound sender speak to it."""
    return Peer(
        host=settings.broker_host,
        port=settings.broker_port,
        user=settings.broker_user,
        password=settings.secret("broker_collector"),
    )


class Connection:
    """A client that connects once; what it hears goes to the functions that its user sets before `open`."""

    def __init__(self, peer: Peer, client_id: str, *, is_acknowledged_by_hand: bool = False) -> None:
        self._peer = peer
        self._is_welcome = False
        self._is_taken_on = False
        self._granted_count = 0
        self._lost: str | None = None
        self._heard_count = 0
        #: Called with each message that arrives.
        self.on_message: Callable[[MQTTMessage], None] = _ignore
        #: Called with the packet id of each publish that the broker took.
        self.on_taken: Callable[[int], None] = _ignore
        client = BufferedClient(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=is_acknowledged_by_hand,
            reconnect_on_failure=False,
        )
        client.username_pw_set(peer.user, peer.password)
        if peer.ca_pem is not None:
            client.tls_set_context(tls_context(peer.ca_pem))
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._disconnected
        client.on_publish = self._published
        client.on_message = self._arrived
        self._client = client

    # --- before it is open ---

    def limit_in_flight(self, messages: int) -> None:
        """How many publishes may be out before the broker took one."""
        self._client.max_inflight_messages_set(messages)

    def set_will(self, topic: str, payload: bytes) -> None:
        """What the broker publishes, retained, when this connection breaks."""
        self._client.will_set(topic, payload, qos=QOS, retain=True)

    def open(
        self, *, keepalive_s: int, answer_s: float, is_persistent: bool = True, receive_maximum: int | None = None
    ) -> None:
        """Connect and wait for the broker's welcome; a persistent session is taken on, and never expires.

        Raises: RetryableError where the broker is away, cannot prove who it is or does not let us in.
        """
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        if is_persistent:
            properties.SessionExpiryInterval = NEVER
        if receive_maximum is not None:
            properties.ReceiveMaximum = receive_maximum
        host, port = self._peer.host, self._peer.port
        try:
            self._client.connect(host, port, keepalive_s, clean_start=not is_persistent, properties=properties)
            self.loop_until(lambda: self._is_welcome, answer_s)
        except OSError as error:
            self._fail(error.strerror or str(error), error)

    # --- while it is open ---

    def subscribe(self, *filters: str, answer_s: float) -> None:
        """Subscribe and wait until it is granted; messages may arrive before this returns.

        A session that was there has its subscriptions, and perhaps a night's messages in front of the answer: there
        nobody waits for it, since all of them would be taken at once. A refusal is heard in `loop` then.

        Raises: RetryableError where it is not granted or the connection is lost.
        """
        # Retained messages come with a new subscription only, not at each reconnect.
        options = SubscribeOptions(qos=QOS, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        wanted = self._granted_count + 1
        self._client.subscribe([(one, options) for one in filters])
        if not self._is_taken_on:
            self.loop_until(lambda: self._granted_count >= wanted, answer_s)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> MQTTMessageInfo:
        """Publish at QoS 1, without waiting."""
        return self._client.publish(topic, payload, qos=QOS, retain=retain)

    def acknowledge(self, packet_ids: Iterable[int]) -> None:
        """Tell the broker, in this order, that messages need not come again. Ids of QoS 0 messages are 0.

        The packets leave together, past paho, which sends each alone; nothing of paho's may be half out then. An
        inbound message of QoS 1 leaves no trace in paho that an acknowledgement would have to clear.

        Raises: RetryableError where the connection is lost.
        """
        packets = b"".join(_PUBACK.pack(_PUBACK_TYPE, _PUBACK_BYTES, one) for one in packet_ids if one)
        deadline_s = time.monotonic() + SEND_TIMEOUT_S
        while packets:
            if self._client.want_write():
                self._expect(self._client.loop_write())
            else:
                packets = packets[self._send(packets) :]
            if packets:
                if time.monotonic() > deadline_s:
                    self._fail("it takes no acknowledgements")
                select((), [self._socket()], (), 1.0)

    def loop(self, timeout_s: float, *others: HasFileno, is_taking: Callable[[], bool] = lambda: True) -> None:
        """Handle what the broker sent, waiting at most `timeout_s` for it or for one of `others`.

        Packets are read as long as there are messages and `is_taking` says so: one wait for many costs a third less
        than paho's own loop, which waits for each. What is not taken waits in the network's buffers.

        Raises: RetryableError where the connection is lost.
        """
        client, broker = self._client, self._socket()
        may_read = is_taking()
        is_pending = may_read and (client.has_received or (isinstance(broker, ssl.SSLSocket) and broker.pending() > 0))
        readers = (*others, broker) if may_read else others
        select(readers, [broker] if client.want_write() else (), (), 0 if is_pending else timeout_s)
        while may_read:
            heard = self._heard_count
            self._expect(client.loop_read())
            may_read = self._heard_count != heard and is_taking()
        if client.want_write():
            self._expect(client.loop_write())
        self._expect(client.loop_misc())

    def loop_until(self, is_done: Callable[[], bool], seconds: float) -> None:
        """Handle what the broker sends until something is so.

        Raises: RetryableError where the connection is lost before, or the broker does not answer in time.
        """
        deadline_s = time.monotonic() + seconds
        while not is_done():
            self.loop(0.05)
            if time.monotonic() > deadline_s and not is_done():
                self._fail("no answer")

    def flush(self, seconds: float) -> None:
        """Hand to the network what is still to be sent; what is left after that long is given up."""
        deadline_s = time.monotonic() + seconds
        while self._client.want_write() and time.monotonic() < deadline_s:
            if self._client.loop_write() is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                break

    def close(self) -> None:
        """Disconnect; a persistent session stays at the broker."""
        self._client.disconnect()

    # --- what the client hears ---

    def _send(self, packets: bytes) -> int:
        """How many bytes went out at once."""
        try:
            return self._socket().send(packets)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0
        except OSError as error:
            self._fail(error.strerror or str(error), error)

    def _socket(self) -> socket:
        broker = self._client.socket()
        if not isinstance(broker, socket):
            self._fail(self._lost or "the connection is closed")
        return broker

    def _expect(self, code: MQTTErrorCode) -> None:
        if self._lost is not None or code is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._fail(self._lost or code.name)

    def _fail(self, reason: str, cause: Exception | None = None) -> NoReturn:
        raise RetryableError(f"broker at {self._peer.host}:{self._peer.port}: {reason}") from cause

    def _connected(
        self, _client: Client, _userdata: Any, flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._lost = str(code)
        self._is_taken_on = flags.session_present
        self._is_welcome = not code.is_failure

    def _subscribed(
        self, _client: Client, _userdata: Any, _mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        failed = [str(code) for code in codes if code.is_failure]
        if failed:
            self._lost = f"subscription refused: {failed[0]}"
        self._granted_count += 1

    def _disconnected(
        self, _client: Client, _userdata: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._lost = self._lost or str(code)

    def _published(
        self, _client: Client, _userdata: Any, mid: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._lost = f"publish refused: {code}"
        else:
            self._heard_count += 1
            self.on_taken(mid)

    def _arrived(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        self._heard_count += 1
        self.on_message(message)


def tls_context(ca_pem: str) -> ssl.SSLContext:
    """TLS 1.2 or later, by these certificates only: those that the host trusts say nothing about this broker.

    Raises: ConfigError where they are no certificates in PEM.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cadata=ca_pem)
    except (ssl.SSLError, ValueError) as error:
        raise ConfigError("the broker's CA is not a certificate in PEM") from error
    return context


def _ignore(_heard: object) -> None:
    """What nobody listens for."""
