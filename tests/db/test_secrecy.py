"""A draft is its unit's alone: no government role reads one by any table, view, function or leaf, nor another unit."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from nenghao.config import Role, Settings
from nenghao.db.connection import connect

GOVERNMENT = (Role.COLLECTOR, Role.JOBS, Role.RULES, Role.CONSOLE, Role.VERIFIER)
SECRET = ("draft", "filing_check", "filing_signature")
#: Stands in each secret row, and nowhere else.
MARK = "only the unit knows"


@pytest.fixture(scope="module")
def secret(module_database: Settings) -> Settings:
    """One row in every table, two units, and drafts with the mark."""
    with connect(module_database, Role.OWNER) as conn:
        conn.execute((Path(__file__).parent / "one_row_each.sql").read_text(encoding="utf-8"))
        conn.execute(
            "INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)"
            " VALUES ('911502000000000013', 'other', '150200', 'C3110', 'industry', 'online_monitoring')"
        )
        for (unit_id,) in conn.execute("SELECT unit_id FROM unit").fetchall():
            conn.execute("SELECT set_config('nenghao.unit_id', %s, true)", [str(unit_id)])
            row = conn.execute(
                "INSERT INTO draft (unit_id, month_on, content, saved_by, saved_at) VALUES (%s, '2026-10-01',"
                " jsonb_build_object('cells', '[]'::jsonb, 'notes', jsonb_build_array(%s::text)), %s, now())"
                " RETURNING draft_id",
                [unit_id, MARK, MARK],
            ).fetchone()
            assert row is not None
            conn.execute(
                "INSERT INTO filing_check (draft_id, unit_id, relation_edition, mandatory_broken, unexplained, not_run,"
                " broken, checked_at) VALUES (%s, %s, 'e', 0, 0, 0, to_jsonb(%s::text), now())",
                [row[0], unit_id, MARK],
            )
            conn.execute(
                "INSERT INTO filing_signature (draft_id, unit_id, signer, signed_by, signed_at)"
                " VALUES (%s, %s, 'filler', %s, now())",
                [row[0], unit_id, MARK],
            )
    return module_database


def relations(conn: psycopg.Connection) -> Iterator[str]:
    """Every table and view of the project."""
    rows = conn.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')"
        " AND relowner = 'nenghao_owner'::regrole ORDER BY relname"
    ).fetchall()
    yield from (name for (name,) in rows)


@pytest.mark.parametrize("role", GOVERNMENT)
@pytest.mark.parametrize("table", SECRET)
def test_no_government_role_may_touch_a_secret_table(secret: Settings, role: Role, table: str) -> None:
    for act in (f"SELECT * FROM {table}", f"SELECT count(*) FROM {table}"):
        with connect(secret, role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(act)
    with connect(secret, role) as conn:
        rights = conn.execute("SELECT has_any_column_privilege(%s, 'SELECT, INSERT, UPDATE, REFERENCES')", [table])
        assert rights.fetchone() == (False,)


@pytest.mark.parametrize("role", GOVERNMENT)
def test_nothing_that_a_government_role_may_read_shows_a_draft(secret: Settings, role: Role) -> None:
    seen = 0
    with connect(secret, role, autocommit=True) as conn:
        conn.execute("SELECT set_config('nenghao.unit_id', '1', false)")  # claiming to be the unit opens nothing
        for name in relations(conn):
            query = sql.SQL("SELECT count(*) FILTER (WHERE r::text LIKE {}), count(*) FROM {} AS r")
            try:
                row = conn.execute(query.format(f"%{MARK}%", sql.Identifier(name))).fetchone()
            except psycopg.errors.InsufficientPrivilege:
                continue
            assert row is not None
            assert row[0] == 0, name
            seen += row[1]
    assert seen > 0


def test_a_draft_leaves_no_leaf_in_the_day_tree(secret: Settings) -> None:
    with connect(secret, Role.VERIFIER) as conn:
        named = {name for (name,) in conn.execute("SELECT DISTINCT table_name FROM row_leaf")}
    assert named & set(SECRET) == set()
    assert {"filing", "filing_event", "filing_note", "filing_query", "filing_answer", "return_check"} <= named


def test_a_view_over_a_draft_asks_who_reads_it(secret: Settings) -> None:
    with connect(secret, Role.OWNER) as conn:
        rows = conn.execute(
            "SELECT DISTINCT v.relname, coalesce('security_invoker=true' = ANY(v.reloptions), false)"
            " FROM pg_rewrite AS w"
            " JOIN pg_depend AS d ON d.objid = w.oid AND d.classid = 'pg_rewrite'::regclass"
            " JOIN pg_class AS v ON v.oid = w.ev_class AND v.relkind IN ('v', 'm')"
            " WHERE d.refobjid = ANY(%s::regclass[])",
            [list(SECRET)],
        ).fetchall()
    assert rows
    assert [name for name, is_invoker in rows if not is_invoker] == []


def test_a_unit_sees_its_own_rows_and_only_while_it_says_who_it_is(secret: Settings) -> None:
    with connect(secret, Role.OWNER) as owner:
        ids = [row[0] for row in owner.execute("SELECT unit_id FROM unit ORDER BY 1")]
    with connect(secret, Role.UNIT) as conn:
        for table in (*SECRET, "filing", "filing_event", "filing_query", "filing_answer", "filing_note"):
            assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        for view in ("monitored_cell", "own_unit", "filing_cell", "draft_cell", "filing_state"):
            assert conn.execute(f"SELECT count(*) FROM {view}").fetchone() == (0,), view
        for unit_id, filings, cells in ((ids[0], 1, 1), (ids[1], 0, 0)):
            with conn.transaction():
                conn.execute("SELECT set_config('nenghao.unit_id', %s, true)", [str(unit_id)])
                assert {row[0] for row in conn.execute("SELECT unit_id FROM draft")} == {unit_id}
                assert conn.execute("SELECT unit_id FROM own_unit").fetchall() == [(unit_id,)]
                for table in ("filing", "filing_event", "filing_query", "filing_answer", "filing_note"):
                    assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (filings,), table
                assert conn.execute("SELECT count(*) FROM monitored_cell").fetchone() == (cells,)
        conn.execute("SELECT set_config('nenghao.unit_id', %s, true)", [str(ids[0])])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(
                "INSERT INTO draft (unit_id, month_on, content, saved_by, saved_at)"
                """ VALUES (%s, '2026-10-01', '{"cells": [], "notes": []}', 'x', now())""",
                [ids[1]],
            )


@pytest.mark.parametrize(
    "table", ["reading", "message_raw", "balance_cell", "finding", "audit_case", "alert", "candidate"]
)
def test_a_unit_reads_no_hypertable_and_no_finding(secret: Settings, table: str) -> None:
    with connect(secret, Role.UNIT) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(f"SELECT * FROM {table}")


@pytest.mark.parametrize("table", ["unit", "point", "series", "series_day", "point_day", "monitored_balance", "meter"])
def test_a_unit_reads_registers_only_while_it_says_who_it_is(secret: Settings, table: str) -> None:
    with connect(secret, Role.UNIT) as conn:
        assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


@pytest.mark.parametrize("role", GOVERNMENT)
def test_no_government_role_writes_a_figure_of_a_filing(secret: Settings, role: Role) -> None:
    acts = (
        "INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, "
        " filed_at, collected_under) VALUES (1, '2026-10-01', 2, '[]', 'r', 'a', 'b', 'c', now(), 'survey')",
        "UPDATE filing SET content = '[]'",
        "DELETE FROM filing",
        "INSERT INTO filing_note (filing_id, relation_code, form_code, row_code, column_code, cause, quantity,"
        " document, noted_by) VALUES (1, 'A9', '205-1', '33', '4', 'c', 'q', 'd', 'o')",
        "INSERT INTO filing_answer (filing_query_id, cause, quantity, document, answered_by, answered_at)"
        " VALUES (1, 'c', 'q', 'd', 'o', now())",
    )
    for act in acts:
        with connect(secret, role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(act)


def test_a_cell_of_the_meter_ledger_is_filled_in_and_never_overwritten(secret: Settings) -> None:
    with connect(secret, Role.CONSOLE) as conn:
        conn.execute("UPDATE meter SET certificate_no = 'C-1', verified_on = coalesce(verified_on, '2026-01-05')")
        with pytest.raises(psycopg.errors.RestrictViolation, match="certificate_no"):
            conn.execute("UPDATE meter SET certificate_no = 'C-2'")
