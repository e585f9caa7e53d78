"""Which days of a series have to be made again when some of its days changed, and the readings that takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from nenghao.closing.columns import Rows, load_decimals_of, merge_rows, unpack_rows
from nenghao.closing.ends import open_ends
from nenghao.db.connection import Connection
from nenghao.db.series_days import SeriesOn, TimeRun, find_neighbours, load_packed_readings
from nenghao.domain.estimation import Agreed
from nenghao.domain.periods import day_of, day_start
from nenghao.domain.registers import MAX_GAP_S, Exclusion
from nenghao.domain.series_day import DayRun
from nenghao.domain.series_version import GRID_TOLERANCE_S, Series

#: How far a neighbouring register is looked for: farther ones apportion nothing.
REACH = timedelta(seconds=MAX_GAP_S)
ONE_DAY = timedelta(days=1)
_TOLERANCE = timedelta(seconds=GRID_TOLERANCE_S)


@dataclass(frozen=True, slots=True)
class Affected:
    """Runs of days to make again, in order of series and day, the time whose readings they take, and those readings."""

    runs: Sequence[DayRun]
    times: Sequence[TimeRun]
    rows: Rows


def find_affected(
    conn: Connection,
    pairs: Iterable[SeriesOn],
    series: Mapping[int, Series],
    exclusions: Mapping[int, Sequence[Exclusion]],
    agreed: Sequence[Agreed],
    now: datetime,
) -> Affected:
    """The runs of days to make again for changed (series, day) pairs.

    A day that begins or ends inside a gap is widened to every day between the neighbouring valid readings: one that
    arrives inside a gap apportions the whole gap anew. A register at midnight sharp ends the widening: its own change
    marks both days. A day that an agreed value touches is widened to all days of that.
    """
    listed = sorted(series.values(), key=lambda one: one.series_id)
    runs = _join_days(_with_agreed(pairs, agreed))
    windows = [_window(run) for run in runs]
    rows = _load(conn, windows, series)
    is_open = set(open_ends(listed, runs, rows, exclusions, int(now.timestamp())))
    if not is_open:
        return Affected(runs, windows, rows)
    widened = _widen(conn, [runs[number] for number in sorted(is_open)])
    # A widened run may meet one of its series that was whole: they become one, read together.
    of_series = {run.series_id for run in widened}
    stay = [n for n, run in enumerate(runs) if n not in is_open and run.series_id not in of_series]
    again = [n for n, run in enumerate(runs) if n not in is_open and run.series_id in of_series]
    wide = _join_runs([*widened, *(runs[number] for number in again)])
    times = _with_neighbours(conn, wide)
    both = [*((runs[number], windows[number]) for number in stay), *zip(wide, times, strict=True)]
    order = sorted(range(len(both)), key=lambda number: (both[number][0].series_id, both[number][0].first_on))
    merged = merge_rows(rows.of_runs(stay), _load(conn, times, series), len(stay), order)
    return Affected([both[number][0] for number in order], [both[number][1] for number in order], merged)


def _load(conn: Connection, times: Sequence[TimeRun], series: Mapping[int, Series]) -> Rows:
    decimals = [load_decimals_of(series[time.series_id]) for time in times]
    return unpack_rows(*load_packed_readings(conn, times, decimals))


def _with_agreed(pairs: Iterable[SeriesOn], agreed: Sequence[Agreed]) -> set[SeriesOn]:
    """The pairs, and all days of agreed values that touch one."""
    found = set(pairs)
    for one in agreed:
        first_on, last_on = _day_of(one.begin), _day_of(one.end - 1)
        days = {(one.series_id, first_on + n * ONE_DAY) for n in range((last_on - first_on).days + 1)}
        if days & found:
            found |= days
    return found


def _day_of(at: int) -> date:
    return day_of(datetime.fromtimestamp(at, UTC))


def _join_days(pairs: Iterable[SeriesOn]) -> list[DayRun]:
    """Neighbouring days of a series as one run."""
    return _join_runs(DayRun(series_id, day_on, day_on + ONE_DAY) for series_id, day_on in pairs)


def _join_runs(runs: Iterable[DayRun]) -> list[DayRun]:
    """Runs of a series that meet or overlap as one, in order."""
    joined: list[DayRun] = []
    for run in sorted(runs, key=lambda run: (run.series_id, run.first_on)):
        if joined and joined[-1].series_id == run.series_id and run.first_on <= joined[-1].end_on:
            joined[-1] = DayRun(run.series_id, joined[-1].first_on, max(run.end_on, joined[-1].end_on))
        else:
            joined.append(run)
    return joined


def _window(run: DayRun) -> TimeRun:
    """The time of a run, with what is near enough to midnight to stand for it."""
    return TimeRun(run.series_id, day_start(run.first_on) - _TOLERANCE, day_start(run.end_on) + _TOLERANCE)


def _widen(conn: Connection, runs: Sequence[DayRun]) -> list[DayRun]:
    asked = [TimeRun(run.series_id, day_start(run.first_on), day_start(run.end_on)) for run in runs]
    widened = []
    for run, (before, after) in zip(runs, find_neighbours(conn, asked, reach=REACH), strict=True):
        first = min(run.first_on, day_of(before)) if before else run.first_on
        # The day that ends with the later neighbour is the last one; a neighbour at midnight ends the day before.
        end = max(run.end_on, day_of(after - timedelta(microseconds=1)) + ONE_DAY) if after else run.end_on
        widened.append(DayRun(run.series_id, first, end))
    return widened


def _with_neighbours(conn: Connection, runs: Sequence[DayRun]) -> list[TimeRun]:
    """For each run the time from the reading before it to the reading after it.

    The neighbours are looked for outside the tolerance of midnight, so that what is near midnight is always among them.
    """
    windows = [_window(run) for run in runs]
    neighbours = find_neighbours(conn, windows, reach=REACH)
    return [
        TimeRun(run.series_id, before or window.begin, after or window.end)
        for run, window, (before, after) in zip(runs, windows, neighbours, strict=True)
    ]
