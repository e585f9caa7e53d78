"""What a meter was to be expected to count in a stretch, by its own like days before it: a curve with its band.

Before: days of one meter, with those marked that cannot speak. After: the chart and the interval of an evidence
document (`nenghao.reporting.evidence_accounts`). Days after the stretch's begin never speak: a change that persists
would call itself normal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Floats

#: How far back a like day may lie: eight weeks hold eight of each weekday and one season.
BACK_DAYS: Final = 56
#: Fewer days of the same type give no 5 % and no 95 %; then working days and days off speak together.
MIN_LIKE_DAYS: Final = 5
MIN_DAYS: Final = 7
#: The band holds nine of ten clean days.
QUANTILES: Final = (0.05, 0.5, 0.95)

Table = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The expected curve of days, and the energy expected in the asked slots of all of them."""

    #: [days][slots] each.
    low: list[list[float]]
    mid: list[list[float]]
    high: list[list[float]]
    #: Of the asked slots: the ends add the days' ends, as if all days erred the same way.
    total_low: float
    total_mid: float
    total_high: float
    #: Numbers of the days that speak.
    like_days: tuple[int, ...]


def expected_curve(
    values: Table, is_clean: Sequence[bool], is_day_off: Sequence[bool], first_day: int, asked: Sequence[Sequence[bool]]
) -> Expected | None:
    """The expected curve of the days from `first_day` on, one for each row of `asked`, which marks their slots.

    `values` are [days][slots], NaN where not measured. None where too few clean days lie before the stretch.
    """
    days = np.asarray(values, dtype=np.float64)
    wanted = np.asarray(asked, dtype=np.bool_)
    days_off = np.asarray(is_day_off, dtype=np.bool_)
    before = np.zeros(len(days), dtype=np.bool_)
    before[max(0, first_day - BACK_DAYS) : first_day] = True
    before &= np.asarray(is_clean, dtype=np.bool_) & np.isfinite(days).all(axis=1)
    if before.sum() < MIN_DAYS:
        return None
    curves, totals, used = [], [], np.zeros(len(days), dtype=np.bool_)
    for number, slots in enumerate(wanted):
        like = before & (days_off == days_off[first_day + number])
        if like.sum() < MIN_LIKE_DAYS:
            like = before
        used |= like
        curves.append(np.quantile(days[like], QUANTILES, axis=0))
        totals.append(np.quantile(days[like][:, slots].sum(axis=1), QUANTILES))
    low, mid, high = np.stack(curves, axis=1)
    sums: Floats = np.sum(totals, axis=0)
    return Expected(
        low=low.tolist(),
        mid=mid.tolist(),
        high=high.tolist(),
        total_low=float(sums[0]),
        total_mid=float(sums[1]),
        total_high=float(sums[2]),
        like_days=tuple(int(day) for day in np.flatnonzero(used)),
    )
