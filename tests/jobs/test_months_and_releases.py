from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from nenghao.config import Role, Settings
from nenghao.crypto import load_trusted_keys
from nenghao.db.connection import Connection, connect
from nenghao.domain.periods import day_start
from nenghao.domain.relation_query import relation_sql
from nenghao.domain.relations import Relation
from nenghao.jobs.build_months import build_months
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.seal_balances import held_balances, seal_balances
from nenghao.jobs.sync_reference import sync_reference
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.relations import load_relations
from nenghao.reporting.verify import verify_archive
from tests.jobs.plant import DAY, NOW, Plant, table_rows

MONTH_DAYS = 31
FIRST, END = DAY.replace(day=1), DAY.replace(month=11, day=1)
SEALED = ("monitored_balance", "balance_cell", "release", "month_mark")


def fill_month(plant: Plant, series_id: int, total: object, *, until: int = MONTH_DAYS) -> None:
    """Registers at midnight of each day, so that the month's energy is `total` for `until` of 31 days."""
    step = Decimal(str(total)) / MONTH_DAYS
    plant.readings(series_id, {day_start(FIRST) + timedelta(days=n): step * n for n in range(until + 1)})


def cells_of(conn: Connection, unit_id: int) -> dict[tuple[str, str], Decimal]:
    rows = conn.execute(
        "SELECT row_code, column_code, value FROM balance_cell JOIN monitored_balance b USING (balance_id)"
        " WHERE form_code = '205-1' AND unit_id = %s"
        " AND version = (SELECT max(version) FROM monitored_balance m WHERE m.unit_id = b.unit_id)",
        [unit_id],
    ).fetchall()
    conn.rollback()
    return {(row, column): value for row, column, value in rows}


@pytest.fixture
def settings(module_database: Settings, tmp_path: Path) -> Settings:
    return module_database.model_copy(update={"release_dir": tmp_path})


@pytest.fixture
def works(plant: Plant, jobs: Connection) -> int:
    """A plant with a feeder, its own generation, an export, a canteen and gas."""
    sync_reference(jobs)
    unit_id = plant.unit()
    for code, flow, use, total in (
        ("E1", "purchase", "industrial", 310_000),
        ("G1", "generation", "industrial", 62_000),
        ("X1", "export", "industrial", 31_000),
        ("C1", "internal", "non_industrial", 3_100),
    ):
        fill_month(plant, plant.series(plant.point(unit_id, code, flow=flow, use=use)), total)
    gas = plant.point(unit_id, "N1", variety="15")
    fill_month(plant, plant.series(gas, quantity="volume", versions=({"unit": "m3"},)), 93_000)
    close_changed_days(jobs, NOW)
    return unit_id


def test_a_month_is_laid_out_as_the_form(works: int, jobs: Connection) -> None:
    build_months(jobs, NOW)
    cells = cells_of(jobs, works)
    assert cells == {
        ("15", "2"): Decimal("9.3"), ("15", "4"): Decimal("9.3"), ("15", "5"): Decimal("9.3"),
        ("15", "10"): Decimal("13.3"), ("15", "tce"): Decimal("123.69"),
        ("33", "2"): Decimal(31), ("33", "primary"): Decimal("6.2"), ("33", "supplied"): Decimal("3.1"),
        ("33", "4"): Decimal("34.1"), ("33", "5"): Decimal("33.79"),
        ("33", "7"): Decimal("0.31"), ("33", "10"): Decimal("1.229"), ("33", "tce"): Decimal("41.9089"),
        ("40", "4"): Decimal("165.5989"), ("40", "5"): Decimal("165.21791"), ("40", "7"): Decimal("0.38099"),
    }  # fmt: skip
    share = jobs.execute(
        "SELECT completeness, measured_share FROM balance_cell JOIN monitored_balance USING (balance_id)"
        " WHERE unit_id = %s AND row_code = '40' AND column_code = '4'",
        [works],
    ).fetchone()
    assert share == (Decimal("0.010416"), 0)  # one register a day of 96 slots, everything apportioned


def test_building_and_sealing_twice_changes_nothing(
    plant: Plant, works: int, jobs: Connection, settings: Settings
) -> None:
    built = build_months(jobs, NOW)
    plant.pass_relations()
    seal_balances(jobs, settings, NOW)
    assert len(built) == 1
    before, files = table_rows(jobs, *SEALED), {p.name: p.read_bytes() for p in settings.release_dir.iterdir()}
    jobs.execute("INSERT INTO month_mark SELECT %s, %s", [works, FIRST])
    jobs.commit()
    assert build_months(jobs, NOW + timedelta(hours=1)) == []
    assert seal_balances(jobs, settings, NOW + timedelta(hours=1)) == []
    assert table_rows(jobs, *SEALED) == before
    assert {p.name: p.read_bytes() for p in settings.release_dir.iterdir()} == files


def test_a_changed_month_becomes_a_release_that_restates_the_earlier_one(
    plant: Plant, works: int, jobs: Connection, settings: Settings
) -> None:
    build_months(jobs, NOW)
    plant.pass_relations()
    seal_balances(jobs, settings, NOW)
    pv = plant.series(plant.point(works, "G2", flow="generation"))
    fill_month(plant, pv, 31_000)
    close_changed_days(jobs, NOW)
    build_months(jobs, NOW)
    plant.pass_relations()
    seal_balances(jobs, settings, NOW)
    rows = jobs.execute(
        "SELECT version, restates_release_id IS NULL, archive_name FROM release WHERE unit_id = %s ORDER BY version",
        [works],
    ).fetchall()
    assert [row[:2] for row in rows] == [(1, True), (2, False)]
    trusted = load_trusted_keys(settings.trust_dir)
    for _, _, name in rows:
        checks = verify_archive((settings.release_dir / name).read_bytes(), trusted)
        assert [check.label_key for check in checks if not check.is_passed] == []
        assert len(checks) == 4


