"""Routes of the procedure: acts on a case, its files, the notice on paper, and the unit's inquiries."""

from starlette.responses import Response

from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.procedure.answers import notice_page, onward, send_file
from nenghao.console.procedure.folder import CASE_FOLDER
from nenghao.console.procedure.forms import content_of, due_of, files_of, words_of
from nenghao.console.procedure.panel import actor_of, panel
from nenghao.console.procedure.unit import INQUIRIES
from nenghao.console.rules import AUDITOR, STATISTICIAN, STATISTICS, for_roles
from nenghao.console.visits import Visit
from nenghao.db import procedure as db
from nenghao.review.steps import Turn, limits_of, take

STEPS = Pages("/cases")
PAGES = (STEPS, CASE_FOLDER, INQUIRIES)

#: Who takes steps, and who may look at them.
HANDLES = for_roles(AUDITOR, authorities=(STATISTICS,))
LOOKS = for_roles(AUDITOR, STATISTICIAN, authorities=(STATISTICS,))


@STEPS.get("/{case_id}/procedure", name="cases.procedure", rule=LOOKS)
def show(visit: Visit, case_id: int) -> Response:
    """The procedure of a case on a page of its own."""
    values = panel(visit, case_id)
    visit.note_view(values["standing"].unit_id, f"case {case_id} procedure")
    if visit.is_partial:
        return visit.partial("procedure/panel.html", **values)
    return visit.page("procedure/case.html", case_id=case_id, merged=None, **values)


@STEPS.post("/{case_id}/steps/{act}", name="cases.step", rule=HANDLES)
def step(visit: Visit, form: Form, case_id: int, act: str) -> Response:
    """Take a step of a case."""
    turn = Turn(actor=actor_of(visit.person), now=visit.now, limits=limits_of(visit.settings))
    content = content_of(act, form)
    if act in ("assign", "recuse"):
        # Oneself is known by account; another officer by name.
        key = "handler" if act == "assign" else "officer"
        content |= {f"{key}_account_id": visit.person.account_id} if content.get(key) == visit.person.name else {}
    words, files = words_of(form), files_of(form)
    take(visit.conn, case_id, turn, act, words, content=content, due_on=due_of(form), files=files)
    head = db.head(visit.conn, case_id)
    visit.note_act(f"case.{act}", None if head is None else head["unit_id"], f"case {case_id}")
    return onward(visit, form.text("back") or f"/cases/{case_id}/procedure")


@STEPS.get("/{case_id}/files/{file_id}", name="cases.file", rule=LOOKS)
def file(visit: Visit, case_id: int, file_id: int) -> Response:
    """A file of a step, to save."""
    return send_file(visit, case_id, file_id)


@STEPS.get("/{case_id}/notice.pdf", name="cases.notice", rule=LOOKS)
def notice(visit: Visit, case_id: int) -> Response:
    """The notice as the unit gets it, on paper."""
    return notice_page(visit, case_id)
