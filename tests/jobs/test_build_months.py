"""Balances through the database: the steel works, many units at once, late lots, editions of the month.

Over 300 lines, because every case of one step stands in one place.
"""

import csv
import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from nenghao.cli import balance, indicator
from nenghao.config import Role, Settings
from nenghao.db.balances import load_cells
from nenghao.db.connection import Connection, connect
from nenghao.domain.balance import ENGINE_VERSION, build_balance, parse_balance_inputs
from nenghao.domain.periods import SHANGHAI
from nenghao.domain.relation_query import relation_sql
from nenghao.domain.relations import Relation
from nenghao.jobs.build_months import build_months
from nenghao.jobs.load_inputs import load_inputs
from nenghao.jobs.sync_reference import sync_reference
from nenghao.reference.relations import load_relations
from nenghao.registers.importer import import_registers
from tests.domain.works_files import FOLDER, REGISTER, expected_cells, rows
from tests.jobs.plant import NOW, Plant
from tests.registers.test_import import write

RUN = CliRunner()
MONTH_ON = date(2026, 10, 1)
WORKS = "91150200MA0P0G7C1J"
SLOTS = 31 * 24
IMPORTED_AT = datetime(2026, 11, 1, 12, tzinfo=SHANGHAI)


def fill(conn: Connection, unit_id: int, month_on: date, totals: Iterable[tuple[str, str, str]]) -> None:
    """Month totals of points, as closing writes them, and the mark that asks for the month's balance."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO point_month SELECT point_id, %s, %s, %s, %s, %s, %s, %s FROM point"
            " WHERE unit_id = %s AND point_code = %s",
            [(month_on, unit, energy, energy, SLOTS, SLOTS, SLOTS, unit_id, code) for code, energy, unit in totals],
        )
    mark(conn, unit_id, month_on)


def mark(conn: Connection, unit_id: int, month_on: date) -> None:
    conn.execute("INSERT INTO month_mark (unit_id, month_on) VALUES (%s, %s)", [unit_id, month_on])
    conn.commit()


@pytest.fixture(scope="module", autouse=True)
def reference(module_database: Settings) -> None:
    with connect(module_database, Role.JOBS) as jobs:
        sync_reference(jobs)


@pytest.fixture(scope="module")
def works(module_database: Settings, reference: None) -> int:
    """The steel works from its registers."""
    with connect(module_database, Role.CONSOLE) as console:
        imported = import_registers(console, REGISTER, IMPORTED_AT)
        assert imported.faults == ()
    with connect(module_database, Role.JOBS) as jobs:
        row = jobs.execute("SELECT unit_id FROM unit WHERE unit_code = %s", [WORKS]).fetchone()
        assert row is not None
        return int(row[0])


def october() -> list[tuple[str, str, str]]:
    return [(row["point_code"], row["energy"], row["unit"]) for row in rows(FOLDER / "months.csv")]


def inputs_of(conn: Connection, balance_id: int) -> tuple[bytes, str]:
    row = conn.execute(
        "SELECT inputs, engine_version FROM monitored_balance WHERE balance_id = %s", [balance_id]
    ).fetchone()
    conn.rollback()
    assert row is not None
    return bytes(row[0]), row[1]


def test_a_steel_works_comes_out_of_the_database_as_it_was_worked_by_hand(
    works: int, plant: Plant, jobs: Connection, module_database: Settings
) -> None:
    fill(jobs, works, MONTH_ON, october())
    (balance_id,) = build_months(jobs, NOW)
    cells = load_cells(jobs, balance_id)
    jobs.rollback()
    assert {(cell.key, cell.value, cell.unit) for cell in cells} == {
        (cell.key, cell.value, cell.unit) for cell in expected_cells()
    }
    inputs, engine = inputs_of(jobs, balance_id)
    again = build_balance(parse_balance_inputs(inputs))
    assert engine == ENGINE_VERSION
    assert sorted(again.cells, key=lambda cell: cell.key) == sorted(cells, key=lambda cell: cell.key)
    values = {one.definition.code: one.value for one in again.indicators if one.product_code is None}
    assert values["consumption_205"] == Decimal("139288.06")
    assert values["energy_2589_equal"] == Decimal("151488.13")

    mark(jobs, works, MONTH_ON)
    assert build_months(jobs, NOW) == []
    assert broken_relations(module_database, balance_id) == {}


def broken_relations(settings: Settings, balance_id: int) -> dict[str, object]:
    """What the relations of both forms find in a balance, by code."""
    batch = (
        "(SELECT unit_id, month_on, balance_id AS return_id, 'this' AS of_return, form_code, row_code, column_code,"
        f" value FROM monitored_cell WHERE balance_id = {balance_id})"
    )
    relations = [Relation.parse(row.code, row.form, row.definition) for row in load_relations()]
    judged = [relation for relation in relations if "monitored_balance" in relation.returns]
    assert judged
    with connect(settings, Role.RULES) as rules:
        found = {one.code: rules.execute(relation_sql(one).format(batch=batch).encode()).fetchall() for one in judged}
    return {code: rows for code, rows in found.items() if rows}


@pytest.fixture
def command_settings(module_database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that a command reads its settings from."""
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(module_database, name)))


