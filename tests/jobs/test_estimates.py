"""Donors, agreements and stops as the database has them, and what the close makes of them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.errors import DataRefused
from nenghao.jobs.close_days import close_changed_days
from nenghao.review.agreements import Agreement, agree
from tests.jobs.plant import DAY, NOW, Plant, slot_at, steady

WEEK = timedelta(days=7)


@pytest.fixture
def console(module_database: Settings) -> Iterator[Connection]:
    with connect(module_database, Role.CONSOLE) as conn:
        yield conn


def row(conn: Connection, series_id: int, day_on: date = DAY) -> tuple[list[int | None], str, str, str | None]:
    found = conn.execute(
        "SELECT energy, quality, method, reason FROM series_day WHERE series_id = %s AND day_on = %s",
        [series_id, day_on],
    ).fetchone()
    assert found is not None
    return found


def told(conn: Connection, series_id: int) -> list[tuple[object, ...]]:
    return conn.execute(
        "SELECT day_on, method, donor_days, known_energy FROM series_day_estimate WHERE series_id = %s ORDER BY 1",
        [series_id],
    ).fetchall()


def rising(day_on: date, step: int = 1) -> dict[datetime, object]:
    """A register whose advances grow over the day."""
    return {slot_at(n, day_on): step * n * (n + 1) // 2 for n in range(97)}


def test_a_gap_has_the_shape_of_last_week_and_keeps_it(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()), versions=({"modulus": None},))
    start = 96 * 97 // 2
    plant.readings(series_id, rising(DAY - WEEK))
    gap = range(31, 60)
    plant.readings(series_id, {at: start + n for n, at in enumerate(steady(0, 96)) if n not in gap})
    close_changed_days(jobs, NOW)
    energy, quality, method, reason = row(jobs, series_id)
    assert (quality[30:60], method[30:60], reason and reason[30:60]) == ("E" * 30, "3" * 30, "g" * 30)
    assert sum(energy[30:60]) == 30_000  # type: ignore[arg-type]
    assert energy[30] < energy[59]  # type: ignore[operator]
    assert told(jobs, series_id)[-1:] == [(DAY, "E3", [DAY - WEEK], 30)]
    # Last week turns out to be flat: what was estimated from it stays, as long as the gap does.
    plant.owner.execute(
        "UPDATE series_day SET energy = array_fill(1000, ARRAY[96]) WHERE series_id = %s AND day_on = %s",
        [series_id, DAY - WEEK],
    )
    plant.mark(series_id, DAY)
    assert close_changed_days(jobs, NOW).written == 0
    plant.readings(series_id, {slot_at(59): start + 59})
    close_changed_days(jobs, NOW)
    assert row(jobs, series_id)[0][30:59] == [1000] * 29


def test_donors_come_before_what_draws_on_them_however_late_they_are(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()), kind="interval", period="15min")
    plant.readings(series_id, {slot_at(n): 5 for n in range(96) if not 20 <= n < 40})
    plant.readings(series_id, {slot_at(n, DAY - WEEK): 2 for n in range(96)})
    close_changed_days(jobs, NOW)
    energy, quality, method, _ = row(jobs, series_id)
    assert (energy[20:40], quality[20:40], method[20:40]) == ([2000] * 20, "E" * 20, "4" * 20)


def test_a_gap_of_intervals_over_midnight_is_one_once_it_is_closed(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()), kind="interval", period="15min")
    plant.readings(series_id, {slot_at(n): 4 for n in range(92)})
    close_changed_days(jobs, NOW)
    assert row(jobs, series_id)[1][92:] == "NNNN"
    plant.readings(series_id, {slot_at(n, DAY + timedelta(days=1)): 8 for n in range(3, 96)})
    close_changed_days(jobs, NOW)
    assert row(jobs, series_id)[1][92:] == "EEEE"
    assert row(jobs, series_id)[0][92:] + row(jobs, series_id, DAY + timedelta(days=1))[0][:3] == [
        4500, 5000, 5500, 6000, 6500, 7000, 7500,
    ]  # fmt: skip


def test_a_late_register_scales_the_intervals_beside_it(plant: Plant, jobs: Connection) -> None:
    point_id = plant.point(plant.unit())
    interval = plant.series(point_id, kind="interval", period="15min")
    register = plant.series(point_id)
    plant.readings(interval, {slot_at(n): 2 for n in range(96) if not 20 <= n < 40})
    close_changed_days(jobs, NOW)
    assert row(jobs, interval)[1][20:40] == "N" * 20
    plant.readings(register, steady(0, 96, step=3))
    close_changed_days(jobs, NOW)
    energy, quality, _, _ = row(jobs, interval)
    assert (energy[20:40], quality[20:40]) == ([3000] * 20, "E" * 20)


def test_a_check_meter_fills_what_its_main_meter_missed(plant: Plant, jobs: Connection) -> None:
    unit_id = plant.unit()
    main, checking = plant.point(unit_id, "E1"), plant.point(unit_id, "E1C", flow="internal")
    series_id, check_id = plant.series(main, versions=({"modulus": None},)), plant.series(checking)
    plant.owner.execute(
        "INSERT INTO check_meter (point_id, check_point_id, valid_from) VALUES (%s, %s, '2026-01-01')", [main, checking]
    )
    plant.readings(check_id, rising(DAY))
    close_changed_days(jobs, NOW)
    plant.readings(series_id, {at: n for n, at in enumerate(steady(0, 96)) if not 31 <= n < 35})
    close_changed_days(jobs, NOW)
    energy, _, method, _ = row(jobs, series_id)
    assert (method[29:36], sum(energy[30:35])) == ("-11111-", 5000)  # type: ignore[arg-type]
    assert energy[30] < energy[34]  # type: ignore[operator]


def agreement(unit_code: str, **changes: object) -> Agreement:
    fields: dict[str, object] = {
        "unit_code": unit_code, "point_code": "E1", "quantity": "active_energy", "kind": "register",
        "from_at": slot_at(90), "to_at": slot_at(10, DAY + timedelta(days=1)), "energy": Decimal("0.0123"),
        "measure": "MWh", "document_no": "呼统核〔2026〕12号", "agreed_by_unit": "王", "agreed_by_officer": "李",
        "decision_id": None, "agreed_on": DAY + timedelta(days=9), "recorded_by": "李",
    }  # fmt: skip
    return Agreement(**{**fields, **changes})  # type: ignore[arg-type]


def unit_code_of(conn: Connection, unit_id: int) -> str:
    found = conn.execute("SELECT unit_code FROM unit WHERE unit_id = %s", [unit_id]).fetchone()
    assert found is not None
    return str(found[0])


def test_an_agreed_value_fills_its_slots_over_days_and_can_be_withdrawn(
    plant: Plant, jobs: Connection, console: Connection
) -> None:
    unit_id = plant.unit()
    series_id = plant.series(plant.point(unit_id))
    plant.readings(series_id, steady(0, 90))
    close_changed_days(jobs, NOW)
    code = unit_code_of(plant.owner, unit_id)
    agree(console, agreement(code), NOW)
    close_changed_days(jobs, NOW)
    next_day = DAY + timedelta(days=1)
    first, second = row(jobs, series_id), row(jobs, series_id, next_day)
    assert (first[2][89:], second[2][:11]) == ("-888888", "8" * 10 + "-")
    assert sum(first[0][90:] + second[0][:10]) == 12_300  # type: ignore[operator, arg-type]
    # One of its days alone is asked for: the whole span is made again, and comes out the same.
    plant.mark(series_id, next_day)
    assert close_changed_days(jobs, NOW).written == 0
    agree(console, agreement(code, energy=None), NOW)
    close_changed_days(jobs, NOW)
    assert row(jobs, series_id)[1][90:] == "N" * 6


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"point_code": "E9"}, "0 series"),
        ({"from_at": slot_at(90) + timedelta(minutes=1)}, "slots of 15 minutes"),
        ({"to_at": NOW + timedelta(days=1)}, "past"),
        ({"measure": "GJ"}, "converted"),
        ({"energy": Decimal("-1")}, "no energy"),
        ({"energy": Decimal("0.0000001")}, "no energy"),
        ({"document_no": " "}, "document"),
        ({"agreed_by_officer": "王"}, "two people"),
        ({"decision_id": 10**6}, "decision"),
        ({"energy": None}, "in force"),
    ],
)
def test_an_agreement_that_does_not_fit_is_refused(
    plant: Plant, console: Connection, changes: dict[str, object], reason: str
) -> None:
    unit_id = plant.unit()
    plant.series(plant.point(unit_id))
    with pytest.raises(DataRefused, match=reason):
        agree(console, agreement(unit_code_of(plant.owner, unit_id), **changes), NOW)


def test_a_documented_stop_is_zero_and_an_undocumented_one_is_not(plant: Plant, jobs: Connection) -> None:
    for document_no, expected in (("检修单 7", "E" * 20), (None, "N" * 20)):
        unit_id = plant.unit()
        point_id = plant.point(unit_id)
        series_id = plant.series(point_id, kind="interval", period="15min")
        plant.owner.execute(
            "INSERT INTO context_event (unit_id, point_id, kind, title, begins_at, ends_at, document_no, filed_at)"
            " VALUES (%s, %s, 'line_stop', 't', %s, %s, %s, now())",
            [unit_id, point_id, slot_at(20), slot_at(40), document_no],
        )
        plant.readings(series_id, {slot_at(n): 5 for n in range(96) if not 20 <= n < 40})
        close_changed_days(jobs, NOW)
        energy, quality, _, _ = row(jobs, series_id)
        assert quality[20:40] == expected
        assert set(energy[20:40]) == ({0} if document_no else {None})


def test_use_of_a_meter_that_was_taken_out_of_use_is_questionable(plant: Plant, jobs: Connection) -> None:
    series_id = plant.series(plant.point(plant.unit()))
    plant.owner.execute(
        "INSERT INTO meter_state_change (meter_id, changed_on, state, reason, declared_by)"
        " SELECT meter_id, %s, 'stopped', 'r', 'p' FROM series_version WHERE series_id = %s",
        [DAY, series_id],
    )
    plant.readings(series_id, steady(0, 96))
    close_changed_days(jobs, NOW)
    _, quality, _, reason = row(jobs, series_id)
    assert (quality, reason) == ("Q" * 96, "s" * 96)
    totals = jobs.execute(
        "SELECT energy, measured_energy, known_slots FROM point_day WHERE day_on = %s AND series_id = %s",
        [DAY, series_id],
    ).fetchone()
    assert totals == (96, 0, 96)
