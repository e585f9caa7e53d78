"""Lays the curves of a case on one axis of time: as first judged, as they stand now, as like days make them expected,
and what the neighbours in the network and the meter's own face show meanwhile.

Before: series days. After: the charts of the console. Values are those of the series days; missing stays missing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any, Final, Literal

from nenghao.db.case_page import rows
from nenghao.db.connection import Connection
from nenghao.db.evidence import rows as evidence_rows
from nenghao.domain.periods import day_start
from nenghao.domain.quantities import EXACT, UnitMismatch, convert
from nenghao.reporting.evidence_curves import HISTORY, ONE_DAY, Day, days_of, draw, read_day
from nenghao.review.looking import Subject

View = Literal["day", "week", "whole"]
Kind = Literal["raw", "validated", "expected", "neighbour"]
Axis = list[datetime]
Values = list[Decimal | None]

#: Shown before and after the span, so that it is seen where a curve leaves its ways.
AROUND: Final = timedelta(days=7)
#: Two months of quarter-hours: more points than a screen has columns.
MOST_DAYS: Final = 62
MOST_FACES: Final = 12_000
#: Neighbours drawn at one time; a whole of more parts is judged by its residual, not by eye.
MOST_NEIGHBOURS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One curve of a chart; `key` says what it is, `name` whose it is where it is a neighbour's."""

    kind: Kind
    key: str
    name: str
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Curves over one axis of time, and the span that is shaded."""

    unit: str
    axis: Axis
    lines: Sequence[Line]
    span: tuple[datetime, datetime]


def days_shown(span: tuple[datetime, datetime], view: View) -> list[date]:
    """The days that a view of a span shows."""
    own = days_of(span)
    if view == "day":
        return own[:1]
    if view == "week":
        return [own[0] + ONE_DAY * number for number in range(7)]
    first_on, last_on = own[0] - AROUND, own[-1] + AROUND
    return [first_on + ONE_DAY * number for number in range(min((last_on - first_on).days + 1, MOST_DAYS))]


def suspected(
    conn: Connection, case_id: int, subject: Subject, view: View, is_workday: Callable[[date], bool]
) -> Curves:
    """The suspected curve as it was judged, as it stands, and as like days before the span make it expected."""
    shown = days_shown(subject.span, view)
    first_on = min(shown[0], days_of(subject.span)[0] - HISTORY)
    last_on = max(shown[-1], days_of(subject.span)[-1])
    now = _read(rows(conn, "page_days", series_ids=[subject.series_id], first_on=first_on, last_on=last_on))
    kept = _read(rows(conn, "page_kept_days", case_id=case_id, series_ids=[subject.series_id]))
    stands, judged = now[subject.series_id], kept[subject.series_id]
    minutes, unit = _grid([*stands.values(), *judged.values()])
    about = {"series_ids": _channels(subject), "begin_at": subject.span[0] - HISTORY, "end_at": subject.span[1]}
    unclean = {row["day_on"] for row in evidence_rows(conn, "evidence_other_findings", **about)}
    curve = draw(subject.span, list(judged.values()), list(stands.values()), unclean, is_workday)
    lines = [
        Line(kind="raw", key="judged", name="", values=_laid(judged, shown, minutes, unit)),
        Line(kind="validated", key="now", name="", values=_laid(stands, shown, minutes, unit)),
    ]
    if curve is not None and curve.expected is not None and curve.slot_minutes == minutes:
        for key in ("low", "mid", "high"):
            by_day = dict(zip(curve.days, getattr(curve.expected, key), strict=True))
            values = [_statistic(value) for on in shown for value in by_day.get(on, [None] * (24 * 60 // minutes))]
            lines.append(Line(kind="expected", key=f"expected_{key}", name="", values=values))
    return Curves(unit=unit, axis=_axis(shown, minutes), lines=lines, span=subject.span)


def neighbours(conn: Connection, subject: Subject, view: View) -> Curves:
    """The point's own curve, and those of the points above, below and beside it in the network, on one axis."""
    shown = days_shown(subject.span, view)
    found = rows(
        conn,
        "page_neighbours",
        point_id=subject.point["point_id"],
        quantity=subject.quantity,
        on=days_of(subject.span)[0],
    )
    order = ("parent", "sibling", "child")
    found = sorted(found, key=lambda row: (order.index(row["relation"]), row["point_code"]))[:MOST_NEIGHBOURS]
    series_ids = [subject.series_id, *(row["series_id"] for row in found)]
    days = _read(rows(conn, "page_days", series_ids=series_ids, first_on=shown[0], last_on=shown[-1]))
    every = [day for by_day in days.values() for day in by_day.values()]
    # What is read hourly cannot be cut finer; what is read finer is added up.
    minutes = max((day.slot_minutes for day in every), default=15)
    unit = _grid(list(days[subject.series_id].values()) or every)[1]
    own = _laid(days[subject.series_id], shown, minutes, unit)
    lines = [Line(kind="validated", key="own", name=subject.point["point_code"], values=own)]
    for row in found:
        values = _laid(days[row["series_id"]], shown, minutes, unit)
        name = f"{row['point_code']} {row['point_name']}"
        lines.append(Line(kind="neighbour", key=row["relation"], name=name, values=values))
    return Curves(unit=unit, axis=_axis(shown, minutes), lines=lines, span=subject.span)


