"""`/unit/meters/change`: a changed meter or multiplier in three steps: where, which registers, look and declare.

Nothing is kept between the steps but what the page itself carries; the last one registers all rows with their photos in
one transaction, or none.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from starlette.responses import Response

from nenghao.console.forms import Form
from nenghao.console.unit.files import MAX_DOCUMENTS, media_type_of
from nenghao.console.unit.own import OWN, PAGES, UnitRefused, looked, missing, unit_of
from nenghao.console.unit.registering import Typed, errors_of, local_text, now_text, take
from nenghao.console.visits import Visit
from nenghao.db import change_documents, completeness, register_lists
from nenghao.db.change_documents import NewDocument
from nenghao.db.completeness import PointSeries, UnitPoint
from nenghao.db.identity import OwnUnit
from nenghao.domain.attachments import clean_name
from nenghao.domain.periods import day_of, day_start
from nenghao.registers.columns import CellRefused, instant
from nenghao.registers.importer import Imported
from nenghao.registers.workdays import DAYS_TO_DECLARE, CalendarUnknown, add_workdays, judge_declaration

WHAT: Final = ("meter", "multiplier")
SUBJECTS: Final = ("old_register", "new_register", "certificate", "other")
#: Fields of the second step that become columns of the new meter's row.
_METER: Final = (
    "name", "instrument", "variety_code", "metering_level", "model", "accuracy_class", "measuring_range", "maker",
    "serial_no", "place", "cycle_months", "verified_on", "next_verification_on", "verified_by", "certificate_no",
)  # fmt: skip
_FIELDS: Final = (
    *_METER, "changed_at", "old_final", "new_initial", "new_meter_no", "multiplier", "decimals", "register_modulus",
    "reason", "retire",
)  # fmt: skip


@PAGES.get("/meters/change", name="unit.meters.change", rule=OWN)
def change(visit: Visit, point: str = "", quantity: str = "", what: str = "meter") -> Response:
    """First step: which point; second: the form for it."""
    unit = looked(visit, "meter change")
    if what not in WHAT:
        return missing(visit)
    if not point:
        series = completeness.points_today(visit.conn, unit.unit_id, day_start(day_of(visit.now)), visit.now)
        places = sorted({(one.point_code, one.name, one.quantity) for one in series})
        return visit.page("unit/change_where.html", unit=unit, places=places, what=what)
    found = completeness.find_point(visit.conn, unit.unit_id, point)
    if found is None or not _in_force(visit, found, quantity):
        return missing(visit)
    return _form(visit, unit, found, quantity, what, {}, {})


@PAGES.post("/meters/change", name="unit.meters.change.declare", rule=OWN)
def declare(visit: Visit, form: Form) -> Response:
    """Look at what a declaration would do, or make it."""
    unit = unit_of(visit)
    what, quantity = form.text("what"), form.text("quantity")
    found = completeness.find_point(visit.conn, unit.unit_id, form.text("point"))
    if found is None or what not in WHAT or not _in_force(visit, found, quantity):
        return missing(visit)
    typed = {name: form.text(name) for name in _FIELDS}
    rows = _rows(visit, unit, found, quantity, what, typed)
    is_declared = form.text("step") == "declare"
    taken = take(visit, unit, rows, is_dry_run=not is_declared)
    if taken.faults or form.text("step") == "back":
        errors = {} if form.text("step") == "back" else _errors_at_fields(taken, visit)
        return _form(visit, unit, found, quantity, what, typed, errors, status=422 if errors else 200)
    if not is_declared:
        return _preview(visit, unit, found, quantity, what, typed, taken)
    _keep_documents(visit, unit, found, quantity, _instant(typed["changed_at"]), form)
    visit.note_act("unit.meters.change.declare", unit.unit_id, f"{found.point_code} {typed['changed_at']}")
    return visit.go(visit.url("unit.point", code=found.point_code), "unit.change_declared")


def _rows(
    visit: Visit, unit: OwnUnit, point: UnitPoint, quantity: str, what: str, typed: Mapping[str, str]
) -> list[Typed]:
    """What the form asks to register: the new meter where it is new, the change, and that the old one stopped."""
    told = {
        "point_code": point.point_code,
        "quantity": quantity,
        "changed_at": local_text(typed["changed_at"]),
        "certificate_no": typed["certificate_no"],
        "reason": typed["reason"],
        "declared_by": visit.person.name,
        "declared_at": now_text(visit.now),
    }
    series = _in_force(visit, point, quantity)
    if what == "multiplier":
        registers = {
            "old_multiplier": format(series[0].multiplier, "f"),
            "new_multiplier": typed["multiplier"],
            "final_register": typed["old_final"],
            "initial_register": typed["new_initial"],
        }
        return [("multiplier_changes", told | registers)]
    rows: list[Typed] = []
    known = {str(row["meter_no"]) for row in register_lists.list_meters(visit.conn, unit.unit_code, visit.now)}
    if typed["new_meter_no"] not in known:
        new = {name: typed[name] for name in _METER}
        installed_on = typed["changed_at"][:10]
        rows.append(
            ("meters", new | {"meter_no": typed["new_meter_no"], "installed_on": installed_on, "state": "qualified"})
        )
    change_row = told | {
        "old_meter_no": series[0].meter_no,
        "old_final": typed["old_final"],
        "new_meter_no": typed["new_meter_no"],
        "new_initial": typed["new_initial"],
        "multiplier": typed["multiplier"],
        "decimals": typed["decimals"],
        "register_modulus": typed["register_modulus"],
    }
    if typed["retire"]:
        stopped = {
            "meter_no": series[0].meter_no,
            "changed_on": typed["changed_at"][:10],
            "state": "stopped",
            "reason": typed["reason"],
            "declared_by": visit.person.name,
        }
        rows.append(("meter_states", stopped))
    rows.append(("meter_changes", change_row))
    return rows


def _in_force(visit: Visit, point: UnitPoint, quantity: str) -> list[PointSeries]:
    """Versions of the point's series of a quantity that are open at the end; the newest says what hangs there now."""
    series = completeness.series_of_point(visit.conn, point.point_id)
    found = [one for one in series if one.quantity == quantity and (one.valid_to is None or one.valid_to > visit.now)]
    return sorted(found, key=lambda one: one.kind != "register")


