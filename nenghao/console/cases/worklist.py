"""The worklist of cases: ranked, filtered by the address, counted truly, taken away as a spreadsheet."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from nenghao.console.cases.asked import PAGE_ROWS, STATES, Asked
from nenghao.console.cases.who import READERS
from nenghao.console.cases.words import case_state, rule_title, state_badge
from nenghao.console.lists import MEDIA, send_list
from nenghao.console.pages import Pages
from nenghao.console.visits import Visit
from nenghao.db import cases
from nenghao.domain.periods import Month, day_of, day_start
from nenghao.domain.rounding import round_figure
from nenghao.reference.cases import kind_order, load_ranking
from nenghao.reporting.workbook import WorkbookColumn
from nenghao.review.listing import LEVELS, SORTS, Counts, count, page_of

PAGES = Pages("/cases")
FAMILIES: Final = ("identity", "history", "shape", "digits", "plausibility", "silence")
#: More rows than a province has cases in years; a spreadsheet program takes a million.
EXPORT_ROWS: Final = 200_000


@PAGES.get("", name="cases.list", rule=READERS)
def show(visit: Visit) -> Response:
    """The worklist."""
    asked = Asked.of(visit.request.query_params)
    filters = asked.filters(visit.person.account_id, day_of(visit.now))
    counts = count(visit.conn, filters)
    pages = max(1, -(-counts.total // PAGE_ROWS))
    asked = asked.at_page(min(asked.page, pages))
    rows = page_of(visit.conn, filters, sort=asked.sort, row_limit=PAGE_ROWS, row_offset=asked.first_row)
    visit.note_view(None, "cases")
    base = visit.url("cases.list")
    return visit.page(
        "cases/list.html",
        asked=asked,
        base=base,
        rows=rows,
        counts=counts,
        pages=pages,
        page_urls=[asked.address(base, page=number) for number in (1, max(1, asked.page - 1), asked.page + 1, pages)],
        choices=_choices(visit, counts),
        today_on=day_of(visit.now),
        title_of=lambda code: rule_title(code, visit.language),
        state_of=lambda row: case_state(row, visit.language),
        badge_of=state_badge,
        exports={kind: asked.address(visit.url("cases.export", kind=kind)) for kind in MEDIA},
    )


def _choices(visit: Visit, counts: Counts) -> dict[str, list[tuple[str, str]]]:
    """(value, text) of each filter that offers values, each with how many cases it would leave."""
    told = counts.by_filter

    def choices(name: str, values: Sequence[str], prefix: str) -> list[tuple[str, str]]:
        found = told.get(name, {})
        return [(value, f"{visit.t(f'{prefix}{value}')} ({found.get(value, 0)})") for value in values]

    waiting = sum(told.get("state", {}).get(state, 0) for state in ("open", "asked"))
    every = sum(told.get("state", {}).values())
    return {
        "level": choices("level", LEVELS, "case.level."),
        "state": [
            ("", f"{visit.t('console.cases.state.waiting')} ({waiting})"),
            *choices("state", STATES, "console.cases.state."),
            ("all", f"{visit.t('console.cases.state.all')} ({every})"),
        ],
        "family": choices("family", FAMILIES, "console.cases.family."),
        "kind": choices("kind", [kind for kind in kind_order() if kind in told.get("kind", {})], "case.kind."),
        "division": [(prefix, f"{prefix} ({number})") for prefix, number in sorted(told.get("city", {}).items())],
        "sort": [(sort, visit.t(f"console.cases.sort.{sort}")) for sort in SORTS],
    }


@PAGES.get("/export.{kind}", name="cases.export", rule=READERS)
def export(visit: Visit, kind: str) -> Response:
    """Exactly what is filtered, as a spreadsheet."""
    asked = Asked.of(visit.request.query_params)
    filters = asked.filters(visit.person.account_id, day_of(visit.now))
    rows = page_of(visit.conn, filters, sort=asked.sort, row_limit=EXPORT_ROWS)
    visit.note_act("cases.export", None, f"{len(rows)} {kind}")
    columns = [WorkbookColumn(visit.t(f"console.cases.column.{name}"), name, kind=of) for name, of in COLUMNS.items()]
    return send_list(
        visit,
        kind,
        name=f"cases-{day_of(visit.now)}",
        title=visit.t("console.cases.list.title"),
        columns=columns,
        rows=[_exported(visit, row) for row in rows],
    )


#: Columns of the export and what each holds.
COLUMNS: Final = {
    "case_id": "number", "level": "text", "unit_code": "text", "unit_name": "text", "division_code": "text",
    "points": "text", "kind": "text", "rules": "text", "span_from": "instant", "span_to": "instant",
    "effect_tce": "number", "finding_count": "number", "state": "text", "handler": "text", "due_on": "date",
    "opened_at": "instant",
}  # fmt: skip


def _exported(visit: Visit, row: dict[str, Any]) -> list[Any]:
    effect = row["effect_tce"]
    told = {
        **row,
        "level": visit.t(f"case.level.{row['level']}"),
        "points": ", ".join(row["point_codes"]),
        "kind": visit.t(f"case.kind.{row['kinds'][0]}") if row["kinds"] else None,
        "rules": "; ".join(rule_title(code, visit.language) for code in row["rule_codes"]),
        "effect_tce": None if effect is None else round_figure(effect, 2),
        "state": case_state(row, visit.language),
    }
    return [told[name] for name in COLUMNS]


@PAGES.get("/budget", name="cases.budget", rule=READERS)
def budget(visit: Visit) -> Response:
    """Inquiries per 100 unit-months of the last whole month and of this one, beside what is allowed."""
    this = Month.of(day_of(visit.now))
    months = [Month.of(this.start_on - timedelta(days=1)), this]
    told = []
    for month in months:
        bounds = (day_start(month.start_on), day_start(month.end_on))
        row = cases.inquiry_budget(visit.conn, month.start_on, month.end_on, *bounds)
        metered = row["unit_month_count"]
        rate = None if metered == 0 else round_figure(Decimal(100 * row["inquiry_count"]) / metered, 2)
        told.append({**row, "month": month, "rate": rate})
    return visit.page("cases/budget.html", months=told, allowed=load_ranking().inquiries_per_100_unit_months_max)
