"""From the reference gateway's spool to its receipts, with the gateway's own rights at the broker."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from ingest.broker_sync import sync_broker
from ingest.codecs.json_v1 import SCHEMA
from ingest.gateway import GatewayAccount, SendReport, Spool, send
from ingest.gateway_accounts import enrol_gateway
from ingest.health import ProcessHealth
from ingest.outbound import _send_receipts
from ingest.publisher import Publishable, Publisher
from nenghao.config import Role
from nenghao.db.connection import connect
from nenghao.envelope import open_envelope
from nenghao.errors import ConfigError
from nenghao.labels import label
from nenghao.signer.client import DOWNWARD_TOKEN, SignerClient
from nenghao.stack import Component, Stack
from nenghao.trust import load_trust
from tests.ingest.conftest import GATEWAY, UNIT, Plant, wait_connected
from tests.ingest.wire import FIRST_AT, message, reading


@pytest.fixture
def account(plant: Plant) -> GatewayAccount:
    return enrol(plant)


def enrol(plant: Plant) -> GatewayAccount:
    password = enrol_gateway(
        plant.settings, unit_code=UNIT, gateway_code=GATEWAY, shard=plant.shard, backfill_from=FIRST_AT
    )
    sync_broker(plant.settings)
    return GatewayAccount(
        host=plant.settings.broker_host,
        port=plant.settings.broker_port,
        unit_code=UNIT,
        gateway_code=GATEWAY,
        shard=plant.shard,
        password=password,
    )


def cycles(count: int) -> list[list[dict[str, object]]]:
    return [[reading(f"{step}.25", point=point, step=step) for point in ("p1", "p2", "p3")] for step in range(count)]


def test_a_spool_is_empty_once_everything_is_receipted(plant: Plant, account: GatewayAccount, tmp_path: Path) -> None:
    plant.start()
    plant.start("outbound")
    spool = Spool(tmp_path / "spool.db")
    spool.append_all(cycles(30), "backfill")
    report = send(spool, account, timeout_s=20)
    assert report.is_complete
    assert (report.messages_sent, report.readings_sent, report.readings_receipted) == (30, 90, 90)
    assert plant.rows("SELECT count(*), count(DISTINCT (series_id, at)), min(source::text) FROM reading") == [
        (90, 90, "b")
    ]
    plant.wait_count("gateway_state", 2)
    assert plant.rows("SELECT online, buffered_count FROM gateway_state ORDER BY gateway_state_id") == [
        (True, 30),
        (False, 0),
    ]


def test_a_collector_killed_in_the_stream_loses_and_doubles_nothing(
    plant: Plant, account: GatewayAccount, tmp_path: Path
) -> None:
    collector = plant.start()
    plant.start("outbound")
    spool = Spool(tmp_path / "spool.db")
    spool.append_all(cycles(3000))
    reports: list[SendReport] = []
    sender = Thread(target=lambda: reports.append(_send_from_own_connection(tmp_path, account)))
    sender.start()
    for part in (1000, 3000, 6000):
        plant.wait_at_least("reading", part)
        collector.kill()
        collector.wait()
        collector = plant.start()
    sender.join(60)
    assert reports[0].is_complete
    assert (reports[0].messages_sent, reports[0].readings_receipted) == (3000, 9000)
    assert plant.rows(
        "SELECT count(*), sum(reading_count)::int, sum(stored_count)::int, count(DISTINCT seq) FROM message"
    ) == [(3000, 9000, 9000, 3000)]
    assert plant.count("reading") == 9000


def _send_from_own_connection(folder: Path, account: GatewayAccount) -> SendReport:
    return send(Spool(folder / "spool.db"), account, timeout_s=40)


def test_a_gateway_publishes_and_hears_under_its_own_name_only(plant: Plant, account: GatewayAccount) -> None:
    collector = plant.start()
    heard: list[str] = []
    with connected_as(account) as listener, plant.publisher() as publish:
        listener.on_message = lambda _client, _userdata, one: heard.append(one.topic)
        listener.subscribe("nenghao/#", qos=1)
        for topic in (
            plant.topic(unit="91110000000000026X"),
            plant.topic(gateway="gw2"),
            plant.topic("receipts"),
            plant.topic().replace(f"/{plant.shard}/", "/999/"),
        ):
            assert is_refused(account, topic)
        assert not is_refused(account, plant.topic())
        publish(b"theirs", topic=plant.topic("receipts", gateway="gw2"))
        publish(b"ours", topic=plant.topic("receipts"))
        plant.wait_count("reading", 1)
        assert plant.stop(collector) == 0
    assert heard == [plant.topic("receipts")]
    assert plant.rows("SELECT topic, outcome FROM message") == [(plant.topic(), "accepted")]


def test_a_gateway_does_not_get_at_the_collectors_session(plant: Plant, account: GatewayAccount, boot_id: str) -> None:
    plant.stop(plant.start())
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1")))
    with connected_as(account, client_id=f"nenghao-collector-{plant.shard}"):
        pass
    plant.start()
    plant.wait_count("reading", 1)


def test_servers_that_are_stopped_and_started_lose_nothing(
    stack: Stack, plant: Plant, account: GatewayAccount, tmp_path: Path
) -> None:
    plant.start()
    plant.start("outbound")
    Spool(tmp_path / "spool.db").append_all(cycles(3000))
    reports: list[SendReport] = []
    sender = Thread(target=lambda: reports.append(_send_from_own_connection(tmp_path, account)))
    sender.start()
    plant.wait_at_least("reading", 500)
    stack.restart(Component.POSTGRES)
    plant.wait_at_least("reading", 3000)
    stack.restart(Component.MOSQUITTO)
    sender.join(60)
    assert reports[0].is_complete
    assert plant.rows("SELECT count(*), sum(stored_count)::int FROM message") == [(3000, 9000)]
    assert plant.count("reading") == 9000


def test_a_newcomer_connects_a_gateway_by_commands(plant: Plant, tmp_path: Path) -> None:
    plant.start()
    plant.start("outbound")
    added = plant.run("nenghao", "gateway", "add", "--unit", UNIT, "--code", "gw7", "--shard", str(plant.shard),
                      "--backfill-from", "2026-10-01")  # fmt: skip
    (tmp_path / "password").write_text(added.stdout)
    assert plant.run("nenghao-ingest", "broker-sync").stdout == "broker-sync: 1 gateways may connect\n"
    time.sleep(0.3)
    lines = [reading("1"), reading("2", point="p2"), reading("3", step=1), reading("x", step=2)]
    (tmp_path / "readings.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    address = f"{plant.settings.broker_host}:{plant.settings.broker_port}"
    sent = plant.run("nenghao-gateway", "send", "--spool", tmp_path / "spool.db", "--broker", address, "--unit", UNIT,
                     "--gateway", "gw7", "--shard", str(plant.shard), "--password-file", tmp_path / "password",
                     "--readings", tmp_path / "readings.jsonl", "--timeout-s", "20")  # fmt: skip
    counts = label("sender.sent", "zh", messages=1, readings=4, taken=1, receipted=1, waiting=0)
    refused = label("sender.refused", "zh", reason="value_malformed", count=1)
    assert sent.stdout == f"{counts}\n{refused}\n"
    assert plant.rows("SELECT sum(stored_count)::int, sum(refused_count)::int FROM message") == [(3, 1)]
    assert added.stdout.strip() not in str(plant.rows("SELECT broker_password_hash FROM gateway"))


def test_a_broker_that_does_not_run_is_not_signalled(plant: Plant, account: GatewayAccount, tmp_path: Path) -> None:
    settings = plant.settings.model_copy(update={"broker_config_dir": tmp_path, "broker_port": 1})
    assert sync_broker(settings) == 1
    assert account.name in (tmp_path / "acl").read_text()
    for pid in (os.getpid(), 2**22 + 1):  # another process by now, and none
        (tmp_path / "mosquitto.pid").write_text(f"{pid}\n")
        assert sync_broker(settings) == 1


@pytest.mark.parametrize("topic", ["readings", "backfill", "state", "receipts", "config/x"])
def test_nothing_is_sent_in_the_name_of_a_gateway(plant: Plant, topic: str) -> None:
    with connect(plant.settings, Role.CONSOLE) as conn, pytest.raises(psycopg.errors.CheckViolation):
        conn.execute(
            "INSERT INTO outbound (topic, payload, retain) VALUES (%s, %s, false)", [plant.topic(topic), b"{}"]
        )


def test_a_broker_that_looks_by_itself_is_waited_for(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in containers, where nobody can send it a signal. This one has its files elsewhere and never reads ours.
    monkeypatch.setattr("ingest.broker_sync.READ_TIMEOUT_S", 0.2)
    settings = plant.settings.model_copy(update={"broker_config_dir": tmp_path})
    with pytest.raises(ConfigError, match="did not read"):
        sync_broker(settings)


def test_a_waiting_message_is_published_once(plant: Plant, account: GatewayAccount) -> None:
    heard: list[bytes] = []
    with connected_as(account) as listener:
        listener.on_message = lambda _client, _userdata, one: heard.append(bytes(one.payload))
        listener.subscribe(plant.topic("config"), qos=1)
        plant.execute(
            "INSERT INTO outbound (topic, payload, retain)"
            f" SELECT '{plant.topic('config')}',"
            f" convert_to(json_build_object('schema', '{SCHEMA}', 'n', n)::text, 'UTF8'), false"
            " FROM generate_series(1, 3) AS n"
        )
        plant.start("outbound")
        plant.wait_count("outbound", 0, "sent_at IS NULL")
        time.sleep(0.5)
    trust = load_trust(plant.settings.trust_dir)
    for number, payload in enumerate(heard, 1):
        envelope = open_envelope(payload)
        assert envelope is not None
        assert envelope.signature is not None
        assert trust.objection(envelope.signature, plant.topic("config"), envelope.body, datetime.now(UTC)) is None
        assert json.loads(envelope.body)["n"] == number
    assert len(heard) == 3


@contextmanager
def connected_as(account: GatewayAccount, client_id: str = "") -> Iterator[Client]:
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(account.name, account.password)
    client.connect(account.host, account.port)
    client.loop_start()
    wait_connected(client)
    yield client
    client.disconnect()
    client.loop_stop()


def is_refused(account: GatewayAccount, topic: str) -> bool:
    """Whether the broker denies a publish; it then closes the connection, so that each has its own."""
    codes: list[bool] = []
    with connected_as(account) as client:
        client.on_publish = lambda _client, _userdata, _mid, code, _properties: codes.append(code.is_failure)
        payload = message("7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11", 0, reading("1"))
        client.publish(topic, payload, qos=1).wait_for_publish(5)
    return codes == [True]


def test_a_lost_receipt_comes_again(plant: Plant, account: GatewayAccount, tmp_path: Path) -> None:
    plant.start()
    spool = Spool(tmp_path / "spool.db")
    spool.append_all([*cycles(3), [reading("x")]])
    assert send(spool, account, until_receipted=False, timeout_s=10).messages_taken == 4
    plant.wait_count("message", 4)
    plant.execute(f"INSERT INTO receipt_cursor VALUES ({plant.shard}, 1000000, now())")
    plant.start("outbound")
    report = send(spool, account, timeout_s=15)
    assert report.is_complete
    assert plant.count("message") == 4
    plant.wait_count("receipt_again", 0)


def test_a_message_that_comes_again_while_it_is_receipted_is_receipted_again(plant: Plant, boot_id: str) -> None:
    plant.start()
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1")))
    plant.wait_count("message", 1)
    arrives = "INSERT INTO receipt_again SELECT message_id FROM message"

    class Meanwhile(Publisher):
        def publish(self, messages: Sequence[Publishable], *, retain: bool = False) -> None:
            super().publish(messages, retain=retain)
            plant.execute(arrives)

    plant.execute(f"INSERT INTO receipt_cursor VALUES ({plant.shard}, 1000000, now())")
    plant.execute(arrives)
    publisher = Meanwhile(plant.settings, print)
    publisher.open()
    worker = ProcessHealth().add_worker("outbound")
    with (
        connect(plant.settings, Role.COLLECTOR, autocommit=True) as conn,
        SignerClient(plant.settings, DOWNWARD_TOKEN) as signer,
    ):
        _send_receipts(conn, publisher, signer, plant.shard, worker)
    publisher.close()
    assert (worker.receipted_total, plant.count("receipt_again")) == (1, 1)
