"""Declared changes end a version and begin the next, keep both registers, and put the days they concern on the list."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI
from nenghao.registers.importer import Imported, import_registers
from tests.registers.test_import import FILES, UNIT, know_electricity, write

NOW = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
OPEN = {
    "units": FILES["units"],
    "meters": [*FILES["meters"], f"{UNIT},M2,DTZ,0.5S,2026-01-01,2032-01-01,qualified"],
    "points": FILES["points"],
    "series": [
        f"{UNIT},E1,active_energy,register,instant,M1,kWh,15,2000,platform,3,1000000,2026-09-01,",
        f"{UNIT},E1,active_energy,interval,15min,M1,kWh,15,2000,platform,3,,2026-09-01,",
    ],
}
CHANGE = "active_energy,2026-10-10 10:20,M1,512.375,M2,3.5,1500,,,证-7,周检更换,王工"
MULTIPLIER = "active_energy,2026-10-10 10:20,2000,4000,512.375,512.375,,换互感器,王工"


@pytest.fixture
def plant(database: Settings, tmp_path: Path) -> Settings:
    know_electricity(database)
    assert bring(database, write(tmp_path / "open", OPEN)).faults == ()
    return database


def bring(database: Settings, source: Path) -> Imported:
    with connect(database, Role.CONSOLE) as conn:
        return import_registers(conn, source, NOW)


def ask(database: Settings, query: str) -> Sequence[Sequence[Any]]:
    with connect(database, Role.JOBS) as conn:
        return conn.execute(query).fetchall()


def versions(database: Settings) -> Sequence[Sequence[Any]]:
    return ask(
        database,
        "SELECT s.kind, to_char(lower(v.valid) AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'),"
        " to_char(upper(v.valid) AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), m.meter_no, v.multiplier,"
        " v.register_modulus FROM series_version AS v JOIN series AS s USING (series_id)"
        " JOIN meter AS m USING (meter_id) ORDER BY s.kind, v.valid",
    )


def test_a_declared_change_of_a_meter_splits_every_series_of_its_quantity(plant: Settings, tmp_path: Path) -> None:
    with connect(plant, Role.OWNER) as conn:
        conn.execute("DELETE FROM changed_mark")
        conn.execute(
            "INSERT INTO series_day (series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality,"
            " method, due_slots, received_slots, measured_energy, content_hash, computed_at)"
            " SELECT series_id, day_on, 60, 'kWh', 0, '{}', 0, '{}', '', '', 0, 0, 0, '', now()"
            " FROM series, unnest('{2026-10-08,2026-11-02}'::date[]) AS d (day_on)"
        )
    files = {"meter_changes": [f"{UNIT},E1,{CHANGE},2026-10-12"]}
    assert bring(plant, write(tmp_path / "change", files)).faults == ()
    million = Decimal(1000000)
    assert versions(plant) == [
        ("interval", "09-01 00:00", "10-10 10:20", "M1", 2000, None),
        ("interval", "10-10 10:20", None, "M2", 1500, None),
        ("register", "09-01 00:00", "10-10 10:20", "M1", 2000, million),
        ("register", "10-10 10:20", None, "M2", 1500, million),
    ]
    assert ask(
        plant,
        "SELECT s.kind, b.side, b.value, c.timeliness FROM boundary_register AS b JOIN series AS s USING (series_id)"
        " JOIN meter_change AS c USING (meter_change_id) ORDER BY side",
    ) == [("register", "final", Decimal("512.375"), "in_time"), ("register", "initial", Decimal("3.5"), "in_time")]
    marked = ask(plant, "SELECT DISTINCT day_on FROM changed_mark ORDER BY 1")
    assert [day for (day,) in marked] == [date(2026, 10, 9), date(2026, 10, 10), date(2026, 11, 2)]


def test_the_same_change_again_and_the_file_from_before_it_change_nothing(plant: Settings, tmp_path: Path) -> None:
    files = {**OPEN, "meter_changes": [f"{UNIT},E1,{CHANGE},2026-10-12"]}
    assert bring(plant, write(tmp_path / "change", files)).added == {"meter_changes": 1}
    before = versions(plant)
    again = bring(plant, tmp_path / "change")
    assert (again.faults, again.added, again.filled) == ((), {}, {})
    assert versions(plant) == before


def test_a_change_declared_after_three_working_days_is_late_and_still_counts(plant: Settings, tmp_path: Path) -> None:
    files = {"multiplier_changes": [f"{UNIT},E1,{MULTIPLIER},2026-10-16"]}
    assert bring(plant, write(tmp_path / "change", files)).faults == ()
    assert ask(plant, "SELECT timeliness FROM multiplier_change") == [("late",)]
    assert [(row[0], row[3], row[4]) for row in versions(plant)] == [
        ("interval", "M1", 2000), ("interval", "M1", 4000), ("register", "M1", 2000), ("register", "M1", 4000),
    ]  # fmt: skip
    assert ask(plant, "SELECT side, value FROM boundary_register ORDER BY 1") == [
        ("final", Decimal("512.375")), ("initial", Decimal("512.375")),
    ]  # fmt: skip


def test_two_changes_in_one_file_follow_each_other_whatever_their_order(plant: Settings, tmp_path: Path) -> None:
    back = "active_energy,2026-10-20,M2,9.5,M1,0,2000,,,,修复装回,王工"
    files = {"meter_changes": [f"{UNIT},E1,{back},2026-10-20", f"{UNIT},E1,{CHANGE},2026-10-12"]}
    assert bring(plant, write(tmp_path / "change", files)).faults == ()
    assert [row[3] for row in versions(plant) if row[0] == "register"] == ["M1", "M2", "M1"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (CHANGE.replace("M1,5", "M2,5").replace("M2,3", "M1,3") + ",2026-10-12", ("old_meter_no", "other_version_then")),  # noqa: E501
        (CHANGE.replace(",512.375,", ",,").replace(",3.5,", ",,") + ",2026-10-12", ("old_final", "register_missing")),
        (CHANGE.replace(",3.5,", ",,") + ",2026-10-12", ("new_initial", "register_missing")),
        (CHANGE.replace(",3.5,", ",1000000,") + ",2026-10-12", ("new_initial", "beyond_modulus")),
        (CHANGE.replace("2026-10-10 10:20", "2026-08-10") + ",2026-10-12", ("changed_at", "no_version_then")),
        (CHANGE.replace("M2", "M1") + ",2026-10-12", ("new_meter_no", "same_meter")),
        (CHANGE.replace("M2", "M9") + ",2026-10-12", ("new_meter_no", "not_registered")),
        (CHANGE + ",2026-11-24", ("declared_at", "in_future")),
    ],
)  # fmt: skip
def test_a_change_that_does_not_fit_is_named_and_changes_nothing(
    untouched: Settings, tmp_path: Path, line: str, expected: tuple[str, str]
) -> None:
    result = bring(untouched, write(tmp_path / "change", {"meter_changes": [f"{UNIT},E1,{line}"]}))
    assert [(fault.column, fault.reason) for fault in result.faults] == [expected]
    assert len(versions(untouched)) == 2


def test_one_instant_has_one_declared_change(plant: Settings, tmp_path: Path) -> None:
    both = {
        "meter_changes": [f"{UNIT},E1,{CHANGE},2026-10-12"],
        "multiplier_changes": [f"{UNIT},E1,{MULTIPLIER.replace('4000', '1500')},2026-10-12"],
    }
    result = bring(plant, write(tmp_path / "both", both))
    assert [(fault.file_name, fault.reason) for fault in result.faults] == [
        ("multiplier_changes.csv", "declared_already")
    ]


@pytest.fixture(scope="module")
def untouched(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    know_electricity(module_database)
    assert bring(module_database, write(tmp_path_factory.mktemp("registers") / "open", OPEN)).faults == ()
    return module_database


def test_an_open_version_and_an_open_term_may_be_ended_and_not_be_changed(plant: Settings, tmp_path: Path) -> None:
    ended = [line + "2026-10-01" for line in OPEN["series"]]
    assert bring(plant, write(tmp_path / "ended", {"series": ended})).filled == {"series": 2}
    assert {row[2] for row in versions(plant)} == {"10-01 00:00"}
    moved = [line + "2026-10-02" for line in OPEN["series"]]
    result = bring(plant, write(tmp_path / "moved", {"series": moved}))
    assert [(fault.column, fault.reason) for fault in result.faults] == [("valid_to", "differs")] * 2


def test_a_renamed_unit_keeps_what_it_was(plant: Settings, tmp_path: Path) -> None:
    renamed = [f"{UNIT},2026-10-01,新名称,150203,C3120,,renamed,,包市监〔2026〕1号"]
    assert bring(plant, write(tmp_path / "renamed", {"unit_versions": renamed})).faults == ()
    assert ask(plant, "SELECT name, division_code, industry_code FROM unit") == [("新名称", "150203", "C3120")]
    assert ask(plant, "SELECT valid_from, name, reason FROM unit_version ORDER BY valid_from NULLS FIRST") == [
        (None, "演示单位", "registered"),
        (date(2026, 10, 1), "新名称", "renamed"),
    ]
    assert bring(plant, write(tmp_path / "before", {"units": OPEN["units"]})).unchanged == {"units": 1}


def test_the_ledger_shows_the_newest_verification_and_state(plant: Settings, tmp_path: Path) -> None:
    files = {
        "meter_verifications": [f"{UNIT},M1,2026-09-01,2028-09-01,计量院,JL-1,passed"],
        "meter_states": [f"{UNIT},M1,2026-10-01,stopped,送检,王工"],
    }
    assert bring(plant, write(tmp_path / "ledger", files)).faults == ()
    assert ask(
        plant, "SELECT verified_on, next_verification_on, certificate_no, state FROM meter_now WHERE meter_no = 'M1'"
    ) == [(date(2026, 9, 1), date(2028, 9, 1), "JL-1", "stopped")]
    assert bring(plant, write(tmp_path / "again", {"meters": OPEN["meters"]})).unchanged == {"meters": 2}
