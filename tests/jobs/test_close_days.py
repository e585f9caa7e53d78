"""The close of days on the real database; over 300 lines, because every case of one step stands in one place."""

import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any
from unittest.mock import Mock

import pytest

from nenghao.config import Role, Settings
from nenghao.db import totals
from nenghao.db.connection import Connection, connect
from nenghao.db.ingest_readings import StagedReading
from nenghao.jobs.close_days import close_changed_days
from tests.jobs.plant import DAY, NOW, RESULTS, Plant, slot_at, steady, table_rows


def day_row(conn: Connection, series_id: int, day_on: date = DAY) -> dict[str, object]:
    with conn.cursor() as cursor:
        cursor.execute("SELECT * FROM series_day WHERE series_id = %s AND day_on = %s", [series_id, day_on])
        row = cursor.fetchone()
        assert row is not None
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
    conn.rollback()
    return dict(zip(names, row, strict=True))


def energies(row: dict[str, object]) -> list[Decimal | None]:
    scale, slots = row["scale"], row["energy"]
    assert isinstance(scale, int)
    assert isinstance(slots, list)
    return [None if slot is None else Decimal(slot).scaleb(-scale) for slot in slots]


def test_a_whole_day_is_measured_slot_by_slot(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()), versions=({"multiplier": 2000},))
    plant.readings(series_id, steady(0, 96, step="0.25", start="999990"))
    closed = close_changed_days(jobs, NOW)
    row = day_row(jobs, series_id)
    assert (closed.marks, closed.examined, closed.written, closed.reverse) == (3, 3, 3, 0)
    assert energies(row) == [Decimal(500)] * 96
    assert (row["quality"], row["method"]) == ("V" * 96, "-" * 96)
    assert (row["total_energy"], row["measured_energy"], row["received_slots"]) == (48000, 48000, 96)
    assert row["face"] == [25] * 96


def test_closing_twice_changes_nothing(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()))
    plant.readings(series_id, steady(0, 96))
    close_changed_days(jobs, NOW)
    before = table_rows(jobs, *RESULTS)
    assert close_changed_days(jobs, NOW + timedelta(hours=1)).marks == 0
    assert table_rows(jobs, *RESULTS) == before
    plant.mark(series_id, DAY)
    again = close_changed_days(jobs, NOW + timedelta(hours=2))
    assert (again.marks, again.written) == (1, 0)
    after = table_rows(jobs, *RESULTS)
    assert {name: rows for name, rows in after.items() if name != "audit_mark"} == {
        name: rows for name, rows in before.items() if name != "audit_mark"
    }


def test_a_gap_across_midnight_is_apportioned_and_a_late_register_apportions_it_again(
    plant: Plant, jobs: Connection
) -> None:
    series_id = plant.series(plant.point(plant.unit()))
    next_day = DAY + timedelta(days=1)
    plant.readings(series_id, steady(0, 90))
    plant.readings(series_id, steady(5, 96, start=190, day_on=next_day))
    close_changed_days(jobs, NOW)
    first, second = day_row(jobs, series_id), day_row(jobs, series_id, next_day)
    assert energies(first)[90:] == [Decimal("9.091")] * 5 + [Decimal("9.090")]
    assert str(first["quality"])[89:] == "VEEEEEE"
    assert str(second["method"])[:6] == "33333-"
    crossing = sum(e for e in energies(first)[90:] + energies(second)[:5] if e is not None)
    assert crossing == 100
    plant.readings(series_id, {slot_at(92): 110})
    close_changed_days(jobs, NOW)
    first, second = day_row(jobs, series_id), day_row(jobs, series_id, next_day)
    assert energies(first)[90:92] == [Decimal(10)] * 2
    assert sum(e for e in energies(first)[92:] + energies(second)[:5] if e is not None) == 80


