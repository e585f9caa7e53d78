"""`/unit/events`: what the unit says will happen or happened: overhaul, shutdown, change of capacity."""

from collections.abc import Mapping
from datetime import datetime

from starlette.responses import Response

from nenghao.console.forms import Form
from nenghao.console.unit.own import OWN, PAGES, looked, missing, unit_of
from nenghao.console.unit.registering import errors_of, local_text, now_text, take, texts_of
from nenghao.console.visits import Visit
from nenghao.db import completeness, registers
from nenghao.db.identity import OwnUnit
from nenghao.db.registers import Cells
from nenghao.domain.periods import day_of, day_start
from nenghao.registers.layout_beside import CONTEXT_EVENTS_SHEET, PUBLIC_EVENTS, UNIT_EVENTS

KINDS = (*UNIT_EVENTS, "other")
_FIELDS = ("kind", "title", "begins_at", "ends_at", "point_code", "document_no")


@PAGES.get("/events", name="unit.events", rule=OWN)
def events(visit: Visit) -> Response:
    """Own events, those that come first, and the form for the next one."""
    return _page(visit, looked(visit, "events"), {}, {})


@PAGES.post("/events", name="unit.events.file", rule=OWN)
def file_event(visit: Visit, form: Form) -> Response:
    """File an event."""
    unit = unit_of(visit)
    typed = {name: form.text(name) for name in _FIELDS}
    if typed["kind"] in PUBLIC_EVENTS:
        return missing(visit)
    if typed["point_code"] and completeness.find_point(visit.conn, unit.unit_id, typed["point_code"]) is None:
        return missing(visit)
    texts = typed | {name: local_text(typed[name]) for name in ("begins_at", "ends_at")}
    taken = take(visit, unit, [("context_events", {**texts, "filed_at": now_text(visit.now)})])
    if taken.faults:
        return _page(visit, unit, typed, errors_of(taken, visit.language), status=422)
    visit.note_act("unit.events.file", unit.unit_id, f"{typed['kind']} {texts['begins_at']}")
    return visit.go(visit.url("unit.events"), "unit.event_filed")


@PAGES.post("/events/end", name="unit.events.end", rule=OWN)
def end_event(visit: Visit, form: Form) -> Response:
    """Say when an event ended."""
    unit = unit_of(visit)
    found = next((cells for cells in _own(visit, unit) if _name(cells) == form.text("event")), None)
    if found is None:
        return missing(visit)
    texts = texts_of(CONTEXT_EVENTS_SHEET, found) | {"ends_at": local_text(form.text("ends_at"))}
    taken = take(visit, unit, [("context_events", texts)])
    if taken.faults or not texts["ends_at"]:
        errors = errors_of(taken, visit.language) or {"ends": visit.t("register.reason.empty")}
        return _page(visit, unit, {}, {f"{_name(found)}.ends": next(iter(errors.values()))}, status=422)
    visit.note_act("unit.events.end", unit.unit_id, _name(found))
    return visit.go(visit.url("unit.events"), "unit.event_ended")


def _page(
    visit: Visit, unit: OwnUnit, typed: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    points = completeness.points_today(visit.conn, unit.unit_id, day_start(day_of(visit.now)), visit.now)
    rows = _own(visit, unit)
    return visit.page(
        "unit/events.html",
        status,
        unit=unit,
        rows=[(_name(cells), cells, _is_before(cells)) for cells in rows],
        kinds=KINDS,
        points=sorted({(one.point_code, one.name) for one in points}),
        typed=typed,
        errors=errors,
    )


def _own(visit: Visit, unit: OwnUnit) -> list[Cells]:
    rows = registers.load_rows(visit.conn, "context_events", [unit.unit_code], has_public=False)
    return sorted(rows, key=lambda cells: str(cells["begins_at"]), reverse=True)[:200]


def _name(cells: Cells) -> str:
    return "|".join(str(cells[column] or "") for column in ("point_code", "kind", "begins_at", "document_no"))


def _is_before(cells: Cells) -> bool:
    begins_at, filed_at = cells["begins_at"], cells["filed_at"]
    return isinstance(begins_at, datetime) and isinstance(filed_at, datetime) and filed_at < begins_at
