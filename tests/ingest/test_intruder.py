"""What a gateway with a valid password gets beyond its own topics, at the listener for gateways: nothing.

Mosquitto's access file does not judge a SUBSCRIBE; it judges each message when it is delivered. So every filter is
granted, and these tests show that what it delivers is the intruder's own alone, and that nobody else misses a message.

Over 300 lines, because everything is tried under both versions of MQTT.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest.broker_sync import sync_broker
from ingest.connection import NEVER, tls_context
from ingest.gateway.account import GatewayAccount
from ingest.gateway_accounts import enrol_gateway
from ingest.publisher import CLIENT_ID
from ingest.session import session_id
from tests.ingest.conftest import UNIT, Plant, wait_connected
from tests.ingest.wire import FIRST_AT, message, reading

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
both = pytest.mark.parametrize("protocol", [V5, V311], ids=["v5", "v311"])
COUNT = 200


@dataclass
class Heard:
    """What a client got, and how its connection fared."""

    client: Client
    topics: list[str] = field(default_factory=list)
    of_broker: list[bytes] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    denied: list[bool] = field(default_factory=list)

    def wait(self, count: int, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while len(self.topics) < count:
            assert time.monotonic() < deadline, f"{len(self.topics)} of {count} messages"
            time.sleep(0.02)


@dataclass(frozen=True)
class Place:
    """A plant with two gateways that may connect: an honest one and the intruder."""

    plant: Plant
    honest: GatewayAccount
    intruder: GatewayAccount


@pytest.fixture
def place(plant: Plant) -> Place:
    def account(code: str) -> GatewayAccount:
        password = enrol_gateway(
            plant.settings, unit_code=UNIT, gateway_code=code, shard=plant.shard, backfill_from=FIRST_AT
        )
        return GatewayAccount(
            host=plant.settings.gateway_hosts[0],
            port=plant.settings.gateway_port,
            unit_code=UNIT,
            gateway_code=code,
            shard=plant.shard,
            password=password,
            ca_pem=(plant.settings.trust_dir / "broker_authority.crt").read_text(),
        )

    accounts = account("gw1"), account("gw2")
    sync_broker(plant.settings)
    return Place(plant, *accounts)


@contextmanager
def connected(
    account: GatewayAccount,
    protocol: MQTTProtocolVersion = V5,
    client_id: str = "",
    *,
    is_persistent: bool = False,
    will: str | None = None,
) -> Iterator[Heard]:
    """A client on the gateways' listener, as careless as it likes."""
    clean = {} if protocol == V5 else {"clean_session": not is_persistent}
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id or "any", protocol=protocol, **clean)
    client.username_pw_set(account.name, account.password)
    client.tls_set_context(tls_context(account.ca_pem or ""))
    if will is not None:
        client.will_set(will, b"will", qos=1, retain=True)
    heard = listen(client)
    properties = None
    if protocol == V5 and is_persistent:
        properties = Properties(PacketTypes.CONNECT)
        # Never: one that expires could take sessions of other tests with it (ingest/ended_sessions.py says how).
        properties.SessionExpiryInterval = NEVER
    more = {"clean_start": not is_persistent, "properties": properties} if protocol == V5 else {}
    client.connect(account.host, account.port, **more)
    client.loop_start()
    wait_connected(client)
    yield heard
    client.disconnect()
    client.loop_stop()


def listen(client: Client) -> Heard:
    heard = Heard(client)

    def arrived(_client: Client, _userdata: object, one: MQTTMessage) -> None:
        if one.topic.startswith("$SYS"):
            heard.of_broker.append(bytes(one.payload))
        else:
            heard.topics.append(one.topic)

    client.on_message = arrived
    client.on_disconnect = lambda _client, _userdata, _flags, code, _properties: heard.ends.append(str(code))
    client.on_publish = lambda _client, _userdata, _mid, code, _properties: heard.denied.append(code.is_failure)
    return heard


