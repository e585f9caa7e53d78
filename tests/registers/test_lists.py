"""Lists: what is due, what has no meter, what nobody declared."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nenghao.cli import register as command
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.register_lists import EquippedPoint
from nenghao.domain.periods import SHANGHAI
from nenghao.reference.metering_rates import rates_on
from nenghao.registers.importer import import_registers
from nenghao.registers.lists import judge_equipment, undeclared_changes, verifications_due
from tests.registers.test_import import FILES, UNIT, know_electricity, write

NOW = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def plant(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    know_electricity(module_database)
    files = {
        **FILES,
        "meters": [
            f"{UNIT},M1,DTZ,0.5S,2020-01-01,2026-11-20,qualified",
            f"{UNIT},M2,DTZ,0.5S,2020-01-01,2026-12-20,qualified",
            f"{UNIT},M3,DTZ,0.5S,,,permitted",
            f"{UNIT},M4,DTZ,0.5S,2010-01-01,2011-01-01,stopped",
            f"{UNIT},M5,DTZ,0.5S,2026-01-01,2032-01-01,qualified",
        ],
    }
    with connect(module_database, Role.CONSOLE) as conn:
        assert import_registers(conn, write(tmp_path_factory.mktemp("r") / "r", files), NOW).faults == ()
    return module_database


def test_verifications_are_listed_by_how_long_they_are_over(plant: Settings) -> None:
    with connect(plant, Role.CONSOLE) as conn:
        due = verifications_due(conn, None, NOW, within_days=30)
    assert [(each.meter["meter_no"], each.standing, each.days_over) for each in due] == [
        ("M1", "overdue", 3), ("M2", "due", -27), ("M3", "never", None),
    ]  # fmt: skip
    assert due[0].meter["point_codes"] == "E1"


def point(code: str, flow: str, *, has_meter: bool, data_code: str = "0100000002330000") -> EquippedPoint:
    return EquippedPoint(
        unit_code=UNIT,
        point_code=code,
        name=code,
        data_code=data_code,
        variety_code="33",
        flow=flow,
        has_meter=has_meter,
    )


def test_the_rate_of_equipment_counts_by_kind_and_level() -> None:
    device = "0101010102330000"
    points = [
        point("E1", "purchase", has_meter=False),
        point("E2", "export", has_meter=True),
        point("P1", "internal", has_meter=True),
        *(point(f"D{n}", "internal", has_meter=n > 0, data_code=device) for n in range(21)),
    ]
    rates, newer = rates_on(date(2026, 11, 23))
    assert (rates.edition, newer) == ("GB 17167-2006", "GB 17167-2025")
    assert rates_on(date(2026, 1, 31))[1] is None
    found = judge_equipment(points, rates)
    assert [(each.point.point_code, each.level, each.percent, each.percent_asked) for each in found] == [
        ("E1", "unit", Decimal("50.0"), 100),
        ("D0", "device", Decimal("95.2"), 95),
    ]


def test_what_was_seen_and_is_in_no_register_is_listed_until_it_is(plant: Settings, tmp_path: Path) -> None:
    with connect(plant, Role.OWNER) as conn:
        conn.execute(
            "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)"
            " SELECT unit_id, 'gw01', 0, now() FROM unit"
        )
        conn.execute(
            "INSERT INTO gateway_state (gateway_id, received_at, online, config_hash)"
            " SELECT gateway_id, at::timestamptz, true, hash FROM gateway, (VALUES ('2026-11-01+08', 'aa'),"
            " ('2026-11-02+08', 'aa'), ('2026-11-10 09:00+08', 'bb')) AS told (at, hash)"
        )
        conn.execute(
            "INSERT INTO message (message_id, shard, gateway_id, topic, codec, hash_algorithm, hash, received_at,"
            " outcome, reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count,"
            " collected_under) SELECT 1, 0, gateway_id, 't', 'c', 'sha256', '', now(), 'accepted', 2, 0, 0, 0, 0, 2,"
            " 'online_monitoring' FROM gateway"
        )
        conn.execute(
            "INSERT INTO refusal (message_id, ordinal, reason_code, detail, point_code, at, refused_at)"
            " SELECT 1, n, 'meter_mismatch', 'the ledger has M1', 'E1', '2026-11-11+08', now()"
            " FROM generate_series(0, 1) AS n"
        )
        conn.execute(
            "INSERT INTO series_day (series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality,"
            " method, due_slots, received_slots, measured_energy, content_hash, computed_at)"
            " SELECT series_id, day_on, 15, 'kWh', 0, '{NULL}', 0, '{NULL}', 'N', method, 1, 0, 0, '', now()"
            " FROM series, (VALUES ('2026-11-10'::date, 'r'), ('2026-11-12', '-')) AS d (day_on, method)"
            " WHERE kind = 'register'"
        )
    with connect(plant, Role.CONSOLE) as conn:
        seen = undeclared_changes(conn, UNIT, NOW, since_days=31)
    assert [(each.reason, each.place, each.seen_on, each.declare_by) for each in seen] == [
        ("register_fell", "E1", date(2026, 11, 10), date(2026, 11, 13)),
        ("configuration", "gw01", date(2026, 11, 10), date(2026, 11, 13)),
        ("meter_mismatch", "E1", date(2026, 11, 11), date(2026, 11, 16)),
    ]
    assert seen[2].detail.endswith("(2)")

    change = f"{UNIT},E1,active_energy,2026-11-10 08:30,M1,99,M5,0,,,,,轮换,王工,2026-11-11"
    with connect(plant, Role.CONSOLE) as conn:
        assert import_registers(conn, write(tmp_path / "c", {"meter_changes": [change]}), NOW).faults == ()
        assert [each.reason for each in undeclared_changes(conn, UNIT, NOW, since_days=31)] == ["meter_mismatch"]
        assert undeclared_changes(conn, UNIT, NOW, since_days=3) == []


@pytest.fixture
def settings_by_variables(plant: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that a command reads its settings from."""
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(plant, name)))


