"""# restatement: 决定之后的重算与更正发布

**What**: follows decisions and sign-offs into the figures: closes the days they changed, runs the rules over them,
makes the balances of their months anew, and seals those that differ as version n + 1, which says why.
**When**: as soon as `decision_watch` saw such rows. Late data without a decision take the daily way (`daily_close`).
**Who is hurt if it is late**: whoever decided waits to see it in the figures.
**Again**: run it as often as you like; rows that were followed are not followed again.
"""

import pendulum
from airflow.sdk import Asset, dag, task

DECIDED_ROWS = Asset("nenghao://decided-rows")


@dag(
    dag_id="restatement",
    schedule=[DECIDED_ROWS],
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=1)},
    tags=["statistics", "release", "gsbpm-6.2"],
    doc_md=__doc__,
)
def restatement() -> None:
    """Wire the five steps."""

    @task
    def close_decided() -> list[tuple[str, int]]:
        """List the rows, and close the days they changed."""
        from nenghao.jobs.clock_entry import run_close_decided

        return run_close_decided()

    @task
    def audit_days() -> dict[str, int]:
        """Run the rules over what changed."""
        from expectations.entry import run_audit_days

        return run_audit_days()

    @task
    def build_months() -> dict[str, int]:
        """Build the balances of changed months."""
        from nenghao.jobs.entry import run_build_months

        return run_build_months()

    @task
    def audit_returns() -> dict[str, int]:
        """Run the form's relations over new balances."""
        from expectations.entry import run_audit_returns

        return run_audit_returns()

    @task
    def restate(rows: list[tuple[str, int]]) -> dict[str, int]:
        """Seal what differs, and note that the rows were followed."""
        from nenghao.jobs.clock_entry import run_restate

        return run_restate(rows)

    rows = close_decided()
    rows >> audit_days() >> build_months() >> audit_returns() >> restate(rows)  # type: ignore[arg-type]


restatement()
