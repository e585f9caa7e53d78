"""A unit's month: the return with both sides, its cells, and the acts of the bureau; none of them writes a figure."""

from typing import Final, get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response

from nenghao.console.bureau.cells import broken_at, load_filed_cell, load_monitored_cell, slots_told
from nenghao.console.bureau.doors import ACCEPTERS, PAGES, READERS, SEALERS
from nenghao.console.bureau.month import BALANCE_BADGES, FILING_BADGES, MonthRow, days_left, load_row
from nenghao.console.bureau.month_routes import request_of
from nenghao.console.bureau.places import PageRefused, month_named
from nenghao.console.bureau.returns import View, load_return, next_level
from nenghao.console.forms import Form
from nenghao.console.visits import Visit
from nenghao.db.bureau import CalendarLevel
from nenghao.db.seal_requests import NewSealRequest, insert_seal_request, load_seal_requests
from nenghao.domain.filed_cells import Key
from nenghao.domain.filing_states import LEVELS, Level
from nenghao.domain.periods import Month, day_of
from nenghao.filing.following import accept, ask, lock
from nenghao.filing.refusals import FilingRefused
from nenghao.registers.divisions import division_name

UNIT_MONTH: Final = "/{unit_code}/{month}"


@PAGES.get(UNIT_MONTH, name="bureau.return", rule=READERS)
def show_return(visit: Visit, unit_code: str, month: str, view: str = "both") -> Response:
    """A unit's return, filed and monitored side by side."""
    row, calendar, asked = _row(visit, unit_code, month)
    chosen: View = view if view in get_args(View) else "both"  # type: ignore[assignment]  # one of the words
    visit.note_view(row.line.unit_id, f"return {asked} {chosen}")
    shown = load_return(visit.conn, row, asked, chosen, visit.language)
    return visit.page(
        "bureau/return.html",
        row=row,
        month=asked,
        view=chosen,
        shown=shown,
        calendar=calendar,
        days_left=days_left,
        filing_badges=FILING_BADGES,
        balance_badges=BALANCE_BADGES,
        division_name=division_name,
        levels=LEVELS,
        turn=next_level(row),
        today=day_of(visit.now),
        may_act=ACCEPTERS.allows(visit.person),
        may_seal=SEALERS.allows(visit.person),
    )


@PAGES.get(UNIT_MONTH + "/cells/{form_code}/{row_code}/{column}", name="bureau.cell", rule=READERS)
def show_cell(
    visit: Visit, unit_code: str, month: str, form_code: str, row_code: str, column: str, side: str = "", day: str = ""
) -> Response:
    """What a cell rests on: filed, where something is; monitored, where it is asked for or nothing is filed."""
    row, _, asked = _row(visit, unit_code, month)
    key: Key = (form_code, row_code, column)
    visit.note_view(row.line.unit_id, f"cell {asked} {form_code} {row_code}.{column}")
    filed = load_filed_cell(visit.conn, row, asked, key) if side != "monitored" else None
    days = [one for one in asked.days() if one.isoformat() == day]
    monitored = None if filed is not None else load_monitored_cell(visit.conn, row, asked, key, days)
    if filed is None and monitored is None:
        raise HTTPException(404)
    return visit.page(
        "bureau/cell.html",
        row=row,
        month=asked,
        key=key,
        filed=filed,
        monitored=monitored,
        broken=broken_at(visit.conn, row, asked, key),
        day=day,
        slots_told=slots_told,
        today=day_of(visit.now),
    )


@PAGES.post(UNIT_MONTH + "/ask", name="bureau.ask", rule=ACCEPTERS)
def ask_unit(visit: Visit, form: Form, unit_code: str, month: str) -> Response:
    """Ask the unit about its filing, or about one of its cells (数据查询)."""
    row, _, asked = _row(visit, unit_code, month)
    level = _own_level(visit)
    key = _cell_named(form)
    ask(visit.conn, _filing(row), level, form.text("question"), visit.person.name, visit.now, key=key)
    return _done(visit, row, asked, "ask", "bureau_asked")