def told(app: object, *words: str, code: int = 0) -> str:
    result = RUN.invoke(app, list(words), catch_exceptions=False)  # type: ignore[arg-type]
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.usefixtures("command_settings")
def test_the_balance_is_shown_by_form_and_exactly_for_programs(works: int, plant: Plant, jobs: Connection) -> None:
    fill(jobs, works, MONTH_ON, october())
    build_months(jobs, NOW)
    text = told(balance.app, "show", WORKS, "2026-10", "--form", "205-2")
    assert "205-1" not in text.replace("205-1-seed", "")
    (row_40,) = [line for line in text.splitlines() if line.startswith("40 ")]
    assert row_40.split()[3:8] == ["512297.06", "203946.40", "102062.00", "2934.40", "98950.00"]
    exact = list(csv.DictReader(io.StringIO(told(balance.app, "show", WORKS, "2026-10", "--format", "csv"))))
    assert {(r["form"], r["row"], r["column"], Decimal(r["value"])) for r in exact} == {
        (*cell.key, cell.value) for cell in expected_cells()
    }
    assert told(balance.app, "show", WORKS, "2026-12", code=1) == "没有监测测算值：月份或版次尚未编制\n"
    # Of the months from January on, the first is not built.
    told(balance.app, "show", WORKS, "2026-10", "--cumulative", code=1)


@pytest.mark.usefixtures("command_settings")
def test_months_add_up_and_coefficients_do_not(plant: Plant, jobs: Connection) -> None:
    unit_id = plant.unit()
    plant.point(unit_id, "C1", variety="04")
    for month_on, tonnes in ((date(2026, 1, 1), "100"), (date(2026, 2, 1), "300")):
        fill(jobs, unit_id, month_on, [("C1", tonnes, "t")])
    plant.owner.execute(
        "INSERT INTO heating_value (unit_id, variety_code, lot, test_sheet_no, sampled_on, valid_from, valid_to,"
        " quantity, quantity_unit, heating_value, heating_value_unit, laboratory) VALUES"
        " (%s, '04', 'S', 'S1', '2026-02-01', '2026-02-01', '2026-03-01', 1, 't', 29307.6, 'kJ/kg', 'l')",
        [unit_id],
    )
    build_months(jobs, NOW)
    row = jobs.execute("SELECT unit_code FROM unit WHERE unit_id = %s", [unit_id]).fetchone()
    jobs.rollback()
    assert row is not None
    output = told(balance.app, "show", row[0], "2026-02", "--cumulative", "--format", "json")
    values = {(cell["row"], cell["column"]): cell["value"] for cell in json.loads(output)}
    # (100 x 0.7143 + 300 x 1) / 400
    assert (values["04", "4"], values["04", "tce"], values["04", "10"]) == ("400", "371.43", "0.92858")


@pytest.mark.usefixtures("command_settings")
def test_an_indicator_says_what_it_declares_and_rests_on(works: int, plant: Plant, jobs: Connection) -> None:
    fill(jobs, works, MONTH_ON, october())
    text = told(indicator.app, WORKS, "2026-10")
    declared = "口径：等价值，边界 用能单位，含耗能工质、含原料用能、不含非工业生产消费"
    assert f"综合能耗（等价值）: 151488.13 吨标准煤\n  {declared}\n" in text
    assert "单位产品综合能耗 coke: 91.35 kgce/t\n  口径：当量值，边界 生产工序" in text
    assert "单位增加值能耗: 无法给出：没有登记产值 (value_added)" in text
    assert "等价值 电力 0.3000 kgce/kWh（150000，2026 年，EXAMPLE-1）" in text
    assert "实测热值 一般烟煤 批次 2026-10-A，化验单 H-1001：21000 kJ/kg，批量 20000 t" in text
    assert "折标系数 2589-2020.B.M05：0.0004 tce/m3" in text
    plain = {(one["code"], one["product"]): one for one in json.loads(told(indicator.app, WORKS, "2026-10", "--json"))}
    assert plain["consumption_205", None]["value"] == "139288.06"
    assert plain["per_value_added", None]["reason"] == "no_output"
    # Of another year there is no equal value, and no other stands in for it.
    fill(jobs, works, date(2025, 10, 1), [("E1", "1000", "kWh")])
    assert "无法给出：没有登记该地区该年份的等价值 (33, 150200, 2025)" in told(indicator.app, WORKS, "2025-10")
    assert "没有登记这个单位" in told(indicator.app, "91150200MA0P0G7C10", "2026-10", code=1)


def test_a_corrected_test_sheet_asks_for_its_month_again_and_no_other(
    works: int, plant: Plant, jobs: Connection, module_database: Settings
) -> None:
    fill(jobs, works, date(2026, 9, 1), [("04_IN", "1000", "t")])
    fill(jobs, works, date(2026, 8, 1), [("04_IN", "1000", "t")])
    build_months(jobs, NOW)
    plant.owner.execute("TRUNCATE month_mark")
    with connect(module_database, Role.CONSOLE) as console:
        console.execute(
            "INSERT INTO heating_value (unit_id, variety_code, lot, test_sheet_no, sampled_on, valid_from, valid_to,"
            " quantity, quantity_unit, heating_value, heating_value_unit, laboratory) VALUES"
            " (%s, '04', 'S', 'S1', '2026-09-01', '2026-09-01', '2026-10-01', 1, 't', 29307.6, 'kJ/kg', 'l')",
            [works],
        )
    assert jobs.execute("SELECT DISTINCT month_on FROM month_mark").fetchall() == [(date(2026, 9, 1),)]
    jobs.rollback()
    (measured,) = build_months(jobs, NOW)
    assert coefficient(jobs, measured) == 1
    with connect(module_database, Role.CONSOLE) as console:
        console.execute(
            "INSERT INTO heating_value (unit_id, variety_code, lot, test_sheet_no, sampled_on, valid_from, valid_to,"
            " quantity, quantity_unit, heating_value, heating_value_unit, laboratory, replaces_test_sheet_no) VALUES"
            " (%s, '04', 'S', 'S2', '2026-09-01', '2026-09-01', '2026-10-01', 1, 't', 14653.8, 'kJ/kg', 'l', 'S1')",
            [works],
        )
    (corrected,) = build_months(jobs, NOW)
    assert coefficient(jobs, corrected) == Decimal("0.5")


def coefficient(conn: Connection, balance_id: int) -> Decimal:
    (cell,) = [cell for cell in load_cells(conn, balance_id) if cell.key == ("205-1", "04", "10")]
    conn.rollback()
    return cell.value


def test_output_and_equal_values_that_come_late_ask_for_their_months_again(
    works: int, plant: Plant, jobs: Connection, module_database: Settings, tmp_path: Path
) -> None:
    """Cells do not rest on them, indicators do; a balance that was made without them is not sealed for good."""
    fill(jobs, works, date(2025, 3, 1), [("E1", "1000", "kWh")])
    assert len(build_months(jobs, NOW)) == 1
    late = {
        "production_outputs": f"{WORKS},value_added,,2025-03,100,万元,",
        "equal_values": "150000,2025,33,0.3,kWh,EXAMPLE-2025,test,unsure,",
    }
    for name, row in late.items():
        with connect(module_database, Role.CONSOLE) as console:
            assert import_registers(console, write(tmp_path / name, {name: [row]}), NOW).faults == ()
        assert len(build_months(jobs, NOW)) == 1
        mark(jobs, works, date(2025, 3, 1))
        assert build_months(jobs, NOW) == []


def feeder_months(plant: Plant, jobs: Connection, units: int, month_on: date = MONTH_ON) -> list[int]:
    made = []
    for _ in range(units):
        unit_id = plant.unit()
        plant.series(plant.point(unit_id, "E1"))
        fill(jobs, unit_id, month_on, [("E1", "12345.678", "kWh")])
        made.append(unit_id)
    return made


class CountingCursor(psycopg.Cursor[Any]):
    """A real cursor that counts what it sends."""

    sent = 0

    def execute(self, *args: Any, **kwargs: Any) -> "CountingCursor":
        CountingCursor.sent += 1
        super().execute(*args, **kwargs)
        return self

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        CountingCursor.sent += 1
        return super().copy(*args, **kwargs)


def statements_of_a_run(jobs: Connection) -> int:
    CountingCursor.sent = 0
    jobs.cursor_factory = CountingCursor
    try:
        build_months(jobs, NOW)
    finally:
        jobs.cursor_factory = psycopg.Cursor
    return CountingCursor.sent


def test_many_months_take_as_many_statements_as_one(plant: Plant, jobs: Connection) -> None:
    feeder_months(plant, jobs, 1)
    one = statements_of_a_run(jobs)
    feeder_months(plant, jobs, 12)
    assert statements_of_a_run(jobs) == one


def test_a_chunk_of_units_is_built_and_the_others_wait(plant: Plant, jobs: Connection) -> None:
    units = feeder_months(plant, jobs, 3)
    assert len(build_months(jobs, NOW, units[:2])) == 2
    assert jobs.execute("SELECT unit_id FROM month_mark").fetchall() == [(units[2],)]
    jobs.rollback()
    assert len(build_months(jobs, NOW)) == 1


def test_one_unit_that_the_form_cannot_hold_keeps_its_mark_and_stops_nobody(plant: Plant, jobs: Connection) -> None:
    wrong, right = feeder_months(plant, jobs, 2)
    jobs.execute("UPDATE point_month SET unit = 'm3' FROM point p WHERE p.point_id = point_month.point_id"
                 " AND p.unit_id = %s", [wrong])  # fmt: skip
    jobs.commit()
    (balance_id,) = build_months(jobs, NOW)
    assert jobs.execute("SELECT unit_id FROM monitored_balance WHERE balance_id = %s", [balance_id]).fetchone() == (
        right,
    )
    assert jobs.execute("SELECT DISTINCT unit_id FROM month_mark").fetchall() == [(wrong,)]
    jobs.rollback()


def test_a_month_of_an_old_edition_is_built_in_it_today(plant: Plant, jobs: Connection) -> None:
    (unit_id,) = feeder_months(plant, jobs, 1, date(2021, 3, 1))
    build_months(jobs, NOW)
    inputs = load_inputs(jobs, [(unit_id, date(2021, 3, 1)), (unit_id, date(2021, 4, 1))])
    jobs.rollback()
    assert [one.editions.coefficients for one in inputs.values()] == ["GB/T 2589-2008", "GB/T 2589-2020"]
    assert build_months(jobs, NOW) == []
    edition = jobs.execute("SELECT coefficient_edition FROM monitored_balance WHERE unit_id = %s", [unit_id]).fetchall()
    assert edition == [("GB/T 2589-2008",)]


