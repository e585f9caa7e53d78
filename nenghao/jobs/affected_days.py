"""Which days of a series have to be made again when some of its days changed, and which readings that takes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nenghao.db.connection import Connection
from nenghao.db.series_days import SeriesOn, SeriesRecord, TimeRun, find_neighbours
from nenghao.domain.periods import day_of, day_start
from nenghao.domain.registers import MAX_GAP_S
from nenghao.domain.series_version import GRID_TOLERANCE_S

#: How far a neighbouring register is looked for: farther ones apportion nothing.
REACH = timedelta(seconds=MAX_GAP_S)
ONE_DAY = timedelta(days=1)
_TOLERANCE = timedelta(seconds=GRID_TOLERANCE_S)


@dataclass(frozen=True, slots=True)
class DayRun:
    """Days `[first_on, end_on)` of a series, and the readings they are made from."""

    series_id: int
    first_on: date
    end_on: date
    readings_run: TimeRun

    def days(self) -> Iterator[date]:
        """The days, in order."""
        for number in range((self.end_on - self.first_on).days):
            yield self.first_on + number * ONE_DAY


def find_affected_runs(conn: Connection, pairs: Sequence[SeriesOn], series: Mapping[int, SeriesRecord]) -> list[DayRun]:
    """The runs of days to make again for changed (series, day) pairs.

    A register's day is widened to every day between the neighbouring valid registers: one that arrives inside a gap
    apportions the whole gap anew. A register at midnight sharp ends the widening: its own change marks both days.
    An interval's day stands for itself.
    """
    runs = _join_days(pairs)
    is_register = {series_id: record.kind == "register" for series_id, record in series.items()}
    registers = [run for run in runs if is_register[run[0]]]
    intervals = [
        DayRun(*run, TimeRun(run[0], day_start(run[1]) - _TOLERANCE, day_start(run[2]))) for run in runs
        if not is_register[run[0]]
    ]  # fmt: skip
    widened = _join_days(
        [
            (series_id, first_on + number * ONE_DAY)
            for series_id, first_on, end_on in _widen(conn, registers)
            for number in range((end_on - first_on).days)
        ]
    )
    return intervals + _with_readings(conn, widened)


def _join_days(pairs: Sequence[SeriesOn]) -> list[tuple[int, date, date]]:
    """Neighbouring days of a series as one (series, first day, day after the last)."""
    runs: list[tuple[int, date, date]] = []
    for series_id, day_on in sorted(set(pairs)):
        if runs and runs[-1][0] == series_id and runs[-1][2] == day_on:
            runs[-1] = (series_id, runs[-1][1], day_on + ONE_DAY)
        else:
            runs.append((series_id, day_on, day_on + ONE_DAY))
    return runs


def _widen(conn: Connection, runs: Sequence[tuple[int, date, date]]) -> list[tuple[int, date, date]]:
    asked = [TimeRun(series_id, day_start(first_on), day_start(end_on)) for series_id, first_on, end_on in runs]
    widened = []
    for (series_id, first_on, end_on), (before, after) in zip(
        runs, find_neighbours(conn, asked, reach=REACH), strict=True
    ):
        first = min(first_on, day_of(before)) if before else first_on
        # The day that ends with the later neighbour is the last one; a neighbour at midnight ends the day before.
        end = max(end_on, day_of(after - timedelta(microseconds=1)) + ONE_DAY) if after else end_on
        widened.append((series_id, first, end))
    return widened


def _with_readings(conn: Connection, runs: Sequence[tuple[int, date, date]]) -> list[DayRun]:
    """Each run with the readings from the register before it to the register after it.

    The neighbours are looked for outside the tolerance of midnight, so that what is near midnight is always among them.
    """
    asked = [
        TimeRun(series_id, day_start(first_on) - _TOLERANCE, day_start(end_on) + _TOLERANCE)
        for series_id, first_on, end_on in runs
    ]
    neighbours: Sequence[tuple[datetime | None, datetime | None]] = find_neighbours(conn, asked, reach=REACH)
    return [
        DayRun(*run, TimeRun(run[0], before or window.begin, after or window.end))
        for run, window, (before, after) in zip(runs, asked, neighbours, strict=True)
    ]
