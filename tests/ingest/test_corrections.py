"""When a correction takes effect at once, when it waits and when it is parked, however messages fall into batches."""

import base64
import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest

from ingest.gateways_cli import app
from ingest.pipeline import Arrival
from nenghao.crypto import load_signing_key, new_signing_key
from nenghao.envelope import enclose
from tests.ingest.conftest import GATEWAY, UNIT
from tests.ledger.conftest import DAY, Yard, message, reading, yard

__all__ = ["yard"]
KEY = load_signing_key(new_signing_key())
NOON = DAY + timedelta(hours=12)
STANDINGS = "SELECT earlier_value, value, standing FROM reading_revision ORDER BY message_id, ordinal"


@pytest.fixture
def sealed(yard: Yard) -> Yard:
    """A plant whose gateway signs."""
    public = base64.b64encode(KEY.public_bytes).decode()
    options = ("--unit", UNIT, "--code", GATEWAY, "--by", "Li", "--valid-from", "2026-10-03T00:00:00+0800")
    yard.run(app, "key", "add", *options, "--public-key", public)
    return yard


def corrected(earlier: object, value: object, **others: object) -> dict[str, object]:
    return reading(0, value, corrects={"value": str(earlier), "reason": "wrong register read"}, **others)


def send(yard: Yard, *bodies: bytes) -> None:
    """Signed messages in one batch."""
    topic = yard.plant.topic()
    yard.store.read_and_store([Arrival(topic, enclose(KEY, topic, body), NOON, is_replay=False) for body in bodies])


def in_force(yard: Yard) -> object:
    ((value, assurance),) = yard.plant.rows("SELECT value, assurance::text FROM reading_in_force")
    return int(value), assurance


def test_a_signed_correction_takes_effect_at_once(sealed: Yard) -> None:
    send(sealed, message(0, reading(0, 10)))
    send(sealed, message(1, corrected(10, 12)))
    assert sealed.plant.rows(STANDINGS) == [(10, 12, "in_force")]
    assert in_force(sealed) == (12, "s")
    assert sealed.plant.count("changed_mark") > 0


def test_an_unsigned_one_waits(yard: Yard) -> None:
    yard.send(message(0, reading(0, 10)))
    yard.send(message(1, corrected(10, 12)))
    assert yard.plant.rows(STANDINGS) == [(10, 12, "waiting")]
    assert in_force(yard) == (10, "p")


@pytest.mark.parametrize(
    ("value", "others"), [(9, {}), (12, {"source": "manual"})], ids=["lowers the value", "typed in"]
)
def test_what_a_signature_does_not_carry_waits(sealed: Yard, value: int, others: dict[str, object]) -> None:
    send(sealed, message(0, reading(0, 10)))
    send(sealed, message(1, corrected(10, value, **others)))
    assert sealed.plant.rows(STANDINGS) == [(10, value, "waiting")]
    assert in_force(sealed) == (10, "s")


@pytest.mark.parametrize(("day", "standing"), [("2026-10-02", "in_force"), ("2026-10-04", "waiting")])
def test_after_the_tree_of_its_day_is_closed_a_correction_waits(sealed: Yard, day: str, standing: str) -> None:
    send(sealed, message(0, reading(0, 10)))
    sealed.plant.execute(
        "INSERT INTO day_tree (tree_no, day_on, first_batch_id, last_batch_id, first_row_leaf_id, last_row_leaf_id,"
        " batch_count, message_count, row_count, hash_algorithm, root, closed_at)"
        f" VALUES (1, '{day}', 1, 0, 1, 0, 0, 0, 0, 'sha256', 'x', now())"
    )
    try:
        send(sealed, message(1, corrected(10, 12)))
    finally:
        sealed.plant.execute("SET session_replication_role = replica; DELETE FROM day_tree")
    assert sealed.plant.rows(STANDINGS) == [(10, 12, standing)]


#: The value, a correction of it, one of what that puts in force, and one that says the first again.
STORY = [
    message(0, reading(0, 10)),
    message(1, corrected(10, 12)),
    message(2, corrected(12, 15)),
    message(3, corrected(10, 12)),
]


def tables(yard: Yard) -> Sequence[object]:
    counts = "SELECT seq, stored_count, duplicate_count, conflict_count, revision_count FROM message ORDER BY seq"
    return [*yard.plant.rows(STANDINGS), *yard.plant.rows(counts), in_force(yard)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_it_does_not_matter_how_messages_fall_into_batches(sealed: Yard, order: Sequence[int]) -> None:
    for place in order:
        send(sealed, STORY[place])
    alone = tables(sealed)
    sealed.plant.execute(
        "SET session_replication_role = replica; TRUNCATE message, message_raw, reading, reading_revision, changed_mark"
        " CASCADE"
    )
    send(sealed, *(STORY[place] for place in order))
    assert tables(sealed) == alone


def test_a_correction_that_comes_before_its_value_is_parked(sealed: Yard) -> None:
    send(sealed, message(1, corrected(10, 12)), message(0, reading(0, 10)))
    assert sealed.plant.rows(STANDINGS) == [(10, 12, "parked")]
    assert in_force(sealed) == (10, "s")
