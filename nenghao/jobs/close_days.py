"""Closes what is on the changed list: series days, days and months.

Before: readings in force and the changed list (db). After: the rules (audit_mark) and the balances (month_mark).
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import localcontext

from nenghao.closing.chunk import Chunk, Measured, exact_rows, find_wide, measure
from nenghao.closing.columns import load_decimals_of
from nenghao.closing.donors import Donors
from nenghao.db import closed_days, series_days, totals
from nenghao.db.archive import dropped_spans
from nenghao.db.connection import Connection
from nenghao.db.locks import lock_day_exclusive
from nenghao.db.series_days import SeriesOn
from nenghao.db.totals import PointSeriesRow
from nenghao.domain.periods import Month, day_bounds
from nenghao.domain.quantities import EXACT
from nenghao.domain.series_day import SeriesDay
from nenghao.domain.series_version import Series, decimals_of
from nenghao.domain.totals import PointSeries, makes_days, rank_leading
from nenghao.jobs.affected_days import REACH, Affected, find_affected
from nenghao.reference.media import load_media
from nenghao.reference.varieties import load_varieties

_log = logging.getLogger(__name__)

#: Pairs closed in one transaction: a few seconds of work, well below the lock timeout of a waiting batch.
CHUNK_PAIRS = 6000


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
    #: Days that came out otherwise and were left as they are: readings that they rest on are in the archive.
    archived: int = 0

    def __add__(self, other: "ClosedDays") -> "ClosedDays":
        return ClosedDays(
            self.marks + other.marks,
            self.examined + other.examined,
            self.written + other.written,
            self.reverse + other.reverse,
            self.archived + other.archived,
        )


def close_changed_days(conn: Connection, now: datetime) -> ClosedDays:
    """Close everything that is on the changed list now, oldest day first, committing chunk by chunk.

    A chunk is of one day, so that the days its estimates draw on are closed before it, however the list is cut. It
    takes its marks, writes and commits as one: a crash loses no mark, and a second run finds nothing to do. Runs take
    turns chunk by chunk: two at once would each add up a month without the other's day, and a day made from older
    readings could be written over one made from newer.

    Raises: RetryableError where the turn does not come.
    """
    closed = ClosedDays()
    while True:
        with conn.transaction():
            series_days.lock_closing(conn)
            pairs = series_days.next_marks(conn, max_pairs=CHUNK_PAIRS)
            if not pairs:
                return closed
            lock_day_exclusive(conn, (day_on for _, day_on in pairs))
            closed += _close_chunk(conn, pairs, now)


def _close_chunk(conn: Connection, pairs: Sequence[SeriesOn], now: datetime) -> ClosedDays:
    marks = series_days.take_marks(conn, pairs)
    found = series_days.load_series(conn, {series_id for series_id, _ in pairs})
    making = {
        series_id: one
        for series_id, one in found.items()
        if makes_days(quantity=one.quantity, kind=one.kind, period=one.period)
    }
    examined: list[SeriesDay] = []
    changed: list[SeriesDay] = []
    left: list[SeriesDay] = []
    dropped = dropped_spans(conn)
    # Registers first, and written: the intervals beside them are scaled to them.
    for is_register in (True, False):
        series = {series_id: one for series_id, one in making.items() if (one.kind == "register") == is_register}
        days = _build_days(conn, [pair for pair in pairs if pair[0] in series], series, now)
        standing = series_days.load_content_hashes(conn, [(day.series_id, day.day_on) for day in days])
        new = [day for day in days if _has_to_be_written(day, standing.get((day.series_id, day.day_on)))]
        if dropped:
            left += [day for day in new if rests_on_archive(day.day_on, dropped)]
            new = [day for day in new if not rests_on_archive(day.day_on, dropped)]
        closed_days.write_series_days(conn, new, now)
        examined += days
        changed += new
    _write_totals(conn, [day for day in changed if making[day.series_id].kind != "gauge"])
    # A mark without a changed day asks for the rules too: a conflict moves no energy.
    series_days.mark_for_audit(conn, sorted({*pairs, *((day.series_id, day.day_on) for day in changed)}))
    reverse = sum(day.reason is not None and ("r" in day.reason or "n" in day.reason) for day in changed)
    if left:
        _log.warning(
            "days left as they are: their readings are archived",
            extra={"days": len(left), "first": str(min(day.day_on for day in left))},
        )
    return ClosedDays(marks, len(examined), len(changed), reverse, len(left))


def rests_on_archive(day_on: date, dropped: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether readings from which a day may be apportioned were dropped: made without them it would be less.

    So a day is not made again once retention has come nearer than the farthest register that apportions it.
    """
    begin_at, end_at = day_bounds(day_on)
    return any(first_at < end_at + REACH and end > begin_at - REACH for first_at, end in dropped)


