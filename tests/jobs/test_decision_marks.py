"""A confirmed case marks the cells of the monitored balance that rest on it, and never a filing."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from psycopg.types.json import Jsonb
from typer.testing import CliRunner

from nenghao.cli import balance
from nenghao.config import Role, Settings
from nenghao.db.balances import load_marks
from nenghao.db.connection import Connection, connect
from nenghao.domain.periods import day_start
from nenghao.jobs.build_months import build_months
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.sync_reference import sync_reference
from nenghao.review.cases import decide
from tests.jobs.plant import DAY, NOW, Plant, table_rows

FIRST = DAY.replace(day=1)
LATER = NOW + timedelta(days=1)
FILED = ("filing", "filing_event", "draft")


def test_a_confirmed_case_marks_the_balance_and_leaves_the_filing(
    plant: Plant, jobs: Connection, module_database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_reference(jobs)
    unit_id = plant.unit()
    series_id = plant.series(plant.point(unit_id))
    plant.readings(series_id, {day_start(FIRST) + timedelta(days=n): Decimal(1000) * n for n in range(32)})
    close_changed_days(jobs, NOW)
    build_months(jobs, NOW)
    plant.owner.execute(
        "INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head,"
        " filed_at, collected_under) VALUES (%s, %s, 1, %s, 'r', 'a', 'b', 'c', %s, 'survey')",
        [unit_id, FIRST, Jsonb([{"form": "205-1", "row": "33", "column": "4", "source": "t", "value": "31"}]), NOW],
    )
    filed = table_rows(plant.owner, *FILED)
    assert filed["filing"]

    case_id = open_case_of(plant.owner, unit_id, series_id)
    with connect(module_database, Role.CONSOLE) as console:
        decided = decide(console, case_id, "confirm", "instrument_fault", "photo", "auditor", LATER)
    assert decided.exclusions == 1
    close_changed_days(jobs, LATER)
    build_months(jobs, LATER + timedelta(minutes=1))

    with connect(module_database, Role.VERIFIER) as conn:
        ids = [row[0] for row in conn.execute(
            "SELECT balance_id FROM monitored_balance WHERE unit_id = %s ORDER BY version", [unit_id]
        )]  # fmt: skip
        marks = [load_marks(conn, balance_id) for balance_id in ids]
    assert len(ids) == 2
    assert marks[0] == []
    assert {(one.row_code, one.case_id, one.decision_id) for one in marks[1]} >= {
        ("33", case_id, decided.decision_id), ("40", case_id, decided.decision_id),
    }  # fmt: skip
    assert table_rows(plant.owner, *FILED) == filed
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(module_database, name)))
    code = plant.owner.execute("SELECT unit_code FROM unit WHERE unit_id = %s", [unit_id]).fetchone()
    assert code is not None
    shown = [
        CliRunner().invoke(balance.app, ["show", code[0], "2026-10", *more]).output for more in ([], ["--version", "1"])
    ]
    assert [f"案件 {case_id}" in text for text in shown] == [True, False]


def open_case_of(owner: psycopg.Connection, unit_id: int, series_id: int) -> int:
    """A case about four days of a series, as the rules write one."""
    row = owner.execute(
        "WITH r AS (INSERT INTO rule_version (rule_code, version, content_hash, definition)"
        ' VALUES (\'t\', 1, \'t\', \'{"exclusion": "series", "exclusion_covers": "counting"}\') RETURNING rule_code),'
        " u AS (INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)"
        " VALUES ('days', '2026-10-01', '2026-10-31', now(), now(), '{}') RETURNING audit_run_id),"
        " f AS (INSERT INTO finding (audit_run_id, rule_code, rule_version, fingerprint, unit_id, series_id, span,"
        " level, evidence, thresholds, evidence_hash_algorithm, evidence_hash, found_at)"
        " SELECT audit_run_id, rule_code, 1, 'f', %s, %s, tstzrange(%s, %s), 'lead', '{}', '{}', 'SHA-256', 'f', now()"
        " FROM r, u RETURNING finding_id),"
        " c AS (INSERT INTO audit_case (unit_id, level, opened_at) VALUES (%s, 'lead', now()) RETURNING case_id)"
        " INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)"
        " SELECT 'f', case_id, 't', finding_id, now() FROM c, f RETURNING case_id",
        [unit_id, series_id, day_start(DAY), day_start(DAY) + timedelta(days=4), unit_id],
    ).fetchone()
    assert row is not None
    return int(row[0])
