"""# quality_count: 数据质量分项的计数

**What**: counts the shares of the quality index (on line, complete, valid, signed, verified …) of last month and this
one for every unit of which they are not counted up to yesterday, or not since the month's newest balance.
**When**: 05:00 Asia/Shanghai, after the day was closed and audited.
**Who is hurt if it is late**: the pages of quality show the day before; each says up to which day it counts.
**Again**: run it as often as you like, or `nenghao count-quality`; what is counted is not counted again.
"""

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task


@dag(
    dag_id="quality_count",
    schedule=CronTriggerTimetable("0 5 * * *", timezone="Asia/Shanghai"),
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=1)},
    tags=["statistics", "gsbpm-5.3"],
    doc_md=__doc__,
)
def quality_count() -> None:
    """Wire the one step."""

    @task
    def count_quality() -> dict[str, int]:
        """Count the shares that are not up to date."""
        from nenghao.jobs.entry import run_count_quality

        return run_count_quality()

    count_quality()


quality_count()
