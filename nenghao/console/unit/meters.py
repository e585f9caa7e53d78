"""`/unit/meters`: the ledger of meters with what is due, declared changes with their papers, the ledger as a file."""

from typing import Final

from starlette.responses import Response

from nenghao.console.lists import XLSX
from nenghao.console.unit.own import OWN, PAGES, looked, missing
from nenghao.console.unit.registering import column_words
from nenghao.console.visits import Visit
from nenghao.db import change_documents, register_lists
from nenghao.db.registers import Cells
from nenghao.labels import Language, label
from nenghao.registers.columns import Cell
from nenghao.registers.layout import METERS_SHEET
from nenghao.registers.lists import undeclared_changes, verifications_due
from nenghao.reporting.workbook import WorkbookColumn, WorkbookSheet, workbook_bytes

WITHIN_DAYS: Final = 30
#: How far back changes are looked for that nobody declared.
UNDECLARED_DAYS: Final = 60
#: Columns of 能源计量器具一览表 as it is exported. Source: GB 17167-2006, as `nenghao register list`.
LEDGER: Final = (
    "meter_no", "name", "instrument", "variety_code", "metering_level", "model", "accuracy_class", "measuring_range",
    "maker", "serial_no", "place", "cycle_months", "verified_on", "next_verification_on", "verified_by",
    "certificate_no", "state", "point_codes",
)  # fmt: skip


@PAGES.get("/meters", name="unit.meters", rule=OWN)
def meters(visit: Visit, due: str = "") -> Response:
    """Every meter with its newest verification; only those that are due where asked for."""
    unit = looked(visit, "meters")
    rows = register_lists.list_meters(visit.conn, unit.unit_code, visit.now)
    standing = {
        str(one.meter["meter_no"]): one for one in verifications_due(visit.conn, unit.unit_code, visit.now, WITHIN_DAYS)
    }
    return visit.page(
        "unit/meters.html",
        unit=unit,
        rows=[row for row in rows if not due or row["meter_no"] in standing],
        total=len(rows),
        standing=standing,
        due=due,
        undeclared=undeclared_changes(visit.conn, unit.unit_code, visit.now, UNDECLARED_DAYS),
        changes=change_documents.declared_changes(visit.conn, unit.unit_id),
        documents=change_documents.change_documents(visit.conn, unit.unit_id),
    )


@PAGES.get("/meters/ledger.xlsx", name="unit.meters.ledger", rule=OWN)
def ledger(visit: Visit) -> Response:
    """能源计量器具一览表 as a workbook."""
    unit = looked(visit, "meters ledger")
    rows = register_lists.list_meters(visit.conn, unit.unit_code, visit.now)
    title = label("register.sheet.meters", visit.language)
    columns = tuple(
        WorkbookColumn(_heading(name, visit.language), name, kind="date" if name.endswith("_on") else "text")
        for name in LEDGER
    )
    page = WorkbookSheet(title, columns, [[_shown(row, name, visit.language) for name in LEDGER] for row in rows])
    return visit.download(workbook_bytes([page]), f"{unit.name} {title}.xlsx", XLSX)


@PAGES.get("/meters/documents/{document_id}", name="unit.meters.document", rule=OWN)
def document(visit: Visit, document_id: int) -> Response:
    """A photo or a certificate, as a file to save."""
    unit = looked(visit, f"change document {document_id}")
    found = change_documents.load_document(visit.conn, unit.unit_id, document_id)
    if found is None:
        return missing(visit)
    name, media_type, content = found
    return visit.download(content, name, media_type)


def _heading(name: str, language: Language) -> str:
    return (
        label("register.list.point_codes", language)
        if name == "point_codes"
        else column_words("meters", name, language)
    )


def _shown(row: Cells, name: str, language: Language) -> Cell:
    cell = row[name]
    column = METERS_SHEET.by_name.get(name)
    if column is not None and column.choices and cell is not None:
        return label(f"register.choice.{cell}", language)
    return cell
