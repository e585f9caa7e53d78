"""A stop of works that is registered after the days were closed changes them."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.domain.periods import SHANGHAI
from nenghao.jobs.close_days import close_changed_days
from nenghao.registers.importer import import_registers
from tests.jobs.plant import Plant
from tests.registers.test_import import FILES, UNIT, know_electricity, write

NOW = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
FIRST = datetime(2026, 10, 5, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def series_id(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Intervals of a point, each of an hour."""
    know_electricity(module_database)
    series = f"{UNIT},E1,active_energy,interval,1h,M1,kWh,60,1,platform,3,,2026-09-01,"
    with connect(module_database, Role.CONSOLE) as conn:
        files = {**FILES, "series": [series], "network": []}
        assert import_registers(conn, write(tmp_path_factory.mktemp("plant"), files), NOW).faults == ()
        row = conn.execute("SELECT series_id FROM series").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def gap(plant: Plant, jobs: Connection, series_id: int) -> None:
    """Four days, of which the second and the third are silent, closed."""
    if not plant.owner.execute("SELECT FROM reading LIMIT 1").fetchall():
        plant.readings(series_id, {FIRST + timedelta(hours=n): 5 for n in range(96) if not 24 <= n < 72})
    plant.mark(series_id, *((FIRST + timedelta(days=n)).date() for n in range(4)))
    close_changed_days(jobs, NOW)


def qualities(conn: Connection, series_id: int) -> list[str]:
    rows = conn.execute(
        "SELECT quality FROM series_day WHERE series_id = %s AND day_on >= '2026-10-05' ORDER BY day_on", [series_id]
    ).fetchall()
    conn.rollback()
    return [quality for (quality,) in rows]


def bring_in(settings: Settings, folder: Path, **sheets: str) -> None:
    with connect(settings, Role.CONSOLE) as conn:
        files = {name: [row] for name, row in sheets.items()}
        assert import_registers(conn, write(folder, files), NOW).faults == ()


@pytest.mark.parametrize(("point", "day"), [("", 6), ("E1", 7)])
def test_a_stop_that_is_registered_late_changes_its_days(
    jobs: Connection, module_database: Settings, series_id: int, gap: None, tmp_path: Path, point: str, day: int
) -> None:
    assert qualities(jobs, series_id)[day - 5] == "N" * 24
    stop = f"{UNIT},{point},shutdown,停产,2026-10-0{day} 00:00,{{}},,,批准书 7,2026-10-06 00:00"
    bring_in(module_database, tmp_path / "begins", context_events=stop.format(""))
    assert close_changed_days(jobs, NOW).marks == 0
    ended = stop.format(f"2026-10-0{day + 1} 00:00")
    bring_in(module_database, tmp_path / "ends", context_events=ended)
    assert close_changed_days(jobs, NOW).written > 0
    assert qualities(jobs, series_id)[day - 5] == "E" * 24
    bring_in(module_database, tmp_path / "again", context_events=ended)
    assert close_changed_days(jobs, NOW).marks == 0


def test_a_meter_that_was_said_late_to_be_out_of_use_is_in_question(
    jobs: Connection, module_database: Settings, series_id: int, gap: None, tmp_path: Path
) -> None:
    bring_in(module_database, tmp_path / "stops", meter_states=f"{UNIT},M1,2026-10-08,stopped,送检,王工")
    close_changed_days(jobs, NOW)
    assert qualities(jobs, series_id)[::3] == ["V" * 24, "Q" * 24]
    bring_in(module_database, tmp_path / "goes_on", meter_states=f"{UNIT},M1,2026-10-09,qualified,送检,王工")
    assert close_changed_days(jobs, NOW).written == 0
