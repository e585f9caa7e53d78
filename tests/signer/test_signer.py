"""The signer: signs what follows, refuses what contradicts its memory, and remembers over restarts.

Over 300 lines, because one small service is asked everything that a hostile caller could ask.
"""

import base64
import json
import resource
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from nenghao.config import Settings
from nenghao.credentials import SIGNER_KEY, generate_secrets, rotate_signer_key
from nenghao.crypto import load_signing_key, new_signing_key, public_key_from_bytes
from nenghao.envelope import enclose, open_envelope, payload_of
from nenghao.errors import ConfigError, RetryableError, SealBroken
from nenghao.signer.client import DOWNWARD_TOKEN, HEADS_TOKEN, SignerClient
from nenghao.signer.memory import HEADS_FILE, Signer
from nenghao.signer.service import SignerServer
from nenghao.signer.statements import Head, read_head
from nenghao.trust import load_trust, pinned, rotation
from tests.signing import running_signer

NOW = datetime(2026, 10, 3, 16, 10, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST = Head(
    tree_no=1,
    day_on=date(2026, 10, 3),
    root=b"\1" * 32,
    previous_root=None,
    last_batch_id=3,
    last_row_leaf_id=2,
    batch_count=3,
    message_count=7,
    row_count=2,
    hash_algorithm="sha256",
    closed_at=NOW,
    resumed_over_tree_no=None,
)
SECOND = replace(
    FIRST, tree_no=2, day_on=date(2026, 10, 4), root=b"\2" * 32, previous_root=FIRST.root, closed_at=NOW + DAY
)
TOPIC = "nenghao/v1/0/91110000000000013A/gw1/receipts"


def receipt(topic: str = TOPIC, sent_at: datetime = NOW) -> bytes:
    return json.dumps({"schema": "nenghao/1", "topic": topic, "sent_at": sent_at.isoformat()}).encode()


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[Signer]:
    one = Signer(load_signing_key(new_signing_key()), tmp_path / "signer")
    yield one
    one.close()


def test_heads_follow_each_other(signer: Signer) -> None:
    signer.sign_head(FIRST.body(), NOW)
    signer.sign_head(SECOND.body(), NOW + DAY)
    assert signer.last == SECOND


def test_the_last_head_is_signed_again_as_it_was(signer: Signer) -> None:
    """A closing that died between signing and storing asks again, perhaps an hour later."""
    signature = signer.sign_head(FIRST.body(), NOW)
    assert signer.sign_head(FIRST.body(), NOW + timedelta(hours=1)) == signature
    assert len(signer.payloads()) == 1


@pytest.mark.parametrize(
    ("head", "now", "reason"),
    [
        (replace(SECOND, tree_no=1, root=b"\3" * 32, previous_root=None), NOW + DAY, "signed last"),
        (replace(SECOND, previous_root=b"\3" * 32), NOW + DAY, "not the one that was signed"),
        (replace(SECOND, previous_root=None), NOW + DAY, "not the one that was signed"),
        (replace(SECOND, tree_no=3), NOW + DAY, "not the next"),
        (replace(SECOND, day_on=FIRST.day_on), NOW + DAY, "not after"),
        (replace(SECOND, closed_at=NOW + timedelta(hours=22)), NOW + timedelta(hours=22), "less than 23 hours"),
        (SECOND, NOW, "not now"),
        (replace(SECOND, resumed_over_tree_no=9), NOW + DAY, "resumes over"),
    ],
)
def test_a_head_that_contradicts_the_memory_is_not_signed(
    signer: Signer, head: Head, now: datetime, reason: str
) -> None:
    signer.sign_head(FIRST.body(), NOW)
    with pytest.raises(SealBroken, match=reason):
        signer.sign_head(head.body(), now)
    assert signer.last == FIRST


def test_a_signer_without_memory_begins_with_the_first_head_only(signer: Signer) -> None:
    with pytest.raises(SealBroken, match="first head"):
        signer.sign_head(SECOND.body(), NOW + DAY)


def test_the_memory_outlives_the_process_and_admits_one(tmp_path: Path) -> None:
    key = load_signing_key(new_signing_key())
    first = Signer(key, tmp_path / "signer")
    first.sign_head(FIRST.body(), NOW)
    with pytest.raises(ConfigError, match="another signer"):
        Signer(key, tmp_path / "signer")
    first.close()
    second = Signer(key, tmp_path / "signer")
    assert second.last == FIRST
    second.close()


def test_a_damaged_memory_stops_the_signer(tmp_path: Path) -> None:
    folder = tmp_path / "signer"
    folder.mkdir()
    (folder / HEADS_FILE).write_text('{"body": "cut\n')
    with pytest.raises(SealBroken, match="damaged"):
        Signer(load_signing_key(new_signing_key()), folder)


@pytest.mark.parametrize("rest", [b'{"body": "cut', b"{"])
def test_a_line_that_a_crash_cut_short_is_forgotten(tmp_path: Path, rest: bytes) -> None:
    key = load_signing_key(new_signing_key())
    first = Signer(key, tmp_path / "signer")
    first.sign_head(FIRST.body(), NOW)
    first.close()
    with (tmp_path / "signer" / HEADS_FILE).open("ab") as file:
        file.write(rest)
    for _ in range(2):
        second = Signer(key, tmp_path / "signer")
        second.sign_head(SECOND.body(), NOW + DAY)
        assert second.last == SECOND
        second.close()


def test_a_full_disk_leaves_no_half_line_in_the_memory(signer: Signer, tmp_path: Path) -> None:
    signer.sign_head(FIRST.body(), NOW)
    size = (tmp_path / "signer" / HEADS_FILE).stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, limits[1]))
    try:
        with pytest.raises(OSError, match="space"):
            signer.sign_head(SECOND.body(), NOW + DAY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert signer.last == FIRST
    signer.sign_head(SECOND.body(), NOW + DAY)
    signer.close()
    again = Signer(signer.key, tmp_path / "signer")
    assert again.last == SECOND
    again.close()


def test_bytes_that_say_the_same_in_another_form_are_no_head() -> None:
    assert read_head(FIRST.body()) == FIRST
    infinite = FIRST.body().replace(b'"tree_no":1', b'"tree_no":1e999')
    for body in (infinite, FIRST.body() + b"\n", FIRST.body().replace(b":", b": ", 1), b"{}", b"[" * 100_000, b"\xff"):
        with pytest.raises(SealBroken):
            read_head(body)


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("nenghao/v1/heads/2026-10-03", receipt("nenghao/v1/heads/2026-10-03")),
        (TOPIC.replace("receipts", "readings"), receipt(TOPIC.replace("receipts", "readings"))),
        (TOPIC, receipt(TOPIC.replace("gw1", "gw2"))),
        (TOPIC, receipt(sent_at=NOW - timedelta(minutes=6))),
        (TOPIC, b"{}"),
        (TOPIC, b"[" * 100_000),
    ],
)
def test_only_messages_to_gateways_of_now_are_signed_downward(signer: Signer, topic: str, body: bytes) -> None:
    with pytest.raises(SealBroken):
        signer.sign_downward(topic, body, NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation's secrets."""
    secrets, trust = tmp_path / "secrets", tmp_path / "trust"
    for folder in (secrets, trust):
        folder.mkdir()
    generate_secrets(secrets, trust, ["localhost"])
    return Settings(secrets_dir=secrets)


@dataclass
class Running:
    """A signer that listens, and whoever asks it."""

    server: SignerServer
    settings: Settings


@pytest.fixture
def running(settings: Settings, tmp_path: Path) -> Iterator[Running]:
    with running_signer(settings, tmp_path / "signer", lambda: NOW) as server:
        yield Running(server, settings.model_copy(update={"signer_port": server.server_address[1]}))


def test_receipts_and_heads_come_back_signed_by_the_trusted_key(running: Running) -> None:
    trust = load_trust(running.settings.trust_dir)
    bodies = [receipt(), receipt(TOPIC.replace("gw1", "gw2"))]
    topics = [json.loads(body)["topic"] for body in bodies]
    with SignerClient(running.settings, DOWNWARD_TOKEN) as client:
        signatures = client.sign_downward(list(zip(topics, bodies, strict=True)))
    for topic, body, signature in zip(topics, bodies, signatures, strict=True):
        envelope = open_envelope(payload_of(signature, body))
        assert envelope is not None
        assert envelope.signature is not None
        assert trust.objection(envelope.signature, topic, envelope.body, NOW) is None
    with SignerClient(running.settings, HEADS_TOKEN) as client:
        assert client.last_head() is None
        assert trust.objection(client.sign_head(FIRST), FIRST.topic, FIRST.body(), NOW) is None
        assert client.last_head() == FIRST
        assert [topic for topic, _ in client.heads()] == [FIRST.topic]


def test_each_token_opens_its_own_part(running: Running) -> None:
    with SignerClient(running.settings, DOWNWARD_TOKEN) as client, pytest.raises(ConfigError, match="403"):
        client.sign_head(FIRST)
    with SignerClient(running.settings, HEADS_TOKEN) as client, pytest.raises(ConfigError, match="403"):
        client.sign_downward([(TOPIC, receipt())])


def test_nothing_is_read_of_a_caller_without_a_token(running: Running) -> None:
    length = 20_000_000
    with socket.create_connection(("127.0.0.1", running.settings.signer_port), timeout=20) as caller:
        caller.sendall(f"POST /downward HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode() + b" " * 70_000)
        assert caller.recv(100).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(
    ("length", "body", "status"),
    [
        ("\xb2", b"", 413),
        ("-1", b"", 413),
        ("9999999999", b"", 413),
        ("3", b"[1]", 400),
        ("4", b"null", 400),
        ("50000", b"[" * 50_000, 400),
        ("17", b'{"items": [null]}', 400),
        ("41", b'{"items": [{"topic": 1e999, "body": ""}]}', 400),
    ],
)
def test_hostile_requests_are_answered(running: Running, length: str, body: bytes, status: int) -> None:
    token = running.settings.secret(DOWNWARD_TOKEN)
    head = f"POST /downward HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.settings.signer_port), timeout=20) as caller:
        caller.sendall(head.encode("latin-1") + body)
        assert caller.recv(100).startswith(f"HTTP/1.1 {status}".encode())


def test_a_refusal_says_why_and_an_absent_signer_is_waited_for(running: Running) -> None:
    with SignerClient(running.settings, HEADS_TOKEN) as client, pytest.raises(SealBroken, match="not now"):
        client.sign_head(SECOND)
    running.server.shutdown()
    running.server.server_close()
    with SignerClient(running.settings, HEADS_TOKEN) as client, pytest.raises(RetryableError, match="signer at"):
        client.last_head()


def test_a_key_is_replaced_without_a_break_in_trust(tmp_path: Path) -> None:
    secrets, trust_dir = tmp_path / "secrets", tmp_path / "trust"
    for folder in (secrets, trust_dir):
        folder.mkdir()
    generate_secrets(secrets, trust_dir, ["localhost"])
    keys = [load_signing_key((secrets / "signer_signing_key.pem").read_text())]
    pinned = load_trust(trust_dir)
    for months in (1, 2):
        rotate_signer_key(secrets, trust_dir, NOW + 30 * months * DAY)
        keys.append(load_signing_key((secrets / "signer_signing_key.pem").read_text()))
    generate_secrets(secrets, trust_dir, ["localhost"])
    trust = load_trust(trust_dir)

    def objection(key_no: int, days: int) -> str | None:
        envelope = open_envelope(enclose(keys[key_no], TOPIC, b"x"))
        assert envelope is not None
        assert envelope.signature is not None
        return trust.objection(envelope.signature, TOPIC, b"x", NOW + days * DAY)

    assert [objection(0, 0), objection(1, 40), objection(2, 70)] == [None] * 3
    assert [objection(0, 40), objection(1, 70), objection(1, 3)] == ["trust.key_not_valid_then"] * 3
    assert keys[1].key_id not in pinned.keys


def test_a_rotation_by_a_stranger_is_not_believed(tmp_path: Path) -> None:
    for name in ("ours", "theirs"):
        for folder in ("secrets", "trust"):
            (tmp_path / name / folder).mkdir(parents=True)
        generate_secrets(tmp_path / name / "secrets", tmp_path / name / "trust", ["localhost"])
    key_id = rotate_signer_key(tmp_path / "theirs" / "secrets", tmp_path / "theirs" / "trust", NOW)
    statement = (tmp_path / "theirs" / "trust" / f"signer-{key_id}.rotation").read_bytes()
    trust = load_trust(tmp_path / "ours" / "trust")
    with pytest.raises(SealBroken, match="no trusted key"):
        trust.with_rotation(statement)
    with pytest.raises(SealBroken):
        trust.with_rotation(base64.b64encode(statement))


def test_a_replaced_key_names_no_other_successor(tmp_path: Path) -> None:
    old, new, evil = (load_signing_key(new_signing_key()) for _ in range(3))
    ours = rotation(old, new, NOW)
    trust = pinned({old.key_id: public_key_from_bytes(old.public_bytes)}).with_rotation(ours)
    for valid_from in (NOW - DAY, NOW, NOW + 90 * DAY):
        with pytest.raises(SealBroken, match="replaced"):
            trust.with_rotation(rotation(old, evil, valid_from))
    again = trust.with_rotation(ours)
    assert again.keys_in_use.keys() == {new.key_id}
    assert again.validity == trust.validity


def test_a_rotation_that_was_interrupted_is_finished_by_the_next(tmp_path: Path) -> None:
    secrets, trust_dir = tmp_path / "secrets", tmp_path / "trust"
    for folder in (secrets, trust_dir):
        folder.mkdir()
    generate_secrets(secrets, trust_dir, ["localhost"])
    key = secrets / SIGNER_KEY
    old = key.read_text()
    interrupted = rotate_signer_key(secrets, trust_dir, NOW)
    key.rename(secrets / f"{SIGNER_KEY}.next")
    key.write_text(old)
    assert rotate_signer_key(secrets, trust_dir, NOW + 5 * DAY) == interrupted
    assert load_signing_key(key.read_text()).key_id == interrupted
    assert rotate_signer_key(secrets, trust_dir, NOW + 6 * DAY) != interrupted
    in_use = load_trust(trust_dir).keys_in_use
    assert load_signing_key(key.read_text()).key_id in in_use
    assert {interrupted, load_signing_key(old).key_id}.isdisjoint(in_use)


def test_a_lost_memory_adopts_a_published_head(tmp_path: Path) -> None:
    for folder in ("secrets", "trust"):
        (tmp_path / folder).mkdir()
    generate_secrets(tmp_path / "secrets", tmp_path / "trust", ["localhost"])
    key = load_signing_key((tmp_path / "secrets" / "signer_signing_key.pem").read_text())
    trust = load_trust(tmp_path / "trust")
    signer = Signer(key, tmp_path / "signer")
    with pytest.raises(SealBroken):
        signer.adopt(enclose(load_signing_key(new_signing_key()), FIRST.topic, FIRST.body()), trust)
    assert signer.adopt(enclose(key, FIRST.topic, FIRST.body()), trust) == FIRST
    with pytest.raises(SealBroken, match="nothing to adopt"):
        signer.adopt(enclose(key, FIRST.topic, FIRST.body()), trust)
    signer.sign_head(SECOND.body(), NOW + DAY)
    signer.close()
