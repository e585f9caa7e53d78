"""Goes on from the points of a sealed cell into the store: days, slots, estimates, findings, decisions, messages.

Before: a cell taken apart (reporting.explain). After: `nenghao explain`. The store has moved on since an older version
was sealed; where a month's total is another one now, it says so and shows the days as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Final

from nenghao.db import explain as db
from nenghao.db.archive import dropped_between
from nenghao.db.connection import Connection
from nenghao.db.explain import (
    StoredCorrection,
    StoredDay,
    StoredEstimate,
    StoredExclusion,
    StoredFinding,
    StoredMessage,
    StoredTotal,
)
from nenghao.db.series_days import TimeRun, find_neighbours
from nenghao.domain.periods import Month, day_bounds, day_start
from nenghao.domain.quantities import EXACT
from nenghao.domain.registers import MAX_GAP_S
from nenghao.domain.series_version import GRID_TOLERANCE_S
from nenghao.reporting.explain import FrozenPoint

TOLERANCE: Final = timedelta(seconds=GRID_TOLERANCE_S)
SLOTS: Final = ("received_slots", "known_slots")
REACH: Final = timedelta(seconds=MAX_GAP_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointStory:
    """A point behind a cell, as it was sealed and as the store has it."""

    frozen: FrozenPoint
    now: StoredTotal | None
    #: Whether the month's total is another one than the sealed one.
    has_moved: bool
    days: Sequence[StoredDay]
    estimates: Sequence[StoredEstimate]
    exclusions: Sequence[StoredExclusion]
    corrections: Sequence[StoredCorrection]
    #: Messages behind each asked day.
    messages: Sequence[tuple[date, StoredMessage]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStory:
    """What the store knows of a cell's points, and what the rules found there or at the unit."""

    points: Sequence[PointStory]
    findings: Sequence[StoredFinding]
    #: Months whose archives have what retention dropped of these readings: their messages are not found here.
    archived_months: Sequence[date]


def read_story(
    conn: Connection, unit_id: int, month: Month, points: Sequence[FrozenPoint], asked_days: Sequence[date]
) -> StoreStory:
    """The story of points in a month; messages of the asked days only, for they are many."""
    ids = [point.point_id for point in points]
    begin_at, end_at = day_start(month.start_on), day_start(month.end_on)
    totals = {total.point_id: total for total in db.load_totals(conn, ids, month.start_on)}
    days = db.load_days(conn, ids, month.start_on, month.end_on)
    estimates = db.load_estimates(conn, ids, month.start_on, month.end_on)
    exclusions = db.load_exclusions(conn, ids, begin_at, end_at)
    corrections = db.load_corrections(conn, ids, begin_at, end_at)
    stories = []
    for point in points:
        own_days = [day for day in days if day.point_id == point.point_id]
        now = totals.get(point.point_id)
        stories.append(
            PointStory(
                frozen=point,
                now=now,
                has_moved=_has_moved(point, now),
                days=own_days,
                estimates=[one for one in estimates if one.point_id == point.point_id],
                exclusions=[one for one in exclusions if one.point_id == point.point_id],
                corrections=[one for one in corrections if one.point_id == point.point_id],
                messages=[
                    (day.day_on, message)
                    for day in own_days
                    if day.day_on in asked_days
                    for message in db.load_messages(conn, day.series_id, *_readings_of(conn, day))
                ],
            )
        )
    return StoreStory(
        points=stories,
        findings=db.load_findings(conn, unit_id, ids, begin_at, end_at),
        archived_months=dropped_between(conn, begin_at, end_at),
    )


def _has_moved(point: FrozenPoint, now: StoredTotal | None) -> bool:
    """Whether the sealed totals are not those of now. A month in pieces is compared by their sum."""
    if now is None:
        return bool(point.totals)
    with localcontext(EXACT):
        known = [Decimal(total["energy"]) for total in point.totals if total["energy"] is not None]
        energy = sum(known, Decimal(0)) if known else None
        measured = sum((Decimal(total["measured_energy"]) for total in point.totals), Decimal(0))
    sealed = energy, measured, *(sum(total[name] for total in point.totals) for name in SLOTS)
    return sealed != (now.energy, now.measured_energy, now.received_slots, now.known_slots)


def _readings_of(conn: Connection, day: StoredDay) -> tuple[datetime, datetime]:
    """First and last instant of the readings that a day rests on: registers from before a gap to after it."""
    begin, end = day_bounds(day.day_on)
    if day.kind != "register":
        return begin - TOLERANCE, end - TOLERANCE - timedelta(microseconds=1)
    asked = TimeRun(day.series_id, begin + TOLERANCE, end - TOLERANCE)
    ((before, after),) = find_neighbours(conn, [asked], reach=REACH)
    return before or begin, after or end
