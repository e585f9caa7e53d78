"""Answers that pages of officers and units share: a file to save, the notice on paper, the way back after an act."""

from starlette.responses import Response

from nenghao.console.procedure.panel import actor_of
from nenghao.console.visits import Visit
from nenghao.db import procedure as db
from nenghao.reporting.notice_page import print_notice
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.standing import standing


def send_file(visit: Visit, case_id: int, file_id: int) -> Response:
    """A file of a case that whoever asks may see, to save; it is never shown inside a page.

    Raises: ProcedureRefused where there is none.
    """
    found = db.attachment(visit.conn, file_id)
    if found is None or found["case_id"] != case_id:
        raise ProcedureRefused("no_file")
    visit.note_view(found["unit_id"], f"case {case_id} file {file_id}")
    return visit.download(bytes(found["content"]), found["name"], found["media_type"])


def onward(visit: Visit, path: str) -> Response:
    """Back to the page after an act; htmx is told to go there, so that what it posted from does not stay."""
    if not path.startswith(("/cases/", "/unit/")) or "//" in path or "\\" in path:
        path = "/"
    if visit.is_partial:
        return Response(status_code=204, headers={"HX-Redirect": f"{path}?notice=step_taken"})
    return visit.go(path, notice="step_taken")


def notice_page(visit: Visit, case_id: int) -> Response:
    """The newest notice of a case on paper.

    Raises: ProcedureRefused where there is no such case, or nobody was asked.
    """
    stood = standing(visit.conn, case_id, visit.now, actor_of(visit.person))
    sent = [row for row in stood.history if row["act"] in ("notify", "issue_inquiry")]
    if not sent:
        raise ProcedureRefused("no_notice", case=case_id)
    visit.note_view(stood.unit_id, f"case {case_id} notice")
    page = print_notice(
        case_id=case_id,
        unit={"name": stood.unit_name, "code": stood.unit_code},
        notice=sent[-1],
        due_on=stood.due_on or sent[-1]["due_on"],
        told=db.told_of_cases(visit.conn, [case_id]),
        language=visit.language,
        font_file=visit.settings.pdf_font_file,
    )
    return visit.download(
        page, f"{visit.t('procedure.form.' + sent[-1]['content']['form'])}-{case_id}.pdf", "application/pdf"
    )
