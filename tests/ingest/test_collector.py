"""What becomes of messages, by the real broker, collector and database."""

import json
import time

import psycopg
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest.session import session_id
from nenghao.db.locks import SHARD_LOCK_CLASS
from tests.ingest.conftest import Plant
from tests.ingest.wire import message, reading

TOTALS = (
    "SELECT sum(stored_count)::int, sum(duplicate_count)::int, sum(conflict_count)::int, sum(revision_count)::int,"
    " sum(refused_count)::int FROM message"
)


def test_a_message_is_stored_and_acknowledged(plant: Plant, boot_id: str) -> None:
    collector = plant.start()
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1.50"), reading("2", point="p2")))
    plant.wait_count("reading", 2)
    assert plant.rows("SELECT outcome, reading_count, stored_count, shard FROM message") == [
        ("accepted", 2, 2, plant.shard)
    ]
    assert plant.stop(collector) == 0
    assert queued_messages(plant) == []


def test_what_comes_again_changes_nothing(plant: Plant, boot_id: str) -> None:
    plant.start()
    first = message(boot_id, 0, reading("1.5"))
    with plant.publisher() as publish:
        publish(first)
        publish(first, kind="backfill")
        plant.wait_count("reading", 1)
        publish(first)
        plant.wait_at_least("receipt_again", 1)
        publish(message(boot_id, 1, reading("1.50"), msg_id="another"))
        plant.wait_count("message", 2)
    assert plant.rows(TOTALS) == [(1, 1, 0, 0, 0)]
    assert plant.count("message_raw") == 2


def test_another_value_is_a_conflict_and_overwrites_nothing(plant: Plant, boot_id: str) -> None:
    plant.start()
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1.5"), reading("1.6"), reading("0.0015", unit="MWh")))
        publish(message(boot_id, 1, reading("1.7")))
        plant.wait_count("message", 2)
    assert plant.rows(TOTALS) == [(1, 1, 2, 0, 0)]
    assert [str(value) for (value,) in plant.rows("SELECT value FROM reading")] == ["1.5"]
    assert [
        (str(standing), str(value))
        for standing, value in plant.rows("SELECT standing_value, value FROM reading_conflict ORDER BY value")
    ] == [("1.5", "1.6"), ("1.5", "1.7")]


def test_a_correction_waits_and_one_of_a_value_not_in_force_is_parked(plant: Plant, boot_id: str) -> None:
    plant.start()
    correction = {"value": "1.5", "reason": "display misread"}
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1.5")))
        publish(message(boot_id, 1, reading("1.4", corrects=correction)))
        publish(message(boot_id, 2, reading("1.40", corrects=correction)))
        publish(message(boot_id, 3, reading("1.3", corrects={"value": "9", "reason": "misread"})))
        publish(message(boot_id, 4, reading("1.3", step=7, corrects=correction)))
        plant.wait_count("message", 5)
    assert plant.rows(TOTALS) == [(1, 1, 0, 3, 0)]
    assert plant.rows("SELECT standing, count(*) FROM reading_revision GROUP BY 1 ORDER BY 1") == [
        ("parked", 2),
        ("waiting", 1),
    ]
    assert [str(value) for (value,) in plant.rows("SELECT value FROM reading_in_force")] == ["1.5"]


def test_a_reused_seq_is_refused_and_kept(plant: Plant, boot_id: str) -> None:
    plant.start()
    other = message(boot_id, 0, reading("9"))
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1.5")))
        publish(other)
        publish(other)
        publish(message(boot_id, 1, reading("2", step=1)))
        plant.wait_count("reading", 2)
    assert plant.rows("SELECT boot_id, seq, outcome, refused_count, reason_code FROM message NATURAL JOIN refusal") == [
        (None, None, "refused", 1, "seq_reused")
    ]
    assert plant.count("message") == 3


def test_poison_never_stops_the_stream(plant: Plant, boot_id: str) -> None:
    plant.start()
    poisons = [
        (b"\xff\xfe\x00", "payload_not_utf8"),
        (b"[" * 100_000, "message_malformed"),
        (b'{"a":' + b"[" * 100_000, "payload_too_deep"),
        (b"{}" * 200_000, "payload_too_large"),
        (message("x", 5, reading()), "message_malformed"),
    ]
    with plant.publisher() as publish:
        for seq in range(50):
            if seq % 10 == 0:
                publish(poisons[seq // 10][0])
            publish(message(boot_id, 100 + seq, reading(f"{seq}", step=seq), reading("x\0", point="p2", step=seq)))
        publish(message(boot_id, 999, reading()), topic=plant.topic(gateway="gw9"))
        publish(message(boot_id, 999, reading()), topic=plant.topic(unit="91110000000000026X"))
        publish(message(boot_id, 999, reading()), topic=plant.topic(unit="nobody"))
        plant.wait_count("message", 58)
    assert plant.rows(TOTALS) == [(50, 0, 0, 0, 50)]
    reasons = {reason for (reason,) in plant.rows("SELECT DISTINCT reason_code FROM refusal")}
    assert reasons == {reason for _, reason in poisons} | {
        "value_malformed",
        "gateway_unknown",
        "unit_unknown",
        "topic_malformed",
    }
    for payload, _ in poisons:
        assert plant.rows("SELECT count(*) FROM message_raw WHERE payload = %s", payload) == [(1,)]


def test_what_was_registered_a_moment_ago_is_known(plant: Plant, boot_id: str) -> None:
    plant.start()
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1")))
        plant.wait_count("reading", 1)
        plant.execute("INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)"
                      f" SELECT unit_id, 'gw2', {plant.shard}, '2026-09-01' FROM unit")  # fmt: skip
        publish(message(boot_id, 0, reading("2", step=1)), topic=plant.topic(gateway="gw2"))
        plant.wait_count("reading", 2)
    assert plant.count("refusal") == 0


def test_nothing_is_acknowledged_before_the_commit(plant: Plant, boot_id: str) -> None:
    collector = plant.start()
    with psycopg.connect(plant.superuser) as blocker, plant.publisher() as publish:
        blocker.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SHARD_LOCK_CLASS, plant.shard])
        for seq in range(5):
            publish(message(boot_id, seq, reading(f"{seq}", step=seq)))
        plant.wait_count("pg_locks", 1, "locktype = 'advisory' AND NOT granted")
        collector.kill()
        collector.wait()
    assert plant.count("message") == 0
    assert len(queued_messages(plant, acknowledged=False)) == 5
    plant.start()
    plant.wait_count("reading", 5)