@contextmanager
def observer(plant: Plant, *filters: str) -> Iterator[Heard]:
    """The platform's own ear, on the inner listener."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=V5)
    client.username_pw_set(plant.settings.broker_user, plant.settings.secret("broker_collector"))
    heard = listen(client)
    client.connect(plant.settings.broker_host, plant.settings.broker_port)
    client.loop_start()
    wait_connected(client)
    for one in filters:
        subscribe(client, one)
    yield heard
    client.disconnect()
    client.loop_stop()


def subscribe(client: Client, topic_filter: str) -> None:
    answers: list[object] = []
    client.on_subscribe = lambda _client, _userdata, _mid, codes, _properties: answers.append(codes)
    client.subscribe(topic_filter, qos=1)
    deadline = time.monotonic() + 10
    while not answers:
        assert time.monotonic() < deadline, "no answer to the subscription"
        time.sleep(0.01)


def greedy_filters(place: Place) -> list[str]:
    plant = place.plant
    shard = f"nenghao/v1/{plant.shard}/#"
    return [
        "#", "+/#", "nenghao/v1/+/+/+/receipts", shard, "$SYS/#", plant.topic("readings"), plant.topic("receipts"),
        "$share/g/#", "$share/g/nenghao/v1/#", f"$share/g/{shard}", f"$share/g/{plant.topic('readings')}",
        f"$share/g/{plant.topic('receipts')}", "$share/g/$SYS/#",
    ]  # fmt: skip


@both
def test_greedy_subscriptions_give_nothing_and_take_nothing_away(
    place: Place, protocol: MQTTProtocolVersion, boot_id: str
) -> None:
    plant, own = place.plant, place.plant.topic("receipts", gateway="gw2")
    plant.start()
    with ExitStack() as stack:
        intruder = stack.enter_context(connected(place.intruder, protocol))
        for one in greedy_filters(place):
            subscribe(intruder.client, one)
        honest = stack.enter_context(connected(place.honest, protocol))
        subscribe(honest.client, plant.topic("receipts"))
        publish = stack.enter_context(plant.publisher())
        for seq in range(COUNT):
            honest.client.publish(plant.topic(), message(boot_id, seq, reading(step=seq)), qos=1)
        for _ in range(COUNT):
            publish(b"{}", topic=plant.topic("receipts"))
        honest.wait(COUNT)
        plant.wait_count("message", COUNT)
        publish(b"{}", topic=own)  # so that what was delivered before has arrived
        intruder.wait(1)
    assert set(intruder.topics) == {own}
    assert honest.topics == [plant.topic("receipts")] * COUNT
    assert plant.count("reading") == COUNT


@both
def test_nothing_is_kept_for_an_intruder_that_comes_back(place: Place, protocol: MQTTProtocolVersion) -> None:
    plant, own = place.plant, place.plant.topic("receipts", gateway="gw2")
    with connected(place.intruder, protocol, is_persistent=True) as intruder:
        for one in greedy_filters(place):
            subscribe(intruder.client, one)
    with plant.publisher() as publish:
        for topic in (plant.topic("receipts"), plant.topic("readings"), own):
            publish(b"{}", topic=topic)
    with connected(place.intruder, protocol, is_persistent=True) as intruder:
        intruder.wait(1)
        time.sleep(0.3)
    assert set(intruder.topics) == {own}


@both
def test_a_client_id_of_others_gets_nobodys_session(place: Place, protocol: MQTTProtocolVersion, boot_id: str) -> None:
    plant = place.plant
    collector = plant.start()
    plant.start("outbound")
    ids = (session_id(plant.settings, plant.shard), CLIENT_ID, place.honest.name)
    with connected(place.honest, protocol) as honest, observer(plant, "nenghao/v1/#") as platform:
        subscribe(honest.client, plant.topic("receipts"))
        for client_id in ids:
            with connected(place.intruder, protocol, client_id) as intruder:
                time.sleep(0.2)
                assert intruder.ends == []
        honest.client.publish(plant.topic(), message(boot_id, 0, reading()), qos=1)
        honest.wait(1)  # its receipt, from collector and outbound sender that nobody threw out
        assert (honest.ends, platform.ends) == ([], [])
    assert "waits" not in plant.log.read_text()
    assert plant.stop(collector) == 0


@both
def test_an_absent_collectors_session_is_out_of_reach(
    place: Place, protocol: MQTTProtocolVersion, boot_id: str
) -> None:
    plant = place.plant
    plant.stop(plant.start())
    with connected(place.honest, protocol) as honest:
        for seq in range(COUNT):
            honest.client.publish(plant.topic(), message(boot_id, seq, reading(step=seq)), qos=1)
        wait_until(lambda: len(honest.denied) == COUNT)
    with connected(place.intruder, protocol, session_id(plant.settings, plant.shard), is_persistent=True) as intruder:
        for one in greedy_filters(place):
            subscribe(intruder.client, one)
        time.sleep(0.3)
    plant.start()
    plant.wait_count("message", COUNT)
    assert intruder.topics == []


@both
def test_foreign_topics_are_not_written(place: Place, protocol: MQTTProtocolVersion) -> None:
    plant = place.plant
    foreign = [
        plant.topic(), plant.topic("backfill"), plant.topic("state"), plant.topic("receipts"), plant.topic("config"),
        plant.topic(gateway="gw2", unit="91110000000000026X"),
        plant.topic(gateway="gw2").replace(f"/{plant.shard}/", f"/{plant.shard + 1}/"),
        plant.topic("receipts", gateway="gw2"), plant.topic("config", gateway="gw2"), "nenghao/v1/heads/2026-10-03",
        "$SYS/broker/uptime", "$SYS/broker/publish/messages/dropped", "elsewhere",
    ]  # fmt: skip
    own = plant.topic(gateway="gw2")
    shards = [f"nenghao/v1/{plant.shard + more}/#" for more in (0, 1)]
    with observer(plant, *shards, "nenghao/v1/heads/#", "elsewhere", "$SYS/broker/publish/#") as platform:
        subscribe(platform.client, "$SYS/broker/uptime")
        for topic in foreign:  # each by its own connection, because the broker ends one that was denied
            with connected(place.intruder, protocol) as intruder:
                intruder.client.publish(topic, b"x", qos=1, retain=True)
                wait_until(lambda intruder=intruder: bool(intruder.denied))
            # MQTT 3.1.1 has no word for it: the broker takes the message and throws it away.
            assert intruder.denied == [protocol == V5], topic
        with connected(place.intruder, protocol) as intruder:
            intruder.client.publish(own, b"x", qos=1)
            platform.wait(1)
        assert platform.of_broker
        assert b"x" not in platform.of_broker
        assert platform.topics == [own]


@both
def test_a_will_on_a_foreign_topic_is_never_published(place: Place, protocol: MQTTProtocolVersion) -> None:
    plant = place.plant
    own = plant.topic("state", gateway="gw2")
    with observer(plant, f"nenghao/v1/{plant.shard}/#", "nenghao/v1/heads/#") as platform:
        for topic in (plant.topic("receipts"), plant.topic("state"), "nenghao/v1/heads/2026-10-03", own):
            try:
                with connected(place.intruder, protocol, will=topic) as intruder:
                    sock = intruder.client.socket()
                    assert sock is not None
                    intruder.client.reconnect_delay_set(60, 60)
                    sock.shutdown(socket.SHUT_RDWR)
                    time.sleep(0.2)
            except AssertionError:  # the broker did not let it in with that will
                assert topic != own
        platform.wait(1)
        assert set(platform.topics) == {own}


@both
def test_a_retained_state_of_others_is_not_cleared(place: Place, protocol: MQTTProtocolVersion) -> None:
    plant = place.plant
    state = plant.topic("state")
    with connected(place.honest, protocol) as honest:
        honest.client.publish(state, b"{}", qos=1, retain=True).wait_for_publish(5)
    with connected(place.intruder, protocol) as intruder:
        intruder.client.publish(state, b"", qos=1, retain=True)
        wait_until(lambda: bool(intruder.denied or intruder.ends))
    with observer(plant, state) as platform:
        platform.wait(1)


def test_without_a_password_of_its_own_nobody_gets_in(place: Place) -> None:
    for user, password in (("", ""), (place.honest.name, place.intruder.password), ("nenghao-collector", "guess")):
        codes: list[object] = []
        client = Client(CallbackAPIVersion.VERSION2, protocol=V5, reconnect_on_failure=False)
        if user:
            client.username_pw_set(user, password)
        client.tls_set_context(tls_context(place.honest.ca_pem or ""))
        client.on_connect = lambda _client, _userdata, _flags, code, _properties, codes=codes: codes.append(str(code))
        client.connect(place.honest.host, place.honest.port)
        client.loop_start()
        wait_until(lambda codes=codes: bool(codes))
        client.loop_stop()
        assert codes == ["Not authorized"]


def test_the_listener_speaks_tls_only_and_no_old_one(place: Place) -> None:
    address = (place.honest.host, place.honest.port)
    with socket.create_connection(address, timeout=5) as plain:
        plain.sendall(b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x00")
        try:
            assert plain.recv(4)[:1] != b"\x20"  # no CONNACK
        except ConnectionResetError:
            pass  # as good
    context = tls_context(place.honest.ca_pem or "")
    with pytest.deprecated_call():
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(address, timeout=5) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname=address[0])


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)
