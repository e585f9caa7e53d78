"""Counts the shares of the quality index of months that changed, and keeps them for the bureau's and the units' pages.

Before: closed days (close_days), balances of the month. After: the pages of quality, by unit, city and league. Counting
a province's readings takes minutes, so it is done once a day and not when somebody looks.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from nenghao.db import quality as db
from nenghao.db.connection import Connection
from nenghao.domain.periods import Month, day_of
from nenghao.jobs.quality import measure_quality


def count_quality(
    conn: Connection, now: datetime, *, months: Sequence[Month] | None = None, unit_ids: Sequence[int] | None = None
) -> int:
    """Count what is not counted yet of the last month and this one, or of the given ones; how many units' months.

    A month of which no day is over is left out. Each unit's month is a transaction of its own.
    """
    today_on = day_of(now)
    wanted = months if months is not None else _months_of(now)
    begun = [month.start_on for month in wanted if month.start_on < today_on]
    with conn.transaction():
        stale = db.stale_quality(conn, begun, today_on, unit_ids)
    for unit_id, unit_code, month_on in stale:
        month = Month.of(month_on)
        with conn.transaction():
            shares = measure_quality(conn, unit_code, month, now)
            db.put_shares(
                conn,
                [
                    {
                        "unit_id": unit_id,
                        "month_on": month_on,
                        "share_name": name,
                        "part": None if share is None else share.part,
                        "whole": None if share is None else share.whole,
                        "until_on": min(month.end_on, today_on),
                        "counted_at": now,
                    }
                    for name, share in shares.items()
                ],
            )
    return len(stale)


def _months_of(now: datetime) -> list[Month]:
    this = Month.of(day_of(now))
    return [Month.of(this.start_on - timedelta(days=1)), this]