@PAGES.post(UNIT_MONTH + "/accept", name="bureau.accept", rule=ACCEPTERS)
def accept_filing(visit: Visit, form: Form, unit_code: str, month: str) -> Response:
    """Accept the filing at one's own level; another level is nobody's to choose."""
    row, _, asked = _row(visit, unit_code, month)
    filing_id = _filing(row, form)
    accept(visit.conn, filing_id, _own_level(visit), visit.person.name, visit.now, remark=form.text("remark") or None)
    return _done(visit, row, asked, "accept", "bureau_accepted")


@PAGES.post(UNIT_MONTH + "/lock", name="bureau.lock", rule=SEALERS)
def lock_filing(visit: Visit, form: Form, unit_code: str, month: str) -> Response:
    """Lock what the province has accepted."""
    row, _, asked = _row(visit, unit_code, month)
    lock(visit.conn, _filing(row, form), visit.person.name, visit.now, remark=form.text("remark") or None)
    return _done(visit, row, asked, "lock", "bureau_locked")


@PAGES.post(UNIT_MONTH + "/seal", name="bureau.seal", rule=SEALERS)
def seal_unit_month(visit: Visit, form: Form, unit_code: str, month: str) -> Response:
    """Ask that the unit's balance, or its filing, be sealed; a job that holds the key does it."""
    row, _, asked = _row(visit, unit_code, month)
    request = request_of(visit, row, asked, form.text("remark"))
    if form.text("kind") == "filing":
        request = NewSealRequest(
            kind="filing",
            month_on=asked.start_on,
            unit_id=row.line.unit_id,
            requested_by=visit.person.name,
            requested_at=visit.now,
            remark=form.text("remark") or None,
        )
    insert_seal_request(visit.conn, request)
    return _done(visit, row, asked, "seal", "bureau_seal_asked")


@PAGES.get(UNIT_MONTH + "/seals", name="bureau.return.seals", rule=READERS)
def show_seals(visit: Visit, unit_code: str, month: str) -> Response:
    """What became of the unit's requests: a part of its page, which asks again while one of them goes on."""
    row, _, asked = _row(visit, unit_code, month)
    found = load_seal_requests(visit.conn, month_on=asked.start_on, unit_id=row.line.unit_id, most=6)
    return visit.partial("bureau/return_seals.html", requests=found, row=row, month=asked)


def _row(visit: Visit, unit_code: str, month: str) -> tuple[MonthRow, CalendarLevel | None, Month]:
    """The unit's month of an address; a unit that the person may not see is not there."""
    asked = month_named(month, visit.now)
    found = load_row(visit.conn, asked, unit_code, visit.now)
    if found is None:
        raise HTTPException(404)
    return *found, asked


def _own_level(visit: Visit) -> Level:
    if visit.person.level not in LEVELS:
        raise FilingRefused("not_next_level", filing="", by=visit.person.name)
    return visit.person.level


def _filing(row: MonthRow, form: Form | None = None) -> int:
    """The newest filing; an act that was meant for an earlier one, which the unit replaced since, is refused."""
    if row.line.filing_id is None:
        raise FilingRefused("no_such_filing", filing="")
    meant = "" if form is None else form.text("filing")
    if meant and meant != str(row.line.filing_id):
        raise FilingRefused("replaced", filing=meant)
    return row.line.filing_id


def _cell_named(form: Form) -> Key | None:
    """The cell of a query, written like 33.4 or 205-2!33.4; empty for the whole filing."""
    text = form.text("cell")
    if not text:
        return None
    code, mark, place = text.rpartition("!")
    row, dot, column = place.partition(".")
    if not dot or not row or not column:
        raise PageRefused("cell", text=text)
    return (code if mark else "205-1", row, column)


def _done(visit: Visit, row: MonthRow, month: Month, act: str, notice: str) -> Response:
    visit.note_act(act, row.line.unit_id, f"{month} {row.line.unit_code}")
    return visit.go(visit.url("bureau.return", unit_code=row.line.unit_code, month=str(month)), notice)
