"""The monthly random sample: announced before its seed is known, drawn by it, its results entered by two officers."""

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.responses import Response

from nenghao.console.cases.acts import CaseRefused
from nenghao.console.cases.who import SAMPLE_READERS, SAMPLERS
from nenghao.console.failures import refused_words
from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.visits import Visit
from nenghao.domain.periods import Month, day_of
from nenghao.errors import DataRefused
from nenghao.review.sampling import Sample, announce, draw_sample, load_sample, record_result

PAGES = Pages("/cases/sample")


@PAGES.get("", name="cases.sample", rule=SAMPLE_READERS)
def show(visit: Visit, month: str = "") -> Response:
    """The sample of a month, or that there is none yet."""
    wanted = _month(month, visit)
    visit.note_view(None, f"sample {wanted}")
    return visit.page("cases/sample.html", **_shown(visit, wanted))


def _shown(visit: Visit, month: Month, **more: Any) -> dict[str, Any]:
    sample: Sample | None = None
    try:
        sample = load_sample(visit.conn, month)
    except DataRefused:
        sample = None
    before = Month.of(month.start_on - timedelta(days=1))
    return {
        "month": month,
        "before": before,
        "after": Month.of(month.end_on),
        "sample": sample,
        "as_float": float,
        "today_on": day_of(visit.now),
        "checked": 0 if sample is None else sum(unit.checked_tce is not None for unit in sample.drawn),
        "typed": {},
        "wrong": "",
        **more,
    }


def _month(typed: str, visit: Visit) -> Month:
    """The month of the address; without one the last whole month."""
    if not typed:
        return Month.of(Month.of(day_of(visit.now)).start_on - timedelta(days=1))
    try:
        return Month.parse(typed)
    except (DataRefused, ValueError):
        raise CaseRefused("no_month") from None


@PAGES.post("/announce", name="cases.sample_announce", rule=SAMPLERS)
def do_announce(visit: Visit, form: Form) -> Response:
    """Announce a sample whose seed nobody can know yet."""
    month = _month(form.text("month"), visit)
    try:
        number, seed_day_on = _count(form.text("count")), _seed_day(form.text("seed_day"))
        announce(visit.conn, month, number, seed_day_on, visit.person.name, visit.now)
    except DataRefused as refused:
        return _again(visit, form, month, refused, "count", "seed_day")
    visit.note_act("cases.sample_announce", None, str(month))
    return visit.go(visit.url("cases.sample", month=month), "sample_announced")


@PAGES.post("/draw", name="cases.sample_draw", rule=SAMPLERS)
def do_draw(visit: Visit, form: Form) -> Response:
    """Draw the sample by the root of the announced day's tree."""
    month = _month(form.text("month"), visit)
    try:
        draw_sample(visit.conn, month, visit.person.name, visit.now)
    except DataRefused as refused:
        return _again(visit, form, month, refused)
    visit.note_act("cases.sample_draw", None, str(month))
    return visit.go(visit.url("cases.sample", month=month), "sample_drawn")


@PAGES.post("/result", name="cases.sample_result", rule=SAMPLERS)
def do_record(visit: Visit, form: Form) -> Response:
    """Enter what two officers found at a drawn unit."""
    month = _month(form.text("month"), visit)
    try:
        record_result(
            visit.conn,
            month,
            form.text("unit"),
            reported_tce=_figure(form.text("reported")),
            checked_tce=_figure(form.text("checked")),
            document_no=form.text("document"),
            officers=(visit.person.name, form.text("and_by")),
            now=visit.now,
        )
    except DataRefused as refused:
        return _again(visit, form, month, refused, "unit", "reported", "checked", "document", "and_by")
    visit.note_act("cases.sample_result", None, f"{month} {form.text('unit')}")
    return visit.go(visit.url("cases.sample", month=month), "sample_recorded")


def _again(visit: Visit, form: Form, month: Month, refused: DataRefused, *names: str) -> Response:
    typed = {name: form.text(name) for name in names}
    wrong = refused_words(refused, visit.language)
    return visit.page("cases/sample.html", 422, **_shown(visit, month, typed=typed, wrong=wrong))


def _count(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or len(typed) > 6:
        raise CaseRefused("no_count")
    return int(typed)


def _seed_day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise CaseRefused("no_day") from None


def _figure(typed: str) -> Decimal:
    try:
        figure = Decimal(typed)
    except InvalidOperation:
        raise CaseRefused("no_figure") from None
    if not figure.is_finite() or len(typed) > 30:
        raise CaseRefused("no_figure")
    return figure
