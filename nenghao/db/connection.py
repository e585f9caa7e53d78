"""Opens connections to TimescaleDB, each under the role of its work."""

from typing import Any, Final, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo

from nenghao.config import Role, Settings
from nenghao.errors import RetryableError

#: What the rest of the product calls a connection; only this package imports the driver.
Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

CONNECT_TIMEOUT_S = 10
#: Both ends notice within a minute that the other one is gone without a word: a collector would wait for hours for a
#: commit, and the server would keep the locks of a host that lost its power.
_CLIENT_KEEPALIVE: Final = {
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
SERVER_OPTIONS: Final = (
    "-c timezone=UTC -c lock_timeout=30s -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10"
    " -c tcp_keepalives_count=3 -c tcp_user_timeout=60s -c client_connection_check_interval=10s"
)


def conninfo(settings: Settings, role: Role) -> str:
    """The connection string of `role`, password included: never log it."""
    return make_conninfo(
        host=settings.database_host,
        port=settings.database_port,
        dbname=settings.database_name,
        user=role.value,
        password=settings.secret(role.value),
        application_name=f"nenghao {role.value}",
        **_CLIENT_KEEPALIVE,
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
            options=SERVER_OPTIONS,
        )
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0].removeprefix("connection failed: ")
        raise RetryableError(
            f"database {settings.database_name} at {settings.database_host}:{settings.database_port}: {reason}"
        ) from error
