"""The provincial upload body: its golden cases, what it promises whatever arrives, and its way to stored readings.

Over 300 lines, because every promise of one codec stands in one place.
"""

import json
import random
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.codecs import CODECS, choose_codec
from ingest.codecs.provincial_v1 import ProvincialV1
from ingest.pipeline import Arrival, judge, read_arrival
from ingest.topics import TopicKind
from nenghao.config import PROJECT_ROOT
from nenghao.db.ingest_registers import RegisterSnapshot, UnitRegister
from nenghao.db.ingest_rows import IncomingMessage
from nenghao.domain.acceptance import Accepted, Reason, Refused, SeriesVersion
from nenghao.domain.quantities import UNITS
from nenghao.reference.provinces import load_body_rules
from tests.ingest.conftest import UNIT, Plant
from tests.ingest.test_cases import LIMITS, NOW, SIZES, gateway, reading_outcome
from tests.ingest.test_codecs import json_values, patient

CASES = Path(__file__).parent / "cases" / "provincial_v1"
TOPIC = f"nenghao/v1/0/{UNIT}/gw1/readings"
SHANDONG_UNIT = "91370000000000013Y"
DOCUMENT = (PROJECT_ROOT / "docs" / "ingest-protocol.md").read_text(encoding="utf-8")


def version(series_id: int, unit: str, start: str = "2026-01-01", end: str | None = None) -> SeriesVersion:
    return SeriesVersion(
        series_id=series_id,
        valid_from=datetime.fromisoformat(f"{start}T00:00:00+08:00"),
        valid_to=None if end is None else datetime.fromisoformat(f"{end}T00:00:00+08:00"),
        meter_no="m1",
        unit=unit,
        multiplier=Decimal(1),
    )


#: By point: whole plant's electricity, steam of a process by the quarter-hour, two meters under one code, a point with
#: two real-time series, a point whose unit of measure changed on 2026-10-02, coal that is typed in.
POINTS = {
    "e1": "0000000002330010",
    "s1": "0400000002320010",
    "twin1": "0401000002330010",
    "twin2": "0401000002330010",
    "both": "0401020302330010",
    "changed": "0000000002330011",
    "coal": "0000000001010410",
}
SERIES = {
    ("e1", "active_energy", "register", "instant"): (version(1, "kWh"),),
    ("e1", "active_energy", "interval", "day"): (version(2, "kWh"),),
    ("e1", "active_energy", "interval", "month"): (version(3, "10^4kWh"),),
    ("e1", "voltage", "gauge", "instant"): (version(4, "V"),),
    ("s1", "mass", "interval", "15min"): (version(5, "t"),),
    ("both", "active_energy", "register", "instant"): (version(6, "kWh"),),
    ("both", "active_energy", "interval", "30min"): (version(7, "kWh"),),
    ("changed", "active_energy", "interval", "day"): (
        version(8, "kWh", end="2026-10-02"),
        version(8, "MWh", start="2026-10-02"),
    ),
    ("coal", "mass", "interval", "day"): (version(9, "t"),),
}


def unit_in(division_code: str) -> UnitRegister:
    codes = {code: [point for point in POINTS if POINTS[point] == code] for code in POINTS.values()}
    return UnitRegister(
        gateways={"gw1": gateway(1, None)},
        point_codes=frozenset(POINTS),
        series=SERIES,
        division_code=division_code,
        points_by_data_code=codes,
    )


REGISTERS = RegisterSnapshot(mark=(), units={UNIT: unit_in("110000"), SHANDONG_UNIT: unit_in("370600")})


def judged(payload: bytes, topic: str = TOPIC) -> IncomingMessage:
    arrival = Arrival(topic=topic, payload=payload, received_at=NOW, is_replay=False)
    message = judge(read_arrival(arrival, SIZES), REGISTERS, LIMITS)
    assert isinstance(message, IncomingMessage)
    return message


def item(**others: object) -> dict[str, object]:
    return {
        "dataCode": "00-00-0000-023300-10",
        "dataValue": 123.45,
        "inputType": 4,
        "statType": 1,
        "statDate": "2026-10-02 00:00:00",
        "uploadDate": "2026-10-03 00:10:00",
        "scope": 1,
        "valid": True,
    } | others


def body(*items: object, **others: object) -> bytes:
    envelope = {"deviceId": "92ddac131d0517f12f754b9738efeb83", "enterpriseCode": UNIT}
    return json.dumps(envelope | {"data": items} | others).encode()


