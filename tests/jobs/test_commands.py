"""The commands around a month: the same functions that DAGs call, from marks to a verified file."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nenghao.cli import explain, jobs, verify
from nenghao.config import Settings
from nenghao.domain.periods import day_start
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
    unit_code = file.name[:18]
    told = RUN.invoke(explain.app, [unit_code, "2026-08", "33", "tce", "--day", "2026-08-05"], catch_exceptions=False)
    assert told.exit_code == 0
    assert "3.8099 tce" in told.output
    assert "2589-2020.calorific.33" in told.output
    assert "报文 1（2 个读数）口令 sha256 abcd" in told.output
    nothing = RUN.invoke(explain.app, [unit_code, "2026-08", "33", "9"], catch_exceptions=False)
    assert nothing.exit_code == 1
