"""The sender against the real broker, collector and receipts: order, pace, requests, and the long-running command.

Over 300 lines, because each behaviour needs its own course of broker, collector and gateway.
"""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from ingest.codecs.config_v1 import encode_resend
from ingest.gateway import GatewayAccount, SendReport, Spool, send
from ingest.gateway.account import read_account, write_account
from ingest.gateway.cli_options import identity_of
from ingest.gateway.evidence import Evidence
from ingest.gateway.keys import key_beside, make_key, read_key, read_or_make_key
from ingest.gateway.place import Place
from ingest.gateway.sender import SendSettings
from ingest.gateway.sender_lock import only_sender
from nenghao.crypto import load_signing_key, new_signing_key, public_key_of
from nenghao.envelope import enclose
from nenghao.errors import ConfigError
from nenghao.labels import label
from tests.ingest.conftest import GATEWAY, PROGRAMS, UNIT, Plant, wait_connected
from tests.ingest.test_gateway import cycles, enrol
from tests.ingest.wire import FIRST_AT, reading


@pytest.fixture
def account(plant: Plant) -> GatewayAccount:
    return enrol(plant)


@contextmanager
def listening(plant: Plant, *kinds: str) -> Iterator[list[tuple[str, bytes]]]:
    """What goes over the gateway's topics, as kind and payload, in its order."""
    heard: list[tuple[str, bytes]] = []
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(plant.settings.broker_user, plant.settings.secret("broker_collector"))
    subscribed = Event()
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _userdata, one: heard.append((one.topic.rpartition("/")[2], bytes(one.payload)))
    client.connect(plant.settings.broker_host, plant.settings.broker_port)
    client.loop_start()
    wait_connected(client)
    client.subscribe([(plant.topic(kind), 1) for kind in kinds])
    assert subscribed.wait(10)
    yield heard
    client.disconnect()
    client.loop_stop()


