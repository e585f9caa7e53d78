"""Imports registers from files: all rows, or none; or the good ones, where that is asked for.

Before: what became of every row (judge). After: registers, and the changed list for what figures rested on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from nenghao.db import registers as db
from nenghao.db.connection import Connection
from nenghao.db.registers import Cells
from nenghao.domain.periods import day_of
from nenghao.registers.changes import VersionStep
from nenghao.registers.columns import Cell
from nenghao.registers.judge import Filled, Judged, Registered, judge
from nenghao.registers.layout import SHEETS
from nenghao.registers.reader import Fault, Key, RawRow, Reading, Row, all_rows, read_registers
from nenghao.registers.sheet import Sheet
from nenghao.registers.workdays import judge_declaration

#: What a row was declared late against: the instant of the fact, and the one of its declaration.
_DECLARED = {
    "meter_changes": ("changed_at", "declared_at"),
    "multiplier_changes": ("changed_at", "declared_at"),
    "outage_filings": ("fault_at", "filed_at"),
}


#: When a fact was told, by sheet.
_TOLD = {**{name: told for name, (_, told) in _DECLARED.items()}, "context_events": "filed_at"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: rows that were new, filled in and there already, by sheet; what it refused, and why."""

    added: dict[str, int]
    filled: dict[str, int]
    unchanged: dict[str, int]
    refused: tuple[RawRow, ...]
    faults: tuple[Fault, ...]
    #: What declared changes do to versions of series.
    steps: tuple[VersionStep, ...] = ()


def import_registers(
    conn: Connection, source: Path, now: datetime, *, sheet_name: str | None = None, is_partial: bool = False
) -> Imported:
    """Validate every row of a file or folder, then add all in one transaction; with one fault nothing is added.

    Where the import may be partial, rows without a fault are added; a row that refers to a refused one is refused too.
    A row that differs from what is registered is a fault: registers have history, they are not overwritten. Cells that
    were left empty may be filled in where the layout says so.

    Raises: ConfigError where there is no register file.
    """
    return import_reading(conn, read_registers(source, sheet_name), now, is_partial=is_partial)


def import_reading(
    conn: Connection,
    reading: Reading,
    now: datetime,
    *,
    is_partial: bool = False,
    is_dry_run: bool = False,
    is_told_now: bool = False,
) -> Imported:
    """As `import_registers`, for rows that are read already. A dry run says what would be done, and does nothing.

    `is_told_now`: new rows are declared and filed now, whatever they say themselves; so are those of a unit's own
    people, since what was declared before the fact weighs more.
    """
    with conn.transaction():
        db.lock_registers(conn)
        judged = judge(reading, load_registered(conn, reading), now)
        if is_told_now:
            _tell_now(judged, now)
        is_good = is_partial or not judged.faults
        if is_good and not is_dry_run:
            _add(conn, judged, now)
    return Imported(
        {name: len(rows) for name, rows in judged.new.items() if rows} if is_good else {},
        _count_filled(judged.filled) if is_good else {},
        {name: count for name, count in judged.unchanged.items() if count} if is_good else {},
        tuple(judged.refused),
        tuple(sorted(judged.faults)),
        tuple(judged.steps) if is_good else (),
    )


def load_registered(conn: Connection, reading: Reading) -> Registered:
    """All that is registered of the units that the files name."""
    unit_codes = sorted(_named_units(all_rows(reading.rows)))
    return Registered(
        {sheet.name: _by_key(sheet, db.load_rows(conn, sheet.name, unit_codes)) for sheet in SHEETS},
        db.gateway_keys(conn, unit_codes),
        db.variety_codes(conn),
    )


def _named_units(rows: Iterable[Row]) -> set[str]:
    named = (row.cells.get(column) for row in rows for column in ("unit_code", "successor_code"))
    return {code for code in named if isinstance(code, str)}


def _by_key(sheet: Sheet, rows: Iterable[Cells]) -> dict[Key, Cells]:
    return {tuple(cells[column] for column in sheet.key): cells for cells in rows}


