"""What only shows when rows of a register stand beside each other and beside what is registered already."""

from collections.abc import Iterator
from itertools import pairwise

from nenghao.domain.quantities import UNITS
from nenghao.registers.columns import Cell
from nenghao.registers.reader import Fault, Reading, Row

#: What a quantity is measured in. Source: SI, DL/T 645 (kWh, kvarh).
DIMENSIONS = {
    "active_energy": "electricity",
    "reactive_energy": "reactive",
    "volume": "volume",
    "mass": "mass",
    "heat": "heat",
    "power_factor": "ratio",
    "voltage": "voltage",
    "current": "current",
}
_PERIOD_MINUTES = {"15min": 15, "30min": 30, "1h": 60}


def check(reading: Reading, registered: dict[str, set[tuple[Cell, ...]]], varieties: set[str]) -> list[Fault]:
    """Faults of reference and of sense; `registered` holds the keys already in the database, by sheet."""
    known = {
        name: registered.get(name, set()) | {row.key for row in rows} for name, rows in reading.rows.items()
    }
    faults: list[Fault] = []
    for row in reading.rows["meters"] + reading.rows["points"]:
        faults += _refers(row, known["units"], ("unit_code",))
    for row in reading.rows["points"]:
        if row.cells["variety_code"] not in varieties:
            faults.append(row.fault("variety_code", "variety_unknown"))
    for row in reading.rows["series"]:
        faults += _refers(row, known["points"], ("unit_code", "point_code"))
        faults += _refers(row, known["meters"], ("unit_code", "meter_no"))
        faults += _series_sense(row)
    faults += _overlaps(reading.rows["series"])
    for row in reading.rows["network"]:
        faults += _refers(row, known["points"], ("unit_code", "whole_point_code"))
        faults += _refers(row, known["points"], ("unit_code", "part_point_code"))
    return faults + list(_loops(reading.rows["network"]))


def _refers(row: Row, known: set[tuple[Cell, ...]], columns: tuple[str, ...]) -> list[Fault]:
    found = tuple(row.cells[column] for column in columns) in known
    return [] if found else [row.fault(columns[-1], "not_registered")]


def _series_sense(row: Row) -> Iterator[Fault]:
    cells = row.cells
    if UNITS[str(cells["unit"])].dimension != DIMENSIONS[str(cells["quantity"])]:
        yield row.fault("unit", "unit_for_quantity")
    if (cells["kind"] == "interval") != (cells["period"] != "instant"):
        yield row.fault("period", "period_for_kind")
    if cells["slot_minutes"] not in _PERIOD_MINUTES.values():
        yield row.fault("slot_minutes", "slot_minutes")
    elif cells["slot_minutes"] != _PERIOD_MINUTES.get(str(cells["period"]), cells["slot_minutes"]):
        yield row.fault("slot_minutes", "slot_for_period")
    if cells["valid_to"] is not None and cells["valid_to"] <= cells["valid_from"]:  # type: ignore[operator]
        yield row.fault("valid_to", "ends_before_start")


def _overlaps(rows: list[Row]) -> Iterator[Fault]:
    by_series: dict[tuple[Cell, ...], list[Row]] = {}
    for row in rows:
        by_series.setdefault(row.key[:-1], []).append(row)
    for versions in by_series.values():
        ordered = sorted(versions, key=lambda row: row.cells["valid_from"])  # type: ignore[arg-type,return-value]
        for earlier, later in pairwise(ordered):
            ends = earlier.cells["valid_to"]
            if ends is None or ends > later.cells["valid_from"]:  # type: ignore[operator]
                yield later.fault("valid_from", "overlaps")


def _loops(rows: list[Row]) -> Iterator[Fault]:
    parts: dict[Cell, set[Cell]] = {}
    for row in rows:
        whole = (row.cells["unit_code"], row.cells["whole_point_code"])
        parts.setdefault(whole, set()).add((row.cells["unit_code"], row.cells["part_point_code"]))  # type: ignore[arg-type]
    for row in rows:
        start = (row.cells["unit_code"], row.cells["whole_point_code"])
        seen: set[Cell] = set()
        ahead = {(row.cells["unit_code"], row.cells["part_point_code"])}
        while ahead:
            at = ahead.pop()
            if at == start:
                yield row.fault("part_point_code", "network_loop")
                break
            if at not in seen:  # type: ignore[comparison-overlap]
                seen.add(at)  # type: ignore[arg-type]
                ahead |= parts.get(at, set())  # type: ignore[arg-type,operator]
