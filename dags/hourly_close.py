"""# hourly_close: 每小时结转

**What**: closes the (series, day) pairs on the changed list: series days, hours, days, months.
**When**: five minutes past every hour, Asia/Shanghai; one run closes everything that is on the list then.
**Who is hurt if it is late**: a unit looking at today's completeness. No figure is lost: the list waits.
**Again**: run it as often as you like, or `nenghao close-days`; with nothing on the list it changes nothing.
"""

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task


@dag(
    dag_id="hourly_close",
    schedule=CronTriggerTimetable("5 * * * *", timezone="Asia/Shanghai"),
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=1)},
    tags=["statistics", "gsbpm-5.4"],
    doc_md=__doc__,
)
def hourly_close() -> None:
    """Wire the one step."""

    @task
    def close_days() -> dict[str, int]:
        """Close what changed."""
        from nenghao.jobs.entry import run_close_days

        return run_close_days()

    close_days()


hourly_close()
