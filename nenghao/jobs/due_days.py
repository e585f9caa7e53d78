"""Puts due days without any reading on the changed list, so that a silent series gets a row with completeness 0.

Before: the registers of series. After: jobs.close_days, which makes the rows.
"""

from datetime import datetime, timedelta

from nenghao.db import due_days as db
from nenghao.db.connection import Connection
from nenghao.domain.periods import day_of

#: How far back a day without a row is looked for: two months, since a month's balance is built when it is over.
HORIZON_DAYS = 62


def mark_due_days(conn: Connection, now: datetime) -> int:
    """Mark every day before today that is due for a series and has no row; returns the marks. Safe to run twice."""
    today = day_of(now)
    with conn.transaction():
        return db.mark_due_days(conn, first_on=today - timedelta(days=HORIZON_DAYS), end_on=today, now=now)
