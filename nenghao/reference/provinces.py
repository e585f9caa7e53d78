"""Reads what the provincial upload body means in a province."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from nenghao.reference.files import read_rows

NATION: Final = "00"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidFlag:
    """Texts of `valid` in JSON that mean a valid value, and those that mean an invalid one."""

    valid: frozenset[str]
    invalid: frozenset[str]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateForm:
    """How dates are written, for `strptime`, and whose time they are."""

    form: str
    zone: ZoneInfo
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyUnits:
    """Units of measure of values, by quantity; where a quantity is missing, values are in the unit of their series."""

    by_quantity: dict[str, str]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatType:
    """采集频率: kinds and periods of series that can hold it, and what its label starts: a `day`, a `month` or None."""

    series: tuple[tuple[str, str], ...]
    label: str | None
    label_tolerance: timedelta
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRules:
    """What the body of a unit in this province means; `edition` is the file's."""

    edition: str
    division: str
    valid: ValidFlag
    date: DateForm
    units: BodyUnits
    stat_types: dict[int, StatType]


def load_body_rules(division_code: str) -> BodyRules:
    """The rules for a division code (GB/T 2260) of any length; the national ones where the province has none."""
    provinces = _load_provinces()
    return provinces.get(division_code[:2]) or provinces[NATION]


@cache
def _load_provinces() -> dict[str, BodyRules]:
    table = read_rows("provinces.toml")
    rows = {row["division"]: row for row in table["province"]}
    return {division: _rules(table["edition"], division, rows[NATION] | row) for division, row in rows.items()}


def _rules(edition: str, division: str, row: dict[str, Any]) -> BodyRules:
    valid, date, units = row["valid"], row["date"], row["units"]
    return BodyRules(
        edition=edition,
        division=division,
        valid=ValidFlag(
            valid=frozenset(valid["valid"]),
            invalid=frozenset(valid["invalid"]),
            source=valid["source"],
            confidence=valid["confidence"],
        ),
        date=DateForm(
            form=date["form"], zone=ZoneInfo(date["zone"]), source=date["source"], confidence=date["confidence"]
        ),
        units=BodyUnits(
            by_quantity=units.get("by_quantity", {}), source=units["source"], confidence=units["confidence"]
        ),
        stat_types={one["code"]: _stat_type(one) for one in row["stat_type"]},
    )


def _stat_type(row: dict[str, Any]) -> StatType:
    return StatType(
        series=tuple((kind, period) for kind, period in row["series"]),
        label=row.get("label"),
        label_tolerance=timedelta(seconds=row.get("label_tolerance_s", 0)),
        source=row["source"],
        confidence=row["confidence"],
    )
