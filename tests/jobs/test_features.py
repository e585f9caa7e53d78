"""From closed days to blocks: exact, in base units, and nothing unknown becomes a number."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from nenghao.config import Role, Settings
from nenghao.db import features
from nenghao.db.connection import connect, conninfo
from nenghao.detection.assembly import WatchedBlock, assemble
from nenghao.detection.curves import UNKNOWN, ClosedDays, pack_curves, read_bigints
from nenghao.jobs.compute_features import compute_features
from nenghao.jobs.find_candidates import EXPLAINING, GRACE
from nenghao.reference.cases import load_event_reasons
from tests.expectations.scenario import Case, Channel, lay_out
from tests.expectations.senders import FIRST_ON

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 3
VALUES = [100 * day + slot for day in range(DAYS) for slot in range(24)]

_REASONS = load_event_reasons()
EXPLAINED_BY: dict[str, Any] = {
    "event_kinds": EXPLAINING, "grace": GRACE, "dated_kinds": sorted(_REASONS.dated), "reach": _REASONS.reach,
}  # fmt: skip


def site() -> Case:
    """A main with two channels at a multiplier of 80, a part in MWh, volts, and a boiler."""
    gaps: list[int | None] = [None if 30 <= place < 34 else value for place, value in enumerate(VALUES)]
    channels = [
        Channel(point="E1", values=list(gaps), kind="interval", decimals=2, multiplier=80),
        Channel(point="E1", values=list(VALUES), kind="register", decimals=2, multiplier=80),
        Channel(point="E1", values=[2200] * 72, kind="gauge", quantity="voltage", unit="V", decimals=1),
        Channel(point="E1", values=[7] * 72, kind="interval", quantity="reactive_energy", unit="kvarh"),
        Channel(point="E2", values=list(VALUES), unit="MWh", part_of="E1"),
        Channel(point="E3", values=list(VALUES) * 4, slot_minutes=15),
    ]
    return Case(rule="frozen", name="features", channels=channels, expected=set())


@pytest.fixture(scope="module")
def blocks(module_database: Settings) -> dict[int, WatchedBlock]:
    with psycopg.connect(conninfo(module_database, Role.OWNER)) as conn:
        unit_id = lay_out(conn, site(), 1)
        conn.execute(
            "INSERT INTO context_event (unit_id, kind, title, begins_at, ends_at, filed_at)"
            " VALUES (%s, 'shutdown', '检修', '2026-08-04T00:00+08', '2026-08-05T00:00+08', '2026-08-01')",
            [unit_id],
        )
        conn.execute(
            "INSERT INTO context_event (unit_id, kind, title, begins_at, ends_at, filed_at)"
            " VALUES (%s, 'overhaul', '事后', '2026-08-05T00:00+08', '2026-08-06T00:00+08', '2026-09-01')",
            [unit_id],
        )
        # A roof connected two years ago is the usual by now; county 150120 is not 150122.
        conn.execute("UPDATE unit SET division_code = '150122' WHERE unit_id = %s", [unit_id])
        conn.execute(
            "INSERT INTO context_event (unit_id, kind, title, begins_at, ends_at, filed_at)"
            " VALUES (%s, 'own_generation', '光伏', '2024-08-01T00:00+08', '2044-08-01T00:00+08', '2024-07-01')",
            [unit_id],
        )
        conn.execute(
            "INSERT INTO context_event (kind, title, begins_at, ends_at, filed_at, division_code, document_no)"
            " VALUES ('orderly_use', '有序用电', '2026-08-03T00:00+08', '2026-08-06T00:00+08',"
            " '2026-08-01', '150120', 'd')"
        )
    with connect(module_database, Role.JOBS) as conn:
        assert compute_features(conn, NOW) == 6 * DAYS
        assert compute_features(conn, NOW) == 0
        days = (FIRST_ON - timedelta(days=2), FIRST_ON + timedelta(days=DAYS - 1))
        watched = features.load_watched(conn, [unit_id], days, **EXPLAINED_BY)
    found = assemble(watched, days[0], DAYS + 2, 2, [False] * (DAYS + 2))
    return {one.block.slot_minutes: one for one in found}


def test_values_are_the_interval_and_the_register_beside_it_the_advance(blocks: dict[int, WatchedBlock]) -> None:
    hourly = blocks[60]
    assert [(one.kind, one.quantity) for one in hourly.series] == [
        ("interval", "active_energy"), ("interval", "reactive_energy"), ("register", "active_energy"),
    ]  # fmt: skip
    expected = np.array(VALUES, dtype=float).reshape(DAYS, 24) * 0.8
    block = hourly.block
    assert np.isnan(block.values[:, :2]).all()
    assert block.advance is not None
    assert np.allclose(block.advance[0, 2:], expected)
    assert np.isnan(block.advance[1:]).all()
    unknown = np.isnan(block.values[0, 2:].reshape(-1))
    assert np.flatnonzero(unknown).tolist() == [30, 31, 32, 33]
    assert np.allclose(block.values[0, 2:].reshape(-1)[~unknown], expected.reshape(-1)[~unknown])


def test_units_of_a_network_are_the_same(blocks: dict[int, WatchedBlock]) -> None:
    block = blocks[60].block
    assert np.allclose(block.values[2, 2:], np.array(VALUES, dtype=float).reshape(DAYS, 24))
    assert [(term.whole, term.part, term.sign) for term in block.terms] == [(0, 2, 1)]
    assert block.quantum.tolist() == pytest.approx([0.8, 0.001, 1.0])


def test_channels_stand_beside_active_energy(blocks: dict[int, WatchedBlock]) -> None:
    block = blocks[60].block
    assert sorted(block.channels) == ["kvarh", "volt"]
    assert np.unique(block.channels["volt"][0, 2:]).tolist() == [220.0]
    assert np.isnan(block.channels["volt"][1:]).all()
    assert np.allclose(block.channels["kvarh"][0, 2:], 0.007)


def test_slots_of_another_length_are_another_block(blocks: dict[int, WatchedBlock]) -> None:
    assert blocks[15].block.shape == (1, DAYS + 2, 96)
    assert blocks[15].block.is_rich.tolist() == [False]


def test_events_filed_in_time_explain_and_late_ones_do_not(blocks: dict[int, WatchedBlock]) -> None:
    assert blocks[60].block.is_explained[0].tolist() == [False, False, False, True, False]


def test_a_day_that_changed_is_derived_again(module_database: Settings, blocks: dict[int, WatchedBlock]) -> None:
    del blocks
    with psycopg.connect(conninfo(module_database, Role.OWNER)) as conn:
        conn.execute("UPDATE series_day SET quality = repeat('E', due_slots) WHERE day_on = %s", [FIRST_ON])
        conn.execute("INSERT INTO feature_mark SELECT series_id, day_on FROM series_day WHERE day_on = %s", [FIRST_ON])
        before = conn.execute("SELECT count(*) FROM series_day_feature").fetchone()
    with connect(module_database, Role.JOBS) as conn:
        compute_features(conn, NOW)
        assert conn.execute("SELECT count(*) FROM series_day_feature").fetchone() == before
        rows = conn.execute("SELECT curve FROM series_day_feature WHERE day_on = %s", [FIRST_ON]).fetchall()
    hourly = [np.frombuffer(row[0], dtype="<i4") for row in rows if len(row[0]) == 96]
    assert hourly
    assert all((curve == UNKNOWN).all() for curve in hourly)


def one_day(**changes: object) -> ClosedDays:
    days = ClosedDays(
        energy=[bigints([160, None, 240])], face=[bigints([2, None, 3])], quality=["VNV"], method=["---"], scale=[2],
        face_scale=[2], factor=[80.0], is_gauge=[False],
    )  # fmt: skip
    return replace(days, **changes)  # type: ignore[arg-type]  # fields of ClosedDays


def bigints(values: list[int | None]) -> bytes:
    """PostgreSQL's binary bigint[]."""
    head = b"".join(number.to_bytes(4, "big") for number in (1, 1, 20, len(values), 1))
    elements = (
        b"\xff\xff\xff\xff" if value is None else (8).to_bytes(4, "big") + value.to_bytes(8, "big", signed=True)
        for value in values
    )
    return head + b"".join(elements)


