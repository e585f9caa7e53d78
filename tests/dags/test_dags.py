"""The DAGs: exactly these, pointing only, and running any of them twice changes nothing."""

import ast
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from nenghao.config import PROJECT_ROOT, Role, Settings
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI
from nenghao.jobs.clock_entry import run_list_units
from nenghao.jobs.entry import run_sync_reference
from nenghao.registers.importer import import_registers
from nenghao.review.cases import decide
from nenghao.signer.service import SignerServer
from nenghao.stack import Stack
from tests.signing import running_signer

# Airflow runs the tasks in this process, and other libraries' warnings are not ours to fix.
pytestmark = pytest.mark.filterwarnings("default")

DAG_FILES = sorted((PROJECT_ROOT / "dags").glob("*.py"))
#: Every DAG, in an order in which each finds what the ones before it left.
ORDER = (
    "hourly_close", "daily_close", "monthly_balance", "decision_watch", "restatement", "quality_count", "deadlines",
    "tree_close", "retention",
)  # fmt: skip
REGISTER = Path(__file__).parent / "register"
#: The month that the small register's meter covers; over long before any run of this test.
FIRST_AT = datetime(2026, 9, 1, tzinfo=SHANGHAI)
DAYS = 30


def test_a_dag_file_imports_nothing_heavy_and_holds_no_sql() -> None:
    for path in DAG_FILES:
        text = path.read_text(encoding="utf-8")
        top = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name)
            for node in ast.parse(text).body
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert top == {"pendulum", "airflow.sdk"}, path.name
        assert "SELECT" not in text
        assert len(text.splitlines()) <= 80


@pytest.fixture(scope="module")
def signer(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignerServer]:
    """A signer that knows this module's database only."""
    with running_signer(module_database, tmp_path_factory.mktemp("signer"), lambda: datetime.now(UTC)) as server:
        yield server


@pytest.fixture(scope="module")
def dag_bag(
    stack: Stack, module_database: Settings, signer: SignerServer, airflow_environment: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Airflow's own view of the folder, its tasks pointed at this module's database."""
    variables = {
        **airflow_environment,
        "NENGHAO_DATABASE_NAME": module_database.database_name,
        "NENGHAO_SIGNER_PORT": str(signer.server_address[1]),
    }
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        result = subprocess.run(
            [Path(os.sys.executable).parent / "airflow", "dags", "reserialize"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(dag_folder=str(PROJECT_ROOT / "dags"))
        assert bag.import_errors == {}
        yield bag.dags
        from airflow import settings

        settings.dispose_orm()  # or its pool complains when the server is stopped
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_these_dags_and_no_others(dag_bag: dict[str, Any]) -> None:
    assert set(dag_bag) == set(ORDER)
    for dag in dag_bag.values():
        assert dag.max_active_runs == 1
        assert dag.catchup is False
        assert dag.doc_md
        assert "Again" in dag.doc_md
        assert dag.tags
        assert all(task.retries >= 2 for task in dag.tasks)


@pytest.fixture(scope="module")
def measured(module_database: Settings) -> Settings:
    """One unit with a register and an interval series over a month, in which one day's intervals were edited."""
    with connect(module_database, Role.JOBS) as conn:
        run_sync_reference(module_database)
    with connect(module_database, Role.CONSOLE) as conn:
        assert import_registers(conn, REGISTER, datetime.now(UTC)).faults == ()
    with connect(module_database, Role.COLLECTOR) as conn:
        fill(conn)
    return module_database


def fill(conn: psycopg.Connection) -> None:
    series = dict(conn.execute("SELECT kind, series_id FROM series").fetchall())
    face = 1000
    with conn.cursor().copy("COPY reading (series_id, at, value, message_id, ordinal, source) FROM STDIN") as copy:
        for hour in range(DAYS * 24 + 1):
            at = FIRST_AT + timedelta(hours=hour)
            copy.write_row((series["register"], at, face, 1, 0, "l"))
            step = 10 + hour * 7 % 13
            shown = step // 2 if hour // 24 == 20 else step
            if hour < DAYS * 24:
                copy.write_row((series["interval"], at, shown, 1, 1, "l"))
            face += step
    conn.execute(
        "INSERT INTO changed_mark SELECT series_id, day::date FROM series,"
        " generate_series(%s::date, %s::date, '1 day') AS day",
        [FIRST_AT.date(), FIRST_AT.date() + timedelta(days=DAYS)],
    )


def state(settings: Settings) -> dict[str, tuple[int, str]]:
    """Number of rows and a hash of the content, for every table."""
    with connect(settings, Role.OWNER) as conn:
        names = [
            name
            for (name,) in conn.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                " AND relowner = 'nenghao_owner'::regrole ORDER BY 1"
            )
        ]
        return {
            name: conn.execute(
                f"SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {name} AS t"
            ).fetchone()
            for name in names
        }


def test_no_run_has_more_than_six_tasks_one_after_the_other(dag_bag: dict[str, Any]) -> None:
    for dag in dag_bag.values():
        longest: dict[str, int] = {}
        for task in dag.topological_sort():
            longest[task.task_id] = 1 + max((longest[one] for one in task.upstream_task_ids), default=0)
        assert max(longest.values()) <= 6, dag.dag_id


def test_decided_rows_start_the_restatement(dag_bag: dict[str, Any]) -> None:
    [told] = [asset for task in dag_bag["decision_watch"].tasks for asset in task.outlets]
    assert told.uri in str(dag_bag["restatement"].timetable.asset_condition)


def test_running_any_dag_twice_changes_nothing(dag_bag: dict[str, Any], measured: Settings) -> None:
    for dag_id in ORDER:
        run(dag_bag[dag_id])
    first = state(measured)
    assert first["series_day"][0] >= 2 * DAYS
    assert first["audit_case"][0] >= 1, "the edited day is a case"
    assert first["release"][0] == 1
    assert first["report_calendar"][0] > 0
    assert first["day_tree"][0] == first["day_head"][0] == 1
    assert first["changed_mark"][0] == first["audit_mark"][0] == first["month_mark"][0] == 0
    for dag_id in ORDER:
        run(dag_bag[dag_id])
        assert state(measured) == first, dag_id


def test_a_decision_is_followed_into_the_figures_once(dag_bag: dict[str, Any], measured: Settings) -> None:
    with connect(measured, Role.CONSOLE) as conn:
        number = conn.execute(
            "SELECT c.case_id FROM audit_case AS c JOIN alert USING (case_id) JOIN finding USING (fingerprint)"
            " WHERE finding.series_id IS NOT NULL ORDER BY 1 LIMIT 1"
        ).fetchone()
        assert number is not None
        decide(
            conn, number[0], "confirm", "instrument_fault", "the converter was changed", "auditor", datetime.now(UTC)
        )
    before = state(measured)
    watched = run(dag_bag["decision_watch"])
    assert {one.task_id: one.state for one in watched.get_task_instances()} == {
        "look": "success", "start_restatement": "success",
    }  # fmt: skip
    assert state(measured) == before, "to look changes nothing"
    run(dag_bag["restatement"])
    after = state(measured)
    assert after["followed_row"][0] == 1
    assert after["changed_mark"][0] == after["month_mark"][0] == 0
    assert after["series_day"] != before["series_day"]
    for dag_id in ("restatement", "decision_watch"):
        again = run(dag_bag[dag_id])
        assert state(measured) == after, dag_id
    assert {one.task_id: one.state for one in again.get_task_instances()} == {
        "look": "success", "start_restatement": "skipped",
    }  # fmt: skip


def test_every_sign_off_is_followed(dag_bag: dict[str, Any], measured: Settings) -> None:
    """Of what people write, whatever changes or seals a figure; a question to a unit does neither."""
    with connect(measured, Role.OWNER) as conn:
        conn.execute(
            "INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head,"
            " filed_at, collected_under) SELECT unit_id, '2026-09-01', 1, '[]', 'r', 'a', 'b', 'c', now(), 'survey'"
            " FROM unit LIMIT 1"
        )
        conn.execute(
            "INSERT INTO filing_event (filing_id, state, level, acted_by, acted_at)"
            " SELECT filing_id, state, level, 'p', now() FROM filing,"
            " (VALUES ('queried', 'county'), ('accepted_county', 'county'), ('accepted_city', 'city'),"
            " ('accepted_province', 'province'), ('locked', 'province')) AS e (state, level)"
        )
        conn.execute(
            "INSERT INTO restatement_reason (restates_release_id, reason_kind, reference, given_by, given_at)"
            " SELECT min(release_id), 'decision', 'r', 'p', now() FROM release"
        )
        conn.execute(
            "INSERT INTO decision (case_id, kind, reason, decided_by, decided_at) SELECT min(case_id), 'reopen',"
            " 'r', 'p', now() FROM audit_case"
        )
        waiting = conn.execute("SELECT source, count(*) FROM row_to_follow GROUP BY 1 ORDER BY 1").fetchall()
        assert waiting == [("filing_event", 2), ("restatement_reason", 1)]
        conn.rollback()


def test_units_are_built_in_chunks(measured: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nenghao.jobs.clock_entry.CHUNK_UNITS", 2)
    assert run_list_units(measured) == []
    with connect(measured, Role.OWNER) as conn:
        conn.execute("INSERT INTO month_mark SELECT unit_id, '2026-08-01' FROM generate_series(1001, 1005) AS unit_id")
        conn.execute("INSERT INTO month_mark VALUES (1006, '2999-01-01')")
    assert run_list_units(measured) == [[1001, 1002], [1003, 1004], [1005]]
    with connect(measured, Role.OWNER) as conn:
        conn.execute("DELETE FROM month_mark")


def run(dag: Any) -> Any:
    outcome = dag.test(logical_date=datetime.now(UTC))
    assert outcome.state == "success", dag.dag_id
    return outcome
