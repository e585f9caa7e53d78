"""What the story of the browser tests happens to: a month of readings, closed, judged and built by the real jobs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from expectations import runner
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.domain.balance import ENGINE_VERSION
from nenghao.domain.periods import SHANGHAI, Month, day_start
from nenghao.jobs.build_months import build_months
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.load_inputs import FORM
from nenghao.jobs.remind import sync_calendar
from nenghao.reference.coefficients import coefficient_validity
from nenghao.reference.layouts import layout_validity
from tests.console.seed import UNIT_A

SQL = Path(__file__).parent / "plot.sql"
#: Days of the month whose quarter-hours were cut, counted from 0.
CUT_DAYS = (11, 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """The month, and the case that the rules opened in it."""

    month: Month
    case_id: int


def latest_month(now: datetime) -> Month:
    """The latest month that is over and surveyed: January is not."""
    month = Month.of(Month.of(now.astimezone(SHANGHAI).date()).start_on - timedelta(days=1))
    return month if month.start_on.month != 1 else Month.of(month.start_on - timedelta(days=1))


def lay_plot(settings: Settings, now: datetime | None = None) -> Plot:
    """Readings in, by the jobs: series days, a case, the month's balance."""
    now = now or datetime.now(UTC)
    month = latest_month(now)
    slots = (month.end_on - month.start_on) // timedelta(minutes=15)
    with connect(settings, Role.OWNER) as conn:
        for name, value in {
            "starts_at": day_start(month.start_on).isoformat(),
            "slots": str(slots),
            "layout": layout_validity(FORM)[-1][0],
            "coefficients": coefficient_validity()[-1][0],
            "engine": ENGINE_VERSION,
        }.items():
            conn.execute("SELECT set_config('story.' || %s, %s, true)", [name, value])
        conn.execute(SQL.read_bytes())
    with connect(settings, Role.JOBS) as conn:
        sync_calendar(conn)
        close_changed_days(conn, now)
    runner.audit_days(settings, month.start_on, month.end_on, now)
    with connect(settings, Role.JOBS) as conn:
        build_months(conn, now)
    with connect(settings, Role.OWNER) as conn:
        found = conn.execute(
            "SELECT case_id FROM audit_case JOIN unit USING (unit_id) WHERE unit_code = %s AND level = 'doubt'",
            [UNIT_A],
        ).fetchall()
    assert len(found) == 1, found
    return Plot(month=month, case_id=int(found[0][0]))