def face(conn: Connection, subject: Subject, view: View) -> Curves:
    """What the point's register showed, reading by reading."""
    shown = days_shown(subject.span, view)
    found = (
        []
        if subject.register_id is None
        else rows(
            conn,
            "page_faces",
            series_id=subject.register_id,
            begin_at=day_start(shown[0]),
            end_at=day_start(shown[-1] + ONE_DAY),
            row_limit=MOST_FACES,
        )
    )
    line = Line(kind="raw", key="face", name=subject.point["point_code"], values=[row["value"] for row in found])
    unit = next((row["unit"] for row in found if row["unit"]), "")
    return Curves(unit=unit, axis=[row["at"] for row in found], lines=[line], span=subject.span)


def _channels(subject: Subject) -> list[int]:
    return [one for one in (subject.series_id, subject.register_id) if one is not None]


def _read(found: Iterable[Mapping[str, Any]]) -> defaultdict[int, dict[date, Day]]:
    days: defaultdict[int, dict[date, Day]] = defaultdict(dict)
    for row in found:
        day = read_day({**row, "content_hash": ""})
        days[row["series_id"]][day.day_on] = day
    return days


def _grid(days: Sequence[Day]) -> tuple[int, str]:
    """(minutes of a slot, unit) of most of the days."""
    found = [(day.slot_minutes, day.unit) for day in days]
    return max(set(found), key=found.count) if found else (15, "")


def _axis(shown: Sequence[date], minutes: int) -> Axis:
    step = timedelta(minutes=minutes)
    return [day_start(on) + step * place for on in shown for place in range(24 * 60 // minutes)]


def _laid(days: Mapping[date, Day], shown: Sequence[date], minutes: int, unit: str) -> Values:
    """The days' slots on the axis; finer ones added up, missing where one of them is; other grids are missing."""
    per_day = 24 * 60 // minutes
    laid: Values = []
    for on in shown:
        day = days.get(on)
        if day is None or minutes % day.slot_minutes or len(day.energy) * day.slot_minutes != 24 * 60:
            laid += [None] * per_day
            continue
        each = minutes // day.slot_minutes
        laid += [_sum(day.energy[each * place : each * place + each], day.unit, unit) for place in range(per_day)]
    return laid


def _sum(energy: Sequence[Decimal | None], from_unit: str, unit: str) -> Decimal | None:
    known = [value for value in energy if value is not None]
    if len(known) < len(energy):
        return None
    try:
        with localcontext(EXACT):
            total = sum(known, Decimal(0))
            return total if from_unit == unit else convert(total, from_unit, unit)
    except UnitMismatch:
        return None


def _statistic(value: float | None) -> Decimal | None:
    """An expected slot: more digits than a meter's face would look exact."""
    return None if value is None else round(Decimal(repr(value)), 3)
