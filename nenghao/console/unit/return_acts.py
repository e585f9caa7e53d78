"""What a unit's people do with a month: prefill, enter, explain, sign, file, correct, answer, by product functions."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Final, cast

from starlette.responses import Response

from nenghao.console.forms import Form, Upload
from nenghao.console.unit.own import OWN, PAGES, UnitRefused, missing, read_month, unit_of
from nenghao.console.unit.returns import CORRECTIONS, load_desk
from nenghao.console.unit.sheets import read_entries
from nenghao.console.visits import Visit
from nenghao.db import drafts, filings
from nenghao.db.identity import OwnUnit
from nenghao.domain.explanations import Explanation, Note
from nenghao.domain.filing_states import SIGNERS, Correction
from nenghao.domain.periods import Month
from nenghao.filing.acts import answer, file_draft, sign
from nenghao.filing.attempts import Attempt, read_attempt
from nenghao.filing.drafting import add_note, load_draft, prefill_draft, set_cells
from nenghao.filing.refusals import FilingRefused
from nenghao.filing.templates import read_figures
from nenghao.reference.relations import relation_edition
from nenghao.trust import load_trust

#: Texts of an explanation: more is a document, and belongs beside the filing.
MAX_TEXT: Final = 2000


@PAGES.post("/returns/{month}/prefill", name="unit.return.prefill", rule=OWN)
def prefill(visit: Visit, form: Form, month: str) -> Response:
    """Make the draft from meters and earlier filings; what people entered stays."""
    unit, wanted = unit_of(visit), read_month(visit, month)
    if wanted is None:
        return missing(visit)
    prefill_draft(visit.conn, unit, wanted, visit.person.name, visit.now)
    return _done(visit, unit, wanted, "unit.return.prefill", "prefilled", form)


@PAGES.post("/returns/{month}/cells", name="unit.return.cells", rule=OWN)
def cells(visit: Visit, form: Form, month: str) -> Response:
    """Save figures that were typed into the form, where nobody has saved another draft meanwhile."""
    unit, wanted = unit_of(visit), read_month(visit, month)
    if wanted is None:
        return missing(visit)
    drafts.lock_month(visit.conn, unit.unit_id, wanted.start_on)
    if str(load_draft(visit.conn, unit, wanted).draft_id) != form.text("draft"):
        raise UnitRefused("draft_moved")
    entries = read_entries(form)
    if not entries:
        raise UnitRefused("nothing_changed")
    set_cells(visit.conn, unit, wanted, entries, visit.person.name, visit.now)
    return _done(visit, unit, wanted, "unit.return.cells", "saved", form)


@PAGES.post("/returns/{month}/upload", name="unit.return.upload", rule=OWN)
def upload(visit: Visit, form: Form, month: str) -> Response:
    """Take the figures of a template that was filled in: all that are new, or none and what is wrong."""
    unit, wanted, files = unit_of(visit), read_month(visit, month), form.uploads("file")
    if wanted is None:
        return missing(visit)
    if not files:
        raise UnitRefused("no_file")
    with tempfile.TemporaryDirectory(prefix="nenghao-upload-") as folder:
        read = read_figures(_kept(folder, files[0]))
    if read.faults:
        return visit.page("unit/figure_faults.html", 422, unit=unit, month=wanted, faults=read.faults)
    has_draft = drafts.newest_draft(visit.conn, unit.unit_id, wanted.start_on) is not None
    there = load_draft(visit.conn, unit, wanted).cells if has_draft else {}
    new: dict[tuple[str, str, str], Decimal | None] = {
        key: value for key, value in read.entries.items() if key not in there or there[key].value != value
    }
    if not new:
        raise FilingRefused("nothing_new", file=files[0].name)
    set_cells(visit.conn, unit, wanted, new, visit.person.name, visit.now)
    return _done(visit, unit, wanted, "unit.return.upload", "saved", form)


@PAGES.post("/returns/{month}/notes", name="unit.return.note", rule=OWN)
def note(visit: Visit, form: Form, month: str) -> Response:
    """Explain why an explanatory relation does not hold at a cell, for the values that stand there."""
    unit, wanted = unit_of(visit), read_month(visit, month)
    if wanted is None:
        return missing(visit)
    draft = load_draft(visit.conn, unit, wanted)
    check = drafts.newest_check_of_cells(visit.conn, draft.draft_id, relation_edition())
    if check is None:
        raise FilingRefused("not_checked")
    relation, key = form.text("relation"), (form.text("form"), form.text("row"), form.text("column"))
    found = next(
        (
            each
            for each in check.broken
            if (each["relation"], (each["form"], each["row"], each["column"])) == (relation, key)
        ),
        None,
    )
    if found is None:
        return missing(visit)
    said = Note(
        relation=relation,
        key=key,
        left=Decimal(found["left"]),
        right=Decimal(found["right"]),
        explanation=_explanation(form),
        noted_by=visit.person.name,
    )
    add_note(visit.conn, unit, wanted, said, visit.now)
    return _done(visit, unit, wanted, "unit.return.note", "noted", form)


@PAGES.post("/returns/{month}/sign", name="unit.return.sign", rule=OWN)
def sign_draft(visit: Visit, form: Form, month: str) -> Response:
    """Sign in one's own office, the draft that was shown."""
    unit, wanted = unit_of(visit), read_month(visit, month)
    if wanted is None:
        return missing(visit)
    if visit.person.office not in SIGNERS:
        raise UnitRefused("office_signs_not")
    drafts.lock_month(visit.conn, unit.unit_id, wanted.start_on)
    desk = load_desk(visit, unit, wanted)
    if desk.draft is None or str(desk.draft.draft_id) != form.text("draft"):
        raise UnitRefused("draft_moved")
    if not desk.is_checked_clean:
        raise UnitRefused("sign_unchecked")
    sign(visit.conn, unit, wanted, visit.person.office, visit.person.name, visit.now)
    return _done(visit, unit, wanted, "unit.return.sign", "signed", form)


