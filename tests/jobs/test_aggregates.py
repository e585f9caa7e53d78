"""A region's sum: from sealed balances to a release that hides what tells of one unit, in every form that it has."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from nenghao.cli import release as release_cli
from nenghao.cli import reproduce as reproduce_cli
from nenghao.config import Role, Settings
from nenghao.crypto import load_trusted_keys
from nenghao.db import aggregates, releases
from nenghao.db.connection import Connection, connect
from nenghao.domain.periods import day_start
from nenghao.errors import DataRefused
from nenghao.jobs.build_months import build_months
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.seal_aggregate import seal_aggregate
from nenghao.jobs.seal_balances import seal_balances
from nenghao.jobs.sync_reference import sync_reference
from nenghao.reporting.aggregate_inputs import Scope
from nenghao.reporting.stored_zip import read_zip
from nenghao.reporting.verify import verify_archive
from tests.jobs.plant import DAY, NOW, Plant

RUN = CliRunner()
FIRST = DAY.replace(day=1)
#: Sector and MWh of each unit: two in C25, so that it has to be hidden.
UNITS = (
    ("C2511", 900),
    ("C2511", 800),
    *[("C2614", 500 + n) for n in range(3)],
    *[("C3110", 700 + n) for n in range(3)],
)
SCOPE = Scope(region_code="150100", sector_code=None, parts="industry", panel_code=None, month_on=FIRST)


@pytest.fixture
def settings(module_database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(module_database, name)))
    return module_database.model_copy(update={"release_dir": tmp_path})


@pytest.fixture(scope="module")
def region(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[int, int]:
    """Eight units with a sealed October; series by unit."""
    series = {}
    settings = module_database.model_copy(update={"release_dir": tmp_path_factory.mktemp("sealed")})
    with connect(module_database, Role.OWNER, autocommit=True) as owner, connect(module_database, Role.JOBS) as jobs:
        plant = Plant(owner)
        sync_reference(jobs)
        for sector, mwh in UNITS:
            unit_id = plant.unit()
            owner.execute("UPDATE unit SET industry_code = %s WHERE unit_id = %s", [sector, unit_id])
            series[unit_id] = plant.series(plant.point(unit_id))
            fill(plant, series[unit_id], mwh, 27)
        close(plant, jobs, settings)
    return series


def fill(plant: Plant, series_id: int, mwh: int, first: int, last: int | None = None) -> None:
    days = range(first + 1) if last is None else range(first, last + 1)
    plant.readings(series_id, {day_start(FIRST) + timedelta(days=n): Decimal(mwh * 10) * n for n in days})


def close(plant: Plant, jobs: Connection, settings: Settings) -> None:
    close_changed_days(jobs, NOW)
    build_months(jobs, NOW)
    plant.pass_relations()
    seal_balances(jobs, settings, NOW)


def content_of(conn: Connection, release_id: int | None) -> dict[str, object]:
    assert release_id is not None
    content: dict[str, object] = json.loads(releases.load_content(conn, release_id))
    conn.rollback()
    return content


def test_a_sum_hides_the_sector_of_two_in_every_form_it_has_and_is_reproduced(
    region: dict[int, int], plant: Plant, jobs: Connection, settings: Settings
) -> None:
    release_id = seal_aggregate(jobs, settings, SCOPE, NOW)
    content = content_of(jobs, release_id)
    assert (content["contributors"], content["members"]) == (8, 8)
    cells = {(c["form"], c["row"], c["column"]): c for c in content["cells"]}  # type: ignore[attr-defined]
    assert cells["M-2", "33", "total"]["value"] is not None
    hidden = {key for key, cell in cells.items() if cell["suppressed"]}
    assert cells["M-2", "E", "total"]["value"] == cells["M-2", "40", "total"]["value"]
    assert {part for _, row, part in hidden if row == "E"} == {part for _, row, part in hidden if row == "40"}
    assert ("M-2", "33", "C25") in hidden
    assert len({column for form, _, column in hidden if form == "M-2"}) >= 2
    assert all(cells[key][name] is None for key in hidden for name in ("value", "measured_share", "completeness"))
    total = sum(Decimal(mwh * 10 * 27) / 10_000 for _, mwh in UNITS)
    assert abs(Decimal(cells["M-1", "33", "total"]["value"]) - total) < Decimal("0.0001")
    name = "150100-by-industry-2026-10-aggregate-v1"
    archive = (settings.release_dir / f"{name}.zip").read_bytes()
    assert all(check.is_passed for check in verify_archive(archive, load_trusted_keys(settings.trust_dir)))
    members = read_zip(archive)
    with connect(settings, Role.OWNER) as owner:
        codes = [code for (code,) in owner.execute("SELECT unit_code FROM unit").fetchall()]
    assert codes
    assert not any(code.encode() in data for code in codes for data in members.values())
    # What is hidden in the content is hidden in what is printed from it.
    secret = sum(Decimal(mwh * 10 * 27) / 10_000 for sector, mwh in UNITS if sector == "C2511")
    for wanted in ("csv", "xlsx", "json"):
        target = settings.release_dir / f"out.{wanted}"
        done = RUN.invoke(
            release_cli.app, ["export", name, "--format", wanted, "--language", "en", "--to", str(target)]
        )
        assert done.exit_code == 0, done.output
        assert f"{secret:.2f}" not in text_of(target.read_bytes(), wanted)
    done = RUN.invoke(reproduce_cli.app, [name], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    jobs.rollback()
    assert seal_aggregate(jobs, settings, SCOPE, NOW) is None


def text_of(data: bytes, wanted: str) -> str:
    if wanted == "xlsx":
        book = openpyxl.load_workbook(BytesIO(data), data_only=True)
        return "\n".join(f"{one.value}" for sheet in book for row in sheet.iter_rows() for one in row)
    if wanted == "csv":
        assert data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        assert {len(row) for row in rows} == {12}
        return "\n".join(",".join(row) for row in rows)
    return json.dumps(json.loads(data)["release"])


def test_a_later_version_says_how_many_balances_were_restated_and_hides_no_less(
    region: dict[int, int], plant: Plant, jobs: Connection, settings: Settings
) -> None:
    seal_aggregate(jobs, settings, SCOPE, NOW)
    series_id = list(region.values())[3]
    plant.owner.execute(
        "INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome,"
        " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under)"
        " VALUES (2, 0, 't', 'json_v1', 'sha256', '\\xab', %s, 'accepted', 4, 4, 0, 0, 0, 0, 'metering')",
        [NOW + timedelta(days=1)],
    )
    days = {day_start(FIRST) + timedelta(days=n): Decimal(5010) * n for n in range(28, 32)}
    plant.readings(series_id, days, message_id=2)
    close(plant, jobs, settings)
    later = NOW + timedelta(days=2)
    content = content_of(jobs, seal_aggregate(jobs, settings, SCOPE, later, public_from=later + timedelta(days=9999)))
    assert content["version"] == 2
    restates = content["restates"]
    assert restates["reason"] == {  # type: ignore[index]
        "kind": "late_data",
        "causes": [{"kind": "late_data", "reference": "balances restated: 1"}],
    }
    assert any(c["column"] == "total" and c["difference"] for c in restates["changes"])  # type: ignore[index]
    name = "150100-by-industry-2026-10-aggregate-v2"
    assert not (settings.release_dir / f"{name}.zip").exists(), "it is embargoed"
    refused = RUN.invoke(release_cli.app, ["export", name])
    assert isinstance(refused.exception, DataRefused)


def test_a_unit_that_comes_later_is_not_what_two_versions_differ_by(
    region: dict[int, int], plant: Plant, jobs: Connection, settings: Settings
) -> None:
    seal_aggregate(jobs, settings, SCOPE, NOW)
    unit_id = plant.unit()
    plant.owner.execute("UPDATE unit SET industry_code = 'C3110' WHERE unit_id = %s", [unit_id])
    region[unit_id] = plant.series(plant.point(unit_id))
    fill(plant, region[unit_id], 650, 27)
    close(plant, jobs, settings)
    by_division = replace(SCOPE, parts="division")
    for scope in (SCOPE, by_division):
        release_id = seal_aggregate(jobs, settings, scope, NOW + timedelta(days=3))
        content = content_of(jobs, release_id)
        assert content["contributors"] == 9
        cells = {(c["form"], c["row"], c["column"]): c["value"] for c in content["cells"]}  # type: ignore[attr-defined]
        assert {cells[form, row, "total"] for form, row in (("M-1", "33"), ("M-2", "33"), ("M-2", "40"))} == {None}
        assert scope is by_division or cells["M-2", "33", "C31"] is None
        done = RUN.invoke(reproduce_cli.app, [release_name(jobs, release_id)], catch_exceptions=False)
        assert done.exit_code == 0, done.output


def release_name(conn: Connection, release_id: int | None) -> str:
    row = conn.execute("SELECT archive_name FROM release WHERE release_id = %s", [release_id]).fetchone()
    conn.rollback()
    assert row is not None
    return str(row[0])


def test_a_unit_counts_where_it_was_in_the_month(
    region: dict[int, int], plant: Plant, jobs: Connection, settings: Settings
) -> None:
    unit_id = next(iter(region))
    plant.owner.execute("UPDATE unit SET division_code = '420100' WHERE unit_id = %s", [unit_id])
    here, there = (aggregates.newest_contents(jobs, FIRST, prefix) for prefix in (SCOPE.region_prefix, "4201"))
    jobs.rollback()
    plant.owner.execute("UPDATE unit SET division_code = '150100' WHERE unit_id = %s", [unit_id])
    assert (len(here), len(there)) == (9, 0)


def test_a_region_without_a_sealed_balance_has_no_sum(
    region: dict[int, int], jobs: Connection, settings: Settings
) -> None:
    empty = Scope(region_code="420000", sector_code=None, parts="division", panel_code=None, month_on=FIRST)
    with pytest.raises(DataRefused, match="no sealed balance"):
        seal_aggregate(jobs, settings, empty, NOW)


@pytest.mark.parametrize(
    ("region_code", "prefix", "part"),
    [("150000", "15", "150100"), ("150100", "1501", "150102"), ("150102", "150102", "150102")],
)
def test_a_region_is_cut_into_its_next_lower_divisions(region_code: str, prefix: str, part: str) -> None:
    scope = Scope(region_code=region_code, sector_code="C26", parts="division", panel_code=None, month_on=FIRST)
    assert scope.region_prefix == prefix
    assert scope.part_of("150102", "C2614") == part
    assert scope.takes("150102", "C2614")
    assert not scope.takes("150102", "C2511")
