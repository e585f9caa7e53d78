"""# retention: 归档与到期清理

**What**: archives sealed months that are old enough into Parquet files, reads every new archive back under the
verifier's role, and drops chunks of raw rows that are old, closed, sealed, archived, read back and held by nobody.
**When**: 03:30 Asia/Shanghai.
**Who is hurt if it is late**: nobody's figures; the disk fills by about 1 GB a day and province.
**Again**: run it as often as you like, or `nenghao archive due`, `nenghao archive verify`, `nenghao retain`.
"""

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task


@dag(
    dag_id="retention",
    schedule=CronTriggerTimetable("30 3 * * *", timezone="Asia/Shanghai"),
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=1)},
    tags=["evidence", "gsbpm-7.4"],
    doc_md=__doc__,
)
def retention() -> None:
    """Wire the three steps."""

    @task
    def archive_months() -> dict[str, int]:
        """Archive months that are old enough."""
        from nenghao.jobs.retention_entry import run_archive

        return run_archive()

    @task
    def check_archives() -> dict[str, int]:
        """Read new archives back."""
        from nenghao.jobs.retention_entry import run_check_archives

        return run_check_archives()

    @task
    def drop_chunks() -> dict[str, int]:
        """Drop what nothing holds."""
        from nenghao.jobs.retention_entry import run_retention

        return run_retention()

    archive_months() >> check_archives() >> drop_chunks()


retention()
