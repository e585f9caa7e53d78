"""Pages of data quality: by league, county and unit, and a unit's months with what each component rests on."""

from typing import Final, get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response

from nenghao.console.bureau.doors import PAGES, QUALITY_READERS
from nenghao.console.bureau.places import list_page, month_named
from nenghao.console.bureau.quality import Grouping, QualityRow, load_groups, load_months
from nenghao.console.lists import send_list
from nenghao.console.visits import Visit
from nenghao.db import quality as db
from nenghao.domain.periods import day_start
from nenghao.domain.quality_index import Scheme
from nenghao.reference.quality_schemes import load_schemes
from nenghao.reporting.workbook import Value, WorkbookColumn

DEFAULT_SCHEME: Final = "evaluation_index"


@PAGES.get("/quality", name="bureau.quality", rule=QUALITY_READERS)
def show_quality(
    visit: Visit, month: str = "", scheme: str = DEFAULT_SCHEME, by: str = "league", region: str = "", page: int = 1
) -> Response:
    """The index by league, county or unit, the lowest first."""
    asked, chosen, grouping = month_named(month, visit.now), _scheme(scheme), _grouping(by)
    rows = load_groups(visit.conn, asked.start_on, chosen, grouping, region)
    visit.note_view(None, f"quality {asked} {grouping}")
    parts = {"month": str(asked), "scheme": chosen.code, "by": grouping, "region": region}
    return visit.page(
        "bureau/quality.html", month=asked, scheme=chosen, schemes=load_schemes(), by=grouping, region=region,
        groupings=get_args(Grouping), parts=parts, listing=list_page(visit, rows, page, "bureau.quality", **parts),
        months=_months(visit, str(asked)),
    )  # fmt: skip


@PAGES.get("/quality/export.{kind}", name="bureau.quality.export", rule=QUALITY_READERS)
def export_quality(
    visit: Visit, kind: str, month: str = "", scheme: str = DEFAULT_SCHEME, by: str = "unit", region: str = ""
) -> Response:
    """The same list as a file, with part and whole of each component."""
    asked, chosen, grouping = month_named(month, visit.now), _scheme(scheme), _grouping(by)
    rows = load_groups(visit.conn, asked.start_on, chosen, grouping, region)
    visit.note_view(None, f"quality {asked} {grouping} {kind}")
    return send_list(
        visit,
        kind,
        name=visit.t("console.bureau.quality.file", month=asked),
        title=visit.t("console.bureau.quality.title", month=asked),
        columns=_columns(visit, chosen),
        rows=[_line(row) for row in rows],
    )


@PAGES.get("/quality/{unit_code}", name="bureau.quality.unit", rule=QUALITY_READERS)
def show_unit_quality(visit: Visit, unit_code: str, month: str = "", scheme: str = DEFAULT_SCHEME) -> Response:
    """A unit's components in a month, and its months."""
    chosen, unit_id = _scheme(scheme), _unit(visit, unit_code)
    months = load_months(visit.conn, unit_id, chosen)
    visit.note_view(unit_id, f"quality {chosen.code}")
    asked = month_named(month, visit.now) if month else None
    shown = [one for one in months if asked is None or one[0] == asked.start_on]
    return visit.page(
        "bureau/quality_unit.html", unit_code=unit_code, months=months, shown=shown[-1] if shown else None,
        scheme=chosen, schemes=load_schemes(),
    )  # fmt: skip


@PAGES.get("/quality/{unit_code}/months.json", name="bureau.quality.chart", rule=QUALITY_READERS)
def chart_unit_quality(visit: Visit, unit_code: str, scheme: str = DEFAULT_SCHEME) -> Response:
    """The index of a unit by month, for the chart."""
    chosen, unit_id = _scheme(scheme), _unit(visit, unit_code)
    months = load_months(visit.conn, unit_id, chosen)
    visit.note_view(unit_id, f"quality {chosen.code}")
    scores = [None if row.index.score is None else float(row.index.score) for _, row in months]
    return visit.json(
        {
            "unit": "",
            "at": [int(day_start(month_on).timestamp()) for month_on, _ in months],
            "series": [{"label": visit.t("console.bureau.quality.score"), "kind": "validated", "values": scores}],
            "shaded": [],
        }
    )


def _scheme(code: str) -> Scheme:
    schemes = load_schemes()
    return schemes.get(code) or schemes[DEFAULT_SCHEME]


def _grouping(by: str) -> Grouping:
    return by if by in get_args(Grouping) else "league"  # type: ignore[return-value]  # one of the words


def _unit(visit: Visit, unit_code: str) -> int:
    unit_id = db.unit_of_code(visit.conn, unit_code)
    if unit_id is None:
        raise HTTPException(404)
    return unit_id


def _months(visit: Visit, asked: str) -> list[str]:
    return sorted({f"{month_on:%Y-%m}" for month_on in db.counted_months(visit.conn)} | {asked}, reverse=True)


def _columns(visit: Visit, scheme: Scheme) -> list[WorkbookColumn]:
    head = [("code", "text"), ("name", "text"), ("units", "number"), ("score", "number"), ("judged", "number")]
    columns = [WorkbookColumn(visit.t(f"console.bureau.quality.{name}"), name, kind=kind) for name, kind in head]
    for component in scheme.components:
        title = visit.t(f"quality.component.{component.code}")
        columns += [
            WorkbookColumn(f"{title} {visit.t(f'quality.column.{one}')}", f"{component.code}_{one}", kind="number")
            for one in ("points", "part", "whole")
        ]
    columns.append(WorkbookColumn(visit.t("console.bureau.quality.until"), "until", kind="date"))
    return columns


def _line(row: QualityRow) -> list[Value]:
    line: list[Value] = [row.code, row.name, row.units, row.index.score, row.index.points_judged]
    for score in row.index.scores:
        share = score.share
        line += [score.points, None if share is None else share.part, None if share is None else share.whole]
    return [*line, row.until_on]