def test_a_newer_layout_is_that_of_its_months_and_of_no_earlier_one(
    plant: Plant, jobs: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    (before,), (after,) = (feeder_months(plant, jobs, 1, month_on) for month_on in (date(2026, 8, 1), MONTH_ON))
    build_months(jobs, NOW, [before, after])
    editions = (("205-1-seed-1", date.min), ("205-1-2099", date(2026, 9, 1)))
    monkeypatch.setattr("nenghao.jobs.build_months.layout_validity", lambda _: editions)
    monkeypatch.setattr("nenghao.reference.layouts.layout_validity", lambda _: editions)
    assert len(build_months(jobs, NOW, [before, after])) == 1
    found = jobs.execute(
        "SELECT DISTINCT ON (unit_id) layout_edition FROM monitored_balance WHERE unit_id = ANY(%s)"
        " ORDER BY unit_id, version DESC",
        [[before, after]],
    ).fetchall()
    jobs.rollback()
    assert found == [("205-1-seed-1",), ("205-1-2099",)]
    assert build_months(jobs, NOW, [before, after]) == []


def test_a_unit_that_moved_is_where_it_was_in_the_month(
    plant: Plant, jobs: Connection, module_database: Settings
) -> None:
    (unit_id,) = feeder_months(plant, jobs, 1)
    with connect(module_database, Role.CONSOLE) as console:
        for region, value in (("150100", "0.31"), ("150300", "0.29")):
            console.execute(
                "INSERT INTO equal_value (region_code, year, variety_code, kgce_per_unit, unit, document_no, source,"
                " confidence) VALUES (%s, 2026, '33', %s, 'kWh', 'd', 's', 'unsure')",
                [region, value],
            )
        for since, division in ((None, "150100"), ("2026-10-15", "150300")):
            console.execute(
                "INSERT INTO unit_version (unit_id, valid_from, name, division_code, industry_code, reason)"
                " VALUES (%s, %s, 'u', %s, 'C2614', %s)",
                [unit_id, since, division, "moved" if since else "registered"],
            )
    months = [(unit_id, MONTH_ON), (unit_id, date(2026, 11, 1))]
    loaded = load_inputs(jobs, months)
    jobs.rollback()
    assert [loaded[one].unit.division_code for one in months] == ["150100", "150300"]
    kgce = [[v.kgce_per_unit for v in loaded[one].equal_values if v.region_code != "150000"] for one in months]
    assert kgce == [[Decimal("0.31")], [Decimal("0.29")]]


def test_a_feeder_that_nobody_ever_measured_is_not_zero(plant: Plant, jobs: Connection) -> None:
    measured, unmeasured = feeder_months(plant, jobs, 2)
    plant.point(measured, "LATER", flow="internal")
    plant.series(plant.point(measured, "GONE"), versions=({"since": "2026-01-01+08", "until": "2026-09-01+08"},))
    plant.point(unmeasured, "E2")
    built = {}
    for balance_id in build_months(jobs, NOW, [measured, unmeasured]):
        row = jobs.execute("SELECT unit_id FROM monitored_balance WHERE balance_id = %s", [balance_id]).fetchone()
        assert row is not None
        built[row[0]] = {cell.key[1:] for cell in load_cells(jobs, balance_id)}
    jobs.rollback()
    assert ("33", "4") in built[measured]
    assert unmeasured not in built


def test_a_formula_that_changes_within_a_month_takes_the_days_of_each(plant: Plant, jobs: Connection) -> None:
    unit_id = plant.unit()
    plant.series(plant.point(unit_id, "E1"))
    dormitory = plant.point(unit_id, "DORM", flow="internal", use="non_industrial")
    parts = [plant.point(unit_id, code, flow="internal") for code in ("D1", "D2")]
    plant.owner.execute(
        "INSERT INTO network_term (whole_point_id, part_point_id, sign, valid_from) VALUES (%s, %s, 1, '2026-01-01'),"
        " (%s, %s, 1, '2026-10-11')",
        [dormitory, parts[0], dormitory, parts[1]],
    )
    for point_id in parts:
        series_id = plant.series(point_id)
        plant.owner.execute(
            "INSERT INTO point_day SELECT %s, day_on::date, %s, 'kWh', 100, 100, 96, 96, 96"
            " FROM generate_series(DATE '2026-10-01', DATE '2026-10-31', INTERVAL '1 day') AS day_on",
            [point_id, series_id],
        )
    with plant.owner.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO point_day SELECT point_id, day_on::date, 1, 'kWh', 1000, 1000, 96, 96, 96 FROM point,"
            " generate_series(DATE '2026-10-01', DATE '2026-10-31', INTERVAL '1 day') AS day_on"
            " WHERE unit_id = %s AND point_code = %s",
            [(unit_id, "E1")],
        )
    mark(jobs, unit_id, MONTH_ON)
    (balance_id,) = build_months(jobs, NOW, [unit_id])
    values = {cell.key[1:]: cell.value for cell in load_cells(jobs, balance_id)}
    jobs.rollback()
    # 31 days of the one, 21 of the other.
    assert (values["33", "4"], values["33", "7"]) == (Decimal("3.1"), Decimal("0.52"))