def _has_to_be_written(day: SeriesDay, standing_hash: bytes | None) -> bool:
    """Whether a day differs from its row. The last register of a meter lies at midnight: the day after gets no row."""
    if standing_hash is None:
        return day.is_due or day.total_energy is not None
    return standing_hash != day.content_hash


def _build_days(
    conn: Connection, pairs: Sequence[SeriesOn], series: Mapping[int, Series], now: datetime
) -> list[SeriesDay]:
    if not pairs:
        return []
    exclusions = series_days.load_exclusions(conn, series)
    agreed = closed_days.load_agreements(conn, series)
    affected = find_affected(conn, pairs, series, exclusions, agreed, now)
    checks = closed_days.load_checks(conn, series)
    registers = closed_days.load_registers_beside(conn, series)
    listed = sorted(series.values(), key=lambda one: one.series_id)
    chunk = Chunk(
        series=listed, runs=affected.runs, exclusions=exclusions, agreed=agreed,
        stops=closed_days.load_stops(conn, series),
        checked=frozenset(series_id for series_id, *_ in checks), with_register=frozenset(registers),
    )  # fmt: skip
    wide = find_wide(affected.rows, chunk)
    parts = [_measure_wide(conn, chunk, affected, wide)] if wide else []
    if len(wide) < len(chunk.runs):
        parts.append(_measure_narrow(chunk, affected, wide))
    return [day for part in parts for day in part.days(_load_donors(conn, part, checks, registers))]


def _measure_narrow(chunk: Chunk, affected: Affected, wide: set[int]) -> Measured:
    """What fits into 64 bits."""
    if not wide:
        return measure(chunk, affected.rows)
    narrow = [number for number in range(len(chunk.runs)) if number not in wide]
    return measure(chunk.part(narrow), affected.rows.of_runs(narrow))


def _measure_wide(conn: Connection, chunk: Chunk, affected: Affected, wide: set[int]) -> Measured:
    """What does not, or has more decimals than its meter's face: in Python integers."""
    numbers = sorted(wide)
    found = series_days.load_exact_readings(conn, [affected.times[number] for number in numbers])
    part = chunk.part(numbers)
    load = {one.series_id: load_decimals_of(one) for one in part.series}
    for number, _, value in found:
        series_id = part.runs[number].series_id
        load[series_id] = max(load[series_id], decimals_of(value))
    with localcontext(EXACT):
        rows = exact_rows([(n, at, int(value.scaleb(load[part.runs[n].series_id]))) for n, at, value in found])
    return measure(part, rows, [load[one.series_id] for one in part.series])


def _load_donors(
    conn: Connection, part: Measured, checks: Sequence[tuple[int, int, date, date | None]], registers: Mapping[int, int]
) -> Donors:
    """What the gaps of a part may draw on."""
    gap_days = part.gap_days()
    if not gap_days:
        return Donors()
    checking = {
        (series_id, day_on): check_id
        for series_id, check_id, valid_from, valid_to in checks
        for gap_series_id, day_on in gap_days
        if series_id == gap_series_id and valid_from <= day_on and (valid_to is None or day_on < valid_to)
    }
    beside = {(registers[series_id], day_on) for series_id, day_on in gap_days if series_id in registers}
    wanted = part.wanted_days() | beside | {(check_id, day_on) for (_, day_on), check_id in checking.items()}
    return Donors(
        days=closed_days.load_stored_days(conn, wanted),
        checks=checking,
        registers=registers,
        standing=closed_days.load_standing_estimates(conn, gap_days),
    )


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
    varieties = load_varieties().by_code | load_media().media.by_code
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
