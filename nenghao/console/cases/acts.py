"""What people do on a case beside its procedure: choose between values, mute a rule, take the evidence away."""

from datetime import date, timedelta
from functools import partial
from typing import Any, Final, Literal, cast, get_args

from starlette.responses import Response

from nenghao.console.cases.case import is_workday_or_weekday, shown
from nenghao.console.cases.who import DECIDERS, READERS, of_case
from nenghao.console.cases.words import rule_title
from nenghao.console.failures import refused_words
from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.visits import Visit
from nenghao.db import mutes as db
from nenghao.db.evidence import insert_document
from nenghao.domain.periods import LAST_DAY, SHANGHAI, day_start
from nenghao.errors import ConfigError, DataRefused
from nenghao.reporting.evidence import FORMAT, HASH_ALGORITHM, Evidence, write_evidence
from nenghao.review.cases import DecisionKind, Outcome, Values, decide
from nenghao.review.looking import head_of, look_at
from nenghao.review.mutes import mute, unmute

PAGES = Pages("/cases")
ONE_DAY: Final = timedelta(days=1)


class CaseRefused(DataRefused):
    """An act on a case that cannot be done as it was asked for; `key` is a label below `console.cases.refused`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"refused: {key}")
        self.key, self.values = f"console.cases.refused.{key}", values


@PAGES.post("/{case_id}/decide", name="cases.decide", rule=DECIDERS)
@of_case
def do_decide(visit: Visit, form: Form, case_id: int) -> Response:
    """Say which of two values counts, or refuse a correction; every other case goes by its procedure."""
    sight = look_at(visit.conn, case_id)
    try:
        if not sight.has_values:
            raise CaseRefused("by_procedure")
        kind, outcome, values = _wish(form)
        decide(visit.conn, case_id, kind, outcome, form.text("reason"), visit.person.name, visit.now, values)
    except DataRefused as refused:
        typed = {name: form.text(name) for name in ("wish", "outcome", "reason")}
        wrong = refused_words(refused, visit.language)
        return visit.page("cases/case.html", 422, **shown(visit, sight, typed=typed, wrong=wrong))
    visit.note_act("cases.decide", sight.head["unit_id"], f"case {case_id} {kind}")
    return visit.go(visit.url("cases.show", case_id=case_id), "case_decided")


def _wish(form: Form) -> tuple[DecisionKind, Outcome | None, Values | None]:
    """What was chosen: `adopt` puts the later value in force, `keep` confirms that the first one stands."""
    wishes: dict[str, tuple[DecisionKind, Values | None]] = {
        "adopt": ("confirm", "reported"),
        "keep": ("confirm", "standing"),
        "dismiss": ("dismiss", None),
        "reopen": ("reopen", None),
    }
    wish, outcome = wishes.get(form.text("wish")), form.text("outcome")
    if wish is None:
        raise CaseRefused("no_wish")
    if outcome and outcome not in get_args(Outcome):
        raise CaseRefused("no_outcome")
    if not form.text("reason"):
        raise CaseRefused("no_reason")
    if not outcome and wish[0] != "reopen":
        raise CaseRefused("no_outcome")
    return wish[0], cast("Outcome", outcome) if outcome and wish[0] != "reopen" else None, wish[1]


@PAGES.post("/{case_id}/mute", name="cases.mute", rule=DECIDERS)
@of_case
def do_mute(visit: Visit, form: Form, case_id: int) -> Response:
    """Let a rule of the case open no alert at its unit or point until a day, with the reason."""
    sight = look_at(visit.conn, case_id)
    try:
        if sight.head["unit_id"] is None:
            raise CaseRefused("mute_of_many")
        if form.text("rule") not in {code for code, _ in sight.rules}:
            raise CaseRefused("no_rule")
        point = form.text("point")
        if point and point not in {one.point["point_code"] for one in sight.subjects}:
            raise CaseRefused("no_point")
        mute(
            visit.conn,
            rule_code=form.text("rule"),
            unit_code=sight.head["unit_code"],
            point_code=point or None,
            until_at=day_start(_day(form.text("until"), visit) + ONE_DAY),
            reason=_reason(form),
            muted_by=visit.person.name,
            now=visit.now,
        )
    except DataRefused as refused:
        typed = {f"mute_{name}": form.text(name) for name in ("rule", "point", "until", "reason")}
        wrong = refused_words(refused, visit.language)
        return visit.page("cases/case.html", 422, **shown(visit, sight, typed=typed, mute_wrong=wrong))
    visit.note_act("cases.mute", sight.head["unit_id"], f"{form.text('rule')} {point}".strip())
    return visit.go(visit.url("cases.show", case_id=case_id), "rule_muted")


def _reason(form: Form) -> str:
    if not form.text("reason"):
        raise CaseRefused("no_reason")
    return form.text("reason")


def _day(typed: str, visit: Visit) -> date:
    try:
        day_on = date.fromisoformat(typed)
    except ValueError:
        raise CaseRefused("no_day") from None
    if not visit.now.astimezone(SHANGHAI).date() <= day_on <= LAST_DAY:
        raise CaseRefused("day_over")
    return day_on


@PAGES.get("/mutes", name="cases.mutes", rule=READERS)
def show_mutes(visit: Visit) -> Response:
    """Rules that open no alert somewhere, why, until when, and what they found meanwhile."""
    visit.note_view(None, "mutes")
    return visit.page("cases/mutes.html", **_mutes(visit))


def _mutes(visit: Visit, **more: Any) -> dict[str, Any]:
    return {
        "mutes": db.list_mutes(visit.conn, visit.now),
        "title_of": lambda code: rule_title(code, visit.language),
        "last_day": lambda until_at: (until_at - ONE_DAY).astimezone(SHANGHAI).date(),
        "wrong": "",
        **more,
    }


@PAGES.post("/mutes/{mute_id}/end", name="cases.unmute", rule=DECIDERS)
def do_unmute(visit: Visit, form: Form, mute_id: int) -> Response:
    """Let a rule open alerts again before the day."""
    try:
        unmute(visit.conn, mute_id, reason=_reason(form), ended_by=visit.person.name, now=visit.now)
    except DataRefused as refused:
        return visit.page("cases/mutes.html", 422, **_mutes(visit, wrong=refused_words(refused, visit.language)))
    visit.note_act("cases.unmute", None, f"mute {mute_id}")
    return visit.go(visit.url("cases.mutes"), "mute_ended")


@PAGES.post("/{case_id}/evidence.{form_of}", name="cases.evidence", rule=READERS)
@of_case
def take_evidence(visit: Visit, form: Form, case_id: int, form_of: str) -> Response:
    """The evidence document, as the command makes it; that it was made, and by whom, is kept with the case."""
    del form  # nothing is asked but the act itself
    if form_of not in get_args(Literal["json", "pdf"]):
        raise CaseRefused("no_form")
    head = head_of(visit.conn, case_id)
    made = write_evidence(
        visit.conn,
        case_id,
        made_by=visit.person.name,
        made_at=visit.now,
        is_workday=is_workday_or_weekday,
        archive_dir=visit.settings.archive_dir,
    )
    insert_document(
        visit.conn,
        case_id=case_id,
        document_format=FORMAT,
        hash_algorithm=HASH_ALGORITHM,
        digest=made.digest,
        made_by=visit.person.name,
        made_at=visit.now,
    )
    visit.note_act("cases.evidence", head["unit_id"], f"case {case_id} {form_of}")
    hand_out = partial(visit.download, name=f"case-{case_id}.{form_of}")
    if form_of == "json":
        return hand_out(made.file, media_type="application/json")
    return hand_out(_print(made, visit), media_type="application/pdf")


def _print(made: Evidence, visit: Visit) -> bytes:
    # An extra that a host may not have, and half a second to load.
    try:
        from nenghao.reporting.evidence_page import print_document
    except ImportError as error:
        raise ConfigError("printing needs the extra `evidence` (fpdf2)") from error
    return print_document(made.document, made.digest.hex(), visit.language, visit.settings.pdf_font_file)
