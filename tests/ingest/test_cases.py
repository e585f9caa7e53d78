"""Every golden case of the wire contract: bytes and topic in, outcome out. Adding a case needs no code."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from ingest.pipeline import Arrival, SizeLimits, judge, read_arrival
from nenghao.db.ingest_registers import Gateway, GatewayKey, GatewayTrust, RegisterSnapshot, UnitRegister
from nenghao.db.ingest_rows import IncomingMessage
from nenghao.domain.acceptance import Accepted, Assurance, Limits, Refused, SeriesVersion, Window
from nenghao.domain.periods import SHANGHAI

CASES = Path(__file__).parent / "cases" / "json_v1"
NOW = datetime.fromisoformat("2026-10-03T00:20:00+08:00")
OPENED_AT = datetime.fromisoformat("2026-09-01T00:00:00+08:00")
LIMITS = Limits(clock_skew=timedelta(seconds=60), backfill_age=timedelta(days=10))
SIZES = SizeLimits(message_bytes=16_384, message_readings=4)


def series(series_id: int, meter_no: str, unit: str, valid_from: str) -> tuple[SeriesVersion]:
    valid = datetime.fromisoformat(valid_from)
    multiplier = Decimal(80) if unit == "kWh" else Decimal(1)
    return (
        SeriesVersion(
            series_id=series_id, valid_from=valid, valid_to=None, meter_no=meter_no, unit=unit, multiplier=multiplier
        ),
    )


def gateway(gateway_id: int, closed_at: str | None) -> Gateway:
    until = None if closed_at is None else datetime.fromisoformat(closed_at)
    window = Window(backfill_from=OPENED_AT, backfill_until=until)
    return Gateway(gateway_id=gateway_id, shard=0, window=window, collected_under="online_monitoring")


#: The first key of RFC 8032, 7.1; the document's example is signed by it.
KEY = GatewayKey(
    key_id="21fe31dfa154a261",
    algorithm="ed25519",
    public_key=bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
    valid_from=OPENED_AT,
    revoked_at=None,
)

#: p1 is electricity behind current transformers, p2 is steam by the quarter-hour. gw2's commissioning is over; gw3
#: signs.
REGISTERS = RegisterSnapshot(
    mark=(),
    units={
        "91110000000000013A": UnitRegister(
            gateways={
                "gw1": gateway(1, None),
                "gw2": gateway(2, "2026-10-01T00:00:00+08:00"),
                "gw3": gateway(3, None),
            },
            point_codes=frozenset(("p1", "p2")),
            series={
                ("p1", "active_energy", "register", "instant"): series(1, "m1", "kWh", "2026-01-01T00:00:00+08:00"),
                ("p2", "mass", "interval", "15min"): series(2, "m2", "t", "2026-09-20T00:00:00+08:00"),
            },
        )
    },
    trust={3: GatewayTrust(keys=(KEY,), boot_ids=frozenset((UUID("7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11"),)))},
)


def outcome_of(topic: str, payload: bytes) -> dict[str, object]:
    arrival = Arrival(topic=topic, payload=payload, received_at=NOW, is_replay=False)
    message = judge(read_arrival(arrival, SIZES), REGISTERS, LIMITS)
    assert isinstance(message, IncomingMessage)
    outcome: dict[str, object] = {"outcome": "accepted", "identity": message.seq is not None}
    if message.assurance is Assurance.SIGNED:
        outcome["assurance"] = message.assurance.value
    if message.refused is not None:
        return outcome | {"outcome": "refused", "reason": message.refused.reason.value}
    return outcome | {"readings": [reading_outcome(one) for one in message.readings]}


def reading_outcome(one: Accepted | Refused) -> dict[str, object]:
    if isinstance(one, Refused):
        return {"outcome": "refused", "reason": one.reason.value}
    stored = {
        "series": one.series_id,
        "at": one.at.astimezone(SHANGHAI).isoformat(),
        "value": str(one.value),
        "source": one.source.value,
    }
    if one.correction is not None:
        stored["corrects"] = str(one.correction.earlier_value)
    return {"outcome": "accepted"} | stored


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case(case: str) -> None:
    folder = CASES / case
    payload = next(folder.glob("payload.*")).read_bytes()
    found = outcome_of((folder / "topic.txt").read_text().strip(), payload)
    assert found == json.loads((folder / "expected.json").read_text())
