"""What only shows when cells and rows of a register stand beside each other and beside what is registered already."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from nenghao.domain.data_code import parse_data_code
from nenghao.domain.periods import day_of
from nenghao.domain.quantities import UNITS
from nenghao.domain.varieties import TOTAL_ROW
from nenghao.reference.varieties import load_varieties
from nenghao.registers.columns import Cell
from nenghao.registers.layout_beside import PUBLIC_EVENTS, UNIT_EVENTS
from nenghao.registers.network import network_faults
from nenghao.registers.reader import Fault, Key, Row

#: What a quantity is measured in. Source: SI, DL/T 645 (kWh, kvarh).
DIMENSIONS: Final = {
    "active_energy": "electricity",
    "reactive_energy": "reactive",
    "volume": "volume",
    "mass": "mass",
    "heat": "heat",
    "power_factor": "ratio",
    "voltage": "voltage",
    "current": "current",
}
_PERIOD_MINUTES: Final = {"15min": 15, "30min": 30, "1h": 60}
#: Classes of data codes whose item names a variety (domain 1.7): primary and secondary energy.
_ENERGY_CLASSES: Final = {"01", "02"}


#: One instant has one declared change: that of a meter says the new multiplier, too.
_OTHER_CHANGES: Final = {"meter_changes": "multiplier_changes", "multiplier_changes": "meter_changes"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rows are judged beside: all that is registered or new by sheet and key, and now."""

    known: dict[str, dict[Key, Mapping[str, Cell]]]
    varieties: frozenset[str]
    now: datetime
    #: Rows of versions of units that the import brings: its row of the unit may be the newest of them already.
    declared_versions: Sequence[Row] = ()


def sense_of(row: Row, around: Surroundings) -> list[Fault]:
    """Faults of one row's cells beside each other."""
    judge = _SENSE.get(row.sheet.name)
    faults = list(_in_order(row)) + list(_not_in_future(row, around.now))
    variety_code = row.cells.get("variety_code")
    if variety_code is not None and variety_code not in around.varieties:
        faults.append(row.fault("variety_code", "variety_unknown"))
    return faults + (list(judge(row)) if judge else [])


def set_faults(
    sheet_name: str, new: Sequence[Row], filled: Sequence[Row], around: Surroundings
) -> Iterator[tuple[Row, Fault]]:
    """Faults of new rows of a sheet beside each other and beside what is registered."""
    if sheet_name == "series":
        yield from _overlaps(new, around, "valid_from", "valid_to", names=5)
    if sheet_name == "panel_members":
        yield from _overlaps(new, around, "entered_on", "left_on", names=2)
    if sheet_name in _OTHER_CHANGES:
        declared = around.known.get(_OTHER_CHANGES[sheet_name], {})
        for row in new:
            if row.key in declared:
                yield row, row.fault("changed_at", "declared_already")
    if sheet_name == "network":
        yield from network_faults([*new, *filled], around.known, DIMENSIONS)


def is_superseded(row: Row, column: str, around: Surroundings) -> bool:
    """Whether a cell says what stands before or after a declared change: an older file may be read again."""
    if row.sheet.name == "units":
        versions = [(key, cells) for key, cells in around.known.get("unit_versions", {}).items()]
        versions += [(version.key, version.cells) for version in around.declared_versions]
        return any(key[0] == row.key[0] and cells.get(column) == row.cells[column] for key, cells in versions)
    if row.sheet.name == "series" and column == "valid_to" and row.cells[column] is None:
        ended_at = around.known["series"][row.key]["valid_to"]
        place = (*row.key[:3], ended_at)
        return any(place in around.known.get(name, {}) for name in ("meter_changes", "multiplier_changes"))
    # An empty cell beside a full one: the file was written before it was filled in.
    return row.cells[column] is None and row.sheet.by_name[column].is_fillable


