"""More than one collector, and what would be too much for one transaction, one memory or one receipt."""

from pathlib import Path

import pytest

from ingest.batcher import Batcher
from ingest.codecs.receipt_v1 import decode_receipt
from ingest.pipeline import Arrival, judge, read_arrival
from ingest.receipts import write_receipts
from ingest.storing import split_by_days
from nenghao.config import Settings
from nenghao.db.ingest_rows import IncomingMessage
from nenghao.db.outbound import CommittedMessage, CommittedRefusal
from nenghao.domain.acceptance import Reason
from tests.ingest.conftest import GATEWAY, UNIT, Plant
from tests.ingest.test_cases import LIMITS, NOW, REGISTERS, SIZES
from tests.ingest.wire import message, reading

BOOT_ID = "7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11"


def test_a_second_collector_waits_and_takes_over(plant: Plant, boot_id: str) -> None:
    first = plant.start()
    plant.start(is_awaited=False)
    plant.wait_log("stands by: every shard has another collector")
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1")))
        plant.wait_count("reading", 1)
        assert "taken over" not in plant.log.read_text()
        first.kill()
        first.wait()
        publish(message(boot_id, 1, reading("2", step=1)))
        plant.wait_count("reading", 2)


def test_a_shard_that_breaks_down_ends_the_process(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variables = plant.environment() | {"NENGHAO_SHARDS": f"{plant.shard},0", "NENGHAO_SECRETS_DIR": str(tmp_path)}
    (tmp_path / "broker_collector").write_text("x")
    monkeypatch.setattr(Plant, "environment", lambda _self: variables)
    assert plant.start(is_awaited=False).wait(15) == 3
    assert "nenghao_collector cannot be read" in plant.log.read_text()


def test_a_transaction_touches_few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.storing.MAX_DAYS", 3)
    messages = [judged(seq, *days) for seq, days in enumerate(((1, 2), (2, 3), (), (3, 4), (1, 2, 3, 4), (9,)))]
    assert [[one.seq for one in part] for part in split_by_days(messages)] == [[0, 1, 2], [3], [4], [5]]


def test_a_message_of_too_many_days_is_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.pipeline.MAX_DAYS", 2)
    assert judged(0, 1, 1, 2).refused is None
    refused = judged(0, 1, 2, 3)
    assert refused.refused is not None
    assert (refused.refused.reason, refused.seq, len(refused.readings)) == (Reason.TOO_MANY_DAYS, 0, 3)


def judged(seq: int, *days: int) -> IncomingMessage:
    readings = [reading(at=f"2026-09-{day:02d}T08:00:00+08:00") for day in days]
    one = judge(read_arrival(arrival(message(BOOT_ID, seq, *readings)), SIZES), REGISTERS, LIMITS)
    assert isinstance(one, IncomingMessage)
    return one


def arrival(payload: bytes) -> Arrival:
    topic = f"nenghao/v1/0/{UNIT}/{GATEWAY}/readings"
    return Arrival(topic=topic, payload=payload, received_at=NOW, is_replay=False)


def test_a_batch_is_full_by_bytes() -> None:
    batcher = Batcher(Settings(batch_max_readings=50_000))
    for packet_id, is_full in ((1, False), (2, True)):
        batcher.add(packet_id, arrival(bytes(6_000_000 // 2)))
        assert (batcher.due_in_s() == 0) is is_full


def test_every_message_without_a_seq_is_named_in_a_receipt() -> None:
    messages = [committed(message_id) for message_id in range(450)]
    refusals = [CommittedRefusal(message_id=one.message_id, ordinal=None, reason_code="seq_reused") for one in messages]
    receipts = [decode_receipt(one.payload) for one in write_receipts(messages, refusals, NOW)]
    named = [refusal.hash for one in receipts if one is not None for refusal in one.refusals]
    assert named == [one.hash.hex() for one in messages]


def test_refused_readings_do_not_push_a_refused_message_without_a_seq_out_of_the_receipt() -> None:
    messages = [committed(0), committed(1)]
    refusals = [CommittedRefusal(message_id=0, ordinal=one, reason_code="too_old") for one in range(300)]
    refusals.append(CommittedRefusal(message_id=1, ordinal=None, reason_code="seq_reused"))
    [receipt] = [decode_receipt(one.payload) for one in write_receipts(messages, refusals, NOW)]
    assert receipt is not None
    assert messages[1].hash.hex() in [one.hash for one in receipt.refusals]


def committed(message_id: int) -> CommittedMessage:
    return CommittedMessage(
        message_id=message_id,
        unit_code=UNIT,
        gateway_code=GATEWAY,
        gateway_shard=0,
        boot_id=None,
        seq=None,
        hash=message_id.to_bytes(32),
        stored_count=0,
        duplicate_count=0,
        conflict_count=0,
        revision_count=0,
        refused_count=1,
    )
