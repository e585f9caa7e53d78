"""The schema: equal to its snapshot, commented, append-only where history must stay, and closed to the wrong roles."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest

from nenghao.config import PROJECT_ROOT, Role, Settings
from nenghao.db.connection import connect
from nenghao.reporting.verify_store import MENDED
from nenghao.stack import Stack, postgres

SNAPSHOT = PROJECT_ROOT / "sql" / "schema.sql"
APPEND_ONLY = (
    "message", "message_raw", "reading", "refusal", "refusal_replay", "reading_conflict", "reading_revision",
    "gateway_state", "gateway_key", "gateway_key_revocation", "gateway_boot", "gateway_account_event",
    "rule_version", "audit_run", "finding",
    "alert", "audit_case", "evidence", "decision", "exclusion", "reading_adoption", "monitored_balance",
    "balance_cell", "draft", "filing_check", "filing_signature", "filing", "filing_note", "filing_event",
    "filing_query", "filing_answer", "return_check", "release", "agreed_value",
    "meter_verification", "meter_state_change", "unit_version", "meter_change", "multiplier_change",
    "boundary_register", "supply_account", "supply_statement", "production_output", "outage_filing", "context_event",
    "panel_member", "heating_value", "equal_value", "product_process",
    "restatement_reason", "release_recipient", "release_notice",
    "retention_policy", "archive_month", "archive_check", "retention_hold", "retention_hold_end", "retention_run",
    "reminder", "reminder_event", "rule_mode",
    "account", "account_password", "account_event", "sign_in_attempt", "access_trail",
    "rule_essay",
)  # fmt: skip


def dump(stack: Stack, settings: Settings) -> str:
    """The schema as text, without what differs from run to run."""
    result = subprocess.run(
        [postgres.BIN / "pg_dump", "--schema-only", "--schema=public", "--schema=seen", "--no-publications"],
        env=pg_environment(stack, settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    lines = [
        line
        for line in result.stdout.splitlines()
        if not re.match(r"(--|\\(un)?restrict|SET |SELECT pg_catalog)", line)
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n" + hypertables(settings)


def hypertables(settings: Settings) -> str:
    """What a dump of the schema does not tell: which tables are hypertables, and how they are cut."""
    with connect(settings, Role.OWNER) as conn:
        rows = conn.execute(
            "SELECT hypertable_name, column_name, time_interval FROM timescaledb_information.dimensions ORDER BY 1"
        ).fetchall()
    return (
        "".join(f"\n-- hypertable {table}: by {column}, chunks of {interval}" for table, column, interval in rows)
        + "\n"
    )


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


def test_people_do_not_read_hypertables(database: Settings) -> None:
    for table in ("reading", "message_raw"):
        with connect(database, Role.CONSOLE) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(f"SELECT * FROM {table}")


def test_what_is_filled_in_later_is_not_changed_either(database: Settings) -> None:
    with connect(database, Role.OWNER) as conn:
        fill(conn)
        conn.execute("UPDATE panel_member SET left_on = '2026-06-01', exit_reason = 'closed'")
        for change in ("left_on = '2026-07-01'", "left_on = NULL, exit_reason = NULL", "panel_code = 'q'"):
            with pytest.raises(psycopg.errors.RestrictViolation), conn.transaction():
                conn.execute(f"UPDATE panel_member SET {change}")


def test_what_a_role_may_change_is_known_to_whoever_verifies(database: Settings) -> None:
    """A tracked row that changed is a break of the seal, but for tables of which we know that people mend them."""
    with connect(database, Role.OWNER) as conn:
        changeable = conn.execute(
            "SELECT DISTINCT p.table_name FROM information_schema.column_privileges AS p"
            " JOIN pg_trigger AS t ON t.tgname = p.table_name || '_change_recorded'"
            " WHERE p.privilege_type = 'UPDATE' AND p.grantee LIKE 'nenghao\\_%' AND p.grantee <> 'nenghao_owner'"
        ).fetchall()
    assert {name for (name,) in changeable} <= MENDED


def fill(conn: psycopg.Connection) -> None:
    """One row in every append-only table."""
    conn.execute((Path(__file__).parent / "one_row_each.sql").read_text(encoding="utf-8"))


def test_nobody_runs_a_function_of_the_owner_but_through_the_owner_s_triggers(database: Settings) -> None:
    with connect(database, Role.OWNER) as conn:
        definers = conn.execute(
            "SELECT proname, has_function_privilege(r.rolname, p.oid, 'EXECUTE') FROM pg_proc AS p, pg_roles AS r"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace AND r.rolname = 'nenghao_collector'"
        ).fetchall()
    assert definers
    assert [name for name, is_open in definers if is_open] == []
