"""What only a superuser may do, and does again at every start: roles, passwords, databases, the extension, rights.

The stack without containers and the containers prepare their server with the same steps.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from nenghao.config import PROJECT_ROOT, Role
from nenghao.errors import RetryableError

SUPERUSER = "postgres"
AIRFLOW_ROLE = "airflow"
#: May copy the whole server and its WAL, and open no database.
BACKUP_ROLE = "nenghao_backup"
AIRFLOW_DATABASE = "airflow"
SQL_DIR = PROJECT_ROOT / "sql"
CONNECT_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL server as its superuser reaches it."""

    host: str
    port: int
    password: str = field(repr=False)

    def conninfo(self, database: str = "postgres") -> str:
        """The superuser's connection string, password included: never log it."""
        return make_conninfo(
            host=self.host,
            port=self.port,
            dbname=database,
            user=SUPERUSER,
            password=self.password,
            connect_timeout=CONNECT_TIMEOUT_S,
        )

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection where each statement is its own transaction, as CREATE DATABASE demands.

        Raises: RetryableError in one line, without the password.
        """
        try:
            return psycopg.connect(self.conninfo(database), autocommit=True)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[0].removeprefix("connection failed: ")
            raise RetryableError(f"database {database} at {self.host}:{self.port}: {reason}") from error

    def problem(self) -> str | None:
        """Why the server does not take queries, in its own words; None where it does."""
        try:
            with self.connect() as conn:
                conn.execute("SELECT 1")
        except (RetryableError, psycopg.OperationalError) as error:
            return str(error).strip()
        return None


def bootstrap(server: Server, data_database: str, secret: Callable[[str], str]) -> None:
    """Make roles, passwords and databases; safe to run at every start. `secret` gives a role's password by its name."""
    with server.connect() as conn:
        conn.execute((SQL_DIR / "roles.sql").read_bytes())
        for role in (*(role.value for role in Role), AIRFLOW_ROLE, BACKUP_ROLE):
            _set_password(conn, role, secret(role))
        conn.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
    create_database(server, data_database, owner=Role.OWNER)
    create_database(server, AIRFLOW_DATABASE, owner=AIRFLOW_ROLE)
    enable_timescaledb(server, data_database)
    grant_access(server, data_database)


def create_database(server: Server, name: str, *, owner: str, template: str = "template0") -> bool:
    """Make a database which only its owner may open, if it is not there; returns whether it was made."""
    with server.connect() as conn:
        if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        conn.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template)
            )
        )
        conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        return True


def drop_database(server: Server, name: str) -> None:
    """Remove a database and end the connections to it."""
    with server.connect() as conn:
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def enable_timescaledb(server: Server, database: str) -> None:
    """Bring the extension to the version of the programs; only a superuser may."""
    with server.connect(database) as conn:
        conn.execute("SET client_min_messages = error")
        conn.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    # An update must be the first statement of its session.
    with server.connect(database) as conn:
        conn.execute("ALTER EXTENSION timescaledb UPDATE")


def grant_access(server: Server, database: str) -> None:
    """Let the project's roles, and no others, open a data database."""
    with server.connect(database) as conn:
        conn.execute((SQL_DIR / "grants_database.sql").read_bytes())


def _set_password(conn: psycopg.Connection, role: str, password: str) -> None:
    # Hashed here, so that the server never sees the password itself in a statement that it might log.
    digest = conn.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(digest)))
