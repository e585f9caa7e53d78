"""Registers from files: everything is judged first, then all rows are imported or none."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI
from nenghao.errors import ConfigError
from nenghao.labels import load_labels
from nenghao.registers.importer import Imported, import_registers
from nenghao.registers.layout import SHEETS

UNIT = "911502000000000009"
NOW = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
FILES = {
    "units": [f"{UNIT},演示单位,150200,C3110,industry,online_monitoring"],
    "meters": [f"{UNIT},M1,DTZ,0.5S,2025-01-01,2031-01-01,qualified"],
    "points": [
        f"{UNIT},E1,0000000002330010,总进线,33,purchase,industrial",
        f"{UNIT},E1-1,0100000002330000,分表,33,internal,industrial",
    ],
    "series": [
        f"{UNIT},E1,active_energy,register,instant,M1,kWh,15,2000,platform,3,1000000,2026-09-01,2026-10-01",
        f"{UNIT},E1,active_energy,register,instant,M1,kWh,15,4000,platform,3,1000000,2026-10-01,",
        f"{UNIT},E1,active_energy,interval,15min,M1,kWh,15,2000,platform,3,,2026-09-01T00:00:00+08:00,",
    ],
    "network": [f"{UNIT},E1,E1-1,1,2026-09-01,"],
}


#: As files were written before the ledger had more columns: optional ones may be missing.
HEADINGS = {
    "meters": "unit_code,meter_no,model,accuracy_class,verified_on,next_verification_on,state",
    "series": "unit_code,point_code,quantity,kind,period,meter_no,unit,slot_minutes,multiplier,multiplier_applied_by,"
    "decimals,register_modulus,valid_from,valid_to",
    "points": "unit_code,point_code,data_code,name,variety_code,flow,use",
}


def write(folder: Path, files: dict[str, list[str]]) -> Path:
    folder.mkdir(exist_ok=True)
    for sheet in SHEETS:
        if sheet.name in files:
            heading = HEADINGS.get(sheet.name) or ",".join(column.name for column in sheet.columns)
            (folder / sheet.file_name).write_text("\n".join([heading, *files[sheet.name]]) + "\n", encoding="utf-8")
    return folder


def bring_in(settings: Settings, folder: Path, *, is_partial: bool = False) -> Imported:
    with connect(settings, Role.CONSOLE) as conn:
        return import_registers(conn, folder, NOW, is_partial=is_partial)


def count(settings: Settings) -> list[int]:
    with connect(settings, Role.JOBS) as conn:
        tables = ("unit", "meter", "point", "series_version", "network_term")
        return [conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def know_electricity(settings: Settings) -> Settings:
    with connect(settings, Role.JOBS) as conn:
        conn.execute(
            "INSERT INTO variety VALUES ('2024', '33', '10^4kWh', 'form 205-1', 'known') ON CONFLICT DO NOTHING"
        )
    return settings


@pytest.fixture
def prepared(database: Settings) -> Settings:
    return know_electricity(database)


@pytest.fixture(scope="module")
def untouched(module_database: Settings) -> Settings:
    """A database in which no test of this module may leave a row."""
    return know_electricity(module_database)


def test_a_good_register_is_imported_and_a_second_time_changes_nothing(prepared: Settings, tmp_path: Path) -> None:
    folder = write(tmp_path / "r", FILES)
    assert bring_in(prepared, folder).added == {"units": 1, "meters": 1, "points": 2, "series": 3, "network": 1}
    assert bring_in(prepared, folder).unchanged == {"units": 1, "meters": 1, "points": 2, "series": 3, "network": 1}
    assert count(prepared) == [1, 1, 2, 3, 1]


def test_a_new_term_of_the_network_asks_for_the_balances_it_concerns(prepared: Settings, tmp_path: Path) -> None:
    bring_in(prepared, write(tmp_path / "before", {**FILES, "network": []}))
    with connect(prepared, Role.OWNER) as conn:
        conn.execute(
            "INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition,"
            " content_hash_algorithm, content_hash, computed_at)"
            " SELECT unit_id, month_on, 1, 'l', 'c', 'sha256', '', now()"
            " FROM unit, unnest('{2026-08-01,2026-09-01}'::date[]) AS m (month_on)"
        )
    for _ in range(2):
        bring_in(prepared, write(tmp_path / "r", FILES))
    with connect(prepared, Role.JOBS) as conn:
        assert conn.execute("SELECT month_on FROM month_mark").fetchall() == [(date(2026, 9, 1),)]


Change = Callable[[dict[str, list[str]]], None]


def swap(sheet: str, row: int, before: str, after: str) -> Change:
    def change(files: dict[str, list[str]]) -> None:
        assert before in files[sheet][row]
        files[sheet][row] = files[sheet][row].replace(before, after, 1)

    return change


def append(sheet: str, line: str) -> Change:
    return lambda files: files[sheet].append(line)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (swap("units", 0, UNIT, "911502000000000008"), ("units.csv", 2, "unit_code", "credit_code")),
        (swap("units", 0, ",150200", ",1502"), ("units.csv", 2, "division_code", "division_form")),
        (swap("units", 0, ",150200", ",159900"), ("units.csv", 2, "division_code", "division_unknown")),
        (swap("units", 0, ",C3110", ",D3110"), ("units.csv", 2, "industry_code", "industry_unknown")),
        (swap("units", 0, "industry,", "factory,"), ("units.csv", 2, "field", "not_in_list")),
        (swap("points", 1, "0100000002330000", "01-00-0000-0233"), ("points.csv", 3, "data_code", "data_code_form")),
        (swap("points", 1, "0100000002330000", "0100010002330000"), ("points.csv", 3, "data_code", "data_code_device")),
        (swap("points", 1, "000233", "000115"), ("points.csv", 3, "data_code", "variety_for_data_code")),
        (swap("points", 1, "internal", "coking"), ("points.csv", 3, "flow", "not_in_list")),
        (swap("points", 1, "internal", "conversion_input"), ("points.csv", 3, "conversion", "conversion_for_flow")),
        (swap("points", 0, ",33,", ",99,"), ("points.csv", 2, "variety_code", "variety_unknown")),
        (swap("points", 1, "E1-1", "E1"), ("points.csv", 3, "point_code", "repeated")),
        (swap("series", 0, ",2000,", ",-2000,"), ("series.csv", 2, "multiplier", "not_positive")),
        (swap("series", 0, ",2000,", ',"2,000",'), ("series.csv", 2, "multiplier", "not_decimal")),
        (swap("series", 0, ",2000,", ",2_000,"), ("series.csv", 2, "multiplier", "not_decimal")),
        (swap("series", 0, ",2000,", ",２０００,"), ("series.csv", 2, "multiplier", "not_decimal")),
        (swap("series", 0, ",2000,", ",1e400000,"), ("series.csv", 2, "multiplier", "not_decimal")),
        (swap("meters", 0, "M1", "M\0"), ("meters.csv", 2, "meter_no", "not_printable")),
        (swap("series", 0, ",kWh,", ",GJ,"), ("series.csv", 2, "unit", "unit_for_quantity")),
        (swap("series", 0, ",kWh,", ",度,"), ("series.csv", 2, "unit", "unit_unknown")),
        (swap("series", 0, "M1", "M9"), ("series.csv", 2, "meter_no", "not_registered")),
        (swap("series", 2, "15min", "instant"), ("series.csv", 4, "period", "period_for_kind")),
        (swap("series", 2, ",15,2000", ",30,2000"), ("series.csv", 4, "slot_minutes", "slot_for_period")),
        (swap("series", 2, "T00:00:00+08:00", "T00:00:00"), ("series.csv", 4, "valid_from", "no_zone")),
        (swap("series", 0, "2026-10-01", "2026-10-02"), ("series.csv", 3, "valid_from", "overlaps")),
        (swap("series", 0, ",2026-10-01", ",2026-08-01"), ("series.csv", 2, "valid_to", "ends_before_start")),
        (append("network", f"{UNIT},E1-1,E1,1,2026-09-01,"), ("network.csv", 2, "part_point_code", "network_loop")),
        (append("network", f"{UNIT},E1,E1-1,-1,2026-10-01,"), ("network.csv", 3, "valid_from", "term_overlaps")),
        (append("units", "a,b"), ("units.csv", 3, "-", "cell_count")),
    ],
)  # fmt: skip
def test_one_wrong_cell_is_named_and_nothing_is_imported(
    untouched: Settings, tmp_path: Path, change: Change, expected: tuple[str, int, str, str]
) -> None:
    files = {name: list(lines) for name, lines in FILES.items()}
    change(files)
    result = bring_in(untouched, write(tmp_path / "r", files))
    faults = {(fault.file_name, fault.row, fault.column, fault.reason) for fault in result.faults}
    assert expected in faults
    assert result.added == {}
    assert count(untouched) == [0, 0, 0, 0, 0]
    assert all(f"register.reason.{fault.reason}" in load_labels("zh") for fault in result.faults)


def test_every_fault_is_told_at_once(untouched: Settings, tmp_path: Path) -> None:
    files = {name: list(lines) for name, lines in FILES.items()}
    swap("units", 0, ",150200", ",x")(files)
    swap("series", 1, ",4000,", ",0,")(files)
    swap("meters", 0, "2031-01-01", "2031-13-01")(files)
    result = bring_in(untouched, write(tmp_path / "r", files))
    assert {"division_form", "not_positive", "not_date"} <= {fault.reason for fault in result.faults}


def test_what_is_registered_is_not_overwritten(prepared: Settings, tmp_path: Path) -> None:
    bring_in(prepared, write(tmp_path / "r", FILES))
    files = {name: list(lines) for name, lines in FILES.items()}
    swap("series", 1, ",4000,", ",3000,")(files)
    result = bring_in(prepared, write(tmp_path / "r", files))
    assert [(fault.file_name, fault.row, fault.column, fault.reason, fault.text) for fault in result.faults] == [
        ("series.csv", 3, "multiplier", "differs", "3000 ≠ 4000")
    ]
    with connect(prepared, Role.JOBS) as conn:
        assert conn.execute("SELECT max(multiplier) FROM series_version").fetchone() == (4000,)


def test_a_file_that_is_not_utf8_or_has_another_heading_is_named(untouched: Settings, tmp_path: Path) -> None:
    folder = write(tmp_path / "r", FILES)
    (folder / "units.csv").write_bytes("统一代码,名称\n".encode("gbk"))
    (folder / "meters.csv").write_text("unit_code,meter,unit_code\n", encoding="utf-8")
    (folder / "point.csv").write_text("unit_code\n", encoding="utf-8")
    found = {(fault.file_name, fault.row, fault.reason) for fault in bring_in(untouched, folder).faults}
    assert {
        ("units.csv", 1, "gbk_csv"),
        ("meters.csv", 1, "heading_unknown"),
        ("meters.csv", 1, "heading_repeated"),
        ("meters.csv", 1, "heading_missing"),
        ("point.csv", 1, "sheet_unknown"),
    } <= found


def test_an_empty_folder_says_what_it_should_hold(untouched: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="units.csv"):
        bring_in(untouched, tmp_path)