# --- golden cases ---


def outcome_of(topic: str, payload: bytes) -> dict[str, object]:
    message = judged(payload, topic)
    outcome: dict[str, object] = {"codec": message.codec, "outcome": "accepted"}
    if message.sent_at is not None:
        outcome["sent_at"] = message.sent_at.isoformat()
    if message.refused is not None:
        return outcome | {"outcome": "refused", "reason": message.refused.reason.value}
    return outcome | {"readings": [reading_outcome(one) for one in message.readings]}


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case(case: str) -> None:
    folder = CASES / case
    payload = next(folder.glob("payload.*")).read_bytes()
    found = outcome_of((folder / "topic.txt").read_text().strip(), payload)
    assert found == json.loads((folder / "expected.json").read_text())


def test_the_document_lists_exactly_the_cases_with_their_outcomes() -> None:
    section = DOCUMENT.split("### Cases of this body\n")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `([a-z0-9_]+)` \| (.+) \|$", section, re.MULTILINE)
    expected = {path.name: json.loads((path / "expected.json").read_text()) for path in CASES.iterdir()}
    assert listed == [(case, as_written(expected[case])) for case in sorted(expected)]


def as_written(expected: dict[str, object]) -> str:
    """An outcome in the words of the document's tables."""
    if "reason" in expected:
        return f"refused: `{expected['reason']}`"
    readings = expected["readings"]
    assert isinstance(readings, list)
    words = [f"accepted as {one['value']}" if "value" in one else f"refused: `{one['reason']}`" for one in readings]
    return "; ".join(words) or "accepted, nothing in it"


def test_the_examples_of_the_document_are_cases() -> None:
    examples = re.findall(r"<!-- provincial case: (\w+) -->\n```json\n(.*?)```", DOCUMENT, re.DOTALL)
    assert examples
    for case, text in examples:
        assert json.loads(text) == json.loads((CASES / case / "payload.json").read_text())


# --- what differs by province ---


@pytest.mark.parametrize("division_code", ["110000", "370600", ""])
def test_each_province_knows_every_stat_type_and_no_flag_means_both(division_code: str) -> None:
    rules = load_body_rules(division_code)
    assert sorted(rules.stat_types) == [0, 1, 2, 3]
    assert not rules.valid.valid & rules.valid.invalid
    assert set(rules.units.by_quantity.values()) <= set(UNITS)
    facts = [rules.valid, rules.date, rules.units, *rules.stat_types.values()]
    assert all(fact.source and fact.confidence in ("found", "known", "unsure") for fact in facts)


def test_a_refusal_that_rests_on_an_unsure_row_says_so() -> None:
    payload = body(item(valid=1), enterpriseCode=SHANDONG_UNIT)
    (refused,) = judged(payload, f"nenghao/v1/0/{SHANDONG_UNIT}/gw1/readings").readings
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.FLAGGED_INVALID
    assert "unsure" in refused.detail


# --- which codec takes a message ---


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (body(), "provincial_v1"),
        (body(schema="nenghao/1"), "json_v1"),
        (b'{"deviceId": "x"}', "json_v1"),
        (b'{"data": [], "note": "\\"deviceId\\""}', "json_v1"),
        (b'{"schema": "nenghao/1", "readings": [{"deviceId": 1, "data": 1}]}', "json_v1"),
        (b'["deviceId", "data"]', "json_v1"),
        (b'{"deviceId": 1, "data": 2', "json_v1"),
    ],
)
def test_the_content_chooses_the_codec(payload: bytes, name: str) -> None:
    assert choose_codec(TopicKind.READINGS, payload).name == name


def test_names_of_codecs_are_unique() -> None:
    assert len({codec.name for codec in CODECS}) == len(CODECS)


# --- whatever arrives ---


@patient
@given(st.binary())
def test_arbitrary_bytes_are_refused(payload: bytes) -> None:
    ProvincialV1().recognises(TopicKind.READINGS, payload)
    assert ProvincialV1().decode(payload, max_readings=10).refused is not None


GOOD = body(item(), item(statType=0, dataValue=17.5, valid=False))


@patient
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=3), st.integers(0, 5))
def test_a_damaged_message_is_judged(place: int, patch: bytes, cut: int) -> None:
    payload = GOOD[:place] + patch + GOOD[place + cut :]
    judged(payload)
    assert ProvincialV1().decode(payload, max_readings=10).codec == "provincial_v1"


