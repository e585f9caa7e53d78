"""Heating values, equal values and processes of products: what is refused, and what is a relation's to judge."""

from datetime import datetime
from pathlib import Path

import pytest

from nenghao.domain.periods import SHANGHAI
from nenghao.registers.judge import Judged, Registered, judge
from nenghao.registers.layout_coal import COAL_SHEETS
from nenghao.registers.reader import read_registers

NOW = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
UNIT = "91150200MA0P0G7C1J"
LOT = {
    "unit_code": UNIT, "variety_code": "04", "lot": "A", "test_sheet_no": "T2", "sampled_on": "2026-10-01",
    "valid_from": "2026-10-01", "valid_to": "2026-10-21", "quantity": "20000", "quantity_unit": "t",
    "heating_value": "21000", "heating_value_unit": "kJ/kg", "laboratory": "lab", "document_no": "",
    "replaces_test_sheet_no": "",
}  # fmt: skip
EQUAL = {
    "region_code": "150000", "year": "2026", "variety_code": "33", "kgce_per_unit": "0.3", "unit": "kWh",
    "document_no": "D2", "source": "s", "confidence": "known", "replaces_document_no": "",
}  # fmt: skip
PROCESS = {
    "unit_code": UNIT, "product_code": "coke", "process_code": "01", "valid_from": "2026-01-01", "valid_to": "",
}  # fmt: skip
ROWS = dict(zip((sheet.name for sheet in COAL_SHEETS), (LOT, EQUAL, PROCESS), strict=True))
REGISTERED = Registered(
    {
        "units": {(UNIT,): {"unit_code": UNIT}},
        "heating_values": {(UNIT, "04", "A", "T1"): {}},
        "equal_values": {("150000", 2026, "33", "D1"): {}},
    },
    varieties=frozenset({"04", "11", "33", "32"}),
)


def judged(folder: Path, sheet_name: str, **changes: str) -> Judged:
    row = {**ROWS[sheet_name], **changes}
    (folder / f"{sheet_name}.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    return judge(read_registers(folder, None), REGISTERED, NOW)


@pytest.mark.parametrize("sheet_name", ROWS)
def test_a_whole_row_is_taken(tmp_path: Path, sheet_name: str) -> None:
    found = judged(tmp_path, sheet_name)
    assert (found.faults, len(found.new[sheet_name])) == ([], 1)


def test_a_medium_is_a_variety_of_a_point_and_row_40_is_none(tmp_path: Path) -> None:
    point = {
        "unit_code": UNIT, "point_code": "W1", "data_code": "0000000003010010", "name": "w", "variety_code": "M01",
        "flow": "purchase", "use": "industrial",
    }  # fmt: skip
    registered = Registered(REGISTERED.rows, varieties=frozenset({"M01", "40"}))
    reasons = []
    for variety in ("M01", "40"):
        row = point | {"variety_code": variety}
        (tmp_path / "points.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
        reasons.append([fault.reason for fault in judge(read_registers(tmp_path, None), registered, NOW).faults])
    assert reasons == [[], ["variety_is_total"]]


@pytest.mark.parametrize(
    ("sheet_name", "changes", "column", "reason"),
    [
        ("heating_values", {"test_sheet_no": ""}, "test_sheet_no", "empty"),
        ("heating_values", {"heating_value_unit": "kJ/m3"}, "heating_value_unit", "heating_unit"),
        ("heating_values", {"variety_code": "11"}, "quantity_unit", "unit_for_variety"),
        ("heating_values", {"variety_code": "33"}, "quantity_unit", "unit_for_variety"),
        ("heating_values", {"quantity": "0"}, "quantity", "not_positive"),
        ("heating_values", {"valid_to": "2026-10-01"}, "valid_to", "ends_before_start"),
        ("heating_values", {"replaces_test_sheet_no": "T9"}, "replaces_test_sheet_no", "not_registered"),
        ("equal_values", {"variety_code": "15"}, "variety_code", "equal_variety"),
        ("equal_values", {"unit": "GJ"}, "unit", "unit_for_variety"),
        ("equal_values", {"region_code": "159999"}, "region_code", "division_unknown"),
        ("equal_values", {"document_no": ""}, "document_no", "empty"),
        ("equal_values", {"replaces_document_no": "D9"}, "replaces_document_no", "not_registered"),
        ("product_processes", {"process_code": "1"}, "process_code", "process_form"),
        ("product_processes", {"unit_code": "911502000000000009"}, "unit_code", "not_registered"),
    ],
)
def test_what_is_refused_is_named_by_column_and_reason(
    tmp_path: Path, sheet_name: str, changes: dict[str, str], column: str, reason: str
) -> None:
    found = judged(tmp_path, sheet_name, **changes)
    assert [(fault.column, fault.reason) for fault in found.faults] == [(column, reason)]
    assert found.new[sheet_name] == []


@pytest.mark.parametrize(
    ("sheet_name", "changes"),
    [
        ("heating_values", {"replaces_test_sheet_no": "T1"}),
        ("heating_values", {"heating_value": "9000"}),
        ("equal_values", {"replaces_document_no": "D1"}),
        ("equal_values", {"variety_code": "32", "unit": "MJ", "kgce_per_unit": "0.0375"}),
    ],
)
def test_a_correction_names_the_earlier_and_an_odd_value_is_no_fault_of_the_register(
    tmp_path: Path, sheet_name: str, changes: dict[str, str]
) -> None:
    assert judged(tmp_path, sheet_name, **changes).faults == []