def test_a_gap_at_the_end_of_a_month_moves_both_months(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()))
    last, first = date(2026, 9, 30), date(2026, 10, 1)
    plant.readings(series_id, steady(0, 95, day_on=last))
    plant.readings(series_id, steady(1, 96, start=97, day_on=first))
    close_changed_days(jobs, NOW)
    months = jobs.execute(
        "SELECT month_on, energy, measured_energy, due_slots, known_slots FROM point_month ORDER BY 1"
    ).fetchall()
    assert months == [(date(2026, 9, 1), 96, 95, 2880, 96), (date(2026, 10, 1), 96, 95, 2976, 96)]
    marked = jobs.execute("SELECT DISTINCT month_on FROM month_mark ORDER BY 1").fetchall()
    assert marked == [(date(2026, 9, 1),), (date(2026, 10, 1),)]


def test_a_silent_day_between_two_registers_is_estimated_and_a_silent_end_is_missing(
    plant: Plant, jobs: Connection
) -> None:
    series_id = plant.series(plant.point(plant.unit()))
    plant.readings(series_id, {slot_at(0): 0, slot_at(0, DAY + timedelta(days=2)): 192})
    plant.mark(series_id, DAY + timedelta(days=5))
    close_changed_days(jobs, NOW)
    between = day_row(jobs, series_id, DAY + timedelta(days=1))
    assert (between["total_energy"], between["measured_energy"], between["received_slots"]) == (96, 0, 0)
    silent = day_row(jobs, series_id, DAY + timedelta(days=5))
    assert (silent["total_energy"], silent["quality"], silent["received_slots"]) == (None, "N" * 96, 0)


def test_a_multiplier_changed_in_the_middle_of_a_day_counts_from_its_instant(plant: Plant, jobs: Connection) -> None:
    change = slot_at(48)
    versions: tuple[dict[str, object], ...] = (
        {"until": change, "multiplier": 100},
        {"since": change, "multiplier": 150},
    )
    series_id = plant.series(plant.point(plant.unit()), versions=versions)
    plant.readings(series_id, steady(0, 96))
    close_changed_days(jobs, NOW)
    row = day_row(jobs, series_id)
    assert energies(row) == [Decimal(100)] * 48 + [Decimal(150)] * 48
    assert row["quality"] == "V" * 96


def test_a_multiplier_changed_inside_a_slot_needs_a_reading_then(plant: Plant, jobs: Connection) -> None:
    change = slot_at(48) + timedelta(minutes=5)
    versions: tuple[dict[str, object], ...] = (
        {"until": change, "multiplier": 100},
        {"since": change, "multiplier": 150},
    )
    series_id = plant.series(plant.point(plant.unit()), versions=versions)
    plant.readings(series_id, steady(0, 96, step=3))
    close_changed_days(jobs, NOW)
    assert energies(day_row(jobs, series_id))[47:50] == [300, None, 450]
    plant.readings(series_id, {change: 145})
    close_changed_days(jobs, NOW)
    row = day_row(jobs, series_id)
    assert energies(row)[47:50] == [300, 100 + 2 * 150, 450]
    assert row["quality"] == "V" * 96


def test_a_changed_meter_is_never_negative_consumption(plant: Plant, jobs: Connection) -> None:
    change = slot_at(48)
    versions: tuple[dict[str, object], ...] = ({"until": change}, {"since": change, "meter": "M2"})
    series_id = plant.series(plant.point(plant.unit()), versions=versions)
    plant.readings(series_id, steady(0, 47, start=5000) | steady(48, 96, start=3))
    close_changed_days(jobs, NOW)
    row = day_row(jobs, series_id)
    assert energies(row)[46:50] == [1, None, 1, 1]
    assert str(row["quality"])[46:50] == "VNVV"
    plant.readings(series_id, {change - timedelta(seconds=5): 5048})
    close_changed_days(jobs, NOW)
    assert energies(day_row(jobs, series_id)) == [1] * 96


def test_a_register_rolls_over_and_one_that_falls_is_unknown(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()), versions=({"modulus": 10000},))
    values = steady(0, 96, start=9980)
    plant.readings(series_id, {at: Decimal(str(value)) % 10000 for at, value in values.items()})
    close_changed_days(jobs, NOW)
    assert energies(day_row(jobs, series_id)) == [1] * 96
    other = plant.series(plant.point(plant.unit()), versions=({"modulus": 10000},))
    plant.readings(other, steady(0, 40, start=500) | steady(41, 96, start=100))
    closed = close_changed_days(jobs, NOW)
    row = day_row(jobs, other)
    assert closed.reverse == 1
    assert (energies(row)[40], str(row["method"])[40], str(row["quality"])[40]) == (None, "r", "N")