def wait_until(is_so: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Work in a thread of its own; what fails there fails the test."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(60)
    assert not thread.is_alive()
    if errors:
        raise errors[0]


def kinds_of(heard: list[tuple[str, bytes]]) -> list[str]:
    return [kind for kind, _ in heard]


def test_what_is_new_goes_before_back_fill(plant: Plant, account: GatewayAccount, tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    Spool(path).append_all(cycles(200), "backfill")
    Spool(path).append_all([[reading("1", step=300 + step)] for step in range(3)])
    is_complete = Event()

    def serve() -> None:
        send(Spool(path), account, until_receipted=False, settings=SendSettings(backfill_per_s=40),
             may_more_come=lambda: not is_complete.is_set())  # fmt: skip

    with listening(plant, "readings", "backfill") as heard:
        with beside(serve):
            wait_until(lambda: kinds_of(heard).count("backfill") >= 20)
            Spool(path).append([reading("2", step=400)])
            wait_until(lambda: kinds_of(heard).count("readings") == 4)
            is_complete.set()
        wait_until(lambda: len(heard) == 204)
    sent = kinds_of(heard)
    assert sent[:3] == ["readings"] * 3
    assert 3 + 20 <= 3 + sent[3:].index("readings") < 203


def test_the_platform_may_ask_for_messages_again(plant: Plant, account: GatewayAccount, tmp_path: Path) -> None:
    plant.start()
    plant.start("outbound")
    spool = Spool(tmp_path / "spool.db")
    spool.append_all(cycles(5))
    assert send(spool, account, timeout_s=20).is_complete
    request = encode_resend(UUID(spool.boot_id), [(1, 3)], FIRST_AT)
    with plant.publisher() as publish:
        for _ in range(2):
            publish(request, topic=plant.topic("config"))
    spool.append([reading("9", step=9)])
    report = send(spool, account, timeout_s=30)
    assert report.is_complete
    assert (report.messages_sent, report.messages_receipted) == (4, 4)
    assert (plant.count("message"), plant.count("reading")) == (6, 16)


def test_a_receipt_that_nobody_signed_is_not_believed_where_a_key_is_pinned(
    plant: Plant, account: GatewayAccount, tmp_path: Path
) -> None:
    pem = new_signing_key()
    spool = Spool(tmp_path / "spool.db")
    spool.append_all(cycles(2))
    topic = plant.topic("receipts")
    body = receipt_of(spool, topic)
    signed = enclose(load_signing_key(pem), topic, body)
    reports: list[SendReport] = []

    def serve() -> None:
        trusting = replace(account, trust_pems=(public_key_of(pem),))
        reports.append(send(Spool(tmp_path / "spool.db"), trusting, timeout_s=30))

    with listening(plant, "readings") as heard, plant.publisher() as publish, beside(serve):
        wait_until(lambda: len(heard) == 2)
        publish(body, topic=topic)
        publish(signed, topic=topic)
    assert reports[0].is_complete
    assert reports[0].disbelieved == 1
    assert [one.payload for one in Evidence(spool.file).receipts()] == [signed]


def receipt_of(spool: Spool, topic: str) -> bytes:
    hashes = {str(one.seq): sha256(one.payload).hexdigest() for one in spool.unreceipted()}
    counts = {"stored": 0, "duplicate": 0, "conflict": 0, "revision": 0, "refused": 0}
    body = {
        "schema": "nenghao/1",
        "topic": topic,
        "sent_at": datetime.now(UTC).isoformat(),
        "gateway": "gw1",
        "boot_id": spool.boot_id,
        "seq_ranges": [[0, len(hashes) - 1]],
        "readings": counts,
        "refusal_count": 0,
        "refusals": [],
        "hashes": hashes,
    }
    return json.dumps(body).encode()


def test_a_published_head_is_kept_and_echoed(plant: Plant, account: GatewayAccount, tmp_path: Path) -> None:
    day, root = f"2031-01-{plant.shard % 28 + 1:02}", f"{plant.shard:064x}"
    head = json.dumps({"schema": "nenghao/1", "day": day, "root": root}).encode()
    path = tmp_path / "spool.db"
    is_heard = Event()

    def serve() -> None:
        send(Spool(path), account, settings=SendSettings(heartbeat_s=0.2), may_more_come=lambda: not is_heard.is_set())

    with plant.publisher() as publish, listening(plant, "state") as heard:
        with beside(serve):
            wait_until(lambda: heard)
            publish(head, topic=f"nenghao/v1/heads/{day}")
            wait_until(lambda: json.loads(heard[-1][1]).get("head") == {"day": day, "root": root})
            is_heard.set()
        wait_until(lambda: json.loads(heard[-1][1])["online"] is False)
    assert [one.payload for one in Evidence(Spool(path).file).heads() if one.day == day] == [head]


def test_a_spool_that_is_being_sent_or_belongs_to_another_gateway_is_refused(
    account: GatewayAccount, tmp_path: Path
) -> None:
    spool = Spool(tmp_path / "spool.db")
    with only_sender(spool.path), pytest.raises(ConfigError, match="being sent"):
        send(spool, account)
    send(spool, account)
    with pytest.raises(ConfigError, match="belongs to"):
        send(spool, replace(account, gateway_code="gw2"))


# --- the commands ---


@pytest.fixture
def account_file(account: GatewayAccount, tmp_path: Path) -> Path:
    path = tmp_path / "account.json"
    write_account(path, account)
    return path


def line(value: str, **others: object) -> str:
    return json.dumps(reading(value, **others)) + "\n"  # type: ignore[arg-type]


def test_a_running_gateway_sends_lines_as_they_come_until_it_is_told_to_stop(
    plant: Plant, account_file: Path, tmp_path: Path
) -> None:
    plant.start()
    plant.start("outbound")
    with subprocess.Popen(
        [PROGRAMS / "nenghao-gateway", "run", "--follow", "--spool", tmp_path / "spool.db", "--account", account_file],
        env=plant.environment() | {"NENGHAO_LANGUAGE": "en"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as gateway:  # fmt: skip
        assert gateway.stdin is not None
        for step, count in ((0, 2), (1, 4)):
            gateway.stdin.write(line("1", step=step) + line("2", step=step, point="p2"))
            gateway.stdin.flush()
            plant.wait_count("reading", count)
        gateway.stdin.write("no reading\n")
        gateway.stdin.flush()
        wait_until(lambda: Spool(tmp_path / "spool.db").counts().receipted_messages == 2)
        plant.wait_count("gateway_state", 1)
        gateway.send_signal(signal.SIGTERM)
        gateway.stdin.close()
        assert gateway.stdout is not None
        assert gateway.stderr is not None
        told, errors = gateway.stdout.read(), gateway.stderr.read()
    assert gateway.returncode == 0, errors
    assert told == summary(messages=2, readings=4)
    assert "stdin, row 5: not JSON" in errors
    plant.wait_count("gateway_state", 2)
    assert plant.rows("SELECT online FROM gateway_state ORDER BY gateway_state_id") == [(True,), (False,)]


def test_a_running_gateway_ends_with_its_lines_once_they_are_receipted(
    plant: Plant, account_file: Path, tmp_path: Path
) -> None:
    plant.start()
    plant.start("outbound")
    done = subprocess.run(
        [PROGRAMS / "nenghao-gateway", "run", "--follow", "--spool", tmp_path / "spool.db", "--account", account_file],
        env=plant.environment(), input=line("1") + line("x", step=1), text=True, capture_output=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert plant.count("reading") == 1
    assert "value_malformed" in done.stdout
    refusals = plant.run("nenghao-gateway", "receipts", "refusals", "--spool", tmp_path / "spool.db")
    assert refusals.stdout == "1\t0\tvalue_malformed\n"


def test_a_table_is_replayed_and_its_wrong_rows_are_named(plant: Plant, account_file: Path, tmp_path: Path) -> None:
    plant.start()
    plant.start("outbound")
    table = tmp_path / "plant.csv"
    at = FIRST_AT.isoformat()
    table.write_text(f"place,time,kWh\np1,{at},1.5\np2,{at},many\np3,{at},2.5\n")
    spool = tmp_path / "spool.db"
    command: list[str | Path] = [
        PROGRAMS / "nenghao-gateway", "send", "--spool", spool, "--account", account_file, "--readings", table,
        "--column", "point=place", "--column", "at=time", "--column", "value=kWh",
        "--constant", "quantity=active_energy", "--constant", "kind=register", "--constant", "period=instant",
        "--constant", "unit=kWh", "--timeout-s", "20",
    ]  # fmt: skip
    environment = plant.environment() | {"NENGHAO_LANGUAGE": "en"}
    done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "plant.csv, row 3, field value: not a plain decimal number" in done.stderr
    assert done.stdout == summary(messages=1, readings=2)
    assert plant.count("reading") == 2
    plant.run("nenghao-gateway", "receipts", "export", "--spool", spool, "--to", tmp_path / "kept")
    files = [path.read_bytes() for path in sorted((tmp_path / "kept").glob("receipt-*"))]
    assert files == [one.payload for one in Evidence(Spool(spool).file).receipts()]
    assert len(files) == 1


def summary(*, messages: int, readings: int) -> str:
    return (
        label("sender.sent", "en", messages=messages, readings=readings, taken=messages, receipted=messages, waiting=0)
        + "\n"
    )


def test_a_registered_key_signs_all_that_is_sent_and_an_edit_of_the_spool_is_refused(
    plant: Plant, account_file: Path, tmp_path: Path
) -> None:
    plant.start()
    plant.start("outbound")
    path = tmp_path / "spool.db"
    public = plant.run("nenghao-gateway", "key", "--key", key_beside(path)).stdout.strip()
    plant.run("nenghao", "gateway", "key", "add", "--unit", UNIT, "--code", GATEWAY, "--public-key", public,
              "--by", "test")  # fmt: skip
    lines = tmp_path / "readings.jsonl"
    lines.write_text(line("1") + line("2", step=1))
    send_words = ["nenghao-gateway", "send", "--spool", str(path), "--account", str(account_file), "--timeout-s", "20"]
    plant.run(*send_words, "--readings", str(lines))
    assert plant.rows("SELECT outcome, assurance FROM message WHERE codec <> 'state_v1'") == [("accepted", "signed")]
    plant.wait_count("gateway_state", 2)
    head = Spool(path).head()
    assert head is not None
    assert plant.rows("SELECT DISTINCT spool_head_seq, spool_head_hash FROM gateway_state") == [(head.seq, head.hash)]

    account = read_account(account_file)
    spool = Spool(path, Place.of(account), read_key(key_beside(path)))
    for value, step in (("3", 2), ("4", 3)):
        spool.append([reading(value, step=step)])
    payload = spool.unreceipted_of([1])[0].payload.replace(b'"value":"3"', b'"value":"2"')
    spool.file.execute("UPDATE message SET payload = ?, hash = ? WHERE seq = 1", [payload, sha256(payload).digest()])
    spool.close()
    edited = plant.run(*send_words)
    assert label("sender.refused", "zh", reason="signature_wrong", count=1) in edited.stdout
    assert plant.count("reading") == 3


def test_a_spool_is_not_signed_by_a_second_key_by_mistake(account: GatewayAccount, tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    key = make_key(tmp_path / "gateway.pem")
    Spool(path, Place.of(account), key).append([reading()])
    with pytest.raises(ConfigError, match=f"signed by key {key.key_id}, .* name it by --key"):
        identity_of(account, path, None)
    assert identity_of(account, path, tmp_path / "gateway.pem").key.key_id == key.key_id
    fresh = identity_of(account, tmp_path / "other.db", None).key
    assert identity_of(account, tmp_path / "other.db", None).key.key_id == fresh.key_id


def test_a_key_that_two_make_at_once_is_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: read_or_make_key(tmp_path / "key.pem").key_id, range(40)))
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]


def test_a_key_is_made_once_and_its_public_half_shown(plant: Plant, tmp_path: Path) -> None:
    first = plant.run("nenghao-gateway", "key", "--key", tmp_path / "key.pem").stdout
    assert plant.run("nenghao-gateway", "key", "--key", tmp_path / "key.pem").stdout == first
    assert len(first.strip()) == 44
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    (tmp_path / "key.pem").chmod(0o644)
    refused = subprocess.run(
        [PROGRAMS / "nenghao-gateway", "key", "--key", tmp_path / "key.pem"],
        text=True,
        capture_output=True,
        check=False,
    )
    assert refused.returncode == 3
    assert "others may read it" in refused.stderr


def test_options_that_do_not_go_together_are_named(plant: Plant, account_file: Path, tmp_path: Path) -> None:
    for options, complaint in (
        ([], "--account is missing, or --broker, --unit, --gateway, --shard, --password-file"),
        (["--account", account_file, "--unit", "U"], "does not go with --unit"),
        (["--broker", "here", "--unit", "U", "--gateway", "g", "--shard", "1", "--password-file", "p"], "HOST:PORT"),
        (["--account", account_file, "--key", tmp_path / "none.pem"], "none.pem: No such file"),
    ):
        done = subprocess.run(
            [PROGRAMS / "nenghao-gateway", "send", "--spool", tmp_path / "spool.db", *options],
            env=plant.environment(), text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 3, done.stderr
        assert complaint in done.stderr


def test_a_killed_sender_goes_on_where_it_was(plant: Plant, account_file: Path, tmp_path: Path) -> None:
    plant.start()
    plant.start("outbound")
    path = tmp_path / "spool.db"
    Spool(path).append_all(cycles(3000))
    words: list[str | Path] = ["send", "--spool", path, "--account", account_file, "--timeout-s", "60"]
    for stored in (300, 3000):
        command = [PROGRAMS / "nenghao-gateway", *words]
        sender = subprocess.Popen(command, env=plant.environment(), stderr=subprocess.DEVNULL)
        plant.wait_at_least("reading", stored)
        sender.kill()
        sender.wait()
    plant.run("nenghao-gateway", *words)
    assert Spool(path).counts().receipted_messages == 3000
    assert plant.rows("SELECT count(*), sum(stored_count)::int FROM message WHERE codec <> 'state_v1'") == [
        (3000, 9000)
    ]
    assert plant.count("reading") == 9000


def test_a_receipt_for_which_there_is_no_room_is_kept_once_there_is(
    plant: Plant, account: GatewayAccount, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plant.start()
    plant.start("outbound")
    spool = Spool(tmp_path / "spool.db")
    spool.append_all(cycles(60))
    (pages,) = spool.file.execute("PRAGMA page_count")[0]
    spool.file.execute(f"PRAGMA max_page_count = {pages}")

    def make_room_when_it_is_missed() -> bool:
        if "no room on its disk" in caplog.text:
            spool.file.execute("PRAGMA max_page_count = 100000")
        return False

    report = send(spool, account, timeout_s=60, is_stopped=make_room_when_it_is_missed)
    assert "no room on its disk" in caplog.text
    assert report.is_complete
    assert Evidence(spool.file).receipts()
    assert plant.count("reading") == 180
