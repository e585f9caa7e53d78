"""The registers declared at a change tell closing what was used up to it, on both sides."""

from datetime import datetime, timedelta
from decimal import Decimal
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
MIDNIGHT = datetime(2026, 10, 10, tzinfo=SHANGHAI)


def energy_by_slot(conn: Connection, series_id: int) -> dict[int, Decimal | None]:
    rows = conn.execute(
        "SELECT slot_no, energy FROM series_day_slot WHERE series_id = %s AND day_on = '2026-10-10'", [series_id]
    )
    return dict(rows.fetchall())


@pytest.mark.parametrize(("point", "final"), [("E1", Decimal("5041.4")), ("E1-1", Decimal("5041.4001"))])
def test_closing_knows_the_advance_up_to_a_declared_change_and_from_it(
    plant: Plant, jobs: Connection, module_database: Settings, tmp_path: Path, point: str, final: Decimal
) -> None:
    """The second final register has more decimals than its meter's face: such days are closed another way."""
    know_electricity(module_database)
    series = f"{UNIT},{point},active_energy,register,instant,M1,kWh,15,10,platform,3,1000000,2026-09-01,"
    meters = [*FILES["meters"], f"{UNIT},M2,DTZ,0.5S,2026-01-01,2032-01-01,qualified"]
    with connect(module_database, Role.CONSOLE) as conn:
        files = {**FILES, "meters": meters, "series": [series], "network": []}
        assert import_registers(conn, write(tmp_path / "plant", files), NOW).faults == ()
    (series_id,) = jobs.execute(
        "SELECT series_id FROM series JOIN point USING (point_id) WHERE point_code = %s", [point]
    ).fetchone() or (0,)
    # The old meter counts 1 a quarter from 5000 on, to 10:20; the new one counts 2 a quarter from 7 on.
    before = {MIDNIGHT + timedelta(minutes=15 * n): Decimal(5000 + n) for n in range(42)}
    after = {MIDNIGHT + timedelta(minutes=15 * n): Decimal(7 + 2 * (n - 41)) for n in range(42, 97)}
    plant.readings(series_id, before | after)
    close_changed_days(jobs, NOW)
    assert energy_by_slot(jobs, series_id)[42] is None  # 10:15 to 10:30: the register fell, nobody knows why

    change = f"{UNIT},{point},active_energy,2026-10-10 10:20,M1,{final},M2,7.5,20,,,,轮换,王工,2026-10-10 18:00"
    with connect(module_database, Role.CONSOLE) as conn:
        assert import_registers(conn, write(tmp_path / "change", {"meter_changes": [change]}), NOW).faults == ()
    close_changed_days(jobs, NOW)
    slots = energy_by_slot(jobs, series_id)
    assert slots[41] == 10  # the old meter, its multiplier
    assert slots[42] == (final - 5041) * 10 + Decimal("1.5") * 20  # to the final register, then 7.5 to 9
    assert slots[43] == 40  # the new meter, its multiplier
    total = sum(value for value in slots.values() if value is not None)
    assert total == (final - 5000) * 10 + Decimal("109.5") * 20


def test_a_late_reading_is_apportioned_up_to_a_declared_final_register_that_no_reading_followed(
    plant: Plant, jobs: Connection, module_database: Settings, tmp_path: Path
) -> None:
    """The old meter's gateway was dead before the change, and the new meter has not sent yet."""
    know_electricity(module_database)
    point = f"{UNIT},E9,0000000002330010,进线,33,purchase,industrial"
    series = f"{UNIT},E9,active_energy,register,instant,M1,kWh,15,1,platform,3,1000000,2026-09-01,"
    meters = [*FILES["meters"], f"{UNIT},M2,DTZ,0.5S,2026-01-01,2032-01-01,qualified"]
    with connect(module_database, Role.CONSOLE) as conn:
        files = {**FILES, "meters": meters, "points": [point], "series": [series], "network": []}
        assert import_registers(conn, write(tmp_path / "plant", files), NOW).faults == ()
    (series_id,) = jobs.execute(
        "SELECT series_id FROM series JOIN point USING (point_id) WHERE point_code = 'E9'"
    ).fetchone() or (0,)
    plant.readings(series_id, {MIDNIGHT + timedelta(minutes=15 * n): Decimal(5000 + n) for n in range(42)})
    change = f"{UNIT},E9,active_energy,2026-10-12 10:20,M1,5500,M2,7.5,,,,,轮换,王工,2026-10-12 18:00"
    with connect(module_database, Role.CONSOLE) as conn:
        assert import_registers(conn, write(tmp_path / "change", {"meter_changes": [change]}), NOW).faults == ()

    def total() -> Decimal:
        close_changed_days(jobs, NOW)
        row = jobs.execute("SELECT sum(total_energy) FROM series_day WHERE series_id = %s", [series_id]).fetchone()
        jobs.rollback()
        assert row is not None
        return Decimal(row[0])

    # The last quarter reaches over the change: only what lies in whole slots is known.
    before = total()
    assert 499 < before <= 500
    plant.readings(series_id, {MIDNIGHT + timedelta(minutes=15 * 45): Decimal(5100)})
    assert 499 < total() <= 500
