"""# tree_close: 封日树

**What**: closes the tree over everything that was committed since the last one, has its head signed by nenghao-signer
and published on `nenghao/v1/heads/{day}`.
**When**: 00:10 Asia/Shanghai.
**Who is hurt if it is late**: nobody's figures; what came meanwhile has no head yet, so a change of it could not be
proven. It is tried again every half hour; 23 hours have to lie between two heads.
**Again**: run it as often as you like, or `nenghao tree close`. It refuses where the store is not the one whose heads
were signed: docs/runbook.md, "The store is rolled back".
"""

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task


@dag(
    dag_id="tree_close",
    schedule=CronTriggerTimetable("10 0 * * *", timezone="Asia/Shanghai"),
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 12, "retry_delay": pendulum.duration(minutes=30)},
    tags=["evidence", "gsbpm-7.4"],
    doc_md=__doc__,
)
def tree_close() -> None:
    """Wire the one step."""

    @task
    def close_tree() -> dict[str, int | str]:
        """Close the tree of the last day that is over."""
        from nenghao.jobs.entry import run_close_tree

        return run_close_tree()

    close_tree()


tree_close()
