"""The folder of a case in the console: taken along as one zip, merged back by whoever took the steps in it.

Before: a case and its evidence. After: `nenghao.reporting.case_folder` writes it, `nenghao.review.merging` reads what
came back.
"""

from starlette.responses import Response

from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.procedure.panel import actor_of, panel
from nenghao.console.rules import AUDITOR, STATISTICS, for_roles
from nenghao.console.visits import Visit
from nenghao.db import procedure as db
from nenghao.db.evidence import insert_document
from nenghao.registers.workdays import is_workday_or_weekday
from nenghao.reporting.case_folder import MOST_MESSAGES, CaseContent, write_folder
from nenghao.reporting.evidence import FORMAT, HASH_ALGORITHM, write_evidence
from nenghao.reporting.evidence_page import print_document
from nenghao.review.folder_reading import read_folder
from nenghao.review.merging import merge_folder
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.steps import Turn, limits_of

CASE_FOLDER = Pages("/cases")
TAKES = for_roles(AUDITOR, authorities=(STATISTICS,))


@CASE_FOLDER.post("/{case_id}/folder.zip", name="cases.take", rule=TAKES)
def take_along(visit: Visit, form: Form, case_id: int) -> Response:  # noqa: ARG001 - posted, since it leaves a row
    """The whole case as one zip; that its evidence was made, and by whom, is kept with the case."""
    head = db.head(visit.conn, case_id)
    if head is None:
        raise ProcedureRefused("no_case", case=case_id)
    made_by = visit.person.name
    evidence = write_evidence(
        visit.conn,
        case_id,
        made_by=made_by,
        made_at=visit.now,
        is_workday=is_workday_or_weekday,
        archive_dir=visit.settings.archive_dir,
    )
    ids = [row["message_id"] for row in evidence.document["messages"]]
    content = CaseContent(
        head=head,
        steps=db.steps(visit.conn, [case_id]),
        evidence=evidence,
        paper=print_document(evidence.document, evidence.digest.hex(), visit.language, visit.settings.pdf_font_file),
        messages=db.raw_of_messages(visit.conn, ids, MOST_MESSAGES),
        attachments=db.attachments_of_case(visit.conn, case_id),
    )
    insert_document(
        visit.conn,
        case_id=case_id,
        document_format=FORMAT,
        hash_algorithm=HASH_ALGORITHM,
        digest=evidence.digest,
        made_by=made_by,
        made_at=visit.now,
    )
    visit.note_act("case.take", head["unit_id"], f"case {case_id} folder")
    folder = write_folder(content, made_by=made_by, made_at=visit.now, language=visit.language)
    return visit.download(folder, f"case-{case_id}.zip", "application/zip")


@CASE_FOLDER.post("/{case_id}/folder", name="cases.merge", rule=TAKES)
def merge_back(visit: Visit, form: Form, case_id: int) -> Response:
    """Take the steps of a folder back; what does not fit is named, and the rest is taken."""
    uploads = form.uploads("folder")
    if len(uploads) != 1:
        raise ProcedureRefused("folder_broken", why="-")
    limits = limits_of(visit.settings)
    turn = Turn(actor=actor_of(visit.person), now=visit.now, limits=limits)
    merged = merge_folder(visit.conn, case_id, turn, read_folder(uploads[0].content, limits), is_own_only=True)
    values = panel(visit, case_id)
    visit.note_act("case.merge", values["standing"].unit_id, f"case {case_id} steps {len(merged.taken)}")
    return visit.page("procedure/case.html", case_id=case_id, merged=merged, **values)