def _in_order(row: Row) -> Iterator[Fault]:
    """Spans end after they begin."""
    for begins, ends in (
        ("valid_from", "valid_to"), ("from_on", "to_on"), ("fault_at", "repaired_at"), ("begins_at", "ends_at"),
        ("entered_on", "left_on"), ("verified_on", "next_verification_on"),
    ):  # fmt: skip
        first, last = row.cells.get(begins), row.cells.get(ends)
        if isinstance(first, date) and isinstance(last, date) and last <= first:
            yield row.fault(ends, "ends_before_start")


def _not_in_future(row: Row, now: datetime) -> Iterator[Fault]:
    """Nobody has declared or filed anything tomorrow, and a unit is what it is today."""
    valid_from = row.cells.get("valid_from")
    if row.sheet.name == "unit_versions" and isinstance(valid_from, date) and valid_from > day_of(now):
        yield row.fault("valid_from", "in_future")
    for column in ("declared_at", "filed_at"):
        at = row.cells.get(column)
        if isinstance(at, datetime) and at > now:
            yield row.fault(column, "in_future")


def _unit_version_sense(row: Row) -> Iterator[Fault]:
    if (row.cells["valid_from"] is None) != (row.cells["reason"] == "registered"):
        yield row.fault("valid_from", "first_version")
    successor = row.cells["successor_code"]
    if successor is not None and row.cells["reason"] not in {"merged", "split"}:
        yield row.fault("successor_code", "successor_for_reason")
    if successor is not None and successor == row.cells["unit_code"]:
        yield row.fault("successor_code", "successor_is_itself")


def _point_sense(row: Row) -> Iterator[Fault]:
    """A data code of energy names the point's variety, or the row that holds it; what is converted says how."""
    conversion, flow = row.cells["conversion"], row.cells["flow"]
    is_due = flow in {"conversion_input", "conversion_output"}
    if (conversion is None and is_due) or (conversion is not None and not is_due and flow != "generation"):
        yield row.fault("conversion", "conversion_for_flow")
    if row.cells["variety_code"] == TOTAL_ROW:
        yield row.fault("variety_code", "variety_is_total")
    code = parse_data_code(str(row.cells["data_code"]))
    variety = load_varieties().by_code.get(str(row.cells["variety_code"]))
    if variety is None or code.energy_class not in _ENERGY_CLASSES:
        return
    if code.item[:2] not in {variety.code, variety.parent, "00"}:
        yield row.fault("data_code", "variety_for_data_code")


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

    lowest, highest = cells["lowest_value"], cells["highest_value"]
    if isinstance(lowest, Decimal) and isinstance(highest, Decimal) and highest <= lowest:
        yield row.fault("highest_value", "range_order")


def _check_meter_sense(row: Row) -> Iterator[Fault]:
    if row.cells["point_code"] == row.cells["check_point_code"]:
        yield row.fault("check_point_code", "checks_itself")


def _meter_change_sense(row: Row) -> Iterator[Fault]:
    if row.cells["old_meter_no"] == row.cells["new_meter_no"]:
        yield row.fault("new_meter_no", "same_meter")
    if (row.cells["old_final"] is None) != (row.cells["new_initial"] is None):
        yield row.fault("old_final" if row.cells["old_final"] is None else "new_initial", "register_missing")


def _multiplier_change_sense(row: Row) -> Iterator[Fault]:
    if row.cells["old_multiplier"] == row.cells["new_multiplier"]:
        yield row.fault("new_multiplier", "same_multiplier")
    if (row.cells["final_register"] is None) != (row.cells["initial_register"] is None):
        empty = "final_register" if row.cells["final_register"] is None else "initial_register"
        yield row.fault(empty, "register_missing")


def _network_sense(row: Row) -> Iterator[Fault]:
    if row.cells["sign"] == 0:
        yield row.fault("sign", "sign_zero")
    if row.cells["whole_point_code"] == row.cells["part_point_code"]:
        yield row.fault("part_point_code", "network_loop")


