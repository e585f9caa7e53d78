"""What only shows when rows of a register stand beside each other and beside what is registered already."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from nenghao.domain.quantities import UNITS
from nenghao.registers.reader import Fault, Key, Reading, Row

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


def check(reading: Reading, registered: dict[str, set[Key]], varieties: set[str]) -> list[Fault]:
    """Faults of reference and of sense; `registered` holds the keys already in the database, by sheet."""
    known = {name: registered.get(name, set()) | {row.key for row in rows} for name, rows in reading.rows.items()}
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


def _refers(row: Row, known: set[Key], columns: tuple[str, ...]) -> list[Fault]:
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
    starts, ends = _instant(row, "valid_from"), _instant(row, "valid_to")
    if starts and ends and ends <= starts:
        yield row.fault("valid_to", "ends_before_start")


def _overlaps(rows: list[Row]) -> Iterator[Fault]:
    by_series: dict[Key, list[tuple[datetime, Row]]] = {}
    for row in rows:
        if starts := _instant(row, "valid_from"):
            by_series.setdefault(row.key[:-1], []).append((starts, row))
    for versions in by_series.values():
        versions.sort(key=lambda version: version[0])
        for (_, earlier), (starts, later) in pairwise(versions):
            ends = _instant(earlier, "valid_to")
            if ends is None or ends > starts:
                yield later.fault("valid_from", "overlaps")


def _instant(row: Row, column: str) -> datetime | None:
    value = row.cells[column]
    return value if isinstance(value, datetime) else None


def _loops(rows: list[Row]) -> Iterator[Fault]:
    terms = [
        (
            row,
            (row.cells["unit_code"], row.cells["whole_point_code"]),
            (row.cells["unit_code"], row.cells["part_point_code"]),
        )
        for row in rows
    ]
    parts: dict[Key, set[Key]] = {}
    for _, whole, part in terms:
        parts.setdefault(whole, set()).add(part)
    for row, whole, part in terms:
        if whole in _all_below(part, parts):
            yield row.fault("part_point_code", "network_loop")


def _all_below(point: Key, parts: dict[Key, set[Key]]) -> set[Key]:
    """The point itself, its parts, their parts and so on."""
    below: set[Key] = set()
    ahead = {point}
    while ahead:
        at = ahead.pop()
        if at not in below:
            below.add(at)
            ahead |= parts.get(at, set())
    return below
