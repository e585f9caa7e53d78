"""Opens connections to TimescaleDB, each under the role of its work."""

from typing import Any, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo

from nenghao.config import Role, Settings
from nenghao.errors import RetryableError

#: What the rest of the product calls a connection; only this package imports the driver.
Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

CONNECT_TIMEOUT_S = 10


def conninfo(settings: Settings, role: Role) -> str:
    """The connection string of `role`, password included: never log it."""
    return make_conninfo(
        host=settings.database_host,
        port=settings.database_port,
        dbname=settings.database_name,
        user=role.value,
        password=settings.secret(role.value),
        application_name=f"nenghao {role.value}",
    )


def connect(settings: Settings, role: Role, *, autocommit: bool = False) -> Connection:
    """A connection as `role`, session time zone UTC.

    Raises: RetryableError in one line, without the password, where the database cannot be reached.
    """
    try:
        return psycopg.connect(
            conninfo(settings, role),
            autocommit=autocommit,
            connect_timeout=CONNECT_TIMEOUT_S,
            options="-c timezone=UTC -c lock_timeout=30s",
        )
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise RetryableError(
            f"database {settings.database_name} at {settings.database_host}:{settings.database_port}: {reason}"
        ) from error
