"""Brings a stack up and down; runs as the servers' own user, never as root."""

import fcntl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nenghao.errors import ConfigError
from nenghao.stack import airflow, ingest, mosquitto, postgres
from nenghao.stack.credentials import generate_secrets
from nenghao.stack.environment import base_environment, settings_of, variables_of
from nenghao.stack.logs import tail
from nenghao.stack.ports import Ports, draw_ports, load_ports
from nenghao.stack.processes import stack_processes, sweep, wait_gone
from nenghao.stack.spec import AIRFLOW, Component, Layout, StackSpec
from nenghao.stack.supervisor import Program, Supervisor, make_socket_dir, read_socket_dir, start_supervisor

Say = Callable[[str], None]
# Long enough for four Airflow processes and PostgreSQL's last checkpoint.
DOWN_S = 90.0
RUNNING_S = 60.0


def bring_up(layout: Layout, spec: StackSpec, say: Say) -> None:
    """Start what is asked and does not run yet, in order, each part waited for until it is healthy.

    Raises: ConfigError in one sentence, with the end of the component's log.
    """
    with exclusive(layout):
        supervisor = Supervisor(layout)
        if supervisor.is_answering():
            missing = [name for name in spec.components if not supervisor.states()[name].is_running]
            if not missing:
                say("already running")
                return
        else:
            _start_afresh(layout, spec, say)
        _start_components(layout, spec, supervisor, say)


def bring_down(layout: Layout) -> bool:
    """Stop everything in order, then sweep what is left; returns whether anything ran."""
    supervisor = Supervisor(layout)
    was_running = supervisor.is_answering()
    if was_running:
        # Those that depend on nobody else stop together; the supervisor alone would stop them one after another.
        for component in reversed(
            [name for name in Component if name not in (Component.POSTGRES, Component.MOSQUITTO)]
        ):
            supervisor.stop(component, wait=False)
        _wait_stopped(supervisor)
        pids = stack_processes(layout, _socket_dirs(layout))
        supervisor.shutdown()
        wait_gone(pids, DOWN_S)
    swept = sweep(layout, _socket_dirs(layout)) if layout.root.exists() else 0
    folder = read_socket_dir(layout)
    if folder is not None and folder.parent != layout.root and folder.is_dir():
        for leftover in folder.iterdir():
            leftover.unlink()
        folder.rmdir()
        layout.sockets_link.unlink()
    return was_running or swept > 0


@contextmanager
def exclusive(layout: Layout) -> Iterator[None]:
    """Let one process at a time start or stop a stack."""
    with (layout.root / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrate_airflow(layout: Layout) -> None:
    """Bring Airflow's own database to its version without starting Airflow; for tests that run DAGs in-process."""
    ports = load_ports(layout.ports_file)
    airflow.prepare(layout, ports)
    airflow.finish_migration(layout, airflow.start_migration(layout, ports, base_environment(layout)))


def all_programs(layout: Layout, ports: Ports) -> list[Program]:
    """Every component, started or not, so that one can be added to a running stack."""
    variables = variables_of(settings_of(layout, ports))
    return [
        postgres.program(layout),
        mosquitto.program(layout),
        *ingest.programs(variables),
        *airflow.programs(layout, ports, variables),
    ]


def _start_afresh(layout: Layout, spec: StackSpec, say: Say) -> None:
    """Clear away what a killed run left, prepare every file, and start the supervisor."""
    swept = sweep(layout, _socket_dirs(layout))
    if swept:
        say(f"ended {swept} processes that an earlier run left behind")
    for folder in layout.folders():
        folder.mkdir(mode=0o700, exist_ok=True)
    layout.trust.chmod(0o755)
    sockets = make_socket_dir(layout)
    for leftover in sockets.iterdir():
        leftover.unlink()
    layout.supervisor_pid.unlink(missing_ok=True)
    generate_secrets(layout)
    ports = draw_ports(layout.ports_file)
    if not layout.postgres_data.exists():
        say("making the database cluster")
    postgres.prepare(layout, spec, ports.postgres, sockets)
    mosquitto.prepare(layout, spec, ports.mosquitto)
    start_supervisor(layout, all_programs(layout, ports), base_environment(layout))


def _start_components(layout: Layout, spec: StackSpec, supervisor: Supervisor, say: Say) -> None:
    ports = load_ports(layout.ports_file)
    chosen = set(spec.components)
    if Component.POSTGRES in chosen:
        supervisor.start(Component.POSTGRES)
    if Component.MOSQUITTO in chosen:
        supervisor.start(Component.MOSQUITTO)
    migration: subprocess.Popen[bytes] | None = None
    if Component.POSTGRES in chosen:
        with _log_on_failure(layout, Component.POSTGRES):
            postgres.wait_ready(layout, ports.postgres)
        postgres.bootstrap(layout, ports.postgres)
        say(f"postgres is ready on port {ports.postgres}")
        if chosen.intersection(AIRFLOW):
            airflow.prepare(layout, ports)
            migration = airflow.start_migration(layout, ports, base_environment(layout))
        if spec.is_migrated:
            _migrate(layout, ports)
            say("the schema is up to date")
    if Component.MOSQUITTO in chosen:
        with _log_on_failure(layout, Component.MOSQUITTO):
            mosquitto.wait_ready(layout, ports.mosquitto)
        say(f"mosquitto is ready on port {ports.mosquitto}")
    for component in (Component.COLLECTOR, Component.OUTBOUND):
        if component in chosen:
            supervisor.start(component)
    airflow.finish_migration(layout, migration)
    for component in AIRFLOW:
        if component in chosen:
            supervisor.start(component)
    _wait_running(layout, supervisor, [name for name in Component if name in chosen])
    for component in (Component.COLLECTOR, Component.OUTBOUND):
        if component in chosen:
            say(f"{component} is running")
    if chosen.issuperset(AIRFLOW):
        with _log_on_failure(layout, Component.AIRFLOW_API):
            airflow.wait_ready(ports)
        say(f"airflow is ready on http://127.0.0.1:{ports.airflow_api}")


def _migrate(layout: Layout, ports: Ports) -> None:
    # Imported here because commands that only look at a stack do not need it.
    from nenghao.db.migrate import migrate

    migrate(settings_of(layout, ports))


def _wait_running(layout: Layout, supervisor: Supervisor, components: list[Component]) -> None:
    deadline = time.monotonic() + RUNNING_S
    while True:
        states = supervisor.states()
        waiting = [name for name in components if not states[name].is_running]
        if not waiting:
            return
        failed = [name for name in waiting if states[name].state == "FATAL"]
        if failed or time.monotonic() > deadline:
            name = (failed or waiting)[0]
            state = states[name]
            raise ConfigError(f"{name} is {state.state} {state.reason}".strip() + "\n" + tail(layout, name))
        time.sleep(0.1)


def _wait_stopped(supervisor: Supervisor) -> None:
    deadline = time.monotonic() + DOWN_S
    while any(state.state == "STOPPING" for state in supervisor.states().values()):
        if time.monotonic() > deadline:
            return
        time.sleep(0.1)


@contextmanager
def _log_on_failure(layout: Layout, component: Component) -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{error}\n{tail(layout, component)}") from error


def _socket_dirs(layout: Layout) -> set[Path]:
    folder = read_socket_dir(layout)
    return {folder} if folder is not None else set()
