"""# daily_close: 每日结转与审核

**What**: puts yesterday on the list for every series that is due, so that a silent one shows; closes what changed;
runs the rules over the days that changed and are over, and those over registers, documents, states and returns as they
stand; what they find becomes alerts and cases.
**When**: 01:30 Asia/Shanghai.
**Who is hurt if it is late**: auditors see yesterday's cases later; months are not built.
**Again**: run it as often as you like, or `nenghao due-days`, `nenghao close-days`, `nenghao features`,
`nenghao audit pending`, `nenghao audit standing`.
"""

import pendulum
from airflow.sdk import Asset, CronTriggerTimetable, dag, task

AUDITED_DAYS = Asset("nenghao://audited-days")


@dag(
    dag_id="daily_close",
    schedule=CronTriggerTimetable("30 1 * * *", timezone="Asia/Shanghai"),
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=1)},
    tags=["statistics", "audit", "gsbpm-5.3", "gsbpm-5.4"],
    doc_md=__doc__,
)
def daily_close() -> None:
    """Wire the five steps."""

    @task
    def mark_due_days() -> dict[str, int]:
        """List every due day that has no row yet."""
        from nenghao.jobs.entry import run_due_days

        return run_due_days()

    @task
    def close_days() -> dict[str, int]:
        """Close what changed."""
        from nenghao.jobs.entry import run_close_days

        return run_close_days()

    @task(outlets=[AUDITED_DAYS])
    def audit_days() -> dict[str, int]:
        """Run the rules over what changed."""
        from expectations.entry import run_audit_days

        return run_audit_days()

    @task
    def audit_standing() -> dict[str, int]:
        """Run the rules over registers, documents, states and returns."""
        from expectations.entry import run_audit_standing

        return run_audit_standing()

    @task
    def derive_features() -> dict[str, int]:
        """Derive what detectors read."""
        from nenghao.jobs.entry import run_compute_features

        return run_compute_features()

    mark_due_days() >> close_days() >> derive_features() >> audit_days() >> audit_standing()


daily_close()