def test_a_message_the_store_rejects_is_split_off_and_kept(plant: Plant, boot_id: str) -> None:
    plant.execute("ALTER TABLE reading ADD CONSTRAINT no_thirteen CHECK (value <> 13)")
    plant.start()
    with plant.publisher() as publish:
        for seq in range(20):
            publish(message(boot_id, seq, reading(f"{seq}", step=seq)))
        plant.wait_count("message", 20)
    assert plant.rows(TOTALS) == [(19, 0, 0, 0, 1)]
    assert plant.rows("SELECT reason_code, left(detail, 5) FROM refusal") == [("storage_rejected", "23514")]
    assert plant.rows("SELECT count(*) FROM refusal NATURAL JOIN message_raw") == [(1,)]


def test_a_database_that_is_away_is_waited_for(plant: Plant, boot_id: str) -> None:
    plant.start()
    name = plant.settings.database_name
    with plant.publisher() as publish:
        for seq in range(200):
            publish(message(boot_id, seq, reading(f"{seq}", step=seq)))
            if seq == 100:
                refuse_connections(plant, name)
        time.sleep(0.5)
        allow_connections(plant, name)
    plant.wait_count("reading", 200)
    assert plant.rows(TOTALS) == [(200, 0, 0, 0, 0)]
    waits = [line for line in plant.log.read_text().splitlines() if "waits" in line]
    assert len(waits) == 1
    assert "database" in waits[0]


def test_a_day_that_changed_is_marked_and_midnight_marks_two(plant: Plant, boot_id: str) -> None:
    plant.start()
    midnight = "2026-10-04T00:00:00+08:00"
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1"), reading("2", point="p2", at=midnight)))
        plant.wait_count("reading", 2)
        plant.execute("DELETE FROM changed_mark")
        publish(message(boot_id, 1, reading("1"), reading("3", point="p2", at=midnight)))
        plant.wait_count("message", 2)
        marks = plant.rows("SELECT point_code, day_on::text FROM changed_mark NATURAL JOIN series NATURAL JOIN point")
        assert sorted(marks) == [("p2", "2026-10-03"), ("p2", "2026-10-04")]
        plant.execute("DELETE FROM changed_mark")
        publish(message(boot_id, 2, reading("1"), reading("2", corrects={"value": "1", "reason": "display misread"})))
        plant.wait_count("message", 3)
    assert plant.rows("SELECT day_on::text FROM changed_mark") == [("2026-10-03",)]


def test_a_retained_state_is_not_repeated_at_reconnect(plant: Plant) -> None:
    online = json.dumps({"schema": "nenghao/1", "online": True, "buffered_count": 3}).encode()
    with plant.publisher() as publish:
        publish(online, kind="state", retain=True)
        for _ in range(2):
            collector = plant.start()
            plant.wait_count("gateway_state", 1)
            assert plant.stop(collector) == 0
        plant.start()
        publish(online, kind="state")
        publish(b"{}", kind="state")
        plant.wait_count("refusal", 1)
        plant.wait_count("gateway_state", 2)
        publish(b"", kind="state", retain=True)


def refuse_connections(plant: Plant, name: str) -> None:
    with psycopg.connect(plant.superuser.replace(name, "postgres"), autocommit=True) as conn:
        conn.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def allow_connections(plant: Plant, name: str) -> None:
    with psycopg.connect(plant.superuser.replace(name, "postgres"), autocommit=True) as conn:
        conn.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


def queued_messages(plant: Plant, *, acknowledged: bool = True) -> list[bytes]:
    """What the broker still holds for the shard's session; looking at it acknowledges it only if asked to."""
    found: list[bytes] = []
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=session_id(plant.settings, plant.shard),
        protocol=MQTTProtocolVersion.MQTTv5,
        manual_ack=not acknowledged,
    )
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 0xFFFFFFFF
    client.username_pw_set(plant.settings.broker_user, plant.settings.secret("broker_collector"))
    client.on_message = lambda _client, _userdata, one: found.append(bytes(one.payload))
    client.connect(plant.settings.broker_host, plant.settings.broker_port, clean_start=False, properties=properties)
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        client.loop(0.05)
    client.disconnect()
    return found
