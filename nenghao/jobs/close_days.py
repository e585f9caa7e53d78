"""Closes what is on the changed list: series days, hours, days and months.

Before: readings in force and the changed list (db). After: the rules (audit_mark) and the balances (month_mark).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from nenghao.db import series_days, totals
from nenghao.db.connection import Connection
from nenghao.db.locks import lock_day_exclusive
from nenghao.db.series_days import SeriesOn, SeriesRecord
from nenghao.db.totals import PointSeriesRow
from nenghao.domain.periods import Month
from nenghao.domain.registers import Span, align_readings, interval_advances, leave_out, register_advances
from nenghao.domain.series_day import REVERSE, SeriesDay, SeriesHistory
from nenghao.domain.totals import PointSeries, makes_days, rank_leading
from nenghao.jobs.affected_days import DayRun, find_affected_runs
from nenghao.reference.varieties import load_varieties

#: Pairs closed in one transaction: about three seconds of work, well below the lock timeout of a waiting batch.
CHUNK_PAIRS = 2000


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """What one run did."""

    #: Marks taken off the changed list.
    marks: int = 0
    #: Series days computed, and those of them that were new or different.
    examined: int = 0
    written: int = 0
    #: Written series days on which the register ran backwards or an interval was negative.
    reverse: int = 0

    def __add__(self, other: "ClosedDays") -> "ClosedDays":
        return ClosedDays(
            self.marks + other.marks,
            self.examined + other.examined,
            self.written + other.written,
            self.reverse + other.reverse,
        )


def close_changed_days(conn: Connection, now: datetime) -> ClosedDays:
    """Close everything that is on the changed list now, oldest days first, committing chunk by chunk.

    A chunk takes its marks, writes and commits as one: a crash loses no mark, and a second run finds nothing to do.
    Runs take turns chunk by chunk: two at once would each add up a month without the other's day, and a day made from
    older readings could be written over one made from newer.

    Raises: RetryableError where the turn does not come.
    """
    closed = ClosedDays()
    while True:
        with conn.transaction():
            series_days.lock_closing(conn)
            pairs = series_days.next_marks(conn, max_pairs=CHUNK_PAIRS)
            if pairs:
                lock_day_exclusive(conn, (day_on for _, day_on in pairs))
                closed += _close_chunk(conn, pairs, now)
        if len(pairs) < CHUNK_PAIRS:
            return closed


def _close_chunk(conn: Connection, pairs: Sequence[SeriesOn], now: datetime) -> ClosedDays:
    marks = series_days.take_marks(conn, pairs)
    series = series_days.load_series(conn, {series_id for series_id, _ in pairs})
    making = {
        series_id: record
        for series_id, record in series.items()
        if makes_days(quantity=record.quantity, kind=record.kind, period=record.period)
    }
    runs = find_affected_runs(conn, [pair for pair in pairs if pair[0] in making], making)
    days = _build_days(conn, runs, making)
    standing = series_days.load_content_hashes(conn, [(day.series_id, day.day_on) for day in days])
    changed = [day for day in days if _has_to_be_written(day, standing.get((day.series_id, day.day_on)))]
    series_days.write_series_days(conn, changed, now)
    _write_totals(conn, changed)
    # A mark without a changed day asks for the rules too: a conflict or a gauge's reading moves no energy.
    series_days.mark_for_audit(conn, sorted({*pairs, *((day.series_id, day.day_on) for day in changed)}))
    return ClosedDays(marks, len(days), len(changed), sum(REVERSE in day.method for day in changed))


def _has_to_be_written(day: SeriesDay, standing_hash: bytes | None) -> bool:
    """Whether a day differs from its row. The last register of a meter lies at midnight: the day after gets no row."""
    if standing_hash is None:
        return day.is_due or day.total_energy is not None
    return standing_hash != day.content_hash


def _build_days(conn: Connection, runs: Sequence[DayRun], series: dict[int, SeriesRecord]) -> list[SeriesDay]:
    readings = series_days.load_readings(conn, [run.readings_run for run in runs])
    exclusions = series_days.load_exclusions(conn, series)
    days = []
    for run, found in zip(runs, readings, strict=True):
        record = series[run.series_id]
        spans: Sequence[Span] = exclusions.get(run.series_id, ())
        chains = align_readings(found, record.versions)
        is_register = record.kind == "register"
        advances = (
            register_advances(leave_out(chains, spans), record.versions)
            if is_register
            else interval_advances(chains, record.versions)
        )
        history = SeriesHistory(run.series_id, is_register, record.versions, chains, advances, spans)
        days += [day for day_on in run.days() if (day := history.build_day(day_on)) is not None]
    return days


def _write_totals(conn: Connection, changed: Sequence[SeriesDay]) -> None:
    """Totals of the points whose days changed; what changed a month asks for its balance."""
    if not changed:
        return
    rows = totals.points_of_series(conn, {day.series_id for day in changed})
    point_of = {row.series_id: row.point_id for row in rows}
    unit_of = {row.point_id: row.unit_id for row in rows}
    pairs = sorted({(point_of[day.series_id], day.day_on) for day in changed})
    changed_days = totals.write_point_days(conn, pairs, _rank_by_point(rows))
    months = totals.write_point_months(
        conn, sorted({(point_id, _month_on(day_on)) for point_id, day_on in changed_days})
    )
    totals.mark_months(conn, sorted({(unit_of[point_id], month_on) for point_id, month_on in months}))


def _rank_by_point(rows: Iterable[PointSeriesRow]) -> dict[int, list[PointSeries]]:
    varieties = load_varieties().by_code
    of_point: dict[int, list[PointSeries]] = {}
    for row in rows:
        variety = varieties.get(row.variety_code)
        of_point.setdefault(row.point_id, []).append(
            PointSeries(
                point_id=row.point_id,
                series_id=row.series_id,
                quantity=row.quantity,
                kind=row.kind,
                period=row.period,
                form_unit=variety.form_unit if variety else None,
            )
        )
    return {point_id: rank_leading(series) for point_id, series in of_point.items()}


def _month_on(day_on: date) -> date:
    return Month.of(day_on).start_on
