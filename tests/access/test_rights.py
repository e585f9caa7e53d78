"""Which relations the roles of people have any right on: none without row security, no hypertable, no chunk."""

import pytest

from nenghao.access.sessions import new_token
from tests.access.conftest import People
from tests.access.test_eyes import ASKING, FREE

#: Views that read as their owner, each a barrier of its own.
OWN_BARRIERS = {
    "own_unit", "own_reminder", "unit_directory", "monitored_cell", "monitored_newest", "monitored_point",
    "monitored_day", "monitored_meter", "supplied_statement", "produced_output",
}  # fmt: skip
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")


def rights(people: People, role: str) -> set[tuple[str, str, str, bool, str]]:
    """Schema, name, kind, whether it has row security, options, of every relation on which a role has any right."""
    with people.owner() as conn:
        rows = conn.execute(
            "SELECT n.nspname, c.relname, c.relkind::text, c.relrowsecurity, coalesce(c.reloptions::text, '')"
            " FROM pg_class AS c JOIN pg_namespace AS n ON c.relnamespace = n.oid"
            " WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
            " AND c.relowner = 'nenghao_owner'::regrole"
            " AND (has_table_privilege(%(role)s, c.oid, %(privileges)s)"
            "  OR has_any_column_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))",
            {"role": role, "privileges": ", ".join(PRIVILEGES)},
        ).fetchall()
    return set(rows)


def test_the_web_role_itself_has_no_right_on_any_relation(people: People) -> None:
    assert rights(people, "nenghao_web") == set()


@pytest.mark.parametrize("role", ["nenghao_officer", "nenghao_unit"])
def test_people_have_rights_only_where_rows_are_chosen_for_them(people: People, role: str) -> None:
    wrong = {
        (schema, name)
        for schema, name, kind, has_row_security, options in rights(people, role)
        if not (
            has_row_security
            or "security_invoker=true" in options
            or (schema == "seen" and "security_barrier=true" in options)
            or (schema == "public" and kind == "v" and name in OWN_BARRIERS | ASKING)
            or (schema == "public" and name in FREE)
        )
    }
    assert wrong == set()


@pytest.mark.parametrize("role", ["nenghao_web", "nenghao_officer", "nenghao_unit"])
def test_people_have_no_right_on_a_hypertable_or_a_chunk(people: People, role: str) -> None:
    with people.owner() as conn:
        rows = conn.execute(
            "SELECT format('%I.%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks"
            " UNION ALL SELECT format('%I.%I', hypertable_schema, hypertable_name)"
            " FROM timescaledb_information.hypertables"
        ).fetchall()
        assert len(rows) > 3, "no chunk to ask about"
        allowed = [
            name
            for (name,) in rows
            if conn.execute(
                "SELECT has_table_privilege(%s, %s, %s) OR has_any_column_privilege(%s, %s, 'SELECT, INSERT, UPDATE')",
                [role, name, ", ".join(PRIVILEGES), role, name],
            ).fetchone()
            != (False,)
        ]
    assert allowed == []


def test_people_make_nothing(people: People) -> None:
    with people.owner() as conn:
        for role in ("nenghao_web", "nenghao_officer", "nenghao_unit"):
            row = conn.execute(
                "SELECT has_schema_privilege(%(r)s, 'public', 'CREATE'), has_schema_privilege(%(r)s, 'seen', 'CREATE'),"
                " has_database_privilege(%(r)s, current_database(), 'CREATE, TEMPORARY')",
                {"r": role},
            ).fetchone()
            assert row == (False, False, False), role


def test_the_web_role_inherits_nothing_and_is_member_of_two(people: People) -> None:
    with people.owner() as conn:
        rows = conn.execute(
            "SELECT r.rolname, m.inherit_option, m.set_option, m.admin_option FROM pg_auth_members AS m"
            " JOIN pg_roles AS r ON m.roleid = r.oid WHERE m.member = 'nenghao_web'::regrole ORDER BY 1"
        ).fetchall()
        row = conn.execute(
            "SELECT rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = 'nenghao_web'"
        ).fetchone()
    assert rows == [("nenghao_officer", False, True, False), ("nenghao_unit", False, True, False)]
    assert row == (False, False, False, False, False)


def test_secrets_of_people_are_read_by_nobody(people: People) -> None:
    columns = (
        ("account_password", "hash"), ("web_session", "token_hash"), ("api_token", "token_hash"),
        ("gateway", "broker_password_hash"),
    )  # fmt: skip
    with people.owner() as conn:
        for role in ("nenghao_web", "nenghao_officer", "nenghao_unit"):
            for table, column in columns:
                row = conn.execute(
                    "SELECT has_column_privilege(%s, %s, %s, 'SELECT')", [role, table, column]
                ).fetchone()
                assert row == (False,), (role, table, column)
        # Beside people only an operator's command knows a gateway's hash, and nobody a person's.
        for role in ("nenghao_collector", "nenghao_jobs", "nenghao_rules", "nenghao_console", "nenghao_verifier"):
            for table, column in columns[:3]:
                row = conn.execute(
                    "SELECT has_column_privilege(%s, %s, %s, 'SELECT')", [role, table, column]
                ).fetchone()
                assert row == (False,), (role, table, column)


def test_a_token_is_not_a_name(people: People) -> None:
    """What a token is, is in no relation: only whoever holds it can be asked for."""
    assert len(new_token()) == 43
    assert len(set(people.tokens.values())) == len(people.tokens)
