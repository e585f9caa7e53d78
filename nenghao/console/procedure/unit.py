"""What a unit sees of cases it was asked about: its inquiries, its clock, its answers; nothing that stays inside.

Before: an officer sent a notice; that somebody of the unit opens it is its receipt. After: `nenghao.review.steps` takes
what the unit answers.
"""

from typing import Final

from starlette.responses import Response

from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.procedure.answers import notice_page, onward, send_file
from nenghao.console.procedure.forms import content_of, files_of, words_of
from nenghao.console.procedure.panel import actor_of, panel_of
from nenghao.console.rules import UNIT, for_roles
from nenghao.console.visits import Visit
from nenghao.db import procedure as db
from nenghao.review.procedure import acknowledge
from nenghao.review.standing import inquiries, standing
from nenghao.review.steps import Turn, limits_of, take

INQUIRIES = Pages("/unit/inquiries")
OWN = for_roles(UNIT)
ROWS: Final = 50


@INQUIRIES.get("", name="unit.inquiries", rule=OWN)
def list_inquiries(visit: Visit, page: int = 1) -> Response:
    """The unit's inquiries, newest first."""
    page = max(1, page)
    unit_id = visit.person.unit_id or 0
    listed, total = inquiries(
        visit.conn, unit_id, visit.now, actor_of(visit.person), row_limit=ROWS, row_offset=(page - 1) * ROWS
    )
    asked = {
        one.case_id: next(
            (row["told"] for row in reversed(one.history) if row["act"] in ("notify", "issue_inquiry")), ""
        )
        for one in listed
    }
    visit.note_view(unit_id, "inquiries")
    return visit.page(
        "procedure/inquiries.html",
        listed=listed,
        asked=asked,
        page=page,
        pages=max(1, -(-total // ROWS)),
        total=total,
    )


@INQUIRIES.get("/{case_id}", name="unit.inquiry", rule=OWN)
def show_inquiry(visit: Visit, case_id: int) -> Response:
    """One inquiry; the first time somebody of the unit opens it, that is its receipt."""
    stood = standing(visit.conn, case_id, visit.now, actor_of(visit.person))
    if "acknowledge" in stood.may:
        acknowledge(visit.conn, case_id, _turn(visit))
        visit.note_act("case.acknowledge", stood.unit_id, f"case {case_id}")
        stood = standing(visit.conn, case_id, visit.now, actor_of(visit.person))
    visit.note_view(stood.unit_id, f"inquiry {case_id}")
    told = db.told_of_cases(visit.conn, [case_id])
    return visit.page("procedure/inquiry.html", told=told, **panel_of(visit, stood))


@INQUIRIES.post("/{case_id}/{act}", name="unit.answer", rule=OWN)
def answer(visit: Visit, form: Form, case_id: int, act: str) -> Response:
    """Answer an inquiry, ask for more time, object, report that something was put right."""
    content, words = content_of(act, form), words_of(form)
    take(visit.conn, case_id, _turn(visit), act, words, content=content, files=files_of(form))
    visit.note_act(f"case.{act}", visit.person.unit_id, f"case {case_id}")
    return onward(visit, f"/unit/inquiries/{case_id}")


@INQUIRIES.get("/{case_id}/files/{file_id}", name="unit.inquiry_file", rule=OWN)
def file(visit: Visit, case_id: int, file_id: int) -> Response:
    """A file of an inquiry, to save."""
    return send_file(visit, case_id, file_id)


@INQUIRIES.get("/{case_id}/notice.pdf", name="unit.inquiry_notice", rule=OWN)
def notice(visit: Visit, case_id: int) -> Response:
    """The notice on paper."""
    return notice_page(visit, case_id)


def _turn(visit: Visit) -> Turn:
    return Turn(actor=actor_of(visit.person), now=visit.now, limits=limits_of(visit.settings))
