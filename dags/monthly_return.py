"""# monthly_return: 监测测算值的编制与封存

**What**: builds the monitored balance of each unit month whose totals changed and that is over; runs the form's
relations over it; seals what is new as a release, with its XLSX. A changed month becomes a new version beside the old.
A balance that breaks a mandatory relation is held back until a person has decided its case.
**When**: after each `daily_close` that audited days.
**Who is hurt if it is late**: statisticians wait for the monitored side of the month.
**Again**: run it as often as you like, or `nenghao build-months`, `nenghao audit return`, `nenghao seal`.
"""

import pendulum
from airflow.sdk import Asset, dag, task

AUDITED_DAYS = Asset("nenghao://audited-days")


@dag(
    dag_id="monthly_return",
    schedule=[AUDITED_DAYS],
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=1)},
    tags=["statistics", "release", "gsbpm-6.2"],
    doc_md=__doc__,
)
def monthly_return() -> None:
    """Wire the three steps."""

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
    def seal() -> dict[str, int]:
        """Seal what is new."""
        from nenghao.jobs.entry import run_seal

        return run_seal()

    build_months() >> audit_returns() >> seal()


monthly_return()
