"""The reporting calendar with the working days behind it, and public events."""

from datetime import date, datetime, timedelta
from typing import Final

from starlette.responses import Response

from nenghao.console.admin.listing import ROWS, asked, asked_page, listing
from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.rules import AUDITOR, STATISTICIAN, STATISTICS, SYSTEM_ADMIN, for_roles
from nenghao.console.visits import Visit
from nenghao.db import administration as db
from nenghao.domain.periods import SHANGHAI
from nenghao.reference.workdays import load_noticed_days
from nenghao.registers.workdays import CalendarUnknown, is_workday
from nenghao.review.public_events import KINDS, EventRefused, register_public_event

PAGES: Final = Pages(prefix="/admin")
READERS: Final = for_roles(STATISTICIAN, AUDITOR, SYSTEM_ADMIN)
EVENT_READERS: Final = for_roles(STATISTICIAN, AUDITOR)
EVENT_WRITERS: Final = for_roles(STATISTICIAN, AUDITOR, authorities=(STATISTICS,))


@PAGES.get("/calendar", name="admin.calendar", rule=READERS)
def calendar(visit: Visit) -> Response:
    """Due days of each form, month and level of a year, and the days that are no working days."""
    years = db.calendar_years(visit.conn)
    text = asked(visit, "year") or ""
    year = (
        int(text) if text.isascii() and text.isdigit() and int(text) in years else visit.now.astimezone(SHANGHAI).year
    )
    rows = db.calendar_rows(visit.conn, year)
    forms = sorted({row.form_code for row in rows})
    return visit.page(
        "admin/calendar.html", year=year, years=years, rows=rows, forms=forms, days_off=_days_off(year),
        noticed=sorted(load_noticed_days().items()),
    )  # fmt: skip


def _days_off(year: int) -> list[tuple[int, list[date]]] | None:
    """Holidays that are weekdays and weekends that are worked, by month; None where the year is not known yet."""
    day, found = date(year, 1, 1), []
    try:
        while day.year == year:
            if is_workday(day) != (day.isoweekday() <= 5):
                found.append(day)
            day += timedelta(days=1)
    except CalendarUnknown:
        return None
    return [(month, [one for one in found if one.month == month]) for month in range(1, 13)]


@PAGES.get("/events", name="admin.events", rule=EVENT_READERS)
def events(visit: Visit) -> Response:
    """Public events, and a form for another one."""
    return _events(visit, {}, None)


@PAGES.post("/events", name="admin.events.add", rule=EVENT_WRITERS)
def add_event(visit: Visit, form: Form) -> Response:
    """Register a public event."""
    typed = {
        name: form.text(name) for name in ("kind", "title", "document_no", "begins", "ends", "division", "industry")
    }
    try:
        begins_at, ends_at = _instant(typed["begins"]), _instant(typed["ends"])
        if begins_at is None:
            raise EventRefused("begin")
        event_id = register_public_event(
            visit.conn, kind=typed["kind"], title=typed["title"], document_no=typed["document_no"], begins_at=begins_at,
            ends_at=ends_at, division_code=typed["division"], industry_code=typed["industry"], now=visit.now,
        )  # fmt: skip
    except EventRefused as refused:
        return _events(visit, typed, visit.t(refused.key, **refused.values))
    visit.note_act("admin.events.add", None, f"event {event_id}")
    return visit.go(visit.url("admin.events"), "event_added")


def _events(visit: Visit, typed: dict[str, str], problem: str | None) -> Response:
    page, kind = asked_page(visit), asked(visit, "kind")
    found, total = db.public_events(visit.conn, kind, limit=ROWS, offset=(page - 1) * ROWS)
    prefix = visit.person.division_prefix or ""
    typed = {"division": prefix.ljust(6, "0") if prefix else "", **typed}
    return visit.page(
        "admin/events.html", 200 if problem is None else 422, events=found, listing=listing(visit, page, total),
        kinds=KINDS, kind=kind, typed=typed, problem=problem, may_add=EVENT_WRITERS.allows(visit.person),
    )  # fmt: skip


def _instant(text: str) -> datetime | None:
    """What a date-and-time field of a browser says, in Shanghai.

    Raises: EventRefused where it is no instant.
    """
    if not text:
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise EventRefused("begin") from None
    return said if said.tzinfo is not None else said.replace(tzinfo=SHANGHAI)
