"""Writes the demo's register files, the same that a bureau would import."""

import csv
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from demo.measured import Window
from demo.units import REGISTER_MODULUS, DemoUnit, Meter
from nenghao.domain.periods import SHANGHAI
from nenghao.registers.layout import METERS_SHEET, NETWORK_SHEET, POINTS_SHEET, SERIES_SHEET, UNITS_SHEET
from nenghao.registers.sheet import Sheet


def write_registers(folder: Path, units: Iterable[DemoUnit], window: Window) -> None:
    """One CSV file a sheet, below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    units = tuple(units)
    valid_from = window.start.replace(tzinfo=SHANGHAI).isoformat()
    # The closing register is read at the very end of the window; the hour after it belongs to no due day.
    valid_to = (window.end.replace(tzinfo=SHANGHAI) + timedelta(hours=1)).isoformat()
    every = [(unit, meter) for unit in units for meter in unit.meters]
    _write(folder, UNITS_SHEET, (_unit_row(unit) for unit in units))
    points = [(unit, meter) for unit, meter in every if meter.quantity != "reactive_energy"]  # a channel of its point
    _write(folder, METERS_SHEET, (_meter_row(unit, meter, window) for unit, meter in points))
    _write(folder, POINTS_SHEET, (_point_row(unit, meter) for unit, meter in points))
    _write(
        folder,
        SERIES_SHEET,
        (
            _series_row(unit, meter, kind, valid_from, valid_to)
            for unit, meter in every
            for kind in ("register", "interval")
        ),
    )
    _write(
        folder,
        NETWORK_SHEET,
        (
            {
                "unit_code": unit.unit_code,
                "whole_point_code": meter.is_part_of,
                "part_point_code": meter.point_code,
                "sign": 1,
                "valid_from": f"{window.start:%Y-%m-%d}",
            }
            for unit, meter in every
            if meter.is_part_of
        ),
    )


def _unit_row(unit: DemoUnit) -> dict[str, object]:
    return {
        "unit_code": unit.unit_code,
        "name": unit.name,
        "division_code": unit.division_code,
        "industry_code": unit.industry_code,
        "field": unit.field,
        "collected_under": "online_monitoring",
    }


def _meter_row(unit: DemoUnit, meter: Meter, window: Window) -> dict[str, object]:
    return {
        "unit_code": unit.unit_code,
        "meter_no": f"DEMO-{meter.point_code}",
        "model": "DEMO",
        "accuracy_class": "0.5S" if meter.variety_code == "33" else "1.0",
        "next_verification_on": f"{window.end.year + 2}-06-30",
        "state": "qualified",
    }


def _point_row(unit: DemoUnit, meter: Meter) -> dict[str, object]:
    is_bought = meter.is_part_of is None
    process, energy_class = ("00", "01" if meter.variety_code == "15" else "02") if is_bought else ("01", "02")
    return {
        "unit_code": unit.unit_code,
        "point_code": meter.point_code,
        "data_code": f"{process}000000{energy_class}{meter.variety_code}00{'10' if is_bought else '00'}",
        "name": meter.name,
        "variety_code": meter.variety_code,
        "flow": "purchase" if is_bought else "internal",
        "use": "industrial" if unit.field == "industry" else "non_industrial",
    }


def _series_row(unit: DemoUnit, meter: Meter, kind: str, valid_from: str, valid_to: str) -> dict[str, object]:
    return {
        "unit_code": unit.unit_code,
        "point_code": meter.point_code,
        "quantity": meter.quantity,
        "kind": kind,
        "period": "instant" if kind == "register" else meter.period,
        "meter_no": f"DEMO-{meter.point_code}",
        "unit": meter.unit,
        "slot_minutes": meter.slot_minutes,
        "multiplier": meter.multiplier,
        "multiplier_applied_by": "platform",
        "decimals": 3,
        "register_modulus": REGISTER_MODULUS if kind == "register" else None,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }


def _write(folder: Path, sheet: Sheet, rows: Iterable[Mapping[str, object]]) -> None:
    with (folder / sheet.file_name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in sheet.columns], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
