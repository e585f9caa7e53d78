"""What a gateway believes of what it hears, and what it keeps as evidence."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ingest.codecs.config_v1 import encode_resend
from ingest.gateway import GatewayAccount, Spool
from ingest.gateway.evidence import Evidence, KeptRefusal
from ingest.gateway.heartbeat import ClockOffset, Heartbeat, config_hash
from ingest.gateway.inbox import Inbox
from ingest.gateway.place import Place
from nenghao.crypto import (
    check_signature,
    load_signing_key,
    new_signing_key,
    public_key_from_bytes,
    public_key_of,
)
from nenghao.envelope import enclose, open_envelope, signed_bytes
from nenghao.errors import RetryableError
from nenghao.trust import KEYS_TOPIC, rotation
from tests.ingest.wire import reading

PLATFORM_PEM = new_signing_key()
PLATFORM = load_signing_key(PLATFORM_PEM)
STRANGER = load_signing_key(new_signing_key())
UNIT = "91110000000000013A"
RECEIPTS = f"nenghao/v1/3/{UNIT}/gw1/receipts"
CONFIG = f"nenghao/v1/3/{UNIT}/gw1/config"
HEAD = "nenghao/v1/heads/2026-10-03"
ACCOUNT = GatewayAccount(
    host="127.0.0.1",
    port=1883,
    unit_code=UNIT,
    gateway_code="gw1",
    shard=3,
    password="secret",
    trust_pems=(public_key_of(PLATFORM_PEM),),
)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    spool = Spool(tmp_path / "spool.db", Place.of(ACCOUNT))
    spool.append_all([[reading(step=step), reading(step=step, point="p2")] for step in range(5)])
    return spool


def hash_of(spool: Spool, seq: int) -> str:
    return sha256(spool.unreceipted_of([seq])[0].payload).hexdigest()


def receipt(spool: Spool, *seqs: int, boot_id: str | None = None, **others: object) -> bytes:
    counts = {"stored": 0, "duplicate": 0, "conflict": 0, "revision": 0, "refused": 0}
    body = {
        "schema": "nenghao/1",
        "topic": RECEIPTS,
        "sent_at": "2026-10-03T00:20:00Z",
        "gateway": "gw1",
        "boot_id": boot_id or spool.boot_id,
        "seq_ranges": [[seq, seq] for seq in seqs],
        "readings": counts,
        "refusal_count": 0,
        "refusals": [],
        "hashes": {str(seq): hash_of(spool, seq) for seq in seqs},
    }
    return json.dumps(body | others).encode()


def test_a_receipt_signed_by_a_trusted_key_is_believed_and_kept(spool: Spool) -> None:
    inbox = Inbox(spool, ACCOUNT)
    payload = enclose(PLATFORM, RECEIPTS, receipt(spool, 0, 2, unit=UNIT, shard=3))
    assert inbox.take(RECEIPTS, payload).receipted == {0: 2, 2: 2}
    assert inbox.take(RECEIPTS, payload).receipted == {}  # delivered again
    assert [message.seq for message in spool.unreceipted()] == [1, 3, 4]
    assert [(kept.topic, kept.payload) for kept in Evidence(spool.file).receipts()] == [(RECEIPTS, payload)]
    assert inbox.disbelieved == 0


def test_a_new_key_is_believed_where_the_old_one_names_it_and_the_old_one_no_more(spool: Spool) -> None:
    inbox, new = Inbox(spool, ACCOUNT), load_signing_key(new_signing_key())
    topic = KEYS_TOPIC + new.key_id
    inbox.take(topic, rotation(STRANGER, new, datetime.now(UTC)))
    assert inbox.take(RECEIPTS, enclose(new, RECEIPTS, receipt(spool, 0))).receipted == {}
    statement = rotation(PLATFORM, new, datetime.now(UTC))
    for _ in range(2):  # it is retained, so it comes at each connection
        inbox.take(topic, statement)
    assert inbox.disbelieved == 2
    assert inbox.take(RECEIPTS, enclose(new, RECEIPTS, receipt(spool, 0))).receipted == {0: 2}
    assert inbox.take(RECEIPTS, enclose(PLATFORM, RECEIPTS, receipt(spool, 1))).receipted == {}
    later = Inbox(spool, ACCOUNT)
    assert later.take(RECEIPTS, enclose(new, RECEIPTS, receipt(spool, 2))).receipted == {2: 2}


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "unsigned": lambda body: body,
    "signed by a stranger": lambda body: enclose(STRANGER, RECEIPTS, body),
    "signed for another topic": lambda body: enclose(PLATFORM, RECEIPTS.replace("gw1", "gw2"), body),
    "edited": lambda body: enclose(PLATFORM, RECEIPTS, body).replace(b'"gw1"', b'"gw2"'),
    "unknown algorithm": lambda body: enclose(PLATFORM, RECEIPTS, body).replace(b" ed25519 ", b" sm2 "),
    "damaged header": lambda body: b"nenghao-signed/1 x\n" + body,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_no_trusted_key_signed_changes_nothing(spool: Spool, damage: str) -> None:
    inbox = Inbox(spool, ACCOUNT)
    heard = inbox.take(RECEIPTS, DAMAGES[damage](receipt(spool, 0)))
    assert heard.receipted == {}
    assert inbox.disbelieved == 1
    assert spool.waiting_count() == 5
    assert Evidence(spool.file).receipts() == []


def test_receipts_for_other_spools_and_other_bytes_receipt_nothing(spool: Spool) -> None:
    inbox = Inbox(spool, ACCOUNT)
    for body in (
        receipt(spool, 0, boot_id=str(uuid4())),
        receipt(spool, 1, hashes={"1": sha256(b"other").hexdigest()}),
        receipt(spool, 1, hashes={"1": "not hex"}),
        receipt(spool, 1, hashes={"one": hash_of(spool, 1)}),
        receipt(spool, refusals=[{"seq": None, "ordinal": None, "reason": "too_old", "hash": "xyz"}]),
        b"no receipt",
        b'{"schema":"nenghao/1"}',
    ):
        assert inbox.take(RECEIPTS, enclose(PLATFORM, RECEIPTS, body)).receipted == {}
    assert spool.waiting_count() == 5


def test_refusals_are_kept_for_each_message_and_a_reused_seq_is_an_error(
    spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox(spool, ACCOUNT)
    refusals = [
        {"seq": 0, "ordinal": 1, "reason": "value_malformed"},
        {"seq": 9, "ordinal": None, "reason": "too_old"},  # not among the messages of this receipt
        {"seq": None, "ordinal": None, "reason": "seq_reused", "hash": hash_of(spool, 3)},
    ]
    payload = enclose(PLATFORM, RECEIPTS, receipt(spool, 0, 1, refusals=refusals, refusal_count=203))
    for _ in range(2):
        inbox.take(RECEIPTS, payload)
    assert Evidence(spool.file).refusals() == [
        KeptRefusal(seq=0, ordinal=1, reason="value_malformed"),
        KeptRefusal(seq=3, ordinal=None, reason="seq_reused"),
    ]
    assert (inbox.refusals, inbox.unlisted_refusals) == ({"value_malformed": 1, "seq_reused": 1}, 200)
    assert [message.seq for message in spool.unreceipted()] == [2, 4]
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert "another message under seq 3" in errors[0]


def head(root: str, day: str = "2026-10-03") -> bytes:
    body = {"schema": "nenghao/1", "day": day, "root": root * 64, "previous_root": "0" * 64, "leaf_count": 3}
    return json.dumps(body).encode()


def test_a_head_that_contradicts_one_kept_before_is_an_error_kept_beside_it(
    spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    inbox, evidence = Inbox(spool, ACCOUNT), Evidence(spool.file)
    first, other = enclose(PLATFORM, HEAD, head("a")), enclose(PLATFORM, HEAD, head("b"))
    for payload in (first, first, head("c")):  # once more, and one that nobody signed
        inbox.take(HEAD, payload)
    assert [kept.payload for kept in evidence.heads()] == [first]
    assert "was published before" not in caplog.text
    inbox.take(HEAD, other)
    assert [kept.payload for kept in evidence.heads()] == [first, other]
    assert "root " + "b" * 64 in caplog.text
    newest = evidence.newest_head()
    assert newest is not None
    assert newest.root == "a" * 64  # the echo of the first one is what shows the change to the platform
    inbox.take(HEAD, enclose(PLATFORM, HEAD, head("d", day="2026-10-04")))  # another day under this topic
    assert len(evidence.heads()) == 2


def test_a_request_to_send_again_is_followed_once(spool: Spool) -> None:
    inbox = Inbox(spool, ACCOUNT)
    inbox.take(RECEIPTS, enclose(PLATFORM, RECEIPTS, receipt(spool, 0, 1, 2, 3)))
    body = encode_resend(UUID(spool.boot_id), [(2, 7), (1, 1)], datetime.now(UTC))
    assert inbox.take(CONFIG, body).resend_from is None
    assert spool.waiting_count() == 1
    request = enclose(PLATFORM, CONFIG, body)
    assert inbox.take(CONFIG, request).resend_from == 1
    assert [message.seq for message in spool.unreceipted()] == [1, 2, 3, 4]
    inbox.take(RECEIPTS, enclose(PLATFORM, RECEIPTS, receipt(spool, 1, 2)))
    assert inbox.take(CONFIG, request).resend_from is None
    assert [message.seq for message in spool.unreceipted()] == [3, 4]


def test_a_request_that_met_a_full_disk_is_followed_when_it_comes_again(spool: Spool) -> None:
    inbox = Inbox(spool, ACCOUNT)
    inbox.take(RECEIPTS, enclose(PLATFORM, RECEIPTS, receipt(spool, 0, 1, 2, 3, 4)))
    ranges = [(seq, seq) for seq in range(2000)]  # more than the free space of a page
    request = enclose(PLATFORM, CONFIG, encode_resend(UUID(spool.boot_id), ranges, datetime.now(UTC)))
    (pages,) = spool.file.execute("PRAGMA page_count")[0]
    spool.file.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(RetryableError, match="no room"):
        inbox.take(CONFIG, request)
    spool.file.execute("PRAGMA max_page_count = 100000")
    assert inbox.take(CONFIG, request).resend_from == 0
    assert inbox.take(CONFIG, request).resend_from is None
    assert spool.waiting_count() == 5


def test_requests_of_other_kinds_and_for_other_spools_are_ignored(
    spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox(spool, ACCOUNT)
    inbox.take(RECEIPTS, enclose(PLATFORM, RECEIPTS, receipt(spool, 0)))
    bodies = (
        b'{"schema":"nenghao/1","kind":"reboot"}',
        b'{"schema":"nenghao/1","kind":"resend","seq_ranges":"all"}',
        b"[]",
        encode_resend(uuid4(), [(0, 9)], datetime.now(UTC)),
        encode_resend(UUID(spool.boot_id), [], datetime.now(UTC)),
    )
    for body in bodies:
        assert inbox.take(CONFIG, enclose(PLATFORM, CONFIG, body)).resend_from is None
    assert spool.waiting_count() == 4
    assert "'reboot'" in caplog.text
    assert "another spool" in caplog.text


def test_states_are_signed_and_carry_the_heads_of_the_spool_and_of_the_platform(tmp_path: Path) -> None:
    key = load_signing_key(new_signing_key())
    spool = Spool(tmp_path / "spool.db", Place.of(ACCOUNT), key)
    heartbeat = Heartbeat(spool, ACCOUNT, config_hash(ACCOUNT, spool, {"heartbeat_s": 60}))
    fresh = open_envelope(heartbeat.state(online=True, clock_offset_ms=None))
    assert fresh is not None
    assert json.loads(fresh.body).keys() == {"schema", "boot_id", "config_hash", "online", "buffered_count"}
    spool.append_all([[reading()], [reading(step=1)]])
    Inbox(spool, ACCOUNT).take(HEAD, enclose(PLATFORM, HEAD, head("a")))
    states = {"state": heartbeat.state(online=True, clock_offset_ms=-7), "will": heartbeat.will()}
    bodies = {}
    for name, payload in states.items():
        envelope = open_envelope(payload)
        assert envelope is not None
        assert envelope.signature is not None
        signed = signed_bytes(f"nenghao/v1/3/{UNIT}/gw1/state", envelope.body)
        assert check_signature(envelope.signature, signed, {key.key_id: public_key_from_bytes(key.public_bytes)})
        bodies[name] = json.loads(envelope.body)
    assert bodies["state"] | {"config_hash": ""} == {
        "schema": "nenghao/1",
        "boot_id": spool.boot_id,
        "config_hash": "",
        "online": True,
        "buffered_count": 2,
        "clock_offset_ms": -7,
        "spool_head": {"seq": 1, "hash": hash_of(spool, 1)},
        "head": {"day": "2026-10-03", "root": "a" * 64},
    }
    assert bodies["will"].keys() == {"schema", "boot_id", "config_hash", "online"}
    assert bodies["will"]["online"] is False


def test_the_configuration_hash_changes_with_the_configuration_and_not_with_secrets(spool: Spool) -> None:
    def changed(**fields: object) -> GatewayAccount:
        names = ("host", "port", "unit_code", "gateway_code", "shard", "password", "trust_pems")
        return GatewayAccount(**({name: getattr(ACCOUNT, name) for name in names} | fields))

    first = config_hash(ACCOUNT, spool, {"heartbeat_s": 60})
    assert config_hash(changed(password="another"), spool, {"heartbeat_s": 60}) == first
    others = {
        config_hash(changed(host="other"), spool, {"heartbeat_s": 60}),
        config_hash(changed(trust_pems=()), spool, {"heartbeat_s": 60}),
        config_hash(ACCOUNT, spool, {"heartbeat_s": 61}),
    }
    assert len(others | {first}) == 4


def test_the_clock_is_judged_by_the_quickest_of_the_last_receipts() -> None:
    assert ClockOffset().offset_ms is None
    clock = ClockOffset()
    written_at = datetime(2026, 10, 3, tzinfo=UTC)
    for delay_ms in (900, 340, 2500):
        clock.note(written_at, written_at + timedelta(milliseconds=delay_ms))
    assert clock.offset_ms == 340
    for _ in range(12):
        clock.note(written_at, written_at - timedelta(milliseconds=1500))
    assert clock.offset_ms == -1500
