"""The schema: equal to its snapshot, commented, append-only where history must stay, and closed to the wrong roles."""

import os
import re
import subprocess

import psycopg
import pytest

from nenghao.config import PROJECT_ROOT, Role, Settings
from nenghao.db.connection import connect
from nenghao.stack import Stack, postgres

SNAPSHOT = PROJECT_ROOT / "sql" / "schema.sql"
APPEND_ONLY = (
    "message", "message_raw", "reading", "refusal", "reading_conflict", "reading_revision", "gateway_state",
    "rule_version", "audit_run", "finding", "alert", "audit_case", "evidence", "decision", "exclusion",
    "reading_adoption", "monitored_balance", "balance_cell", "filing", "release",
)  # fmt: skip


def dump(stack: Stack, settings: Settings) -> str:
    """The schema as text, without what differs from run to run."""
    result = subprocess.run(
        [postgres.BIN / "pg_dump", "--schema-only", "--schema=public", "--no-publications"],
        env=pg_environment(stack, settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    lines = [line for line in result.stdout.splitlines() if not re.match(r"(--|\\(un)?restrict|SET |SELECT pg_catalog)", line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n" + hypertables(settings)


def hypertables(settings: Settings) -> str:
    """What a dump of the schema does not tell: which tables are hypertables, and how they are cut."""
    with connect(settings, Role.OWNER) as conn:
        rows = conn.execute(
            "SELECT hypertable_name, column_name, time_interval FROM timescaledb_information.dimensions ORDER BY 1"
        ).fetchall()
    return "".join(f"\n-- hypertable {table}: by {column}, chunks of {interval}" for table, column, interval in rows) + "\n"


def pg_environment(stack: Stack, settings: Settings) -> dict[str, str]:
    parts = psycopg.conninfo.conninfo_to_dict(stack.superuser_conninfo(settings.database_name))
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return {names[key]: str(value) for key, value in parts.items() if key in names}


def test_the_snapshot_equals_the_migrations(stack: Stack, database: Settings) -> None:
    made = dump(stack, database)
    if os.environ.get("NENGHAO_WRITE_SCHEMA"):
        SNAPSHOT.write_text(made, encoding="utf-8")
    assert SNAPSHOT.read_text(encoding="utf-8") == made, "run scripts/schema and look at the difference"


def test_every_table_and_view_says_what_it_is(database: Settings) -> None:
    with connect(database, Role.OWNER) as conn:
        silent = conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
            " AND obj_description(oid, 'pg_class') IS NULL AND relname NOT LIKE 'schema_migrations'"
            " AND relowner = 'nenghao_owner'::regrole"
        ).fetchall()
    assert silent == []


def test_the_edition_is_apache_so_fallbacks_are_what_is_tested(database: Settings) -> None:
    with connect(database, Role.JOBS) as conn:
        assert conn.execute("SHOW timescaledb.license").fetchone() == ("apache",)


def test_history_refuses_to_go_even_for_its_owner(database: Settings) -> None:
    with connect(database, Role.OWNER) as conn:
        fill(conn)
        for table in APPEND_ONLY:
            for act in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
                with pytest.raises(psycopg.errors.RestrictViolation), conn.transaction():
                    conn.execute(act)


def test_a_reading_refuses_to_change_for_every_role(database: Settings) -> None:
    with connect(database, Role.OWNER) as conn:
        fill(conn)
        conn.commit()
        with pytest.raises(psycopg.errors.RestrictViolation):
            conn.execute("UPDATE reading SET value = 1")
    for role in (Role.COLLECTOR, Role.JOBS, Role.RULES, Role.CONSOLE, Role.VERIFIER):
        for act in ("UPDATE reading SET value = 1", "DELETE FROM reading", "TRUNCATE reading"):
            with connect(database, role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(act)


def test_no_government_role_reads_a_draft(database: Settings) -> None:
    for role in (Role.COLLECTOR, Role.JOBS, Role.RULES, Role.CONSOLE, Role.VERIFIER):
        with connect(database, role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM draft")


def test_people_do_not_read_hypertables(database: Settings) -> None:
    for table in ("reading", "message_raw"):
        with connect(database, Role.CONSOLE) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(f"SELECT * FROM {table}")


def fill(conn: psycopg.Connection) -> None:
    """One row in every append-only table, by the shortest way: rows that only have to exist."""
    statements = (
        "INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)"
        " VALUES ('91150200000000000' || '9', 'u', '150200', 'C3110', 'industry', 'online_monitoring')",
        "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from) SELECT unit_id, 'g', 0, '2026-01-01+08' FROM unit",
        "INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state) SELECT unit_id, 'm', 'm', '1', 'qualified' FROM unit",
        "INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)"
        " SELECT unit_id, 'p', '0000000002330010', 'p', '33', 'purchase', 'industrial' FROM unit",
        "INSERT INTO series (point_id, quantity, kind, period) SELECT point_id, 'active_energy', 'register', 'instant' FROM point",
        "INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome, reading_count,"
        " stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under)"
        " VALUES (1, 0, 't', 'c', 'sha256', '\\x00', now(), 'refused', 0, 0, 0, 0, 0, 0, 'online_monitoring')",
        "INSERT INTO message_raw VALUES (1, now(), '\\x00')",
        "INSERT INTO reading SELECT series_id, now(), 1, 1, 0, 'l' FROM series",
        "INSERT INTO refusal (message_id, reason_code, detail, refused_at) VALUES (1, 'r', 'd', now())",
        "INSERT INTO reading_conflict (series_id, at, standing_value, value, message_id, ordinal, recorded_at)"
        " SELECT series_id, now(), 1, 2, 1, 0, now() FROM series",
        "INSERT INTO reading_revision (series_id, at, earlier_value, value, reason, standing, message_id, ordinal, recorded_at)"
        " SELECT series_id, now(), 1, 2, 'r', 'waiting', 1, 0, now() FROM series",
        "INSERT INTO gateway_state (gateway_id, received_at, online) SELECT gateway_id, now(), true FROM gateway",
        "INSERT INTO rule_version (rule_code, version, content_hash, definition) VALUES ('r', 1, '\\x00', '{}')",
        "INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)"
        " VALUES ('days', '2026-10-01', '2026-10-01', now(), now(), '{}')",
        "INSERT INTO audit_case (unit_id, level, opened_at) SELECT unit_id, 'lead', now() FROM unit",
        "INSERT INTO finding (audit_run_id, rule_code, rule_version, fingerprint, unit_id, span, level, evidence, thresholds,"
        " evidence_hash_algorithm, evidence_hash, found_at)"
        " SELECT audit_run_id, 'r', 1, '\\x00', unit_id, '[2026-10-01,2026-10-02)', 'lead', '{}', '{}', 'sha256', '\\x00', now()"
        " FROM audit_run, unit",
        "INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)"
        " SELECT '\\x00', case_id, 'r', finding_id, now() FROM audit_case, finding",
        "INSERT INTO evidence (case_id, kind, content, hash_algorithm, hash, recorded_at)"
        " SELECT case_id, 'k', '{}', 'sha256', '\\x00', now() FROM audit_case",
        "INSERT INTO decision (case_id, kind, reason, decided_by, decided_at)"
        " SELECT case_id, 'dismiss', 'r', 'p', now() FROM audit_case",
        "INSERT INTO exclusion (decision_id, series_id, span, recorded_at)"
        " SELECT decision_id, series_id, '[2026-10-01,2026-10-02)', now() FROM decision, series",
        "INSERT INTO reading_adoption (decision_id, series_id, at, value, recorded_at)"
        " SELECT decision_id, series_id, now(), 1, now() FROM decision, series",
        "INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition,"
        " content_hash_algorithm, content_hash, computed_at)"
        " SELECT unit_id, '2026-10-01', 1, 'l', 'c', 'sha256', '\\x00', now() FROM unit",
        "INSERT INTO balance_cell (balance_id, row_code, column_code, value, unit, completeness, source_point_ids)"
        " SELECT balance_id, '33', '4', 1, '10^4kWh', 1, '{}' FROM monitored_balance",
        "INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, filed_at,"
        " collected_under) SELECT unit_id, '2026-10-01', 1, '{}', 'r', 'a', 'b', 'c', now(), 'survey' FROM unit",
        "INSERT INTO release (kind, unit_id, month_on, version, format_version, content, hash_algorithm, hash,"
        " signature_algorithm, signature, key_id, archive, archive_name, archive_hash_algorithm, archive_hash, sealed_at)"
        " SELECT 'monitored_balance', unit_id, '2026-10-01', 1, '1', '\\x00', 'sha256', '\\x00', 'ed25519', '\\x00', 'k',"
        " '\\x00', 'n', 'sha256', '\\x00', now() FROM unit",
    )
    for statement in statements:
        conn.execute(statement)