def _form(
    visit: Visit,
    unit: OwnUnit,
    point: UnitPoint,
    quantity: str,
    what: str,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
) -> Response:
    series = _in_force(visit, point, quantity)
    meters = register_lists.list_meters(visit.conn, unit.unit_code, visit.now)
    return visit.page(
        "unit/change_form.html",
        status,
        unit=unit,
        point=point,
        quantity=quantity,
        what=what,
        series=series,
        is_counting=any(one.kind == "register" for one in series),
        old_meter=next((row for row in meters if row["meter_no"] == series[0].meter_no), None),
        typed=dict.fromkeys(_FIELDS, "") | dict(typed),
        errors=errors,
        days_to_declare=DAYS_TO_DECLARE,
    )


def _preview(
    visit: Visit,
    unit: OwnUnit,
    point: UnitPoint,
    quantity: str,
    what: str,
    typed: Mapping[str, str],
    taken: Imported,
) -> Response:
    changed_at = _instant(typed["changed_at"])
    try:
        last_on = add_workdays(day_of(changed_at), DAYS_TO_DECLARE)
    except CalendarUnknown:
        last_on = None
    return visit.page(
        "unit/change_preview.html",
        unit=unit,
        point=point,
        quantity=quantity,
        what=what,
        typed=typed,
        added=taken.added,
        steps=taken.steps,
        changed_at=changed_at,
        is_midnight=changed_at == day_start(day_of(changed_at)),
        before_advance=_advance(visit, point, changed_at),
        timeliness=judge_declaration(changed_at, visit.now),
        last_on=last_on,
        subjects=SUBJECTS,
        max_documents=MAX_DOCUMENTS,
    )


def _advance(visit: Visit, point: UnitPoint, changed_at: datetime) -> tuple[Decimal | None, str] | None:
    """What the point used on the day before the change, to hold the registers against; None where it is not known."""
    day_on = day_of(changed_at)
    days = completeness.days_of_point(visit.conn, point.point_id, day_on - timedelta(days=1), day_on)
    return (days[0].energy, days[0].unit) if days else None


def _errors_at_fields(taken: Imported, visit: Visit) -> dict[str, str]:
    """Faults by the field of the form that they belong to; what belongs to none stands above it."""
    named = {"meter_no": "new_meter_no", "new_multiplier": "multiplier", "final_register": "old_final",
             "initial_register": "new_initial", "changed_on": "changed_at", "installed_on": "changed_at"}  # fmt: skip
    errors: dict[str, str] = {}
    for place, words in errors_of(taken, visit.language).items():
        column = place.partition(".")[2]
        errors.setdefault(named.get(column, column) if named.get(column, column) in _FIELDS else "-", words)
    return errors


def _instant(text: str) -> datetime:
    try:
        return instant(local_text(text))
    except CellRefused:
        raise UnitRefused("no_instant") from None


def _keep_documents(
    visit: Visit, unit: OwnUnit, point: UnitPoint, quantity: str, changed_at: datetime, form: Form
) -> None:
    uploads: Sequence[tuple[str, object]] = [(subject, one) for subject in SUBJECTS for one in form.uploads(subject)]
    if len(uploads) > MAX_DOCUMENTS:
        raise UnitRefused("documents_many", count=MAX_DOCUMENTS)
    for subject in SUBJECTS:
        for upload in form.uploads(subject):
            kept = NewDocument(
                subject=subject,
                file_name=clean_name(upload.name),
                media_type=media_type_of(upload),
                content=upload.content,
                hash_algorithm="sha256",
                hash=hashlib.sha256(upload.content).digest(),
            )
            is_kept = change_documents.add_document(
                visit.conn,
                unit_id=unit.unit_id,
                point_code=point.point_code,
                quantity=quantity,
                changed_at=changed_at,
                document=kept,
                added_by=visit.person.name,
                added_at=visit.now,
            )
            if not is_kept:
                raise UnitRefused("document_nowhere", file=upload.name)
