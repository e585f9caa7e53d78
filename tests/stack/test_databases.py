"""What the servers of a stack refuse, and that each test has a database of its own."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from nenghao.config import Role, Settings
from nenghao.db.connection import conninfo
from nenghao.stack import Stack


def test_clone_is_migrated_and_empty(database: Settings) -> None:
    with psycopg.connect(conninfo(database, Role.OWNER)) as conn:
        applied = conn.execute("SELECT count(*) FROM schema_migrations").fetchone()
        extension = conn.execute("SELECT extname FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    assert applied is not None
    assert applied[0] > 0
    assert extension == ("timescaledb",)


def test_clones_do_not_see_each_other(database: Settings, module_database: Settings) -> None:
    assert database.database_name != module_database.database_name
    with psycopg.connect(conninfo(database, Role.OWNER), autocommit=True) as conn:
        conn.execute("CREATE TABLE only_here ()")
    with psycopg.connect(conninfo(module_database, Role.OWNER)) as conn:
        assert conn.execute("SELECT to_regclass('only_here')").fetchone() == (None,)


def test_empty_database_has_extension_but_no_schema(empty_database: Settings) -> None:
    with psycopg.connect(conninfo(empty_database, Role.OWNER)) as conn:
        assert conn.execute("SELECT to_regclass('schema_migrations')").fetchone() == (None,)
        assert conn.execute("SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb'").fetchone() == (1,)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_every_role_opens_the_data_database_with_its_own_password(database: Settings, role: Role) -> None:
    with psycopg.connect(conninfo(database, role)) as conn:
        assert conn.execute("SELECT current_user").fetchone() == (role.value,)


def test_airflow_opens_its_own_database_only(stack: Stack, database: Settings) -> None:
    def conninfo(name: str) -> str:
        return make_conninfo(
            host="127.0.0.1", port=stack.ports.postgres, dbname=name, user="airflow", password=stack.secret("airflow")
        )

    with psycopg.connect(conninfo("airflow")) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)
    for name in ("nenghao", database.database_name, "postgres"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(conninfo(name))


def test_data_roles_do_not_open_the_metadata_database(stack: Stack) -> None:
    settings = stack.settings().model_copy(update={"database_name": "airflow"})
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(conninfo(settings, Role.JOBS))


@pytest.mark.parametrize("user", ["postgres", "nenghao_owner", "airflow"])
def test_wrong_password_is_refused_over_tcp_and_socket(stack: Stack, user: str) -> None:
    sockets = stack.layout.sockets_link.read_text().strip()
    for host in ("127.0.0.1", sockets):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host=host, port=stack.ports.postgres, dbname="postgres", user=user, password="guess")


def test_no_role_but_the_superuser_is_powerful(stack: Stack) -> None:
    with psycopg.connect(stack.superuser_conninfo()) as conn:
        rows = conn.execute(
            "SELECT rolname FROM pg_roles"
            " WHERE rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
        ).fetchall()
        hashes = conn.execute("SELECT rolpassword FROM pg_authid WHERE rolcanlogin").fetchall()
        backup = conn.execute(
            "SELECT rolreplication, rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls, rolconnlimit"
            " FROM pg_roles WHERE rolname = 'nenghao_backup'"
        ).fetchone()
    assert sorted(rows) == [("nenghao_backup",), ("postgres",)]
    assert backup == (True, False, 4)
    assert all(digest.startswith("SCRAM-SHA-256$") for (digest,) in hashes)
