"""Reminders as commands and DAG tasks call them; here "now" is read from the clock."""

from dataclasses import asdict
from datetime import UTC, datetime

from nenghao.config import Role, Settings, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.jobs.remind import remind, sync_calendar


def run_remind(settings: Settings | None = None) -> dict[str, int]:
    """Bring the calendar up to date, then open and end reminders."""
    with driver_errors(), connect(settings or load_settings(), Role.JOBS) as conn:
        sync_calendar(conn)
        return asdict(remind(conn, datetime.now(UTC)))
