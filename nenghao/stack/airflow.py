"""Airflow's four processes: their environment, the schema of their own database, and their health."""

import importlib.metadata
import json
import os
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

from nenghao.config import PROJECT_ROOT
from nenghao.db.bootstrap import AIRFLOW_DATABASE
from nenghao.errors import ConfigError
from nenghao.stack import credentials
from nenghao.stack.credentials import read_secret
from nenghao.stack.ports import Ports
from nenghao.stack.spec import AIRFLOW, Component, Layout
from nenghao.stack.supervisor import Program

EXECUTABLE = Path(sys.executable).parent / "airflow"
# The log servers of scheduler and triggerer would listen on every interface, which no setting changes; on one machine
# the api-server reads the same files itself, so they are left out.
COMMANDS: dict[Component, tuple[str, ...]] = {
    Component.AIRFLOW_API: ("api-server",),
    Component.AIRFLOW_SCHEDULER: ("scheduler", "--skip-serve-logs"),
    Component.AIRFLOW_DAGS: ("dag-processor",),
    Component.AIRFLOW_TRIGGERER: ("triggerer", "--skip-serve-logs"),
}
CONNECTION_FILE = "airflow_connection"


def programs(layout: Layout, ports: Ports, base: dict[str, str]) -> list[Program]:
    """How the four processes are started; `base` is what the project's own tasks need."""
    environment = base | environment_of(layout, ports)
    return [
        Program(
            component=component,
            command=(str(EXECUTABLE), *COMMANDS[component]),
            environment=environment,
            priority=40,
            start_s=3,
        )
        for component in AIRFLOW
    ]


def environment_of(layout: Layout, ports: Ports) -> dict[str, str]:
    """Airflow's configuration as variables; secrets are read from their files by commands."""
    address = f"http://127.0.0.1:{ports.airflow_api}"
    return {
        "AIRFLOW_HOME": str(layout.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "utc",
        "AIRFLOW__CORE__FERNET_KEY_CMD": _read_command(layout, credentials.AIRFLOW_FERNET),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(layout.secrets / credentials.AIRFLOW_PASSWORDS),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": _read_command(layout, CONNECTION_FILE),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(ports.airflow_api),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY_CMD": _read_command(layout, credentials.AIRFLOW_API_KEY),
        "AIRFLOW__API_AUTH__JWT_SECRET_CMD": _read_command(layout, credentials.AIRFLOW_JWT),
        # Nothing listens there; a port of this stack's own keeps the api-server from asking another stack's log server.
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(ports.airflow_worker_log),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(ports.airflow_triggerer_log),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        # New and changed DAG files are seen within seconds instead of five minutes.
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    }


def prepare(layout: Layout, ports: Ports) -> None:
    """Write the address of Airflow's database, whose port may have changed.

    Raises: ConfigError where this machine lacks what Airflow needs.
    """
    if not EXECUTABLE.exists():
        raise ConfigError("Airflow is not installed: run scripts/setup, or install the extra `airflow`")
    if not os.access("/dev/shm", os.W_OK | os.X_OK):  # noqa: S108
        raise ConfigError("Airflow's executor needs /dev/shm, which its user cannot write: mount it (tmpfs, mode 1777)")
    password = read_secret(layout, credentials.AIRFLOW_ROLE)
    path = layout.secrets / CONNECTION_FILE
    path.touch(mode=0o600)
    path.write_text(
        f"postgresql+psycopg://{credentials.AIRFLOW_ROLE}:{password}@127.0.0.1:{ports.postgres}/{AIRFLOW_DATABASE}"
    )


def start_migration(layout: Layout, ports: Ports, environment: dict[str, str]) -> "subprocess.Popen[bytes] | None":
    """Begin to bring Airflow's database to its version, unless that was done: ten seconds, beside other work."""
    if _migrated_marker(layout).exists():
        return None
    with (layout.logs / "airflow-migrate.log").open("wb") as log:
        return subprocess.Popen(
            [str(EXECUTABLE), "db", "migrate"],
            env=environment | environment_of(layout, ports),
            cwd=layout.home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def finish_migration(layout: Layout, process: "subprocess.Popen[bytes] | None") -> None:
    """Wait for the migration that was begun.

    Raises: ConfigError with its last lines.
    """
    if process is None:
        return
    if process.wait() != 0:
        lines = (layout.logs / "airflow-migrate.log").read_text(errors="replace").strip().splitlines()
        raise ConfigError("airflow db migrate failed:\n" + "\n".join(f"  {line}" for line in lines[-5:]))
    _migrated_marker(layout).touch()


def unhealthy_parts(ports: Ports) -> list[str]:
    """The parts of Airflow which do not report to be healthy."""
    url = f"http://127.0.0.1:{ports.airflow_api}/api/v2/monitor/health"
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            health = json.load(response)
    except (OSError, ValueError):
        return ["api-server"]
    parts = ("metadatabase", "scheduler", "dag_processor", "triggerer")
    return [part for part in parts if (health.get(part) or {}).get("status") != "healthy"]


def _read_command(layout: Layout, name: str) -> str:
    return shlex.join(["/bin/cat", str(layout.secrets / name)])


def _migrated_marker(layout: Layout) -> Path:
    return layout.airflow / f"migrated-{importlib.metadata.version('apache-airflow-core')}"
