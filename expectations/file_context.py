"""Reads what stands beside readings: points with their networks and ratings, and events that explain days.

Before: `file_columns` read the files. After: `file_blocks` puts it beside the values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from expectations.file_columns import TableFile
from nenghao.detection.block import Floats
from nenghao.domain.quantities import UNITS

DAY_S = 86_400
_ELECTRICITY: Final = {code.lower(): unit for code, unit in UNITS.items() if unit.dimension == "electricity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What is known of a meter; NaN and empty where it is not."""

    parent: str = ""
    #: How the meter enters its parent's formula: what it measures is part of the whole, or leaves it.
    sign: int = 1
    quantum: float = float("nan")
    multiplier: float = float("nan")
    #: Highest power by the ratings, in the values' unit an hour.
    capacity: float = float("nan")
    zone: str = ""
    #: What brings values of electricity to kWh, so that networks add up; 1 where the unit is unknown or another one.
    kwh_a_unit: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Days of a meter, or of all where `meter` is empty, that something explains; half-open, in local seconds."""

    meter: str
    kind: str
    title: str
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that files say beside readings."""

    points: Mapping[str, Point] = field(default_factory=dict)
    events: tuple[Event, ...] = ()


def read_points(file: TableFile) -> dict[str, Point]:
    """Points by meter. Columns: meter; optional parent, sign, quantum, multiplier, capacity, zone, unit_of_measure.

    Raises: DataRefused by file, row and column.
    """
    meters = _texts(file, "meter")
    parents, zones, units = (_texts(file, name) for name in ("parent", "zone", "unit_of_measure"))
    numbers = {name: _numbers(file, name) for name in ("sign", "quantum", "multiplier", "capacity")}
    found: dict[str, Point] = {}
    for row, meter in enumerate(meters):
        if not meter:
            raise file.refuse_row("blank_meter", row)
        if meter in found:
            raise file.refuse_row("repeated_meter", row, meter=meter)
        values = {name: float(array[row]) for name, array in numbers.items()}
        for name in ("quantum", "multiplier", "capacity"):
            if values[name] <= 0:
                raise file.refuse_row("not_positive", row, column=name)
        if parents[row] == meter:
            raise file.refuse_row("own_parent", row, meter=meter)
        sign = values.pop("sign")
        found[meter] = Point(
            parent=parents[row], sign=-1 if sign < 0 else 1, zone=zones[row], kwh_a_unit=_kwh(units[row]), **values
        )
    return found


def read_events(file: TableFile) -> tuple[Event, ...]:
    """Events. Columns: start, end; optional meter (empty: all), kind, title. An end without a time is a whole day.

    Raises: DataRefused by file, row and column.
    """
    meters, kinds, titles = (_texts(file, name) for name in ("meter", "kind", "title"))
    starts = file.seconds("start")
    ends = file.seconds("end")
    found = []
    for row, (start_s, end_s) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        # A day of the month given as the end is meant to the end of that day.
        until_s = end_s + DAY_S if end_s % DAY_S == 0 and (end_s == start_s or _is_day(file, row)) else end_s
        if until_s <= start_s:
            raise file.refuse_row("ends_before", row)
        event = Event(meter=meters[row], kind=kinds[row], title=titles[row], start_s=start_s, end_s=until_s)
        found.append(event)
    return tuple(found)


def _kwh(unit: str) -> float:
    of = _ELECTRICITY.get(unit.lower())
    return 1.0 if of is None else 10.0 ** (of.exponent - UNITS["kWh"].exponent)


def _is_day(file: TableFile, row: int) -> bool:
    text = file.text_at("end", row)
    return ":" not in text


def _texts(file: TableFile, name: str) -> list[str]:
    if name not in file:
        return [""] * len(file)
    column = file.texts(name)
    return [column.names[code] if code >= 0 else "" for code in column.codes.tolist()]


def _numbers(file: TableFile, name: str) -> Floats:
    return file.numbers(name) if name in file else np.full(len(file), np.nan)
