"""The shares behind the index of data quality are counted from what is stored, and say what they were counted of."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from nenghao.cli.quality import quality
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.quality import PointMonth, counted_shares
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.domain.quality_index import Share
from nenghao.errors import DataRefused
from nenghao.jobs.count_quality import count_quality
from nenghao.jobs.quality import measure_quality, sum_processes
from nenghao.registers.importer import import_registers
from tests.registers.test_import import FILES, UNIT, know_electricity, write

OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def plant(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One register series over October's first ten days: two days with readings of the day, one filled in later."""
    know_electricity(module_database)
    folder = tmp_path_factory.mktemp("registers")
    series = [f"{UNIT},E1,active_energy,register,instant,M1,kWh,60,1,platform,3,,2026-10-01,2026-10-11"]
    with connect(module_database, Role.CONSOLE) as conn:
        assert import_registers(conn, write(folder / "r", {**FILES, "series": series}), NOW).faults == ()
    with connect(module_database, Role.OWNER) as conn:
        conn.execute(
            "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)"
            " SELECT unit_id, 'gw01', 0, '2026-01-01+08' FROM unit"
        )
        conn.execute(
            "INSERT INTO message (message_id, shard, gateway_id, topic, codec, hash_algorithm, hash, received_at,"
            " outcome, reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count,"
            " collected_under) SELECT n, 0, gateway_id, 't', 'c', 'sha256', n::text::bytea, at::timestamptz,"
            " 'accepted', 4, 3, 0, 0, 0, 1, 'online_monitoring' FROM gateway,"
            " (VALUES (1, '2026-10-01 20:00+08'), (2, '2026-10-02 20:00+08'), (3, '2026-10-05 20:00+08')) AS m (n, at)"
        )
        conn.execute(
            "INSERT INTO reading (series_id, at, value, message_id, ordinal, source, assurance)"
            " SELECT series_id, '2026-10-01+08'::timestamptz + (24 * d - 24 + h) * interval '1 hour', 1, d, h,"
            " CASE WHEN d = 3 THEN 'b' ELSE 'l' END::\"char\", CASE WHEN d = 1 THEN 's' ELSE 'p' END::\"char\""
            " FROM series, generate_series(1, 3) AS d, generate_series(0, 2) AS h"
        )
        conn.execute(
            "INSERT INTO series_day (series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality,"
            " method, due_slots, received_slots, measured_energy, content_hash, computed_at)"
            " SELECT series_id, day_on, 60, 'kWh', 0, array_fill(NULL::bigint, ARRAY[24]), 0,"
            " array_fill(NULL::bigint, ARRAY[24]), rpad('', 20, 'V') || 'NNNN', rpad('', 20, '-') || '--rr', 24, 22, 0,"
            " '', now() FROM series, unnest('{2026-10-01,2026-10-02}'::date[]) AS d (day_on)"
        )
    return module_database


def test_shares_are_counted_from_what_is_stored(plant: Settings) -> None:
    with connect(plant, Role.JOBS) as conn:
        shares = measure_quality(conn, UNIT, OCTOBER, NOW)
    assert {name: (share.part, share.whole) if share else None for name, share in shares.items()} == {
        "days_online": (2, 31),
        "slots_received": (44, 240),
        "points_received": (1, 1),
        "without_gross_error": (40, 44),
        "slots_validated": (40, 44),
        "same_day": (6, 9),
        "signed": (3, 9),
        "readings_taken": (9, 12),
        "meters_verified": (0, 0),  # no series was in force at the month's end
        "process_sum": None,  # the part's figures are missing, and missing is never zero
    }


