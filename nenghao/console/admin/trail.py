"""The trail of access, for the audit administrator: who looked at what, who did what, what was refused."""

from datetime import date, timedelta
from typing import Final

from starlette.responses import Response

from nenghao.console.admin.listing import ROWS, asked, asked_day, asked_page, listing
from nenghao.console.lists import send_list
from nenghao.console.pages import Pages
from nenghao.console.rules import AUDIT_ADMIN, for_roles
from nenghao.console.visits import Visit
from nenghao.db import administration as db
from nenghao.db.administration import TrailRow
from nenghao.domain.periods import SHANGHAI, day_of, day_start
from nenghao.reporting.workbook import WorkbookColumn

PAGES: Final = Pages(prefix="/admin/trail")
AUDIT: Final = for_roles(AUDIT_ADMIN)
KINDS: Final = ("view", "act", "sign_in", "sign_out")
OUTCOMES: Final = ("done", "refused", "failed")
#: A week by default; a download holds so many rows, and says in its last line where it was cut.
DAYS: Final = 7
DOWNLOAD_MAX: Final = 50_000
ONE_DAY: Final = timedelta(days=1)
COLUMNS: Final = (
    "at", "login", "name", "role", "authority", "kind", "route", "unit_code", "unit_name", "subject", "outcome",
    "address",
)  # fmt: skip


@PAGES.get("", name="admin.trail", rule=AUDIT)
def trail(visit: Visit) -> Response:
    """A page of the trail by filters."""
    page = asked_page(visit)
    first_on, last_on, rows, total = _read(visit, limit=ROWS, offset=(page - 1) * ROWS)
    return visit.page(
        "admin/trail.html", rows=rows, listing=listing(visit, page, total), first_on=first_on, last_on=last_on,
        kinds=KINDS, outcomes=OUTCOMES,
        given={name: asked(visit, name) or "" for name in ("login", "unit", "kind", "outcome")},
    )  # fmt: skip


@PAGES.get("/download", name="admin.trail.download", rule=AUDIT)
def download(visit: Visit) -> Response:
    """The same rows as CSV, with a mark that spreadsheets need."""
    first_on, last_on, rows, total = _read(visit, limit=DOWNLOAD_MAX, offset=0)
    lines = [[_cell(row, name) for name in COLUMNS] for row in rows]
    if total > len(rows):
        lines.append([visit.t("console.admin.trail.cut", shown=len(rows), total=total)])
    visit.note_act("admin.trail.download", None, f"{first_on} {last_on} {len(rows)}")
    columns = [WorkbookColumn(visit.t(f"console.admin.trail.column.{name}"), name) for name in COLUMNS]
    name = f"access-trail_{first_on}_{last_on}"
    return send_list(visit, "csv", name=name, title=name, columns=columns, rows=lines)


def _read(visit: Visit, *, limit: int, offset: int) -> tuple[date, date, list[TrailRow], int]:
    today = day_of(visit.now)
    last_on = asked_day(visit, "to") or today
    first_on = asked_day(visit, "from") or last_on - ONE_DAY * (DAYS - 1)
    rows, total = db.trail(
        visit.conn, from_at=day_start(first_on), to_at=day_start(last_on + ONE_DAY), login=asked(visit, "login"),
        unit=asked(visit, "unit"), kind=asked(visit, "kind"), outcome=asked(visit, "outcome"), limit=limit,
        offset=offset,
    )  # fmt: skip
    return first_on, last_on, rows, total


def _cell(row: TrailRow, name: str) -> str:
    if name == "at":
        return row.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return str(getattr(row, name) or "")
