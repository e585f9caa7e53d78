"""`/unit/outages`: faults of collection, filed within three working days, and when they were mended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from starlette.responses import Response

from nenghao.console.forms import Form
from nenghao.console.unit.own import OWN, PAGES, looked, missing, unit_of
from nenghao.console.unit.registering import errors_of, local_text, now_text, take, texts_of
from nenghao.console.visits import Visit
from nenghao.db import arrivals, completeness, registers
from nenghao.db.identity import OwnUnit
from nenghao.db.registers import Cells
from nenghao.domain.periods import day_of, day_start
from nenghao.registers.layout_beside import OUTAGE_FILINGS_SHEET
from nenghao.registers.workdays import DAYS_TO_DECLARE, CalendarUnknown, add_workdays, judge_declaration

CAUSES = OUTAGE_FILINGS_SHEET.by_name["cause"].choices
_FIELDS = ("gateway_code", "point_code", "fault_at", "repaired_at", "cause", "detail", "document_no")


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledOutage:
    """A filed fault with its clock."""

    cells: Cells
    #: before, in_time, late or unknown.
    timeliness: str
    repaired_at: datetime | None
    #: Last day on which it had to be repaired or filed; None where the year's working days are not known.
    due_on: date | None

    @property
    def name(self) -> str:
        """What names it in a form."""
        return "|".join(str(self.cells[column] or "") for column in ("gateway_code", "point_code", "fault_at"))


@PAGES.get("/outages", name="unit.outages", rule=OWN)
def outages(visit: Visit) -> Response:
    """Faults that were filed, and the form for the next one."""
    return _page(visit, looked(visit, "outages"), {}, {})


@PAGES.post("/outages", name="unit.outages.file", rule=OWN)
def file_outage(visit: Visit, form: Form) -> Response:
    """File a fault of a gateway, a point, or of all."""
    unit = unit_of(visit)
    typed = {name: form.text(name) for name in _FIELDS}
    if _is_foreign(visit, unit, typed["gateway_code"], typed["point_code"]):
        return missing(visit)
    texts = typed | {name: local_text(typed[name]) for name in ("fault_at", "repaired_at")}
    taken = take(visit, unit, [("outage_filings", {**texts, "filed_at": now_text(visit.now)})])
    if taken.faults:
        return _page(visit, unit, typed, errors_of(taken, visit.language), status=422)
    visit.note_act("unit.outages.file", unit.unit_id, f"{texts['fault_at']} {typed['cause']}")
    return visit.go(visit.url("unit.outages"), "unit.outage_filed")


@PAGES.post("/outages/repaired", name="unit.outages.repaired", rule=OWN)
def repaired(visit: Visit, form: Form) -> Response:
    """Say when a filed fault was mended."""
    unit = unit_of(visit)
    found = next((one for one in _filed(visit, unit) if one.name == form.text("outage")), None)
    if found is None:
        return missing(visit)
    texts = texts_of(OUTAGE_FILINGS_SHEET, found.cells) | {"repaired_at": local_text(form.text("repaired_at"))}
    if form.text("document_no") and not found.cells["document_no"]:
        texts["document_no"] = form.text("document_no")
    taken = take(visit, unit, [("outage_filings", texts)])
    if taken.faults or not texts["repaired_at"]:
        errors = errors_of(taken, visit.language) or {"outage_filings.repaired_at": visit.t("register.reason.empty")}
        return _page(visit, unit, {}, {f"{found.name}.repaired": next(iter(errors.values()))}, status=422)
    visit.note_act("unit.outages.repaired", unit.unit_id, found.name)
    return visit.go(visit.url("unit.outages"), "unit.outage_repaired")


def _page(
    visit: Visit, unit: OwnUnit, typed: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    start_at = day_start(day_of(visit.now))
    points = completeness.points_today(visit.conn, unit.unit_id, start_at, visit.now)
    return visit.page(
        "unit/outages.html",
        status,
        unit=unit,
        rows=_filed(visit, unit),
        today_on=day_of(visit.now),
        causes=CAUSES,
        gateways=[one.gateway_code for one in arrivals.gateways_alive(visit.conn, unit.unit_id)],
        points=sorted({(one.point_code, one.name) for one in points}),
        typed=typed,
        errors=errors,
        days_to_declare=DAYS_TO_DECLARE,
    )


def _filed(visit: Visit, unit: OwnUnit) -> list[FiledOutage]:
    rows = registers.load_rows(visit.conn, "outage_filings", [unit.unit_code])
    found = [_with_clock(cells) for cells in rows]
    return sorted(found, key=lambda one: str(one.cells["fault_at"]), reverse=True)[:200]


def _with_clock(cells: Cells) -> FiledOutage:
    fault_at, filed_at, repaired_at = cells["fault_at"], cells["filed_at"], cells["repaired_at"]
    if not isinstance(fault_at, datetime) or not isinstance(filed_at, datetime):
        raise TypeError("a filed fault has its instants")
    try:
        due_on = add_workdays(day_of(fault_at), DAYS_TO_DECLARE)
    except CalendarUnknown:
        due_on = None
    return FiledOutage(
        cells=cells,
        timeliness=judge_declaration(fault_at, filed_at),
        repaired_at=repaired_at if isinstance(repaired_at, datetime) else None,
        due_on=due_on,
    )


def _is_foreign(visit: Visit, unit: OwnUnit, gateway_code: str, point_code: str) -> bool:
    """Whether a form names a gateway or a point that is not ours."""
    if gateway_code and gateway_code not in {
        one.gateway_code for one in arrivals.gateways_alive(visit.conn, unit.unit_id)
    }:
        return True
    return bool(point_code) and completeness.find_point(visit.conn, unit.unit_id, point_code) is None
