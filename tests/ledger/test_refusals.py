"""Refusals, listed, handed out and replayed, on the real store."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from ingest.refusals_cli import app
from nenghao.errors import SealBroken
from tests.ingest.conftest import UNIT
from tests.ledger.conftest import BOOT, DAY, LATER, MAX_READINGS, Yard, message, reading

NEW_POINT = """
    INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
    SELECT unit_id, 'p9', '0000000000000009', 'p9', '33', 'purchase', 'industrial' FROM unit;
    INSERT INTO series (point_id, quantity, kind, period)
    SELECT point_id, 'active_energy', 'register', 'instant' FROM point WHERE point_code = 'p9';
    INSERT INTO series_version
    (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals)
    SELECT series_id, '[2026-01-01 00:00+08,)', 1, 'kWh', 15, 80, 'platform', 3
    FROM series NATURAL JOIN point WHERE point_code = 'p9'
"""
NEW_GATEWAY = """
    INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)
    SELECT unit_id, 'gw9', 7, '2026-09-01T00:00:00+08:00' FROM unit
"""
REPLAYS = "SELECT refusal_id, ordinal, outcome FROM refusal_replay ORDER BY refusal_id"
OTHER_METER = """
INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)
SELECT unit_id, 'other', model, accuracy_class, state FROM meter WHERE meter_no = 'm1';
UPDATE series_version AS v SET meter_id = other.meter_id
FROM meter AS m, meter AS other
WHERE v.meter_id = m.meter_id AND m.meter_no = 'm1' AND other.unit_id = m.unit_id AND other.meter_no = 'other'
"""


def test_readings_of_a_point_registered_later_are_taken_under_a_message_that_names_theirs(yard: Yard) -> None:
    yard.send(message(0, reading(0), reading(0, 2, point="p9"), reading(1, "x"), reading(1, 3, point="p9")))
    yard.plant.execute(NEW_POINT)
    found = yard.replay("--reason", "point_unknown", "--unit", UNIT)
    assert (found["looked_at"], found["replayed"], found["still_refused"]) == (2, {"stored": 2}, {})
    assert yard.plant.rows(REPLAYS) == [(1, 0, "stored"), (3, 1, "stored")]
    rows = yard.plant.rows("SELECT topic, codec, seq, reading_count, stored_count, gateway_id FROM message ORDER BY 1")
    topic = yard.plant.topic()
    assert rows == [(topic, "json_v1", 0, 4, 1, 1), (f"{topic}#replay/1/0", "json_v1", None, 2, 2, 1)]
    assert yard.plant.count("refusal") == 3
    p9 = next(one for one in yard.ledger().series if one.series.point_code == "p9")
    (gateway,) = yard.ledger().gateways
    assert (p9.received, p9.missing) == (2, 94)
    assert [(one.reason, one.replayed) for one in gateway.refused] == [("point_unknown", 2), ("value_malformed", 0)]
    assert (gateway.arrived.messages, gateway.arrived.readings) == (1, 4)


def test_replaying_twice_changes_nothing(yard: Yard) -> None:
    yard.send(message(0, reading(0, 2, point="p9"), reading(1, "x")))
    yard.send(message(1, reading(4)), topic=yard.plant.topic(gateway="gw9"))
    yard.plant.execute(f"{NEW_POINT};{NEW_GATEWAY}")
    assert yard.replay("--unit", UNIT)["replayed"] == {"stored": 1, "accepted": 1}
    before = yard.state()
    again = yard.replay("--unit", UNIT)
    assert (again["looked_at"], again["replayed"], again["still_refused"]) == (1, {}, {"value_malformed": 1})
    assert yard.state() == before


def test_a_second_cause_mended_later_makes_a_second_message(yard: Yard) -> None:
    yard.send(message(0, reading(0, 2, point="p9"), reading(1, 3, meter="other")))
    yard.plant.execute(NEW_POINT)
    assert yard.replay("--unit", UNIT)["still_refused"] == {"meter_mismatch": 1}
    yard.plant.execute(OTHER_METER)
    assert yard.replay("--unit", UNIT)["replayed"] == {"stored": 1}
    assert [topic.partition("#")[2] for (topic,) in yard.plant.rows("SELECT topic FROM message ORDER BY topic")] == [
        "", "replay/1/0", "replay/1/1",
    ]  # fmt: skip


def test_the_first_value_stands_and_a_value_sent_again_meanwhile_is_not_doubled(yard: Yard) -> None:
    refused = [reading(slot, slot + 1, multiplier="100") for slot in range(3)]
    yard.send(message(0, *refused))
    yard.send(message(1, reading(0, 1), reading(1, 99)))
    yard.plant.execute("UPDATE series_version SET multiplier = 100")
    assert yard.replay("--reason", "multiplier_mismatch")["replayed"] == {"duplicate": 1, "conflict": 1, "stored": 1}
    assert [str(value) for (value,) in yard.plant.rows("SELECT value FROM reading ORDER BY at")] == ["1", "99", "3"]
    assert yard.plant.rows(REPLAYS) == [(1, 0, "duplicate"), (2, 1, "conflict"), (3, 2, "stored")]


def test_a_message_of_a_gateway_registered_later_becomes_a_normal_one_and_is_receipted(yard: Yard) -> None:
    bytes_sent = message(5, reading(0), reading(1, "x"))
    yard.send(bytes_sent, topic=yard.plant.topic(gateway="gw9"))
    yard.plant.execute(NEW_GATEWAY)
    assert yard.replay("--id", "1")["replayed"] == {"accepted": 1}
    rows = yard.plant.rows("SELECT gateway_id IS NULL, boot_id::text, seq, outcome FROM message ORDER BY message_id")
    assert rows == [(True, None, None, "refused"), (False, BOOT, 5, "accepted")]
    assert yard.plant.rows("SELECT reason_code FROM refusal ORDER BY 1") == [("gateway_unknown",), ("value_malformed",)]
    yard.send(bytes_sent, topic=yard.plant.topic(gateway="gw9"), at=LATER)
    assert (yard.plant.count("message"), yard.plant.count("receipt_again")) == (2, 1)


def test_a_message_that_its_gateway_sent_again_itself_is_only_marked(yard: Yard) -> None:
    bytes_sent, topic = message(5, reading(0)), yard.plant.topic(gateway="gw9")
    yard.send(bytes_sent, topic=topic)
    yard.send(message(6, reading(1)), topic=topic)
    yard.plant.execute(NEW_GATEWAY)
    yard.store.close()
    yard.store.open()
    yard.send(bytes_sent, topic=topic)
    yard.send(message(6, reading(2)), topic=topic)
    found = yard.replay("--reason", "gateway_unknown")
    assert (found["replayed"], found["still_refused"]) == ({"already_stored": 1}, {"seq_reused": 1})
    assert (yard.plant.count("message"), yard.plant.count("reading")) == (4, 2)
    assert yard.ledger().gateways[1].arrived.messages == 2


def test_a_message_refused_under_its_own_seq_is_taken_beside_it(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    yard.send(message(0, *(reading(slot % 90, slot % 90) for slot in range(MAX_READINGS)), reading(3, "x")))
    assert yard.plant.rows("SELECT outcome, seq FROM message") == [("refused", 0)]
    monkeypatch.setenv("NENGHAO_MESSAGE_MAX_READINGS", f"{MAX_READINGS}")
    assert yard.replay("--unit", UNIT)["still_refused"] == {"too_many_readings": 1}
    monkeypatch.delenv("NENGHAO_MESSAGE_MAX_READINGS")
    assert yard.replay("--unit", UNIT)["replayed"] == {"accepted": 1}
    assert yard.plant.rows("SELECT stored_count, duplicate_count, refused_count FROM message WHERE seq IS NULL") == [
        (90, 10, 1)
    ]
    assert yard.replay("--unit", UNIT)["still_refused"] == {"value_malformed": 1}


def test_bytes_are_judged_as_of_when_they_came_however_often(yard: Yard) -> None:
    """What lay in the future then is no truer by now, and what came in time is not too old for a late mending."""
    yard.plant.execute("UPDATE gateway SET backfill_until = '2026-10-01 00:00+08'")
    topic = yard.plant.topic(gateway="gw9")
    yard.send(message(0, reading(0, point="p9"), reading(95, point="p9")), at=DAY + timedelta(hours=1), topic=topic)
    yard.plant.execute(f"{NEW_GATEWAY}; UPDATE gateway SET backfill_until = '2026-10-01 00:00+08'")
    assert yard.replay("--unit", UNIT)["replayed"] == {"accepted": 1}
    assert yard.plant.rows("SELECT received_at > now() - interval '1 hour' FROM message WHERE seq = 0") == [(True,)]
    yard.plant.execute(NEW_POINT)
    found = yard.replay("--unit", UNIT)
    assert (found["replayed"], found["still_refused"]) == ({"stored": 1}, {"at_in_future": 1})
    assert yard.ledger().totals.late == 0


def test_a_dry_run_says_the_same_and_stores_nothing(yard: Yard) -> None:
    yard.send(message(0, reading(0, 2, point="p9")))
    yard.plant.execute(NEW_POINT)
    before = yard.state()
    dry = yard.replay("--unit", UNIT, "--dry-run")
    assert (dry["replayed"], yard.state()) == ({"stored": 1}, before)
    assert yard.replay("--unit", UNIT)["replayed"] == dry["replayed"]


def test_heartbeats_lost_bytes_and_changed_bytes_are_told_apart(yard: Yard) -> None:
    state = b'{"schema":"nenghao/1","online":true}'
    yard.send(state, topic=yard.plant.topic("state", gateway="gw9"))
    yard.send(b"{", topic=yard.plant.topic())
    yard.plant.execute(NEW_GATEWAY)
    yard.plant.execute("SET session_replication_role = replica; DELETE FROM message_raw WHERE message_id = 2")
    found = yard.replay("--unit", UNIT)
    assert (found["states"], found["without_bytes"], found["replayed"]) == (1, 1, {})
    yard.plant.execute("SET session_replication_role = replica; UPDATE message_raw SET payload = 'x'")
    with pytest.raises(SealBroken, match="message 1 "):
        yard.replay("--unit", UNIT)


def test_everything_is_never_replayed_by_accident(yard: Yard) -> None:
    assert CliRunner().invoke(app, ["replay"]).exit_code == 2


def test_refusals_are_listed_by_unit_reason_and_day(yard: Yard) -> None:
    yard.send(message(0, reading(0, "x"), reading(1, 2, point="p\u001b9")))
    yard.send(b"{", topic=yard.plant.topic(), at=LATER)
    told = yard.run(app, "list", "--unit", UNIT)
    assert [line.split("  ")[4] for line in told.splitlines()] == [
        "payload_not_json", "point_unknown", "value_malformed",
    ]  # fmt: skip
    assert "\u001b" not in told
    assert len(yard.run(app, "list", "--limit", "1").splitlines()) == 1
    assert "no refusal" in yard.run(app, "list", "--unit", "91110000000000026X")
    (one,) = json.loads(yard.run(app, "list", "--json", "--from", "2026-10-04", "--to", "2026-10-05"))
    assert (one["reason_code"], one["ordinal"], one["gateway_code"]) == ("payload_not_json", None, "gw1")
    (other,) = json.loads(yard.run(app, "list", "--json", "--reason", "value_malformed"))
    assert (other["value_text"], other["at"]) == ("x", "2026-10-03T00:00:00+08:00")


def test_refusals_are_handed_out_with_their_bytes(yard: Yard, tmp_path: Path) -> None:
    bytes_sent = message(0, reading(0, "=1+1"), reading(1, "-0.5", point="p9"))
    yard.send(bytes_sent)
    file = tmp_path / "refused.zip"
    yard.run(app, "export", file)
    with zipfile.ZipFile(file) as archive:
        assert archive.read("bytes/1.bin") == bytes_sent
        table = archive.read("refusals.csv")
    assert table.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(io.StringIO(table.decode("utf-8-sig")))
    values = {row[heading.index("value")] for row in rows}
    assert values == {"'=1+1", "-0.5"}
    assert {row[heading.index("file of the bytes")] for row in rows} == {"bytes/1.bin"}


def test_a_replay_is_never_rewritten(yard: Yard) -> None:
    yard.send(message(0, reading(0, 2, point="p9")))
    yard.plant.execute(NEW_POINT)
    yard.replay("--unit", UNIT)
    for act in (
        "UPDATE refusal_replay SET outcome = 'stored'",
        "DELETE FROM refusal_replay",
        "TRUNCATE refusal_replay",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            yard.plant.execute(act)