@pytest.fixture
def run(settings_by_variables: None) -> Callable[..., str]:
    """Runs a command of `nenghao register` on the plant; returns what it printed."""

    def call(*words: str) -> str:
        result = CliRunner().invoke(command.app, list(words))
        assert result.exit_code == 0, result.output
        return result.stdout

    return call


def test_lists_print_as_table_csv_and_json(run: Callable[..., str]) -> None:
    as_json = json.loads(run("list", "overdue", "--format", "json"))
    assert {row["meter_no"]: row["standing"] for row in as_json}["M3"] == "never"
    assert run("list", "overdue", "--format", "csv").splitlines()[0].startswith("unit_code,meter_no,")
    table = run("list", "overdue").splitlines()
    assert table[0].startswith("统一社会信用代码")
    assert "GB 17167-2025" not in run("list", "unmetered", "--format", "csv")
    assert "E1-1" in run("list", "unmetered")
    assert "合格" in run("list", "meters")


def test_a_workbook_is_exported_filled_in_and_imported_by_command(run: Callable[..., str], tmp_path: Path) -> None:
    run("export", str(tmp_path / "all.xlsx"))
    assert "新增 0 行" in run("import", str(tmp_path / "all.xlsx"))
    run("export", "--template", str(tmp_path / "template.xlsx"))
    assert "没有数据行" in run("import", str(tmp_path / "template.xlsx"))
    run("export", "--sheet", "meters", str(tmp_path / "meters.csv"))
    assert "计量器具" in run("import", str(tmp_path / "meters.csv"))


def test_what_is_refused_is_told_and_written(settings_by_variables: None, tmp_path: Path) -> None:
    lines = [f"{UNIT},M8,DTZ,0.5S,,,qualified", f"{UNIT},M9,DTZ,0.5S,2026-13-01,,qualified"]
    folder = write(tmp_path / "r", {"meters": lines})
    told = CliRunner().invoke(command.app, ["import", str(folder)])
    assert told.exit_code == 1
    assert "meters.csv" in told.stderr
    assert "未导入任何一行" in told.stderr
    partial = CliRunner().invoke(command.app, ["import", "--partial", str(folder)])
    assert partial.exit_code == 1
    assert "新增 1 行" in partial.stdout
    again = CliRunner().invoke(command.app, ["import", "--partial", str(tmp_path / "r.rejects.xlsx")])
    assert "2026-13-01" in again.stderr
    assert (tmp_path / "r.rejects.xlsx").exists()
    assert (tmp_path / "r.rejects-2.xlsx").exists()