def test_an_excluded_span_is_estimated_over_from_the_registers_around_it(plant: Plant, jobs: Connection) -> None:
    point_id = plant.point(plant.unit())
    register = plant.series(point_id)
    interval = plant.series(point_id, kind="interval", period="15min")
    plant.readings(register, steady(0, 96))
    plant.readings(interval, {slot_at(n): 1 for n in range(96)})
    close_changed_days(jobs, NOW)
    for series_id in (register, interval):
        plant.exclude(series_id, slot_at(10), slot_at(20))
        plant.mark(series_id, DAY)
    close_changed_days(jobs, NOW)
    row = day_row(jobs, register)
    assert (str(row["quality"])[9:21], row["total_energy"], row["measured_energy"]) == ("V" + "E" * 10 + "V", 96, 86)
    row = day_row(jobs, interval)
    # The register beside the intervals tells what they add up to.
    assert (str(row["quality"])[9:21], row["total_energy"], row["measured_energy"]) == ("V" + "E" * 10 + "V", 96, 86)
    assert str(row["reason"])[9:21] == "-" + "x" * 10 + "-"
    told = jobs.execute(
        "SELECT series_id, method, donor_series_id, known_energy, exclusion_id IS NOT NULL, reasons"
        " FROM series_day_estimate ORDER BY 1"
    ).fetchall()
    assert told == [
        (register, "E3", None, 10, True, ["exclusion"]), (interval, "E3", register, 10, True, ["exclusion"]),
    ]  # fmt: skip


def test_a_short_gap_of_intervals_is_a_straight_line(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()), kind="interval", period="15min")
    plant.readings(series_id, {slot_at(n): 2 + 4 * (n > 7) for n in range(96) if n not in (5, 6, 7)})
    close_changed_days(jobs, NOW)
    row = day_row(jobs, series_id)
    assert energies(row)[4:9] == [2, 3, 4, 5, 6]
    assert (str(row["quality"])[4:9], str(row["method"])[4:9], str(row["reason"])[4:9]) == ("VEEEV", "-222-", "-ggg-")
    assert row["measured_energy"] == 5 * 2 + 88 * 6


def test_intervals_that_nothing_tells_stay_missing_and_their_hours_are_null(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()), kind="interval", period="15min")
    plant.readings(series_id, {slot_at(n): 2 for n in range(96) if not 5 <= n < 14})
    close_changed_days(jobs, NOW)
    hours = jobs.execute("SELECT energy, known_slots FROM point_hour ORDER BY hour_at").fetchall()
    assert hours[:5] == [(8, 4), (None, 1), (None, 0), (None, 2), (8, 4)]
    day = jobs.execute(
        "SELECT energy, measured_energy, due_slots, received_slots, known_slots FROM point_day"
    ).fetchone()
    assert day == (174, 174, 96, 87, 87)


def test_registers_lead_and_totals_come_in_base_units(plant: Plant, jobs: Connection) -> None:
    point_id = plant.point(plant.unit())
    interval = plant.series(point_id, kind="interval", period="15min")
    register = plant.series(point_id, versions=({"unit": "MWh", "multiplier": 10},))
    reactive = plant.series(point_id, quantity="reactive_energy", versions=({"unit": "kvarh"},))
    plant.readings(interval, {slot_at(n): 7 for n in range(96)})
    plant.readings(register, steady(0, 96))
    plant.readings(reactive, steady(0, 96, step=5))
    close_changed_days(jobs, NOW)
    rows = jobs.execute("SELECT series_id, unit, energy FROM point_day WHERE day_on = %s", [DAY]).fetchall()
    assert rows == [(register, "kWh", 960_000)]