def _statement_sense(row: Row) -> Iterator[Fault]:
    """A supplier's unit measures what the form's unit of the variety does, or heat of a gas or a fuel."""
    variety = load_varieties().by_code.get(str(row.cells["variety_code"]))
    dimension = UNITS[str(row.cells["unit"])].dimension
    if variety is not None and dimension not in {UNITS[variety.form_unit].dimension, "heat"}:
        yield row.fault("unit", "unit_for_variety")


def _heating_sense(row: Row) -> Iterator[Fault]:
    """A heating value is stated per what its lot is counted in, and the form counts the variety in the same."""
    dimension = UNITS[str(row.cells["quantity_unit"])].dimension
    if dimension != {"kJ/kg": "mass", "kJ/m3": "volume"}[str(row.cells["heating_value_unit"])]:
        yield row.fault("heating_value_unit", "heating_unit")
    variety = load_varieties().by_code.get(str(row.cells["variety_code"]))
    if variety is None or UNITS[variety.form_unit].dimension != dimension:
        yield row.fault("quantity_unit", "unit_for_variety")


def _equal_sense(row: Row) -> Iterator[Fault]:
    if UNITS[str(row.cells["unit"])].dimension != {"33": "electricity", "32": "heat"}[str(row.cells["variety_code"])]:
        yield row.fault("unit", "unit_for_variety")


def _event_sense(row: Row) -> Iterator[Fault]:
    cells = row.cells
    is_public = cells["unit_code"] is None
    if cells["kind"] in (UNIT_EVENTS if is_public else PUBLIC_EVENTS):
        yield row.fault("kind", "event_kind_public" if is_public else "event_kind_unit")
    if is_public and cells["document_no"] is None:
        yield row.fault("document_no", "event_document")
    if is_public and cells["point_code"] is not None:
        yield row.fault("point_code", "event_place")
    for column in ("division_code", "industry_code"):
        if not is_public and cells[column] is not None:
            yield row.fault(column, "event_place")


def _panel_sense(row: Row) -> Iterator[Fault]:
    if (row.cells["left_on"] is None) != (row.cells["exit_reason"] is None):
        yield row.fault("exit_reason", "exit_with_reason")


_SENSE: Final[Mapping[str, Callable[[Row], Iterator[Fault]]]] = {
    "unit_versions": _unit_version_sense,
    "points": _point_sense,
    "series": _series_sense,
    "meter_changes": _meter_change_sense,
    "multiplier_changes": _multiplier_change_sense,
    "network": _network_sense,
    "check_meters": _check_meter_sense,
    "supply_statements": _statement_sense,
    "heating_values": _heating_sense,
    "equal_values": _equal_sense,
    "context_events": _event_sense,
    "panel_members": _panel_sense,
}


def _overlaps(
    new: Iterable[Row], around: Surroundings, begins: str, ends: str, names: int
) -> Iterator[tuple[Row, Fault]]:
    """New rows whose span overlaps another row's of the same name; of two new ones the later is at fault."""
    rows = list(new)
    if not rows:
        return
    of_name: dict[Key, list[tuple[date, date | None, Row | None]]] = {}
    wanted = {row.key[:names] for row in rows}
    for key, cells in around.known.get(rows[0].sheet.name, {}).items():
        if key[:names] in wanted:
            of_name.setdefault(key[:names], []).append((*_span(cells, begins, ends), None))
    for row in rows:
        of_name.setdefault(row.key[:names], []).append((*_span(row.cells, begins, ends), row))
    for spans in of_name.values():
        spans.sort(key=lambda span: span[0])
        for (_, last, earlier), (first, _, later) in pairwise(spans):
            at_fault = later or earlier
            if at_fault is not None and (last is None or last > first):
                yield at_fault, at_fault.fault(begins, "overlaps")


def _span(cells: Mapping[str, Cell], begins: str, ends: str) -> tuple[date, date | None]:
    first, last = cells[begins], cells[ends]
    if not isinstance(first, date):
        raise TypeError("a span of a register begins")
    return first, last if isinstance(last, date) else None
