"""# deadlines: 报送日历与催办

**What**: holds the calendar against what was filed, accepted, sealed, answered and verified; opens a reminder for
whoever owes something, and ends it when it is done.
**When**: 06:30 Asia/Shanghai.
**Who is hurt if it is late**: a unit hears of its day later; nothing is late by it.
**Again**: run it as often as you like, or `nenghao deadlines check`; `nenghao deadlines` shows what is due.
"""

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task


@dag(
    dag_id="deadlines",
    schedule=CronTriggerTimetable("30 6 * * *", timezone="Asia/Shanghai"),
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=1)},
    tags=["statistics", "gsbpm-4.3"],
    doc_md=__doc__,
)
def deadlines() -> None:
    """Wire the one step."""

    @task
    def remind() -> dict[str, int]:
        """Open, and end, reminders."""
        from nenghao.jobs.deadlines_entry import run_remind

        return run_remind()

    remind()


deadlines()
