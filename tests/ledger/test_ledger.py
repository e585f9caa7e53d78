"""The ledger of a day that went wrong in every way, from the real store."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from nenghao.cli.ledger import app
from nenghao.errors import DataRefused
from nenghao.labels import load_labels
from tests.ingest.conftest import UNIT
from tests.ledger.conftest import DAY, LATER, Yard, boot, message, reading

HOUR = timedelta(hours=1)


def clock(at_s: int) -> str:
    return f"{datetime.fromtimestamp(at_s, DAY.tzinfo):%H:%M}"


def test_every_missing_slot_of_every_series_is_named(yard: Yard) -> None:
    yard.send(message(0, *(reading(slot, slot) for slot in range(96) if slot not in {0, 41, 42, 95})))
    account = yard.ledger()
    p1, p2, p3 = account.series
    assert (p1.due, p1.received, p1.missing) == (96, 92, 4)
    assert [(clock(one.first_at), clock(one.last_at), one.slots) for one in p1.missing_ranges] == [
        ("00:00", "00:00", 1), ("10:15", "10:30", 2), ("23:45", "23:45", 1),
    ]  # fmt: skip
    assert [(one.due, one.missing, len(one.missing_ranges)) for one in (p2, p3)] == [(96, 96, 1)] * 2
    assert (account.totals.due, account.totals.received, account.totals.missing) == (288, 92, 196)


def test_today_is_due_up_to_now(yard: Yard) -> None:
    assert yard.ledger(now=DAY + HOUR).totals.due == 3 * 5
    assert yard.ledger(now=DAY - HOUR).totals.due == 0


def test_each_outcome_has_its_column(yard: Yard) -> None:
    yard.plant.execute("UPDATE gateway SET backfill_until = '2026-10-03 12:00+08'")
    yard.send(
        message(0, reading(0, 1), reading(1, 2), reading(1.5, 3), reading(2, "x"), reading(3, 4, point="p9")),
        at=DAY + HOUR,
    )
    corrected = reading(0, 5, corrects={"value": "1", "reason": "misread"})
    yard.send(message(1, reading(0, "1.0"), reading(1, 9), corrected), at=DAY + HOUR)
    yard.send(message(2, reading(4, 1)), at=DAY + 3 * HOUR)
    yard.send(message(3, reading(5, 1)), at=DAY + 13 * HOUR)
    account = yard.ledger()
    (gateway,) = account.gateways
    totals = account.totals
    assert (totals.stored, totals.received, totals.off_grid, totals.extra) == (5, 4, 1, 0)
    assert (totals.duplicate, totals.conflicting, totals.corrections) == (1, 1, 1)
    assert (totals.late, totals.commissioning_backfill) == (1, 1)
    assert [(one.reason, one.readings, one.messages) for one in gateway.refused] == [
        ("point_unknown", 1, 0), ("value_malformed", 1, 0),
    ]  # fmt: skip
    assert (gateway.arrived.messages, gateway.arrived.readings) == (4, 10)
    assert (gateway.arrived.unreceipted_messages, gateway.arrived.unreceipted_readings) == (4, 10)


def test_what_is_refused_belongs_to_its_own_day_and_without_one_to_the_day_it_came(yard: Yard) -> None:
    yesterday = reading(-1, "x")
    without_zone = reading(0) | {"at": "2026-09-09T00:00:00"}
    yard.send(message(0, yesterday, without_zone, reading(0)))
    yard.send(b"not json")
    yard.send(json.dumps(json.loads(message(1, reading(1), reading(2))) | {"schema": "nenghao/9"}).encode())
    today, before = yard.ledger(), yard.ledger(day=DAY - timedelta(days=1))
    assert [(one.reason, one.readings, one.messages) for one in today.gateways[0].refused] == [
        ("payload_not_json", 0, 1), ("schema_unknown", 2, 1), ("time_without_zone", 1, 0),
    ]  # fmt: skip
    assert [(one.reason, one.readings, one.messages) for one in before.gateways[0].refused] == [
        ("value_malformed", 1, 0)
    ]
    assert today.gateways[0].arrived.refused == 4
    assert today.gateways[0].arrived.refused_messages == 2


def test_a_gap_of_seqs_is_named_on_the_day_of_the_message_above_it_until_it_is_filled(yard: Yard) -> None:
    day_before = DAY - HOUR
    for seq, at in ((2, day_before), (3, day_before), (6, DAY + HOUR), (7, DAY + HOUR), (9, DAY + HOUR)):
        yard.send(message(seq, reading(0, seq)), at=at)
    yard.send(message(1, reading(1), boot_id=boot(5)))

    def gaps(day: datetime = DAY) -> list[tuple[int, int]]:
        return [(gap.first_seq, gap.last_seq) for one in yard.ledger(day=day).gateways for gap in one.missing_seqs]

    assert gaps(day_before) == [(0, 1)]
    assert gaps() == [(0, 0), (4, 5), (8, 8)]
    assert yard.ledger().totals.missing_messages == 4
    yard.send(message(4, reading(2)), at=LATER)
    yard.send(message(8, reading(3)), at=LATER)
    assert gaps() == [(0, 0), (5, 5)]
    assert gaps(LATER) == []


def test_receipts_and_repetitions_are_counted_where_the_server_knows_them(yard: Yard) -> None:
    first = message(0, reading(0), reading(1))
    yard.send(first)
    yard.send(message(1, reading(2)))
    yard.send(first)
    assert (yard.ledger().totals.unreceipted_messages, yard.ledger().totals.received_again) == (2, 1)
    yard.plant.execute(f"INSERT INTO receipt_cursor SELECT {yard.plant.shard}, min(message_id), now() FROM message")
    assert (yard.ledger().totals.unreceipted_messages, yard.ledger().totals.unreceipted_readings) == (1, 1)


def test_what_came_under_a_name_that_is_no_gateways_is_shown(yard: Yard) -> None:
    yard.send(message(0, reading(0)), topic=yard.plant.topic(gateway="gw9"))
    known, unknown = yard.ledger().gateways
    assert (known.arrived.messages, unknown.gateway_code, unknown.arrived.messages) == (0, None, 1)
    assert [one.reason for one in unknown.refused] == ["gateway_unknown"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_tells_people_and_programs(yard: Yard, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("NENGHAO_LANGUAGE", language)
    yard.send(message(1, *(reading(slot, slot) for slot in range(40)), reading(41, "x")))
    told = yard.run(app, "--unit", UNIT, "--day", "2026-10-03")
    assert "10:00 … 23:45" in told
    assert "value_malformed" in told
    assert load_labels("zh" if language == "zh" else "en")["ledger.note_at"] in told
    found = json.loads(yard.run(app, "--unit", UNIT, "--day", "2026-10-03", "--json"))
    assert found["series"][0]["missing_ranges"] == [
        {
            "first_at": "2026-10-03T10:00:00+08:00",
            "last_at": "2026-10-03T23:45:00+08:00",
            "slots": 56,
            "slot_minutes": 15,
        }
    ]
    assert found["gateways"][0]["refused"] == {"value_malformed": {"messages": 0, "readings": 1, "replayed": 0}}
    assert [gap["last_seq"] for gap in found["gateways"][0]["missing_seqs"]] == [0]


def test_every_key_of_the_answer_is_documented(yard: Yard) -> None:
    yard.send(message(1, reading(0), reading(1, "x")))
    document = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text("utf-8")
    found = json.loads(yard.run(app, "--unit", UNIT, "--day", "2026-10-03", "--json"))
    series, gateway = found["series"][0], found["gateways"][0]
    keys = {
        *found, *found["totals"], *series, *series["missing_ranges"][0], *gateway, *gateway["arrived"],
        *gateway["refused"]["value_malformed"], *gateway["missing_seqs"][0],
    }  # fmt: skip
    assert [key for key in sorted(keys) if f"`{key}`" not in document] == []


def test_a_unit_that_nobody_registered_has_no_ledger(yard: Yard) -> None:
    with pytest.raises(DataRefused, match="no unit"):
        yard.run(app, "--unit", "91110000000000026X", "--day", "2026-10-03")


def test_one_units_day_is_read_by_index(yard: Yard) -> None:
    """With many messages of others, no plan of the ledger goes through all of them."""
    from nenghao.db.queries import load_queries

    yard.send(message(0, reading(0), reading(1, "x")))
    yard.plant.execute(
        "INSERT INTO message SELECT 1000000 + n, 1, NULL, NULL, NULL, NULL, 't', 'none', 'sha256', int8send(n), NULL,"
        " timestamptz '2026-09-01' + n * interval '1 minute', 'refused', 0, 0, 0, 0, 0, 0, 'unknown'"
        " FROM generate_series(1, 60000) AS n; ANALYZE message"
    )
    parameters = {
        "gateway_ids": [1], "series_ids": [1], "unit_code": UNIT, "message_ids": [1],
        "start_at": DAY, "end_at": DAY + timedelta(days=1),
    }  # fmt: skip
    import psycopg

    with psycopg.connect(yard.plant.superuser) as conn:
        for name in ("messages_between", "refusals_between", "seq_gaps_between", "arrivals_of_messages"):
            plan = conn.execute("EXPLAIN " + load_queries("ledger")[name], parameters).fetchall()
            assert not [line for (line,) in plan if "Seq Scan on message " in line], name
