"""`/unit/points` and a point: its slots of a month as a chart, marks of quality, meters and their changes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from nenghao.console.unit.own import OWN, PAGES, looked, missing, read_month
from nenghao.console.unit.today import standings
from nenghao.console.visits import Visit
from nenghao.db import change_documents, completeness
from nenghao.db.completeness import PointDay
from nenghao.domain.day_completeness import LEAST_SHARE
from nenghao.domain.periods import Month, day_of, day_start
from nenghao.domain.series_day import ESTIMATED, EXCLUDED, MISSING, QUESTIONABLE, REASONS, VALIDATED


@PAGES.get("/points", name="unit.points", rule=OWN)
def points(visit: Visit) -> Response:
    """All points: today so far, the month's closed days, energy of the month."""
    unit = looked(visit, "points")
    today_on = day_of(visit.now)
    spans = completeness.points_of_days(visit.conn, unit.unit_id, Month.of(today_on).start_on, today_on)
    today = completeness.points_today(visit.conn, unit.unit_id, day_start(today_on), visit.now)
    return visit.page(
        "unit/points.html",
        unit=unit,
        rows=standings(today, spans, visit.now),
        spans={one.point_code: one for one in spans},
        least_share=LEAST_SHARE,
    )


@PAGES.get("/points/{code}", name="unit.point", rule=OWN)
def point(visit: Visit, code: str, month: str = "") -> Response:
    """One point over a month."""
    unit = looked(visit, f"point {code}")
    wanted = read_month(visit, month)
    found = completeness.find_point(visit.conn, unit.unit_id, code)
    if found is None or wanted is None:
        return missing(visit)
    days = completeness.days_of_point(visit.conn, found.point_id, wanted.start_on, wanted.end_on)
    return visit.page(
        "unit/point.html",
        unit=unit,
        point=found,
        month=wanted,
        before=Month.of(wanted.start_on - timedelta(days=1)),
        after=Month.of(wanted.end_on),
        days=days,
        marks={day.day_on: _marks(day) for day in days},
        reasons={day.day_on: _reasons(day) for day in days},
        series=completeness.series_of_point(visit.conn, found.point_id),
        changes=change_documents.declared_changes(visit.conn, unit.unit_id, found.point_code),
    )


@PAGES.get("/points/{code}/slots.json", name="unit.point.slots", rule=OWN)
def slots(visit: Visit, code: str, month: str = "") -> Response:
    """The slots of a month for the chart: counted ones, estimated ones, and spans where nothing is known."""
    unit, wanted = looked(visit, f"point {code} slots"), read_month(visit, month)
    found = completeness.find_point(visit.conn, unit.unit_id, code)
    if found is None or wanted is None:
        return missing(visit)
    days = completeness.days_of_point(visit.conn, found.point_id, wanted.start_on, wanted.end_on)
    return visit.json(_chart(visit, [day for day in days if day.slots is not None]))


def _marks(day: PointDay) -> Counter[str]:
    return Counter(day.quality or "")


def _reasons(day: PointDay) -> list[str]:
    return sorted({REASONS[letter] for letter in day.reason or "" if letter in REASONS})


def _chart(visit: Visit, days: Sequence[PointDay]) -> dict[str, Any]:
    at: list[int] = []
    counted: list[float | None] = []
    estimated: list[float | None] = []
    unknown: list[tuple[int, int]] = []
    for day in days:
        for start_at, minutes, value, mark in _slots(day):
            begin = int(start_at.timestamp())
            at.append(begin)
            counted.append(value if mark in (VALIDATED, QUESTIONABLE) else None)
            estimated.append(value if mark == ESTIMATED else None)
            if mark in (MISSING, EXCLUDED):
                unknown.append((begin, begin + minutes * 60))
    return {
        "unit": days[0].unit if days else "",
        "at": at,
        "series": [
            {"label": visit.t("console.unit.chart.counted"), "kind": "validated", "values": counted},
            {"label": visit.t("console.unit.chart.estimated"), "kind": "expected", "values": estimated},
        ],
        "shaded": [
            {"from": begin, "to": end, "label": visit.t("console.unit.chart.unknown")}
            for begin, end in _joined(unknown)
        ],
    }


def _slots(day: PointDay) -> Iterator[tuple[datetime, int, float | None, str]]:
    """Start, minutes, energy and mark of each slot of a day; floats are for drawing only."""
    if day.slots is None or day.scale is None or day.slot_minutes is None or day.quality is None:
        return
    start_at = day_start(day.day_on)
    for number, (value, mark) in enumerate(zip(day.slots, day.quality, strict=True)):
        energy = None if value is None else float(Decimal(value).scaleb(-day.scale))
        yield start_at + timedelta(minutes=number * day.slot_minutes), day.slot_minutes, energy, mark


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch, as one."""
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and joined[-1][1] == begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined
