"""PostgreSQL with TimescaleDB: its data directory and configuration; roles and databases are made by db.bootstrap."""

import subprocess
from pathlib import Path

from nenghao.config import PROJECT_ROOT
from nenghao.db import bootstrap as bootstrapping
from nenghao.db.bootstrap import SUPERUSER
from nenghao.errors import ConfigError
from nenghao.stack.credentials import read_secret
from nenghao.stack.spec import Component, Layout, StackSpec
from nenghao.stack.supervisor import Program

BIN = PROJECT_ROOT / ".run" / "prefix" / "postgresql" / "usr" / "lib" / "postgresql" / "17" / "bin"
DATA_DATABASE = "nenghao"


def program(layout: Layout) -> Program:
    """How the server is started; INT is its fast shutdown, which does not wait for clients."""
    return Program(
        component=Component.POSTGRES,
        command=(str(BIN / "postgres"), "-D", str(layout.postgres_data)),
        priority=10,
        stop_signal="INT",
        stop_wait_s=60,
    )


def prepare(layout: Layout, spec: StackSpec, port: int, socket_dir: Path) -> None:
    """Make the data directory if there is none, and write the configuration of this start.

    Raises: ConfigError where the programs are missing or initdb fails.
    """
    if not (BIN / "postgres").exists():
        raise ConfigError("PostgreSQL is not set up: run scripts/setup")
    if not layout.postgres_data.exists():
        _initialise(layout)
    (layout.postgres_data / "nenghao.conf").write_text(_render_config(spec, port, socket_dir), encoding="utf-8")
    # The sweep before this has ended every server of this directory, so a pid file here is of a killed one, and its
    # number may by now belong to a process that has nothing to do with PostgreSQL.
    (layout.postgres_data / "postmaster.pid").unlink(missing_ok=True)


def _initialise(layout: Layout) -> None:
    fresh = layout.root / "postgres.new"
    if fresh.exists():
        subprocess.run(["rm", "-rf", "--", str(fresh)], check=True)
    result = subprocess.run(
        [
            str(BIN / "initdb"),
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            f"--pwfile={layout.secrets / SUPERUSER}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(layout.home)},
    )
    if result.returncode != 0:
        raise ConfigError(f"initdb failed: {(result.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude 'nenghao.conf'\n")
    fresh.rename(layout.postgres_data)


def _render_config(spec: StackSpec, port: int, socket_dir: Path) -> str:
    return f"""\
# Written at every start of the stack.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{str(socket_dir).replace("'", "''")}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
shared_preload_libraries = 'timescaledb'
timescaledb.telemetry_level = off
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 100
shared_buffers = {spec.shared_buffers_mb}MB
# Readings arrive in time order over many series, so most pages change once between checkpoints: fewer, smaller images.
wal_compression = on
checkpoint_timeout = 30min
max_wal_size = 4GB
# What a backup's receiver has not fetched is kept, but a receiver that is gone must not fill the disk.
max_slot_wal_keep_size = 8GB
# Statements may hold passwords when an administrator types them.
log_statement = 'none'
log_line_prefix = '%m [%p] %u@%d '
"""


def server(layout: Layout, port: int) -> bootstrapping.Server:
    """The server as its superuser reaches it."""
    return bootstrapping.Server(host="127.0.0.1", port=port, password=read_secret(layout, SUPERUSER))


def superuser_conninfo(layout: Layout, port: int, database: str = "postgres") -> str:
    """The connection string of the superuser, password included: for set-up and tests only."""
    return server(layout, port).conninfo(database)


def problem(layout: Layout, port: int) -> str | None:
    """Why the server does not take queries, in its own words; None where it does."""
    return server(layout, port).problem()


def bootstrap(layout: Layout, port: int) -> None:
    """Make roles, passwords and databases; safe to run at every start."""
    bootstrapping.bootstrap(server(layout, port), DATA_DATABASE, lambda name: read_secret(layout, name))


def create_database(layout: Layout, port: int, name: str, *, owner: str, template: str = "template0") -> bool:
    """Make a database which only its owner may open, if it is not there; returns whether it was made."""
    return bootstrapping.create_database(server(layout, port), name, owner=owner, template=template)


def drop_database(layout: Layout, port: int, name: str) -> None:
    """Remove a database and end the connections to it."""
    bootstrapping.drop_database(server(layout, port), name)


def enable_timescaledb(layout: Layout, port: int, database: str) -> None:
    """Bring the extension to the version of the programs; only a superuser may."""
    bootstrapping.enable_timescaledb(server(layout, port), database)


def grant_access(layout: Layout, port: int, database: str) -> None:
    """Let the project's roles, and no others, open a data database."""
    bootstrapping.grant_access(server(layout, port), database)
