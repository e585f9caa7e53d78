"""Days that were due and have no row yet."""

from datetime import date, datetime

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("due_days")


def mark_due_days(conn: Connection, *, first_on: date, end_on: date, now: datetime) -> int:
    """Mark every due (series, day) of `[first_on, end_on)` without a row; returns how many."""
    return conn.execute(_QUERIES["mark_due_days"], {"first_on": first_on, "end_on": end_on, "now": now}).rowcount
