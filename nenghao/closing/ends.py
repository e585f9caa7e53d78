"""Says which runs of days begin or end inside a gap, so that they have to be widened.

Before: readings of the runs (jobs.affected_days). After: neighbours are looked for (db.series_days).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from nenghao.closing.advances import SpanRow, align_rows, leave_out
from nenghao.closing.columns import FAR, UNFIT, Rows, load_decimals_of, run_columns, version_columns
from nenghao.domain.registers import Exclusion
from nenghao.domain.series_day import DayRun
from nenghao.domain.series_version import GRID_TOLERANCE_S, Seconds, Series


def open_ends(
    series: Sequence[Series],
    runs: Sequence[DayRun],
    rows: Rows,
    exclusions: Mapping[int, Sequence[Exclusion]],
    now: Seconds,
) -> list[int]:
    """Numbers of the runs that do not begin and end with a register, or with an interval of their own.

    Nothing can have come after a day that is not over, so its end is never open.
    """
    versions = version_columns(series, [load_decimals_of(one) for one in series])
    numbers = {one.series_id: number for number, one in enumerate(series)}
    of_runs = run_columns(runs, numbers)
    begin, end = of_runs.begin, of_runs.end
    near = 3600 + GRID_TOLERANCE_S
    is_near = (rows.at <= begin[rows.run] + near) | (rows.at >= end[rows.run] - near)
    few = Rows(rows.run[is_near], rows.at[is_near], np.full(int(is_near.sum()), UNFIT))
    spans = [
        SpanRow(numbers[series_id], one.begin or 0, FAR if one.end is None else one.end)
        for series_id, found in exclusions.items()
        for one in found
    ]
    aligned = leave_out(align_rows(few, of_runs, versions), of_runs, spans)
    is_register = np.array([one.kind == "register" for one in series])[of_runs.series]
    is_gauge = np.array([one.kind == "gauge" for one in series])[of_runs.series]
    begins, ends = np.zeros(len(runs), dtype=np.bool_), np.zeros(len(runs), dtype=np.bool_)
    begins[aligned.run[aligned.instant == begin[aligned.run]]] = True
    reach = np.where(is_register[aligned.run], 0, versions.slot_s[aligned.version])
    ends[aligned.run[aligned.instant + reach == end[aligned.run]]] = True
    return np.flatnonzero(~is_gauge & ~(begins & (ends | (end > now)))).tolist()
