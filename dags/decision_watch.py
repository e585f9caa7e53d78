"""# decision_watch: 决定与签署的值守

**What**: looks whether people wrote a decision, an agreed value, the reason of a restatement, the acceptance of a
filing or a request to seal that was not followed yet, and if so starts `restatement`.
**When**: every minute: whoever asked for a seal looks at a page that waits.
**Who is hurt if it is late**: whoever decided waits to see it in the figures. The rows wait; none is lost while Airflow
is down.
**Again**: run it as often as you like; without such a row it starts nothing.
"""

import pendulum
from airflow.sdk import Asset, CronTriggerTimetable, dag, task

DECIDED_ROWS = Asset("nenghao://decided-rows")


@dag(
    dag_id="decision_watch",
    schedule=CronTriggerTimetable("* * * * *", timezone="Asia/Shanghai"),
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=1)},
    tags=["audit", "gsbpm-5.4"],
    doc_md=__doc__,
)
def decision_watch() -> None:
    """Wire the look and what it starts."""

    @task.short_circuit
    def look() -> bool:
        """Whether there is something to follow."""
        from nenghao.jobs.clock_entry import run_look

        return run_look()

    @task(outlets=[DECIDED_ROWS])
    def start_restatement() -> None:
        """Tell Airflow that there are such rows."""

    look() >> start_restatement()


decision_watch()
