"""Judges rows of a register beside each other and beside what is registered: new, there already, filled in, or refused.

Before: rows of files (reader). After: what an import adds (importer). Pure: what is registered is an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from nenghao.registers import changes, checks
from nenghao.registers.changes import VersionStep
from nenghao.registers.checks import Surroundings
from nenghao.registers.columns import Cell, as_text
from nenghao.registers.layout import SHEETS
from nenghao.registers.reader import Fault, Key, RawRow, Reading, Row
from nenghao.registers.sheet import Reference, Sheet

Cells = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Registered:
    """What is registered of the units that an import names: rows by sheet and key; references beside them."""

    rows: Mapping[str, Mapping[Key, Cells]]
    gateways: frozenset[Key] = frozenset()
    varieties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Filled:
    """A row that stands, and the cells that were empty until now."""

    row: Row
    cells: Cells


@dataclass(slots=True)
class Judged:
    """What became of every row of an import."""

    new: dict[str, list[Row]] = field(default_factory=lambda: {sheet.name: [] for sheet in SHEETS})
    filled: list[Filled] = field(default_factory=list)
    unchanged: dict[str, int] = field(default_factory=lambda: {sheet.name: 0 for sheet in SHEETS})
    #: What declared changes do to versions of series, in order.
    steps: list[VersionStep] = field(default_factory=list)
    refused: list[RawRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def judge(reading: Reading, registered: Registered, now: datetime) -> Judged:
    """Judge every row, sheet by sheet in the order of references, so that a row never outlives what it refers to."""
    judged = Judged(refused=list(reading.unread), faults=list(reading.faults))
    known: dict[str, dict[Key, Cells]] = {name: dict(rows) for name, rows in registered.rows.items()}
    around = Surroundings(known, registered.varieties, now, reading.rows["unit_versions"])
    refused_keys: dict[str, set[Key]] = {}
    for sheet in SHEETS:
        standing = known.setdefault(sheet.name, {})
        faults = _judge_sheet(sheet, reading.rows[sheet.name], around, registered, refused_keys, judged)
        refused_keys[sheet.name] = {row.key for row in reading.rows[sheet.name] if id(row) in faults}
        for row in reading.rows[sheet.name]:
            if id(row) in faults:
                judged.faults.extend(faults[id(row)])
                judged.refused.append(row.raw)
        standing.update({row.key: row.cells for row in judged.new[sheet.name]})
        for filled in judged.filled:
            if filled.row.sheet is sheet:
                standing[filled.row.key] = {**standing[filled.row.key], **filled.cells}
    return judged


def _judge_sheet(
    sheet: Sheet,
    rows: list[Row],
    around: Surroundings,
    registered: Registered,
    refused_keys: Mapping[str, set[Key]],
    judged: Judged,
) -> dict[int, list[Fault]]:
    """Sort the rows of one sheet into `judged`; returns faults by the identity of the refused row."""
    faults: dict[int, list[Fault]] = {}
    new: list[Row] = []
    filled: list[Filled] = []
    for row in rows:
        found = _reference_faults(row, around, registered, refused_keys)
        standing = around.known[sheet.name].get(row.key)
        if standing is not None and not found:
            outcome = _compare(row, standing, around)
            if isinstance(outcome, Filled):
                found = checks.sense_of(row, around)
                filled.append(outcome)
            elif outcome:
                found = outcome
            else:
                judged.unchanged[sheet.name] += 1
        elif not found:
            found = checks.sense_of(row, around)
            new.append(row)
        if found:
            faults[id(row)] = found
    fine = [row for row in new if id(row) not in faults]
    for row, fault in checks.set_faults(sheet.name, fine, [f.row for f in filled], around):
        faults.setdefault(id(row), []).append(fault)
    if sheet.name in changes.CHANGE_SHEETS:
        steps, refused = changes.plan_changes([row for row in fine if id(row) not in faults], around.known["series"])
        judged.steps.extend(steps)
        for row, fault in refused:
            faults.setdefault(id(row), []).append(fault)
    judged.new[sheet.name] = [row for row in fine if id(row) not in faults]
    judged.filled.extend(one for one in filled if id(one.row) not in faults)
    return faults


def _reference_faults(
    row: Row, around: Surroundings, registered: Registered, refused_keys: Mapping[str, set[Key]]
) -> list[Fault]:
    """Faults of names that name nothing, or only a row that this import refuses."""
    faults = []
    for reference in row.sheet.references:
        key = _named(row, reference)
        if key is None or _is_known(key, reference, around, registered):
            continue
        is_refused = key in refused_keys.get(reference.sheet_name, set())
        faults.append(row.fault(reference.columns[-1], "refers_to_refused" if is_refused else "not_registered"))
    return faults


def _named(row: Row, reference: Reference) -> Key | None:
    key = tuple(row.cells[column] for column in reference.columns)
    return None if key[-1] is None else key


def _is_known(key: Key, reference: Reference, around: Surroundings, registered: Registered) -> bool:
    if reference.sheet_name == "gateways":
        return key in registered.gateways
    return key in around.known.get(reference.sheet_name, {})


def _compare(row: Row, standing: Cells, around: Surroundings) -> list[Fault] | Filled:
    """How a row differs from the one that is registered, in the columns that its file has: not at all where empty."""
    faults: list[Fault] = []
    filling: dict[str, Cell] = {}
    for name in row.raw.texts:
        given, kept = row.cells[name], standing.get(name)
        if given == kept or checks.is_superseded(row, name, around):
            continue
        if kept is None and row.sheet.by_name[name].is_fillable:
            filling[name] = given
        else:
            faults.append(row.fault(name, "differs", f"{as_text(given)} ≠ {as_text(kept)}"))
    if faults or not filling:
        return faults
    return Filled(row, filling)
