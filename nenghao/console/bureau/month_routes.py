"""The month at a glance: the page, its exports, and the request to seal all that is ready."""

from collections.abc import Sequence

from starlette.responses import Response

from nenghao.console.bureau.doors import PAGES, READERS, SEALERS
from nenghao.console.bureau.month import BALANCE_BADGES, FILING_BADGES, MonthFilter, MonthRow, days_left, load_glance
from nenghao.console.bureau.places import list_page, month_named, months_around
from nenghao.console.forms import Form
from nenghao.console.lists import send_list
from nenghao.console.visits import Visit
from nenghao.db import bureau as db
from nenghao.db.seal_requests import NewSealRequest, insert_seal_request
from nenghao.domain.month_states import BALANCE_PROGRESS, FILING_PROGRESS
from nenghao.domain.periods import Month
from nenghao.registers.divisions import division_name, league_of
from nenghao.reporting.workbook import Value, WorkbookColumn

#: Columns of the export: name, and what is typed into it.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("unit_code", "text"), ("unit_name", "text"), ("league", "text"), ("division", "text"), ("industry_code", "text"),
    ("filing", "text"), ("filing_version", "number"), ("filed_at", "instant"), ("was_late", "text"),
    ("open_queries", "number"), ("balance", "text"), ("held_by", "text"), ("balance_version", "number"),
    ("completeness", "number"), ("measured_share", "number"), ("mandatory_broken", "number"),
    ("explanatory_broken", "number"), ("sealed_version", "number"), ("sealed_at", "instant"),
)  # fmt: skip


@PAGES.get("", name="bureau.month", rule=READERS)
def show_month(
    visit: Visit,
    month: str = "",
    region: str = "",
    sector: str = "",
    filing: str = "",
    balance: str = "",
    words: str = "",
    page: int = 1,
) -> Response:
    """The month of all units."""
    asked = month_named(month, visit.now)
    wanted = _filter(region, sector, filing, balance, words)
    glance = load_glance(visit.conn, asked, wanted, visit.now)
    visit.note_view(None, f"bureau month {asked}")
    parts = {
        "month": str(asked), "region": wanted.region, "sector": wanted.sector, "filing": wanted.filing,
        "balance": wanted.balance, "words": wanted.words,
    }  # fmt: skip
    return visit.page(
        "bureau/month.html",
        glance=glance,
        wanted=wanted,
        parts=parts,
        listing=list_page(visit, glance.rows, page, "bureau.month", **parts),
        months=months_around(asked, db.months_there(visit.conn)),
        filing_progress=FILING_PROGRESS,
        balance_progress=BALANCE_PROGRESS,
        filing_badges=FILING_BADGES,
        balance_badges=BALANCE_BADGES,
        days_left=days_left,
        division_name=division_name,
        league_of=league_of,
        may_seal=SEALERS.allows(visit.person),
    )


@PAGES.get("/export.{kind}", name="bureau.month.export", rule=READERS)
def export_month(
    visit: Visit,
    kind: str,
    month: str = "",
    region: str = "",
    sector: str = "",
    filing: str = "",
    balance: str = "",
    words: str = "",
) -> Response:
    """The same list as a file, whole, as it is filtered."""
    asked = month_named(month, visit.now)
    glance = load_glance(visit.conn, asked, _filter(region, sector, filing, balance, words), visit.now)
    visit.note_view(None, f"bureau month {asked} {kind}")
    columns = [
        WorkbookColumn(visit.t(f"console.bureau.month.column.{name}"), name, kind=typed) for name, typed in COLUMNS
    ]
    rows = [_line(visit, row) for row in glance.rows]
    return send_list(
        visit,
        kind,
        name=visit.t("console.bureau.month.file", month=asked),
        title=visit.t("console.bureau.month.title", month=asked),
        columns=columns,
        rows=rows,
    )


@PAGES.post("/seal", name="bureau.seal_month", rule=SEALERS)
def seal_month(visit: Visit, form: Form) -> Response:
    """Ask that every balance that is ready be sealed, of a region and a sector where they are given."""
    asked = month_named(form.text("month"), visit.now)
    wanted = _filter(form.text("region"), form.text("sector"), "", "", "")
    ready = load_glance(visit.conn, asked, wanted, visit.now).ready
    for row in ready:
        insert_seal_request(visit.conn, request_of(visit, row, asked, form.text("remark")))
    visit.note_act("seal", None, f"{asked} {wanted.region or '-'}: {len(ready)}")
    return visit.go(
        visit.url("bureau.seals", month=str(asked)), "bureau_seal_asked" if ready else "bureau_nothing_ready"
    )


def request_of(visit: Visit, row: MonthRow, month: Month, remark: str) -> NewSealRequest:
    """The request to seal a unit's balance."""
    return NewSealRequest(
        kind="monitored_balance",
        month_on=month.start_on,
        unit_id=row.line.unit_id,
        requested_by=visit.person.name,
        requested_at=visit.now,
        remark=remark or None,
    )


def _filter(region: str, sector: str, filing: str, balance: str, words: str) -> MonthFilter:
    """What an address narrows to; a word that is none of ours narrows to nothing."""
    return MonthFilter(
        region=region[:-2] if len(region) == 6 and region.endswith("00") else region,
        sector=sector,
        filing=filing,
        balance=balance,
        words=words.strip(),
    )


def _line(visit: Visit, row: MonthRow) -> Sequence[Value]:
    line = row.line
    return (
        line.unit_code,
        line.unit_name,
        division_name(league_of(line.division_code)),
        division_name(line.division_code),
        line.industry_code,
        visit.t(f"console.bureau.filing.{row.filing}"),
        line.filing_version,
        line.first_filed_at,
        visit.t("console.bureau.month.was_late") if row.was_late else None,
        line.open_queries,
        visit.t(f"console.bureau.balance.{row.balance}"),
        None if row.held_by is None else visit.t(f"release.refused.{row.held_by}"),
        line.balance_version,
        line.completeness,
        line.measured_share,
        line.mandatory_broken,
        line.explanatory_broken,
        line.sealed_version,
        line.sealed_at,
    )