@pytest.mark.parametrize("offset", [-60, -1, 1, 59, 60])
def test_a_reading_near_the_grid_stands_for_it_and_the_nearest_wins(
    plant: Plant, jobs: Connection, offset: int
) -> None:
    series_id = plant.series(plant.point(plant.unit()))
    values = steady(0, 96)
    shifted = {at + timedelta(seconds=offset): value for at, value in values.items()}
    plant.readings(
        series_id, shifted | {slot_at(50) + timedelta(seconds=-offset // 2): 50, slot_at(7) + timedelta(minutes=3): 1}
    )
    close_changed_days(jobs, NOW)
    assert energies(day_row(jobs, series_id)) == [1] * 96


def test_a_crash_loses_no_mark(plant: Plant, jobs: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    series_id = plant.series(plant.point(plant.unit()))
    plant.readings(series_id, steady(0, 96))
    before = table_rows(jobs, *RESULTS)
    with monkeypatch.context() as patch:
        patch.setattr("nenghao.jobs.close_days._write_totals", Mock(side_effect=RuntimeError("power cut")))
        with pytest.raises(RuntimeError, match="power cut"):
            close_changed_days(jobs, NOW)
    assert table_rows(jobs, *RESULTS) == before
    assert close_changed_days(jobs, NOW).marks == 3


def test_two_runs_at_once_lose_no_day_of_a_month(
    plant: Plant, jobs: Connection, module_database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_id = plant.point(plant.unit())
    register, interval = plant.series(point_id), plant.series(point_id, kind="interval", period="15min")
    plant.readings(register, steady(1, 95))
    mark_months = totals.mark_months
    others: list[Thread] = []

    def let_another_run(*args: Any) -> None:
        mark_months(*args)
        if not others:
            earlier_on = DAY - timedelta(days=1)
            plant.readings(interval, {slot_at(n, earlier_on): 1 for n in range(96)})
            monkeypatch.setattr("nenghao.jobs.close_days.CHUNK_PAIRS", 1)
            others.append(Thread(target=close_elsewhere, args=(module_database,)))
            others[0].start()
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while plant.owner.execute(waiting).fetchone() == (0,) and others[0].is_alive():
                time.sleep(0.01)

    monkeypatch.setattr(totals, "mark_months", let_another_run)
    close_changed_days(jobs, NOW)
    others[0].join()
    months = jobs.execute("SELECT energy, known_slots FROM point_month").fetchall()
    assert months == [(94 + 96, 94 + 96)]


def close_elsewhere(settings: Settings) -> None:
    with connect(settings, Role.JOBS) as conn:
        close_changed_days(conn, NOW)


def test_chunks_give_the_same_days_as_one_run(plant: Plant, jobs: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    unit_id = plant.unit()
    for code in ("E1", "E2"):
        series_id = plant.series(plant.point(unit_id, code))
        values = {
            at: value for n in range(3) for at, value in steady(0, 95, start=96 * n, day_on=DAY + timedelta(n)).items()
        }
        gaps = {slot_at(slot, DAY + timedelta(day)) for day, slot in ((0, 90), (0, 95), (1, 0), (1, 1), (2, 0))}
        plant.readings(series_id, {at: value for at, value in values.items() if at not in gaps})
    close_changed_days(jobs, NOW)
    tables = ("series_day", "point_hour", "point_day", "point_month")
    whole = table_rows(jobs, *tables)
    plant.owner.execute("INSERT INTO changed_mark SELECT series_id, day_on FROM series_day")
    plant.owner.execute("TRUNCATE series_day, point_day, point_month")
    monkeypatch.setattr("nenghao.jobs.close_days.CHUNK_PAIRS", 1)
    close_changed_days(jobs, NOW)
    assert table_rows(jobs, *tables) == whole


def test_the_day_after_a_meter_was_taken_away_has_no_row(plant: Plant, jobs: Connection) -> None:
    versions: tuple[dict[str, object], ...] = ({"since": slot_at(40), "until": slot_at(100)},)
    series_id = plant.series(plant.point(plant.unit()), versions=versions)
    plant.readings(series_id, steady(40, 96))
    close_changed_days(jobs, NOW)
    days = jobs.execute("SELECT day_on, due_slots, received_slots FROM series_day").fetchall()
    assert days == [(DAY, 96, 56)]


def test_the_day_before_a_meter_came_has_no_row(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()), versions=({"since": slot_at(0)},))
    plant.readings(series_id, steady(0, 96))  # the first register lies at midnight, so the day before is marked too
    close_changed_days(jobs, NOW)
    days = jobs.execute("SELECT day_on, due_slots, received_slots FROM series_day ORDER BY day_on").fetchall()
    assert days[0] == (DAY, 96, 96)


def test_a_gap_too_long_to_apportion_stays_missing_whichever_of_its_days_is_asked_for(
    plant: Plant, jobs: Connection
) -> None:
    series_id = plant.series(plant.point(plant.unit()))
    plant.readings(series_id, {slot_at(0): 0, slot_at(0, DAY + timedelta(days=100)): 100}, are_marked=False)
    for day in (3, 50, 97):
        plant.mark(series_id, DAY + timedelta(days=day))
        close_changed_days(jobs, NOW)
    rows = jobs.execute("SELECT total_energy, quality FROM series_day").fetchall()
    assert rows == [(None, "N" * 96)] * len(rows)


def test_a_negative_interval_is_estimated_over_and_lowers_no_total(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()), kind="interval", period="15min")
    plant.readings(series_id, {slot_at(n): -50 if n == 7 else 1 for n in range(96)})
    assert close_changed_days(jobs, NOW).reverse == 1
    row = day_row(jobs, series_id)
    assert (row["total_energy"], row["measured_energy"], row["received_slots"]) == (96, 95, 96)
    assert (str(row["method"])[7], str(row["reason"])[7]) == ("2", "n")


def test_a_register_that_knows_nothing_of_a_day_leaves_it_to_the_intervals(plant: Plant, jobs: Connection) -> None:
    point_id = plant.point(plant.unit())
    register, interval = plant.series(point_id), plant.series(point_id, kind="interval", period="15min")
    plant.mark(register, DAY)
    plant.readings(interval, {slot_at(n): 1 for n in range(96)})
    close_changed_days(jobs, NOW)
    query = "SELECT series_id, energy FROM point_day"
    assert jobs.execute(query).fetchall() == [(interval, 96)]
    plant.readings(register, steady(0, 96, step=2))
    close_changed_days(jobs, NOW)
    assert jobs.execute(f"{query} WHERE day_on = %s", [DAY]).fetchall() == [(register, 192)]


def test_an_interval_sent_just_before_midnight_marks_the_day_it_stands_for() -> None:
    def marked(kind: str, at: datetime) -> list[date]:
        reading = Mock(series_id=1, at=at, is_register=kind == "register")
        return sorted(day_on for _, day_on in StagedReading(Mock(), 0, reading).marks())

    midnight, before = slot_at(0), DAY - timedelta(days=1)
    assert marked("interval", midnight - timedelta(seconds=30)) == [before, DAY]
    assert marked("interval", midnight) == [DAY]
    assert marked("interval", midnight - timedelta(seconds=61)) == [before]
    assert marked("register", midnight) == [before, DAY]


def test_gauges_have_days_of_what_they_showed_and_no_energy(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(
        plant.point(plant.unit()),
        kind="gauge",
        quantity="power_factor",
        versions=({"unit": "1", "lowest": 0, "highest": 1},),
    )
    plant.readings(series_id, {slot_at(3): "0.97", slot_at(4): "1.20"})
    assert close_changed_days(jobs, NOW).written == 1
    row = day_row(jobs, series_id)
    assert (row["total_energy"], row["energy"], row["received_slots"]) == (None, [None] * 96, 2)
    assert (row["face"][3:5], row["face_scale"]) == ([97, 120], 2)  # type: ignore[index]
    assert (str(row["quality"])[2:6], str(row["reason"])[2:6]) == ("NVQN", "g-pg")
    assert jobs.execute("SELECT series_id, day_on FROM audit_mark").fetchall() == [(series_id, DAY)]
    assert jobs.execute("SELECT count(*) FROM point_day").fetchone() == (0,)
