"""Reading register files: whatever stands in them becomes rows or faults with labels, never a crash."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nenghao.labels import load_labels
from nenghao.registers.columns import Cell, CellRefused, Column, as_text
from nenghao.registers.layout import SHEETS, UNITS_SHEET
from nenghao.registers.reader import read_registers
from nenghao.registers.sheet import Sheet

#: What people, other programs and attackers put into cells.
TEXTS = st.one_of(
    st.text(max_size=24),
    st.from_regex(r"[0-9０-９.,/+eE_:T Z-]{1,20}", fullmatch=True),
    st.sampled_from(
        ["2026-W10", "2026-10-01T24:00", "0001-01-01", "9999-12-31T23:59:59-12:00", "NaN", "1e5", "٣", "Ⅷ"]
    ),
)


def parse(column: Column, text: str) -> tuple[Cell, str | None]:
    """The cell, or why there is none."""
    try:
        return column.parse(text), None
    except CellRefused as refused:
        return None, str(refused)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
@settings(max_examples=40, deadline=None)
@given(text=TEXTS)
@example("9999-12-31T23:59:59-12:00")
def test_a_cell_parses_or_is_refused_with_a_reason_that_has_a_label(sheet: Sheet, text: str) -> None:
    for column in sheet.columns:
        cell, reason = parse(column, text)
        assert reason is None or f"register.reason.{reason}" in load_labels("en"), column.name
        assert reason is not None or column.parse(as_text(cell)) == cell, column.name


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(st.text(max_size=6), max_size=8), max_size=5), raw=st.binary(max_size=40))
def test_no_file_is_a_crash(tmp_path: Path, rows: list[list[str]], raw: bytes) -> None:
    heading = ",".join(column.name for column in UNITS_SHEET.columns)
    body = "\n".join(",".join(row) for row in rows)
    (tmp_path / "units.csv").write_bytes(f"{heading}\n{body}".encode("utf-8", "surrogatepass") + raw)
    (tmp_path / "points.csv").write_bytes(raw)
    (tmp_path / "series.xlsx").write_bytes(b"PK\x03\x04" + raw)
    reading = read_registers(tmp_path)
    assert all(f"register.reason.{fault.reason}" in load_labels("zh") for fault in reading.faults)
    assert {fault.file_name for fault in reading.faults} >= {"points.csv", "series.xlsx"}


def test_headings_may_be_titles_in_any_order_with_the_names_below(tmp_path: Path) -> None:
    lines = [
        "行业代码*,名称,统一社会信用代码*,行政区划代码,领域,采集依据,导入错误",
        "industry_code,name,unit_code,division_code,field,collected_under,",
        "C3110,单位,911502000000000009,150203,工业,online monitoring,上次的错误",
    ]
    (tmp_path / "用能单位.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    reading = read_registers(tmp_path)
    assert reading.faults == []
    (row,) = reading.rows["units"]
    assert (row.raw.number, row.cells["field"], row.cells["collected_under"], row.cells["name"]) == (
        3, "industry", "online_monitoring", "单位",
    )  # fmt: skip


def test_a_file_of_any_name_is_read_as_the_register_it_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("unit_code,meter_no,model,accuracy_class,state\n", encoding="utf-8")
    assert read_registers(tmp_path / "export.csv", "meters").faults == []
    assert [fault.reason for fault in read_registers(tmp_path / "export.csv").faults] == ["sheet_unknown"]
