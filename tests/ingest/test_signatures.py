"""Keys of gateways, through the product's own pipeline and store: what is taken, refused, and taken later."""

import base64
import json
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
import typer
from typer.testing import CliRunner

from ingest import signatures
from ingest.gateways_cli import app
from nenghao.crypto import SigningKey, load_signing_key, new_signing_key
from nenghao.envelope import MARK, enclose
from nenghao.errors import DataRefused
from tests.ingest.conftest import GATEWAY, UNIT
from tests.ledger.conftest import BOOT, DAY, LATER, Yard, boot, message, reading, yard

__all__ = ["yard"]
KEY = load_signing_key(new_signing_key())
OTHER = load_signing_key(new_signing_key())
#: When the messages of these tests arrive: now is when keys are registered, and it is later.
NOON = DAY + timedelta(hours=12)
NAMES = ("--unit", UNIT, "--code", GATEWAY, "--by", "Li")
#: Who it is from, whether it has its identity, what became of it, and how far its sender was proven.
MESSAGES = (
    "SELECT seq, outcome, reason_code, assurance FROM message LEFT JOIN refusal USING (message_id) ORDER BY message_id"
)


def register(yard: Yard, key: SigningKey = KEY, since: str = "2026-10-03T00:00:00+0800") -> None:
    public = base64.b64encode(key.public_bytes).decode()
    yard.run(app, "key", "add", *NAMES, "--public-key", public, "--valid-from", since)


