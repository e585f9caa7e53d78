"""The days of runs as columns: which version names them, their slots, and the decimals they need.

Before: advances (advances). After: slots (slots).
"""

from dataclasses import dataclass

import numpy as np

from nenghao.closing.advances import KNOWN, Advances
from nenghao.closing.apportioning import expand
from nenghao.closing.columns import Bools, Ints, RunColumns, VersionColumns, keys
from nenghao.domain.periods import DAY_S


@dataclass(frozen=True, slots=True)
class DayColumns:
    """The days of runs on which a version was in force, in order; slots of a day are `offset:offset + count`."""

    run: Ints
    series: Ints
    begin: Ints
    version: Ints
    slot_s: Ints
    count: Ints
    offset: Ints
    scale: Ints
    face_scale: Ints
    is_due: Bools
    #: Row of each day of each run, -1 where none; the days of run number r begin at `of_run[r]`.
    row_of: Ints
    of_run: Ints

    def row_at(self, run: Ints, instants: Ints, runs: RunColumns) -> Ints:
        """Row of the day of a run that holds an instant, -1 where the run does not."""
        day = (instants - runs.begin[run]) // DAY_S
        is_inside = (day >= 0) & (day < runs.days[run])
        return np.where(is_inside, self.row_of[np.where(is_inside, self.of_run[run] + day, 0)], -1)


def day_columns(runs: RunColumns, versions: VersionColumns, advances: Advances) -> DayColumns:
    """The days of runs, each in the unit and slots of the last version in force on it, with decimals for all that
    touches it.
    """
    run, day = expand(np.zeros(len(runs.days), dtype=np.int64), runs.days)
    begin, series = runs.begin[run] + day * DAY_S, runs.series[run]
    version: Ints = np.searchsorted(versions.key, keys(series, begin + DAY_S - 1), side="right") - 1
    exists = (version >= 0) & (versions.series[version] == series) & (versions.valid_until[version] > begin)
    row_of = np.where(exists, np.cumsum(exists) - 1, -1)
    run, begin, series, version = run[exists], begin[exists], series[exists], version[exists]
    slot_s = versions.slot_s[version]
    count = DAY_S // slot_s
    days = DayColumns(
        run=run, series=series, begin=begin, version=version, slot_s=slot_s, count=count,
        offset=np.cumsum(count) - count, scale=versions.energy_scale[version].copy(),
        face_scale=versions.decimals[version].copy(), is_due=_are_due(series, begin, versions), row_of=row_of,
        of_run=np.cumsum(runs.days) - runs.days,
    )  # fmt: skip
    _widen_scales(days, runs, versions, advances)
    return days


def _are_due(series: Ints, begin: Ints, versions: VersionColumns) -> Bools:
    """Whether versions follow one another without a break over each day."""
    at, is_due = begin.copy(), np.zeros(len(begin), dtype=np.bool_)
    open_days = np.arange(len(begin))
    while len(open_days):
        version = versions.at(series[open_days], at[open_days])
        until = versions.valid_until[version]
        is_over = until >= begin[open_days] + DAY_S
        is_due[open_days[(version >= 0) & is_over]] = True
        goes_on = (version >= 0) & ~is_over
        open_days = open_days[goes_on]
        at[open_days] = until[goes_on]
    return is_due


def _widen_scales(days: DayColumns, runs: RunColumns, versions: VersionColumns, advances: Advances) -> None:
    """Give each day the decimals of the finest advance that touches it."""
    first_row = days.row_at(advances.run, advances.begin, runs)
    last_row = days.row_at(advances.run, advances.end - 1, runs)
    is_plain = (advances.extra == 0) & (first_row == last_row) & (first_row >= 0)
    is_plain[is_plain] = days.version[first_row[is_plain]] == advances.version[is_plain]
    odd = np.flatnonzero(~is_plain)
    owner, row = day_rows(advances.take(odd), days, runs)
    of = odd[owner[row >= 0]]
    row = row[row >= 0]
    version = advances.version[of]
    scale = scale_in_day(advances, of, row, days, versions)
    np.maximum.at(days.scale, row, scale)
    np.maximum.at(days.face_scale, row, versions.decimals[version] + advances.extra[of])


def scale_in_day(advances: Advances, of: Ints, row: Ints, days: DayColumns, versions: VersionColumns) -> Ints:
    """An advance's decimals when it is counted in the unit of a day."""
    version = advances.version[of]
    own = versions.energy_scale[version] + np.where(advances.reason[of] == KNOWN, advances.extra[of], 0)
    return own - (versions.exponent[version] - versions.exponent[days.version[row]])


def day_rows(advances: Advances, days: DayColumns, runs: RunColumns) -> tuple[Ints, Ints]:
    """Every day that each advance touches: the advance's place, and the day's row or -1 outside of its run."""
    first = (advances.begin - runs.begin[advances.run]) // DAY_S
    last = (advances.end - 1 - runs.begin[advances.run]) // DAY_S
    owner, day = expand(first, last - first + 1)
    run = advances.run[owner]
    return owner, days.row_at(run, runs.begin[run] + day * DAY_S, runs)