@PAGES.post("/returns/{month}/file", name="unit.return.file", rule=OWN)
def file(visit: Visit, form: Form, month: str) -> Response:
    """File the draft that was shown: as a first filing, a later version with its reason, or a named correction."""
    unit, wanted = unit_of(visit), read_month(visit, month)
    if wanted is None:
        return missing(visit)
    drafts.lock_month(visit.conn, unit.unit_id, wanted.start_on)
    if str(load_draft(visit.conn, unit, wanted).draft_id) != form.text("draft"):
        raise UnitRefused("draft_moved")
    correction, corrects = form.text("correction"), form.text("corrects")
    corrected = read_month(visit, corrects) if corrects else None
    if (correction and correction not in CORRECTIONS) or (corrects and corrected is None):
        return missing(visit)
    if correction and not form.text("document_no"):
        raise UnitRefused("correction_document")
    filed = file_draft(
        visit.conn,
        unit,
        wanted,
        visit.now,
        reason=form.text("reason")[:MAX_TEXT],
        correction=cast("Correction", correction) if correction else None,
        corrects=corrected,
        document_no=form.text("document_no") or None,
        attempt=_attempt(visit, form),
    )
    visit.note_act("unit.return.file", unit.unit_id, f"{wanted} v{filed.version} {filed.kind}")
    return visit.go(visit.url("unit.filing", filing_id=filed.filing_id), "unit.filed")


@PAGES.post("/returns/queries/{query_id}/answer", name="unit.query.answer", rule=OWN)
def answer_query(visit: Visit, form: Form, query_id: int) -> Response:
    """Answer a query of the bureau with cause, quantity and document."""
    unit = unit_of(visit)
    if filings.query_of(visit.conn, query_id) is None:
        return missing(visit)
    filing_id = answer(visit.conn, query_id, _explanation(form), visit.person.name, visit.now)
    visit.note_act("unit.query.answer", unit.unit_id, f"query {query_id}")
    return visit.go(visit.url("unit.filing", filing_id=filing_id), "unit.answered")


def _explanation(form: Form) -> Explanation:
    cause, quantity, document = (form.text(name)[:MAX_TEXT] for name in ("cause", "quantity", "document"))
    return Explanation(cause=cause, quantity=quantity, document=document)


def _attempt(visit: Visit, form: Form) -> Attempt | None:
    """The receipt of a try during an outage, with the file it is for; both or neither."""
    receipts, tried = form.uploads("receipt"), form.uploads("tried")
    if not receipts and not tried:
        return None
    if not receipts or not tried:
        raise UnitRefused("attempt_needs_both")
    with tempfile.TemporaryDirectory(prefix="nenghao-upload-") as folder:
        return read_attempt(receipts[0].content, _kept(folder, tried[0]), load_trust(visit.settings.trust_dir))


def _kept(folder: str, upload: Upload) -> Path:
    """An upload as a file; of its name only the ending is used."""
    ending = ".csv" if upload.name.lower().endswith(".csv") else ".xlsx"
    path = Path(folder) / f"figures{ending}"
    path.write_bytes(upload.content)
    return path


def _done(visit: Visit, unit: OwnUnit, month: Month, act: str, notice: str, form: Form) -> Response:
    visit.note_act(act, unit.unit_id, str(month))
    shown = form.text("shown") or None
    return visit.go(visit.url("unit.return", month=month, form=shown, rows=form.text("rows") or None), f"unit.{notice}")