def signed(yard: Yard, body: bytes, key: SigningKey = KEY, kind: str = "readings") -> bytes:
    return enclose(key, yard.plant.topic(kind), body)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was verified, each time it was."""
    done: list[bytes] = []
    check = signatures.check_signature

    def counting(signature: object, data: bytes, trusted: object) -> bool:
        done.append(data)
        return check(signature, data, trusted)  # type: ignore[arg-type]

    monkeypatch.setattr(signatures, "check_signature", counting)
    return done


def test_a_gateway_without_a_key_may_send_either(yard: Yard) -> None:
    yard.send(message(0, reading(0)))
    yard.send(signed(yard, message(1, reading(1))))
    assert yard.plant.rows(MESSAGES) == [(0, "accepted", None, "password"), (1, "accepted", None, "password")]
    assert yard.plant.rows("SELECT DISTINCT assurance::text FROM reading") == [("p",)]
    assert yard.plant.count("gateway_boot") == 0


def test_a_registered_key_asks_for_its_signature_and_nothing_else_takes_a_seq(yard: Yard) -> None:
    register(yard)
    body = message(0, reading(0))
    yard.send(body, at=NOON)
    yard.send(signed(yard, body, OTHER), at=NOON)
    stolen = enclose(KEY, yard.plant.topic(gateway="gw2"), body)
    yard.send(stolen, at=NOON)
    yard.send(signed(yard, body).replace(b'"1"', b'"2"'), at=NOON)
    yard.send(MARK + b"ed25519 half", at=NOON)
    yard.send(signed(yard, body), at=NOON)
    assert yard.plant.rows(MESSAGES) == [
        (None, "refused", "signature_missing", "password"),
        (None, "refused", "signature_unknown_key", "password"),
        (None, "refused", "signature_wrong", "password"),
        (None, "refused", "signature_wrong", "password"),
        (None, "refused", "envelope_malformed", "password"),
        (0, "accepted", None, "signed"),
    ]
    assert yard.plant.count("message_raw") == 6
    assert yard.plant.rows("SELECT value, assurance::text FROM reading_in_force") == [(1, "s")]


def test_what_came_before_the_key_held_was_not_signed_and_need_not_be(yard: Yard) -> None:
    register(yard)
    yard.send(message(0, reading(-5)), at=DAY - timedelta(hours=1))
    assert yard.plant.rows(MESSAGES) == [(0, "accepted", None, "password")]


def test_the_same_signature_in_other_bytes_is_no_second_message(yard: Yard) -> None:
    register(yard)
    payload = signed(yard, message(0, reading(0)))
    header, _, body = payload.partition(b"\n")
    loose = header[:-3] + bytes([header[-3] + 1]) + header[-2:] + b"\n" + body
    yard.send(loose, at=NOON)
    yard.send(payload, at=NOON)
    assert yard.plant.rows(MESSAGES) == [
        (None, "refused", "envelope_malformed", "password"),
        (0, "accepted", None, "signed"),
    ]


def test_a_revoked_key_is_refused_with_the_next_message_and_unsigned_ones_stay_so(yard: Yard) -> None:
    register(yard)
    yard.send(signed(yard, message(0, reading(0))), at=NOON)
    yard.run(app, "key", "revoke", *NAMES, "--key", KEY.key_id, "--reason", "stolen")
    ((revoked_at,),) = yard.plant.rows("SELECT revoked_at FROM gateway_key_revocation")
    later = max(revoked_at, LATER)
    yard.send(signed(yard, message(1, reading(1))), at=later)
    yard.send(message(1, reading(1)), at=later)
    yard.send(signed(yard, message(2, reading(2))), at=revoked_at - timedelta(seconds=1))
    register(yard, OTHER)
    yard.send(signed(yard, message(1, reading(1)), OTHER), at=later)
    assert yard.plant.rows(MESSAGES) == [
        (0, "accepted", None, "signed"),
        (None, "refused", "signature_unknown_key", "password"),
        (None, "refused", "signature_missing", "password"),
        (2, "accepted", None, "signed"),
        (1, "accepted", None, "signed"),
    ]


def test_a_key_registered_a_moment_ago_is_known(yard: Yard) -> None:
    yard.send(message(0, reading(0)), at=NOON)
    register(yard)
    yard.send(signed(yard, message(1, reading(1))), at=NOON)
    assert yard.plant.rows(MESSAGES) == [(0, "accepted", None, "password"), (1, "accepted", None, "signed")]


def test_a_signature_is_checked_once_however_often_a_message_is_judged(yard: Yard, checks: list[bytes]) -> None:
    register(yard)
    yard.send(message(9, reading(9)), at=NOON)
    yard.send(signed(yard, message(0, reading(0, point="p9"))), at=NOON)
    assert yard.plant.rows("SELECT reason_code FROM refusal ORDER BY 1") == [("point_unknown",), ("signature_missing",)]
    assert len(checks) == 1


def test_a_new_spool_waits_for_a_person_and_is_replayed_under_its_own_seqs(yard: Yard) -> None:
    register(yard)
    yard.send(signed(yard, message(0, reading(0))), at=NOON)
    assert yard.plant.rows("SELECT boot_id, how FROM gateway_boot") == [(UUID(BOOT), "first")]
    lost = [signed(yard, message(seq, reading(seq + 1), boot_id=boot(5))) for seq in range(2)]
    for payload in lost:
        yard.send(payload, at=NOON)
    refused = (None, "refused", "boot_unknown", "signed")
    assert yard.plant.rows(MESSAGES) == [(0, "accepted", None, "signed"), refused, refused]
    assert yard.replay("--reason", "boot_unknown")["still_refused"] == {"boot_unknown": 2}
    assert boot(5) in yard.run(app, "enrol", *NAMES, "--boot", boot(5))
    assert yard.replay("--reason", "boot_unknown")["replayed"] == {"accepted": 2}
    assert yard.plant.rows("SELECT seq, boot_id, assurance FROM message WHERE outcome = 'accepted' ORDER BY 2, 1") == [
        (0, UUID(boot(5)), "signed"), (1, UUID(boot(5)), "signed"), (0, UUID(BOOT), "signed"),
    ]  # fmt: skip
    yard.send(lost[0], at=NOON)
    assert (yard.plant.count("message"), yard.plant.count("receipt_again")) == (5, 1)


def test_two_spools_in_one_batch_do_not_both_enrol_themselves(yard: Yard) -> None:
    from ingest.pipeline import Arrival

    register(yard)
    payloads = [signed(yard, message(0, reading(number), boot_id=boot(number))) for number in (1, 2)]
    topic = yard.plant.topic()
    yard.store.read_and_store([Arrival(topic, payload, NOON, is_replay=False) for payload in payloads])
    assert yard.plant.rows("SELECT boot_id FROM gateway_boot") == [(UUID(boot(1)),)]
    assert [row[2] for row in yard.plant.rows(MESSAGES)] == [None, "boot_unknown"]


def test_an_unsigned_message_enrols_no_spool(yard: Yard) -> None:
    register(yard)
    yard.send(message(0, reading(0), boot_id=boot(1)), at=NOON)
    yard.send(signed(yard, message(0, reading(0), boot_id=boot(2)), OTHER), at=NOON)
    assert yard.plant.count("gateway_boot") == 0


def test_states_are_signed_too_and_say_where_spool_and_trees_stood(yard: Yard) -> None:
    register(yard)
    topic, root = yard.plant.topic("state"), "ab" * 32
    state = {"schema": "nenghao/1", "online": True, "boot_id": BOOT, "spool_head": {"seq": 7, "hash": "cd" * 32}}
    body = json.dumps(state | {"head": {"day": "2026-10-02", "root": root}}).encode()
    yard.send(body, at=NOON, topic=topic)
    yard.send(signed(yard, body), at=NOON, topic=topic)  # of another topic
    assert yard.plant.rows("SELECT reason_code FROM refusal ORDER BY 1") == [
        ("signature_missing",), ("signature_wrong",),
    ]  # fmt: skip
    assert yard.plant.count("gateway_state") == 0
    for _ in range(2):
        yard.send(signed(yard, body, kind="state"), at=NOON, topic=topic)
    told = "SELECT spool_head_seq, encode(spool_head_hash, 'hex'), head_day::text, encode(head_root, 'hex')"
    assert yard.plant.rows(f"{told} FROM gateway_state LIMIT 1") == [(7, "cd" * 32, "2026-10-02", root)]


def test_the_chain_of_a_spool_is_kept(yard: Yard) -> None:
    first = message(0, reading(0))
    body = message(1, reading(1)).replace(b'"seq"', b'"prev_hash": "%s", "seq"' % sha256(first).hexdigest().encode())
    yard.send(first)
    yard.send(body)
    assert yard.plant.rows(
        "SELECT m.prev_hash = p.hash FROM message AS m JOIN message AS p ON m.seq = 1 AND p.seq = 0"
    ) == [(True,)]


def test_a_typed_in_value_is_manual_however_it_came(yard: Yard) -> None:
    register(yard)
    yard.send(signed(yard, message(0, reading(0, source="manual"), reading(1))), at=NOON)
    yard.send(signed(yard, message(1, reading(1, 7))), at=NOON)
    assert yard.plant.rows("SELECT assurance::text FROM reading_in_force ORDER BY at") == [("m",), ("s",)]
    assert yard.plant.rows("SELECT assurance FROM reading_conflict") == [("s",)]


def test_the_register_keeps_who_and_when_and_never_forgets(yard: Yard) -> None:
    register(yard)
    with pytest.raises(DataRefused, match="has or had"):
        register(yard)
    yard.run(app, "key", "revoke", *NAMES, "--key", KEY.key_id, "--reason", "gateway replaced")
    with pytest.raises(DataRefused, match="revoked"):
        yard.run(app, "key", "revoke", *NAMES, "--key", KEY.key_id, "--reason", "again")
    listed = yard.run(app, "key", "list", "--unit", UNIT)
    assert all(text in listed for text in (GATEWAY, KEY.key_id, "registered by Li", "by Li: gateway replaced"))
    assert KEY.key_id in yard.run(app, "key", "list", "--json")
    with pytest.raises(DataRefused, match="not registered"):
        yard.run(app, "enrol", "--unit", UNIT, "--code", "gw9", "--by", "Li", "--boot", BOOT)
    rows = "SELECT table_name FROM row_leaf WHERE table_name ~ '^gateway_key' ORDER BY row_leaf_id"
    assert yard.plant.rows(rows)[-2:] == [("gateway_key",), ("gateway_key_revocation",)]


@pytest.mark.parametrize("text", ["AAAA", "not base64!", "@/nowhere"])
def test_what_is_no_key_is_not_registered(yard: Yard, text: str) -> None:
    with pytest.raises(DataRefused):
        yard.run(app, "key", "add", *NAMES, "--public-key", text)
    assert yard.plant.count("gateway_key") == 0


def test_the_key_commands_are_found() -> None:
    assert isinstance(app, typer.Typer)
    assert "revoke" in CliRunner().invoke(app, ["key", "--help"]).output