def test_a_month_that_is_not_over_is_counted_to_yesterday(plant: Settings) -> None:
    with connect(plant, Role.JOBS) as conn:
        shares = measure_quality(conn, UNIT, OCTOBER, datetime(2026, 10, 3, 9, tzinfo=SHANGHAI))
        assert shares["slots_received"] == Share(Decimal(44), Decimal(48))
        assert shares["meters_verified"] == Share(Decimal(1), Decimal(1))
        with pytest.raises(DataRefused, match="no day"):
            measure_quality(conn, UNIT, OCTOBER, datetime(2026, 10, 1, 9, tzinfo=SHANGHAI))
        with pytest.raises(DataRefused, match="not registered"):
            measure_quality(conn, "911502000000000010", OCTOBER, NOW)


def test_shares_are_kept_and_counted_again_only_when_a_day_or_a_balance_came(plant: Settings) -> None:
    third = datetime(2026, 10, 3, 9, tzinfo=SHANGHAI)
    with connect(plant, Role.JOBS) as conn:
        assert count_quality(conn, third) == 2  # September too, whatever it lacks
        assert count_quality(conn, third) == 0
        assert count_quality(conn, third + timedelta(days=1)) == 1
        assert count_quality(conn, NOW, months=[OCTOBER]) == 1
        kept = {row.share_name: row for row in counted_shares(conn, month_on=OCTOBER.start_on)}
        told = measure_quality(conn, UNIT, OCTOBER, NOW)
    assert {name: None if row.whole is None else Share(row.part, row.whole) for name, row in kept.items()} == told
    assert {row.until_on for row in kept.values()} == {OCTOBER.end_on}
    with connect(plant, Role.OWNER) as owner:
        owner.execute(
            "INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition,"
            " content_hash_algorithm, content_hash, computed_at)"
            " SELECT unit_id, '2026-10-01', 1, 'l', 'c', 'sha256', '', %s FROM unit",
            [NOW + timedelta(hours=1)],
        )
    with connect(plant, Role.JOBS) as conn:
        assert count_quality(conn, NOW + timedelta(hours=2), months=[OCTOBER]) == 1
        assert count_quality(conn, NOW + timedelta(hours=2), months=[OCTOBER]) == 0


def month(data_code: str, flow: str, energy: str | None, variety: str = "33") -> PointMonth:
    value = None if energy is None else Decimal(energy)
    unit = "kWh" if variety == "33" else "m3"
    return PointMonth(variety_code=variety, data_code=data_code, flow=flow, unit=unit, energy=value)


def test_processes_are_compared_with_what_crosses_the_border_in_tce() -> None:
    plant, process = "0000000002330010", "0100000002330000"
    rows = [
        month(plant, "purchase", "1000000"),
        month(plant, "generation", "100000"),
        month(plant, "export", "50000"),
        month(process, "internal", "525000"),
        month("0101000002330000", "internal", "999"),  # a unit of the process: inside it already
        month("0000000001150010", "purchase", "7000", "15"),  # gas has no processes: it says nothing
    ]
    share = sum_processes(rows)
    assert share is not None
    assert share.part * 2 == share.whole
    assert sum_processes([*rows, month(process, "internal", None)]) is None
    assert sum_processes(rows[:3]) is None


def test_gas_that_a_works_recovers_and_air_that_it_presses_do_not_spoil_its_index() -> None:
    """Blast-furnace gas never crosses the border: what is made of it is the whole, less what is flared."""
    plant, process = "0000000002120010", "0100000002120000"
    rows = [
        month(process, "recovery", "1000000", "12"),
        month(plant, "loss", "100000", "12"),
        month(process, "internal", "600000", "12"),
        month("0200000002120000", "conversion_input", "300000", "12"),
    ]
    share = sum_processes(rows)
    assert share is not None
    assert share.part == share.whole
    assert sum_processes([*rows, month(process, "internal", "5000", "M04")]) == share


def test_the_command_shows_components_and_the_weight_they_stand_over(
    plant: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(plant, name)))
    last_month = Month.of(NOW.date() - timedelta(days=30))
    app = typer.Typer()
    app.command()(quality)
    told = CliRunner().invoke(app, [UNIT, str(last_month)])
    assert told.exit_code == 0, told.output
    assert "无法计算" in told.stdout
    assert "60 分折算" in told.stdout