def test_a_test_sheet_that_comes_after_the_seal_is_the_reason_of_the_next_version(
    plant: Plant, works: int, jobs: Connection, settings: Settings
) -> None:
    build_months(jobs, NOW)
    plant.pass_relations()
    seal_balances(jobs, settings, NOW)
    plant.owner.execute(
        "INSERT INTO heating_value (unit_id, variety_code, lot, test_sheet_no, sampled_on, valid_from, valid_to,"
        " quantity, quantity_unit, heating_value, heating_value_unit, laboratory) VALUES"
        " (%s, '15', 'G', 'S1', %s, %s, %s, 9, '10^4m3', 35169.12, 'kJ/m3', 'l')",
        [works, FIRST, FIRST, END],
    )
    build_months(jobs, NOW)
    plant.pass_relations()
    (release_id,) = seal_balances(jobs, settings, NOW)
    row = jobs.execute("SELECT reason_kind, version FROM release WHERE release_id = %s", [release_id]).fetchone()
    assert row == ("register_change", 2)
    assert cells_of(jobs, works)["15", "10"] == 12


def test_a_month_that_is_not_over_waits_on_the_list(works: int, jobs: Connection) -> None:
    during = datetime.fromisoformat("2026-10-31T23:59:00+08:00")
    assert build_months(jobs, during) == []
    assert jobs.execute("SELECT count(*) FROM month_mark WHERE unit_id = %s", [works]).fetchone() != (0,)


def test_a_cell_with_a_silent_point_has_no_row(plant: Plant, jobs: Connection) -> None:
    sync_reference(jobs)
    unit_id = plant.unit()
    fill_month(plant, plant.series(plant.point(unit_id, "E1")), 310)
    plant.series(plant.point(unit_id, "X1", flow="export"))
    close_changed_days(jobs, NOW)
    build_months(jobs, NOW)
    assert set(cells_of(jobs, unit_id)) == {("33", "2")}


def test_a_lost_file_is_written_again(plant: Plant, works: int, jobs: Connection, settings: Settings) -> None:
    build_months(jobs, NOW)
    plant.pass_relations()
    seal_balances(jobs, settings, NOW)
    lost = next(settings.release_dir.glob("*.zip"))
    data = lost.read_bytes()
    lost.unlink()
    assert seal_balances(jobs, settings, NOW) == []
    assert lost.read_bytes() == data


def test_a_balance_is_sealed_after_its_relations_ran_and_a_broken_mandatory_one_was_decided_on(
    plant: Plant, works: int, jobs: Connection, settings: Settings
) -> None:
    def sealed() -> int:
        ids = seal_balances(jobs, settings, NOW)
        assert bool(ids) is (build not in held_balances(jobs))
        return len(ids)

    (build,) = build_months(jobs, NOW)
    assert sealed() == 0
    plant.pass_relations(broken=1)
    case_id = plant.break_relation(works, FIRST)
    assert sealed() == 0
    plant.decide(case_id, "confirm", "definition")
    assert sealed() == 1


def test_a_new_edition_makes_a_waiting_balance_again_and_leaves_a_sealed_one(
    plant: Plant, works: int, jobs: Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_months(jobs, NOW)
    plant.pass_relations()
    other = replace(load_coefficients(), edition="GB/T 2589-2099")
    for module in ("jobs.load_inputs", "reporting.content"):
        monkeypatch.setattr(f"nenghao.{module}.load_coefficients", lambda _: other)
    edition = (other.edition, date(2021, 4, 1), None)
    monkeypatch.setattr("nenghao.jobs.build_months.coefficient_validity", lambda: (edition,))
    assert seal_balances(jobs, settings, NOW) == []
    assert len(build_months(jobs, NOW)) == 1
    plant.pass_relations()
    assert len(seal_balances(jobs, settings, NOW)) == 1
    monkeypatch.undo()
    assert build_months(jobs, NOW) == []


def test_relations_hold_on_a_built_month(works: int, jobs: Connection, module_database: Settings) -> None:
    build_months(jobs, NOW)
    batch = (
        "(SELECT unit_id, month_on, balance_id AS return_id, 'this' AS of_return, form_code, row_code, column_code,"
        " value"
        f" FROM monitored_cell WHERE unit_id = {works})"
    )
    judged = 0
    with connect(module_database, Role.RULES) as rules:
        for row in load_relations():
            relation = Relation.parse(row.code, row.form, row.definition)
            if "monitored_balance" in relation.returns:
                judged += 1
                found = rules.execute(relation_sql(relation).format(batch=batch).encode()).fetchall()
                assert found == [], relation.code
    assert judged > 5


def test_reference_rows_can_be_written_twice(jobs: Connection) -> None:
    sync_reference(jobs)
    before = table_rows(jobs, "variety", "coal_coefficient", "form_relation")
    sync_reference(jobs)
    assert table_rows(jobs, "variety", "coal_coefficient", "form_relation") == before
