"""`/unit/registers`: the unit's registers as files, and files into registers: all rows or none."""

import hashlib

from starlette.responses import Response

from nenghao.console.forms import Form
from nenghao.console.lists import XLSX
from nenghao.console.unit.own import OWN, PAGES, UnitRefused, looked, missing, unit_of
from nenghao.console.unit.registering import column_words, fault_words
from nenghao.console.unit.sheets import register_page
from nenghao.console.visits import Visit
from nenghao.db import register_uploads
from nenghao.db.identity import OwnUnit
from nenghao.domain.attachments import clean_name
from nenghao.labels import label
from nenghao.registers.exporter import ExportedSheet, export_sheets
from nenghao.registers.importer import Imported, import_reading
from nenghao.registers.own_rows import OWN_SHEETS, read_uploads
from nenghao.registers.reader import find_sheet
from nenghao.reporting.workbook import workbook_bytes

#: Faults shown on a page; the count is true.
MAX_SHOWN = 500
MAX_UPLOAD_BYTES = 16 * 1024 * 1024
_NOTES = ("fill", "choose", "dates", "codes", "back")


@PAGES.get("/registers", name="unit.registers", rule=OWN)
def registers(visit: Visit) -> Response:
    """Registers that the unit keeps, files that it imported."""
    unit = looked(visit, "registers")
    return visit.page(
        "unit/registers.html",
        unit=unit,
        sheets=OWN_SHEETS,
        uploads=register_uploads.list_uploads(visit.conn, unit.unit_id),
    )


@PAGES.get("/registers/template.xlsx", name="unit.registers.template", rule=OWN)
def template(visit: Visit, sheet: str = "") -> Response:
    """Headings and lists to choose from, of one register or of all."""
    unit = unit_of(visit)
    wanted = [one for one in OWN_SHEETS if sheet in ("", one.name)]
    if not wanted:
        return missing(visit)
    content = _workbook(visit, [ExportedSheet(one, []) for one in wanted])
    return visit.download(content, f"{unit.name} {visit.t('console.unit.files.register_template')}.xlsx", XLSX)


@PAGES.get("/registers/export.xlsx", name="unit.registers.export", rule=OWN)
def export(visit: Visit) -> Response:
    """All that is registered of the unit, as a file that an import reads and that changes nothing."""
    unit = looked(visit, "registers export")
    content = _workbook(visit, export_sheets(visit.conn, OWN_SHEETS, unit.unit_code))
    return visit.download(content, f"{unit.name} {visit.t('console.unit.files.registers')}.xlsx", XLSX)


@PAGES.get("/registers/import", name="unit.registers.import", rule=OWN)
def import_form(visit: Visit) -> Response:
    """The form to choose a file."""
    return visit.page("unit/import.html", unit=unit_of(visit), sheets=OWN_SHEETS, taken=None, faults=(), upload_id=None)


@PAGES.post("/registers/import", name="unit.registers.look", rule=OWN)
def look(visit: Visit, form: Form) -> Response:
    """Look at a file: what it would do, or all that is wrong with it. Registers stay as they are either way."""
    unit, files, sheet = unit_of(visit), form.uploads("file"), form.text("sheet")
    if not files:
        raise UnitRefused("no_file")
    if sheet and find_sheet(sheet) not in OWN_SHEETS:
        return missing(visit)
    upload = files[0]
    if len(upload.content) > MAX_UPLOAD_BYTES:
        raise UnitRefused("file_large", size=MAX_UPLOAD_BYTES // 1024 // 1024)
    name = f"{sheet}.csv" if sheet and upload.name.lower().endswith(".csv") else clean_name(upload.name)
    taken = _take(visit, unit, name, upload.content, is_dry_run=True)
    if taken.faults:
        return _told(visit, unit, taken, None, 422)
    if not (taken.added or taken.filled or taken.unchanged):
        raise UnitRefused("file_empty")
    upload_id = None
    if taken.added or taken.filled:
        upload_id = register_uploads.add_upload(
            visit.conn,
            unit_id=unit.unit_id,
            file_name=name,
            content=upload.content,
            hash_algorithm="sha256",
            digest=hashlib.sha256(upload.content).digest(),
            uploaded_by=visit.person.name,
            uploaded_at=visit.now,
        )
    visit.note_act("unit.registers.look", unit.unit_id, name)
    return _told(visit, unit, taken, upload_id)


@PAGES.post("/registers/import/{upload_id}", name="unit.registers.apply", rule=OWN)
def apply(visit: Visit, form: Form, upload_id: int) -> Response:  # noqa: ARG001 - every act has a form
    """Import a file that was looked at: all its rows, or none where the registers have moved meanwhile."""
    unit = unit_of(visit)
    found = register_uploads.load_upload(visit.conn, unit.unit_id, upload_id)
    if found is None:
        return missing(visit)
    name, content, is_imported = found
    if is_imported:
        raise UnitRefused("imported_already")
    taken = _take(visit, unit, name, content, is_dry_run=False)
    if taken.faults:
        return _told(visit, unit, taken, None, 422)
    counts = {"added": taken.added, "filled": taken.filled, "unchanged": taken.unchanged}
    is_first = register_uploads.add_import(
        visit.conn,
        upload_id,
        unit_id=unit.unit_id,
        counts=counts,
        imported_by=visit.person.name,
        imported_at=visit.now,
    )
    if not is_first:
        raise UnitRefused("imported_already")
    visit.note_act("unit.registers.apply", unit.unit_id, f"{upload_id} {name}")
    return visit.go(visit.url("unit.registers"), "unit.imported")


def _take(visit: Visit, unit: OwnUnit, name: str, content: bytes, *, is_dry_run: bool) -> Imported:
    reading = read_uploads([(name, content)], unit.unit_code)
    return import_reading(visit.conn, reading, visit.now, is_dry_run=is_dry_run, is_told_now=True)


def _told(visit: Visit, unit: OwnUnit, taken: Imported, upload_id: int | None, status: int = 200) -> Response:
    faults = []
    for fault in taken.faults[:MAX_SHOWN]:
        title = fault.file_name.rpartition("!")[2]
        sheet = find_sheet(title.split(".")[0])
        column = "" if fault.column == "-" else column_words(sheet.name if sheet else "", fault.column, visit.language)
        faults.append(
            (sheet.title(visit.language) if sheet else title, fault, column, fault_words(fault, visit.language))
        )
    return visit.page(
        "unit/import.html", status, unit=unit, sheets=OWN_SHEETS, taken=taken, faults=faults, upload_id=upload_id
    )


def _workbook(visit: Visit, exported: list[ExportedSheet]) -> bytes:
    notes = [label(f"register.note.{name}", visit.language) for name in _NOTES]
    pages = [register_page(each, visit.language) for each in exported]
    return workbook_bytes(pages, label("register.notes", visit.language), notes)