def mutated(payload: bytes, chance: random.Random) -> bytes:
    """Some bytes cut out, doubled, flipped or replaced by what JSON and numbers are made of."""
    for _ in range(chance.randint(1, 4)):
        place, length = chance.randrange(len(payload) + 1), chance.randrange(12)
        cut = payload[place : place + length]
        patch = chance.choice([b"", cut + cut, chance.randbytes(length), chance.choice(PIECES), cut[::-1]])
        payload = payload[:place] + patch + payload[place + length :]
    return payload


PIECES = [
    b'"',
    b"{",
    b"[" * 2000,
    b"null",
    b"-",
    b"1e9",
    b"0000",
    b"\xb5\xe7",
    b"\\ud800",
    b'"valid": 1,',
    b"9999-12-31",
]


def test_seeded_mutations_of_the_cases_are_judged_item_by_item() -> None:
    chance = random.Random(20261003)  # noqa: S311 - a seeded run can be repeated
    payloads = [path.read_bytes() for path in sorted(CASES.glob("*/payload.*"))]
    for _ in range(2_000):
        payload = mutated(chance.choice(payloads), chance)
        message = judged(payload)
        decoded = ProvincialV1().decode(payload, max_readings=10)
        assert message.refused is not None or len(message.readings) == len(decoded.readings)


strange_items = st.dictionaries(
    st.sampled_from(sorted(item())),
    json_values | st.sampled_from(["9999-12-31 23:59:59", "0001-01-01 00:00:00", 1e300]),
)


@patient
@given(strange_items)
def test_a_strange_item_never_refuses_its_neighbour(strange: dict[str, object]) -> None:
    message = judged(body(item() | strange, item(dataValue=7)))
    assert message.refused is None
    _, neighbour = message.readings
    assert isinstance(neighbour, Accepted)


@patient
@given(st.decimals(min_value=-(10**17), max_value=10**17, places=12, allow_nan=False))
def test_a_number_is_taken_exactly(value: Decimal) -> None:
    payload = body(item()).replace(b"123.45", f"{value:f}".encode())
    (reading,) = judged(payload).readings
    assert isinstance(reading, Accepted)
    assert reading.value == value


# --- through broker, collector and database ---


def test_a_body_is_stored_once_and_refusals_are_kept(plant: Plant) -> None:
    plant.execute("UPDATE point SET data_code = '0000000002330010' WHERE point_code = 'p1'")
    plant.execute(
        "INSERT INTO series (point_id, quantity, kind, period)"
        " SELECT point_id, 'active_energy', 'interval', 'day' FROM point WHERE point_code = 'p1'"
    )
    plant.execute(
        "INSERT INTO series_version"
        " (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals)"
        " SELECT series_id, '[2026-01-01 00:00+08,)', meter_id, 'kWh', 15, 80, 'gateway', 3"
        " FROM series JOIN meter ON meter_no = 'm1' WHERE period = 'day'"
    )
    plant.start()
    daily = body(
        item(inputType=5),
        item(statType=0, statDate="2026-10-02 00:15:00", dataValue=12.5),
        item(valid=False, statDate="2026-10-01 00:00:00"),
        item(dataCode="0100000002330010", scope=2),
    ).replace(b"123.45", b"98765.123456789012", 1)
    with plant.publisher() as publish:
        publish(daily)
        plant.wait_count("reading", 2)
        publish(daily)
        plant.wait_at_least("receipt_again", 1)
    assert plant.rows(
        "SELECT codec, boot_id, seq, reading_count, stored_count, refused_count, sent_at = '2026-10-03 00:10+08'"
        " FROM message"
    ) == [("provincial_v1", None, None, 4, 2, 2, True)]
    assert plant.rows(
        "SELECT period, (at AT TIME ZONE 'Asia/Shanghai')::text, value::text, source::text"
        " FROM reading NATURAL JOIN series ORDER BY period"
    ) == [
        ("day", "2026-10-02 00:00:00", "98765.123456789012", "m"),
        ("instant", "2026-10-02 00:15:00", "12.5", "l"),
    ]
    assert plant.rows("SELECT ordinal, reason_code FROM refusal ORDER BY ordinal") == [
        (2, "flagged_invalid"),
        (3, "point_unknown"),
    ]
