"""The commands around a month: the same functions that DAGs call, from marks to a verified file."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nenghao.cli import explain, jobs, reproduce, verify
from nenghao.config import Settings, load_settings
from nenghao.crypto import new_signing_key, public_key_of
from nenghao.domain.periods import day_start
from nenghao.errors import ConfigError
from tests.jobs.plant import Plant

RUN = CliRunner()
MONTH_ON = date(2026, 8, 1)  # over, whatever the clock says


@pytest.fixture
def release_dir(module_database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The variables that a command reads its settings from."""
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(module_database, name)))
    monkeypatch.setenv("NENGHAO_RELEASE_DIR", str(tmp_path))
    return tmp_path


def test_from_marks_to_a_release_that_verifies_and_explains_itself(plant: Plant, release_dir: Path) -> None:
    series_id = plant.series(plant.point(plant.unit()))
    # The register of 6 August is missing: 5 and 6 August rest on those of the 5th and the 7th.
    plant.readings(series_id, {day_start(MONTH_ON) + timedelta(days=n): Decimal(1000) * n for n in range(32) if n != 5})
    plant.owner.execute(
        "INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome,"
        " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under)"
        " VALUES (1, 0, 't', 'json_v1', 'sha256', '\\xabcd', now(), 'accepted', 32, 32, 0, 0, 0, 0, 'metering')"
    )
    for command in (jobs.reference, jobs.close_days, jobs.build_months, jobs.seal):
        result = RUN.invoke(command, ["sync"] if command is jobs.reference else [], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        if command is jobs.build_months:
            plant.pass_relations()
    file = next(release_dir.glob("*-2026-08-monitored-v1.zip"))
    assert file.with_suffix(".xlsx").exists()
    good = RUN.invoke(verify.app, [str(file)], catch_exceptions=False)
    assert (good.exit_code, good.output.count("\n")) == (0, 5)
    broken = release_dir / "broken.zip"
    broken.write_bytes(file.read_bytes().replace(b"31000", b"13000", 1).replace(b'"3.1"', b'"9.1"', 1))
    bad = RUN.invoke(verify.app, [str(broken)], catch_exceptions=False)
    assert (bad.exit_code, bad.output.count("\n")) == (1, 1)
    name = file.stem
    plant.owner.execute(
        "INSERT INTO series_day_estimate (series_id, day_on, first_slot, slot_count, method, donor_days, reasons, gap)"
        " VALUES (%s, '2026-08-05', 1, 96, 'E3', '{2026-08-04}', '{nothing}', '[2026-08-05,2026-08-06)')"
        " ON CONFLICT DO NOTHING",
        [series_id],
    )
    told = RUN.invoke(explain.app, [name, "33.tce", "--day", "2026-08-05"], catch_exceptions=False)
    assert told.exit_code == 0
    assert "3.8099 tce" in told.output
    assert "2589-2020.calorific.33" in told.output
    assert "报文 1（2 个读数）口令 sha256 abcd" in told.output
    assert "时段 1–96 估算 E3" in told.output
    assert RUN.invoke(explain.app, [name, "33.9"], catch_exceptions=False).exit_code == 1
    assert RUN.invoke(explain.app, [name, "no_such_indicator"], catch_exceptions=False).exit_code == 1


def test_a_total_is_explained_by_its_varieties_an_indicator_by_its_totals_and_an_old_version_by_what_was_frozen(
    plant: Plant, release_dir: Path
) -> None:
    unit_id = plant.unit()
    series_id = plant.series(plant.point(unit_id))
    gas = plant.series(plant.point(unit_id, "N1", variety="15"), quantity="volume", versions=({"unit": "m3"},))
    for one, step in ((series_id, 1000), (gas, 200)):
        plant.readings(one, {day_start(MONTH_ON) + timedelta(days=n): Decimal(step) * n for n in range(30)})
    steps(plant)
    (code,) = plant.owner.execute("SELECT unit_code FROM unit WHERE unit_id = %s", [unit_id]).fetchone() or ("",)
    first = next(path.stem for path in release_dir.glob(f"{code}-*.zip"))
    total = json.loads(RUN.invoke(explain.app, [first, "40.4", "--json"], catch_exceptions=False).output)
    assert {part["row"] for part in total["sealed"]["addends"]} == {"15", "33"}
    parts = sum(Decimal(part["value"]) for part in total["sealed"]["addends"])
    assert parts == Decimal(total["sealed"]["cell"]["value"])
    assert len(total["sealed"]["points"]) == 2
    assert total["release"]["is_newest"] is True
    assert [point["has_moved"] for point in total["store"]["points"]] == [False, False]
    indicator = json.loads(RUN.invoke(explain.app, [first, "consumption_205", "--json"], catch_exceptions=False).output)
    assert indicator["sealed"]["cell"]["value"] == total["sealed"]["cell"]["value"]
    assert {cell["row"] for cell in indicator["sealed"]["addends"]} == {"40"}
    late = {day_start(MONTH_ON) + timedelta(days=31): Decimal(31_000)}
    plant.owner.execute(
        "INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome,"
        " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under)"
        " VALUES (9, 0, 't', 'json_v1', 'sha256', '\\xcd', now() + INTERVAL '1 day', 'accepted', 1, 1, 0, 0, 0, 0, 'm')"
    )
    plant.readings(series_id, late, message_id=9)
    steps(plant)
    again = json.loads(RUN.invoke(explain.app, [first, "33.4", "--json"], catch_exceptions=False).output)
    assert again["release"]["is_newest"] is False
    (point,) = again["store"]["points"]
    assert point["has_moved"] is True
    assert Decimal(point["frozen"]["totals"][0]["energy"]) == 29_000
    assert Decimal(point["now"]["energy"]) == 31_000
    moved = RUN.invoke(reproduce.app, [first, "--store"], catch_exceptions=False)
    assert moved.exit_code == 0
    assert "29000 → 31000" in moved.output
    without = RUN.invoke(explain.app, [str(release_dir / f"{first}.zip"), "33.4", "--offline"], catch_exceptions=False)
    assert "29000 kWh" in without.output


def test_a_release_verifies_by_the_key_in_a_file_alone(plant: Plant, release_dir: Path, tmp_path: Path) -> None:
    plant.readings(
        plant.series(plant.point(plant.unit())), {day_start(MONTH_ON) + timedelta(days=n): 10 * n for n in range(32)}
    )
    steps(plant)
    file = next(release_dir.glob("*.zip"))
    pem = next(load_settings().trust_dir.glob("*.pem"))
    empty = tmp_path / "nobody"
    empty.mkdir()
    refused = RUN.invoke(verify.app, [str(file), "--trust", str(empty)])
    assert refused.exit_code != 0
    keys = [word for path in load_settings().trust_dir.glob("*.pem") for word in ("--key", str(path)) if path.is_file()]
    assert pem.exists()
    believed = RUN.invoke(verify.app, [str(file), *keys], catch_exceptions=False)
    assert believed.exit_code == 0
    other = tmp_path / "other.pem"
    other.write_text(public_key_of(new_signing_key()))
    assert RUN.invoke(verify.app, [str(file), "--trust", str(empty), "--key", str(other)]).exit_code != 0
    torn = tmp_path / "torn.pem"
    torn.write_text("no key")
    assert isinstance(RUN.invoke(verify.app, [str(file), "--key", str(torn)]).exception, ConfigError)


def steps(plant: Plant) -> None:
    """Reference rows, days, months and seals, by command."""
    for command in (jobs.reference, jobs.close_days, jobs.build_months, jobs.seal):
        result = RUN.invoke(command, ["sync"] if command is jobs.reference else [], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        if command is jobs.build_months:
            plant.pass_relations()