def test_arrays_with_nulls_are_read_element_by_element() -> None:
    values, known = read_bigints([bigints([1, None, -3]), bigints([None, None, 2**60])], 3)
    assert values.tolist() == [[1, 0, -3], [0, 0, 2**60]]
    assert known.tolist() == [[True, False, True], [False, False, True]]


@pytest.mark.parametrize(
    ("changes", "steps", "step"),
    [
        ({}, [2, UNKNOWN, 3], 0.8),
        ({"quality": ["ENV"]}, [UNKNOWN, UNKNOWN, 3], 0.8),
        ({"method": ["b--"]}, [UNKNOWN, UNKNOWN, 3], 0.8),
        ({"energy": [bigints([161, None, 240])]}, [161, UNKNOWN, 240], 0.01),
        ({"is_gauge": [True], "energy": [bigints([None, None, None])]}, [2, UNKNOWN, 3], 0.01),
        ({"energy": [bigints([80 * 2**32, None, 80])], "factor": [80.0]}, [2**32 // 3, UNKNOWN, 0], 2.4),
    ],
)
def test_curves_are_steps_of_the_face(changes: dict[str, object], steps: list[int], step: float) -> None:
    curves, found = pack_curves(one_day(**changes), 3)
    assert np.frombuffer(curves[0], dtype="<i4").tolist() == steps
    assert found == pytest.approx([step])


def test_days_without_features_are_unknown(module_database: Settings, blocks: dict[int, WatchedBlock]) -> None:
    del blocks
    with connect(module_database, Role.RULES) as conn:
        row = conn.execute("SELECT unit_id FROM unit").fetchone()
        assert row is not None
        days = (date(2020, 1, 1), date(2020, 1, 2))
        watched = features.load_watched(conn, [row[0]], days, **EXPLAINED_BY)
    (first, *_) = assemble(watched, days[0], 2, 0, [False, False])
    assert np.isnan(first.block.values).all()
    assert np.isnan(first.block.quantum).all()
