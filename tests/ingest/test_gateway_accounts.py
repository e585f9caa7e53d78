"""The commands `nenghao gateway`: from a newcomer's first reading to the end of its session."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest.connection import NEVER, tls_context
from ingest.gateway.account import GatewayAccount, read_account
from nenghao.stack.environment import variables_of
from tests.ingest.conftest import PROGRAMS, UNIT, Plant, wait_connected
from tests.ingest.wire import reading

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
both = pytest.mark.parametrize("protocol", [V5, V311], ids=["v5", "v311"])


def gateway(plant: Plant, command: str, *options: str | Path, code: str = "gw7") -> str:
    more = ["--shard", str(plant.shard)] if command == "add" else []
    return plant.run("nenghao", "gateway", command, "--unit", UNIT, "--code", code, *more, *options).stdout


def added(plant: Plant, folder: Path, code: str = "gw7") -> GatewayAccount:
    gateway(plant, "add", "--account", folder / f"{code}.account", "--by", "li", code=code)
    return read_account(folder / f"{code}.account")


@contextmanager
def connected(account: GatewayAccount, protocol: MQTTProtocolVersion) -> Iterator[tuple[Client, list[str], list[str]]]:
    """A gateway in a persistent session; with what it was told at connecting and at the end, and what it heard."""
    is_v5 = protocol == V5
    clean = {} if is_v5 else {"clean_session": False}
    client = Client(CallbackAPIVersion.VERSION2, client_id=account.name, protocol=protocol, **clean)
    client.username_pw_set(account.name, account.password)
    client.tls_set_context(tls_context(account.ca_pem or ""))
    events: list[str] = []
    heard: list[str] = []
    client.on_connect = lambda _client, _userdata, _flags, code, _properties: events.append(str(code))
    client.on_disconnect = lambda _client, _userdata, _flags, _code, _properties: events.append("end")
    client.on_message = lambda _client, _userdata, one: heard.append(one.payload.decode())
    more = {}
    if is_v5:
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = NEVER
        more = {"clean_start": False, "properties": properties}
    client.connect(account.host, account.port, **more)
    client.loop_start()
    yield client, events, heard
    client.disconnect()
    client.loop_stop()


def wait_event(events: list[str], event: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while event not in events:
        assert time.monotonic() < deadline, f"no {event!r} in {events}"
        time.sleep(0.02)


def test_two_commands_connect_a_newcomers_gateway_by_tls(plant: Plant, tmp_path: Path) -> None:
    plant.start()
    plant.start("outbound")
    account_file = tmp_path / "gw7.account"
    gateway(plant, "add", "--backfill-from", "2026-10-01", "--account", account_file)
    lines = [reading("1"), reading("2", point="p2"), reading("3", step=1), reading("x", step=2)]
    (tmp_path / "readings.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    sent = plant.run(
        "nenghao-gateway", "send", "--account", account_file, "--spool", tmp_path / "spool.db",
        "--readings", tmp_path / "readings.jsonl", "--timeout-s", "20",
    )  # fmt: skip
    assert "value_malformed" in sent.stdout
    assert plant.rows("SELECT sum(stored_count)::int, sum(refused_count)::int FROM message") == [(3, 1)]
    account = read_account(account_file)
    assert (account.port, account.ca_pem is None) == (plant.settings.gateway_port, False)
    assert (plant.settings.trust_dir / "release_signing_key.pub.pem").read_text() not in account.trust_pems
    assert account.password not in str(plant.rows("SELECT broker_password_hash FROM gateway"))
    assert account_file.stat().st_mode & 0o777 == 0o600


@both
def test_revoking_ends_a_live_session_for_good(plant: Plant, tmp_path: Path, protocol: MQTTProtocolVersion) -> None:
    leaving, staying = added(plant, tmp_path), added(plant, tmp_path, "gw8")
    with ExitStack() as stack:
        client, events, heard = stack.enter_context(connected(leaving, protocol))
        other, other_events, _ = stack.enter_context(connected(staying, protocol))
        for one in (client, other):
            wait_connected(one)
        client.subscribe(plant.topic("receipts", gateway="gw7"), qos=1)
        gateway(plant, "revoke", "--by", "wang")
        wait_event(events, "end")
        wait_event(events, "Not authorized")  # it tries to come back by itself
        with plant.publisher() as publish:
            publish(b"secret", topic=plant.topic("receipts", gateway="gw7"))
        assert (heard, other_events) == ([], ["Success"])
        assert other.is_connected()
    # Let in again, it finds nothing of its old session.
    (tmp_path / "gw7.account").unlink()
    again = added(plant, tmp_path)
    with connected(again, protocol) as (client, _, heard):
        wait_connected(client)
        time.sleep(0.3)
        assert heard == []
    assert plant.rows("SELECT kind, done_by FROM gateway_account_event JOIN gateway USING (gateway_id)"
                      " WHERE gateway_code = 'gw7' ORDER BY gateway_account_event_id") == [
        ("added", "li"), ("revoked", "wang"), ("added", "li"),
    ]  # fmt: skip


@both
def test_what_waits_for_an_absent_gateway_goes_with_its_password(
    plant: Plant, tmp_path: Path, protocol: MQTTProtocolVersion
) -> None:
    account = added(plant, tmp_path)
    with connected(account, protocol) as (client, _, _):
        wait_connected(client)
        client.subscribe(plant.topic("config", gateway="gw7"), qos=1)
        time.sleep(0.3)
    with plant.publisher() as publish:
        publish(b"secret", topic=plant.topic("config", gateway="gw7"))
    gateway(plant, "rotate", "--account", tmp_path / "second.account")
    with connected(read_account(tmp_path / "second.account"), protocol) as (client, _, heard):
        wait_connected(client)
        time.sleep(0.3)
        assert heard == []


def test_a_rotated_password_replaces_the_old_one_at_once(plant: Plant, tmp_path: Path) -> None:
    old = added(plant, tmp_path)
    gateway(plant, "rotate", "--account", tmp_path / "second.account")
    new = read_account(tmp_path / "second.account")
    assert (new.shard, new.password != old.password) == (plant.shard, True)
    with connected(old, V5) as (_, events, _):
        wait_event(events, "Not authorized")
    with connected(new, V5) as (_, events, _):
        wait_event(events, "Success")


def test_the_list_says_who_may_connect_since_when_and_what_was_heard(plant: Plant, tmp_path: Path) -> None:
    added(plant, tmp_path)
    gateway(plant, "revoke", code=added(plant, tmp_path, "gw8").gateway_code)
    plant.execute(
        "INSERT INTO gateway_state (gateway_id, online, buffered_count, received_at)"
        " SELECT gateway_id, true, 5, now() FROM gateway WHERE gateway_code = 'gw7'"
    )
    listed = json.loads(plant.run("nenghao", "gateway", "list", "--unit", UNIT, "--json").stdout)
    rows = {one["gateway_code"]: one for one in listed["gateways"]}
    assert {code: one["may_connect"] for code, one in rows.items()} == {"gw1": False, "gw7": True, "gw8": False}
    assert (rows["gw7"]["done_by"], rows["gw7"]["online"], rows["gw7"]["buffered_count"]) == ("li", True, 5)
    assert rows["gw1"]["done_at"] is None
    assert "hash" not in str(listed)
    lines = plant.run("nenghao", "gateway", "list").stdout.splitlines()
    assert ["  可连接 自" in line for line in lines] == [False, True, False]


def test_errors_are_told_in_the_users_language_and_before_a_password_is_lost(plant: Plant, tmp_path: Path) -> None:
    account = added(plant, tmp_path)
    for language, words in (("zh", "没有网关"), ("en", "has no gateway")):
        failed = subprocess.run(
            [PROGRAMS / "nenghao", "gateway", "revoke", "--unit", UNIT, "--code", "gw9"],
            env=plant.environment() | {"NENGHAO_LANGUAGE": language}, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert failed.returncode == 3
        assert words in failed.stderr
    taken = subprocess.run(
        [PROGRAMS / "nenghao", "gateway", "rotate", "--unit", UNIT, "--code", "gw7", "--account",
         tmp_path / "gw7.account"], env=plant.environment(), text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert taken.returncode == 3
    with connected(account, V5) as (_, events, _):
        wait_event(events, "Success")
    # As in the container of people: the image's own folder, and no secret but the console's.
    (tmp_path / "broker").mkdir()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "trust").symlink_to(plant.settings.trust_dir)
    (tmp_path / "secrets" / "nenghao_console").write_text(plant.settings.secret("nenghao_console"))
    update = {"broker_config_dir": tmp_path / "broker", "secrets_dir": tmp_path / "secrets"}
    nowhere = plant.settings.model_copy(update=update)
    told = subprocess.run(
        [PROGRAMS / "nenghao", "gateway", "rotate", "--unit", UNIT, "--code", "gw7", "--account", "-"],
        env=os.environ | variables_of(nowhere), text=True, capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(told.stdout)["gateway_code"] == "gw7"
    assert "broker-sync" in told.stderr
