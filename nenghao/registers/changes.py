"""What a declared change of a meter or a multiplier does to versions of series: ends one and begins the next.

Before: declared changes that were judged. After: the registers at both sides of the change (importer).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from nenghao.registers.columns import Cell, as_text
from nenghao.registers.reader import Fault, Key, Row

Cells: TypeAlias = Mapping[str, Cell]

#: Sheets whose rows change versions of series.
CHANGE_SHEETS: Final = ("meter_changes", "multiplier_changes")


@dataclass(frozen=True, slots=True)
class VersionStep:
    """What one change does to one series at its instant. `ended` names the version before by its start, and is None
    where the file of series says the same change already; `begun` is the version after it.
    """

    row: Row
    #: Key of the series: unit, point, quantity, kind, period.
    series: Key
    at: datetime
    ended: datetime | None
    begun: Cells | None
    final: Decimal | None
    initial: Decimal | None


@dataclass(frozen=True, slots=True)
class _Change:
    """What a row of either sheet asks of the version before it and of the one after it."""

    row: Row
    at: datetime
    before: Cells
    after: Cells
    final: Decimal | None
    initial: Decimal | None


def plan_changes(rows: Iterable[Row], series: dict[Key, Cells]) -> tuple[list[VersionStep], list[tuple[Row, Fault]]]:
    """The steps of all changes, oldest first, and the rows that fit no version. `series` follows the steps."""
    steps: list[VersionStep] = []
    refused: list[tuple[Row, Fault]] = []
    at_place: dict[Key, set[Key]] = {}
    for key in series:
        at_place.setdefault(key[:3], set()).add(key)
    for change in sorted(map(_change_of, rows), key=lambda each: each.at):
        here = at_place.get(change.row.key[:3], set())
        planned, fault = _plan(change, {key: series[key] for key in here})
        if fault is not None:
            refused.append((change.row, fault))
            continue
        for step in planned:
            _follow(step, series)
            here.add((*step.series, step.at))
        steps += planned
    return steps, refused


def _change_of(row: Row) -> _Change:
    cells = row.cells
    at = _instant(cells["changed_at"])
    if row.sheet.name == "meter_changes":
        constants = {name: cells[name] for name in ("multiplier", "decimals", "register_modulus")}
        after = {"meter_no": cells["new_meter_no"], **{n: value for n, value in constants.items() if value is not None}}
        before: Cells = {"meter_no": cells["old_meter_no"]}
        return _Change(row, at, before, after, _decimal(cells["old_final"]), _decimal(cells["new_initial"]))
    final, initial = _decimal(cells["final_register"]), _decimal(cells["initial_register"])
    before, after = {"multiplier": cells["old_multiplier"]}, {"multiplier": cells["new_multiplier"]}
    return _Change(row, at, before, after, final, initial)


def _plan(change: _Change, series: Mapping[Key, Cells]) -> tuple[list[VersionStep], Fault | None]:
    """The steps of one change over every series of its point and quantity."""
    steps: list[VersionStep] = []
    seen_other: tuple[str, Cell] | None = None
    for name, versions in _versions_of(series):
        step, other = _step(change, name, versions)
        if step is not None:
            steps.append(step)
        seen_other = other or seen_other
    if not steps:
        if seen_other is None:
            return [], change.row.fault("changed_at", "no_version_then")
        column, value = seen_other
        named = {"meter_no": "old_meter_no", "multiplier": "old_multiplier"}[column]
        return [], change.row.fault(named, "other_version_then", f"{change.row.raw.texts[named]} ≠ {as_text(value)}")
    return steps, _register_fault(change, steps, series)


def _step(
    change: _Change, name: Key, versions: Sequence[tuple[Key, Cells]]
) -> tuple[VersionStep | None, tuple[str, Cell] | None]:
    """The step of one series, or what another version says that was in force then."""
    ending = next(((k, v) for k, v in versions if _ends_or_holds(v, change.at)), None)
    if ending is None:
        return None, None
    key, version = ending
    for column, value in change.before.items():
        if version[column] != value:
            return None, (column, version[column])
    following = next((v for _, v in versions if v["valid_from"] == change.at), None)
    if following is not None:
        for column, value in change.after.items():
            if following[column] != value:
                return None, (column, following[column]) if column in change.before else None
        return VersionStep(change.row, name, change.at, None, None, change.final, change.initial), None
    later = (_instant(v["valid_from"]) for _, v in versions)
    ends = min((starts for starts in later if starts > change.at), default=None)
    if version["valid_to"] is not None and version["valid_to"] != change.at:
        ends = _instant(version["valid_to"])
    begun = {**version, **change.after, "valid_from": change.at, "valid_to": ends}
    if version["kind"] != "register":
        begun["register_modulus"] = version["register_modulus"]
    started = _instant(key[-1])
    return VersionStep(change.row, name, change.at, started, begun, change.final, change.initial), None


def _register_fault(change: _Change, steps: Sequence[VersionStep], series: Mapping[Key, Cells]) -> Fault | None:
    """Both registers have to be given where the quantity has one that counts, and have to fit its face."""
    is_meter = change.row.sheet.name == "meter_changes"
    columns = ("old_final", "new_initial") if is_meter else ("final_register", "initial_register")
    for column, value in zip(columns, (change.final, change.initial), strict=True):
        if value is None and any(step.series[3] == "register" for step in steps):
            return change.row.fault(column, "register_missing")
    for step in steps:
        begun = step.begun or series.get((*step.series, step.at), {})
        modulus = _decimal(begun.get("register_modulus"))
        if step.series[3] == "register" and modulus is not None and change.initial is not None:
            sent_modulus = modulus if begun.get("multiplier_applied_by") == "platform" else None
            if sent_modulus is not None and change.initial >= sent_modulus:
                return change.row.fault(columns[1], "beyond_modulus")
    return None


def _versions_of(series: Mapping[Key, Cells]) -> Iterator[tuple[Key, list[tuple[Key, Cells]]]]:
    found: dict[Key, list[tuple[Key, Cells]]] = {}
    for key, cells in series.items():
        found.setdefault(key[:-1], []).append((key, cells))
    for name, versions in found.items():
        yield name, sorted(versions, key=lambda version: _instant(version[0][-1]))


def _ends_or_holds(version: Cells, at: datetime) -> bool:
    starts, ends = _instant(version["valid_from"]), version["valid_to"]
    return starts < at and (ends is None or (isinstance(ends, datetime) and at <= ends))


def _follow(step: VersionStep, series: dict[Key, Cells]) -> None:
    if step.ended is not None and step.begun is not None:
        ended = (*step.series, step.ended)
        series[ended] = {**series[ended], "valid_to": step.at}
        series[(*step.series, step.at)] = step.begun


def _instant(cell: Cell) -> datetime:
    if not isinstance(cell, datetime):
        raise TypeError("an instant of a register is given")
    return cell


def _decimal(cell: Cell) -> Decimal | None:
    return cell if isinstance(cell, Decimal) else None
