"""# monthly_balance: 监测测算值的编制与封存

**What**: builds the monitored balance of each unit month whose totals changed and that is over, a task for each two
hundred units; runs the form's relations over them; seals what is new as releases. A changed month becomes a new version
beside the old, with its reason. A balance that breaks a mandatory relation is held back until a person has decided.
**When**: after each `daily_close` that audited days.
**Who is hurt if it is late**: statisticians wait for the monitored side of the month.
**Again**: run it as often as you like, or `nenghao build-months`, `nenghao audit return`, `nenghao seal`.
"""

import pendulum
from airflow.sdk import Asset, dag, task

AUDITED_DAYS = Asset("nenghao://audited-days")


@dag(
    dag_id="monthly_balance",
    schedule=[AUDITED_DAYS],
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=1)},
    tags=["statistics", "release", "gsbpm-6.2"],
    doc_md=__doc__,
)
def monthly_balance() -> None:
    """Wire the four steps."""

    @task
    def list_units() -> list[list[int]]:
        """Units with months that wait, in chunks."""
        from nenghao.jobs.clock_entry import run_list_units

        return run_list_units()

    @task
    def build_months(unit_ids: list[int]) -> dict[str, int]:
        """Build the balances of a chunk of units."""
        from nenghao.jobs.entry import run_build_months

        return run_build_months(unit_ids=unit_ids)

    # With nothing to build there is no task above, and still something may wait for its check or its seal.
    @task(trigger_rule="none_failed")
    def audit_returns() -> dict[str, int]:
        """Run the form's relations over new balances."""
        from expectations.entry import run_audit_returns

        return run_audit_returns()

    @task
    def seal() -> dict[str, int]:
        """Seal what is new."""
        from nenghao.jobs.entry import run_seal

        return run_seal()

    build_months.expand(unit_ids=list_units()) >> audit_returns() >> seal()


monthly_balance()