def _count_filled(filled: Iterable[Filled]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in filled:
        counts[one.row.sheet.name] = counts.get(one.row.sheet.name, 0) + 1
    return counts


def _tell_now(judged: Judged, now: datetime) -> None:
    for name, column in _TOLD.items():
        judged.new[name] = [replace(row, cells={**row.cells, column: now}) for row in judged.new[name]]


def _add(conn: Connection, judged: Judged, now: datetime) -> None:
    """Write what was judged, sheet by sheet in the order of references."""
    for sheet in SHEETS:
        rows = [_with_timeliness(row) for row in judged.new[sheet.name]]
        filled = [one for one in judged.filled if one.row.sheet is sheet]
        if rows:
            db.add_rows(conn, sheet.name, rows)
        if filled:
            db.fill_rows(conn, sheet.name, [one.row.cells for one in filled])
        if sheet.name == "unit_versions" and rows:
            codes = sorted({_text(row) for row in judged.new[sheet.name]})
            db.keep_first_versions(conn, codes)
            db.follow_newest_versions(conn, codes)
    _take_steps(conn, judged.steps)
    ended = [one.row.cells for one in judged.filled if one.row.sheet.name == "series"]
    at_change: list[dict[str, Cell]] = [{**_series_cells(step.series), "at": step.at} for step in judged.steps]
    today_on = day_of(now)
    marks = [{**cells, "at": cells["valid_to"], "today_on": today_on} for cells in ended]
    db.mark_series(conn, marks + [{**cells, "today_on": today_on} for cells in at_change])
    db.mark_gaps(conn, list(_gaps_to_fill(judged)))
    events = [*judged.new["context_events"], *(one.row for one in judged.filled)]
    db.mark_stops(conn, [row.cells for row in events if row.sheet.name == "context_events"])
    db.mark_meter_states(conn, [row.cells for row in judged.new["meter_states"]])
    db.mark_months(conn, list(_changed_months(judged)))
    db.mark_equal_values(conn, [row.cells for row in judged.new["equal_values"]])


def _with_timeliness(row: Row) -> Cells:
    if row.sheet.name not in _DECLARED:
        return row.cells
    happened, declared = (row.cells[column] for column in _DECLARED[row.sheet.name])
    if not isinstance(happened, datetime) or not isinstance(declared, datetime):
        raise TypeError("a declared fact has its instants")
    return {**row.cells, "timeliness": judge_declaration(happened, declared)}


def _take_steps(conn: Connection, steps: Iterable[VersionStep]) -> None:
    """End and begin versions in the order of the changes, and keep both registers of each."""
    for step in steps:
        if step.ended is not None and step.begun is not None:
            series = _series_cells(step.series)
            db.fill_rows(conn, "series", [{**series, "valid_from": step.ended, "valid_to": step.at}])
            db.add_rows(conn, "series", [step.begun])
    db.add_boundary_registers(conn, [row for step in steps for row in _boundaries(step)])


def _boundaries(step: VersionStep) -> list[Cells]:
    cells = {**_series_cells(step.series), "at": step.at, "sheet_name": step.row.sheet.name}
    sides = (("final", step.final), ("initial", step.initial))
    if step.series[3] != "register":
        return []
    return [{**cells, "side": side, "value": value} for side, value in sides if value is not None]


def _series_cells(series: Key) -> dict[str, Cell]:
    return dict(zip(("unit_code", "point_code", "quantity", "kind", "period"), series, strict=True))


def _gaps_to_fill(judged: Judged) -> Iterable[Cells]:
    """Points that have a check meter from a day on, or none any more."""
    for row in judged.new["check_meters"]:
        yield {**row.cells, "from_on": row.cells["valid_from"]}
    for one in judged.filled:
        if one.row.sheet.name == "check_meters":
            yield {**one.row.cells, "from_on": one.row.cells["valid_to"]}


def _changed_months(judged: Judged) -> Iterable[Mapping[str, str | date | None]]:
    """Months whose balances rest on what changed: network terms decide how a balance is split, output and what makes it
    its indicators.

    No reading tells that either has changed.
    """
    for row in (*judged.new["network"], *judged.new["product_processes"]):
        yield {"unit_code": _text(row), "first_on": _day(row, "valid_from"), "end_on": _day(row, "valid_to")}
    for one in judged.filled:
        if one.row.sheet.name == "network":
            yield {"unit_code": _text(one.row), "first_on": _day(one.row, "valid_to"), "end_on": None}
    for row in judged.new["production_outputs"]:
        first_on = _day(row, "month_on")
        if first_on is not None:
            yield {"unit_code": _text(row), "first_on": first_on, "end_on": first_on + timedelta(days=28)}


def _text(row: Row) -> str:
    return str(row.cells["unit_code"])


def _day(row: Row, column: str) -> date | None:
    cell = row.cells[column]
    return cell if isinstance(cell, date) else None
