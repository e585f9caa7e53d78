"""The trail of access, for the audit administrator: who looked at what, who did what, what was refused."""

import csv
import io
from datetime import date, timedelta
from typing import Final

from starlette.responses import Response

from nenghao.console.admin.listing import ROWS, asked, asked_day, asked_page, listing
from nenghao.console.pages import Pages
from nenghao.console.rules import AUDIT_ADMIN, for_roles
from nenghao.console.visits import Visit
from nenghao.db import administration as db
from nenghao.db.administration import TrailRow
from nenghao.domain.periods import SHANGHAI, day_of, day_start

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
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


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
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([visit.t(f"console.admin.trail.column.{name}") for name in COLUMNS])
    writer.writerows([_cell(row, name) for name in COLUMNS] for row in rows)
    if total > len(rows):
        writer.writerow([visit.t("console.admin.trail.cut", shown=len(rows), total=total)])
    visit.note_act("admin.trail.download", None, f"{first_on} {last_on} {len(rows)}")
    content = ("\N{ZERO WIDTH NO-BREAK SPACE}" + out.getvalue()).encode()
    return visit.download(content, f"access-trail_{first_on}_{last_on}.csv", "text/csv; charset=utf-8")


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
    text = str(getattr(row, name) or "")
    return f"'{text}" if text.startswith(FORMULA) else text
