"""Brings a stack up and down; runs as the servers' own user, never as root."""

import fcntl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nenghao.stack import airflow, console, ingest, mosquitto, postgres, signer
from nenghao.stack.credentials import generate_secrets
from nenghao.stack.environment import base_environment, settings_of, variables_of
from nenghao.stack.health import wait_airflow, wait_healthy
from nenghao.stack.ports import Ports, draw_ports, load_ports
from nenghao.stack.processes import stack_processes, sweep, wait_gone
from nenghao.stack.spec import AIRFLOW, SERVERS, Component, Layout, StackSpec
from nenghao.stack.supervisor import Program, Supervisor, make_socket_dir, read_socket_dir, start_supervisor

Say = Callable[[str], None]
# Long enough for four Airflow processes and PostgreSQL's last checkpoint.
DOWN_S = 90.0
#: These need the schema of our own database only.
EARLY = (Component.COLLECTOR, Component.OUTBOUND, Component.CONSOLE)


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
        pids = stack_processes(layout, _socket_dirs(layout))
        # The supervisor alone would stop one after another. Servers are last, because the others still write to them:
        # a task that finds Airflow's API gone would hold up the scheduler by its attempts.
        last = {*SERVERS, Component.AIRFLOW_API}
        _stop_together(supervisor, [component for component in Component if component not in last])
        _stop_together(supervisor, [Component.AIRFLOW_API])
        _stop_together(supervisor, list(SERVERS))
        supervisor.shutdown()
        wait_gone(pids, DOWN_S)
    swept = sweep(layout, _socket_dirs(layout))
    _remove_socket_dir(layout)
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
        signer.program(variables),
        *ingest.programs(variables),
        console.program(variables),
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
    generate_secrets(layout, spec.gateway_hosts)
    ports = draw_ports(layout.ports_file)
    if not layout.postgres_data.exists():
        say("making the database cluster")
    postgres.prepare(layout, spec, ports.postgres, sockets)
    mosquitto.prepare(layout, spec, ports)
    start_supervisor(layout, all_programs(layout, ports), base_environment(layout))


def _start_components(layout: Layout, spec: StackSpec, supervisor: Supervisor, say: Say) -> None:
    ports = load_ports(layout.ports_file)
    chosen = [component for component in Component if component in spec.components]
    servers = [component for component in chosen if component in SERVERS]
    for component in servers:
        supervisor.start(component)
    for component in servers:
        wait_healthy(layout, ports, component)
        say(f"{component} is ready on port {getattr(ports, component)}")
    with _databases(layout, spec, ports, say):
        # They start while Airflow's own schema is still being made.
        for component in chosen:
            if component in EARLY:
                supervisor.start(component)
    for component in chosen:
        supervisor.start(component)
    for component in chosen:
        if component not in SERVERS:
            wait_healthy(layout, ports, component)
            is_page = component is Component.CONSOLE
            say(f"{component} is ready on {console.address(ports.console)}" if is_page else f"{component} is running")
    if set(chosen).issuperset(AIRFLOW):
        wait_airflow(layout, ports)
        say(f"airflow is ready on http://127.0.0.1:{ports.airflow_api}")


@contextmanager
def _databases(layout: Layout, spec: StackSpec, ports: Ports, say: Say) -> Iterator[None]:
    """Make roles, databases and schemas; Airflow's schema is finished only when the body is done."""
    migration: subprocess.Popen[bytes] | None = None
    if Component.POSTGRES in spec.components:
        postgres.bootstrap(layout, ports.postgres)
        if set(spec.components).intersection(AIRFLOW):
            airflow.prepare(layout, ports)
            migration = airflow.start_migration(layout, ports, base_environment(layout))
        if spec.is_migrated:
            _migrate(layout, ports)
            say("the schema is up to date")
    yield
    airflow.finish_migration(layout, migration)


def _migrate(layout: Layout, ports: Ports) -> None:
    # Imported here because commands that only look at a stack do not need it.
    from nenghao.db.migrate import migrate

    migrate(settings_of(layout, ports))


def _stop_together(supervisor: Supervisor, components: list[Component]) -> None:
    for component in components:
        supervisor.stop(component, wait=False)
    deadline = time.monotonic() + DOWN_S
    while any(process.state == "STOPPING" for process in supervisor.states().values()):
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)


def _remove_socket_dir(layout: Layout) -> None:
    """Leave nothing outside the stack's directory."""
    folder = read_socket_dir(layout)
    if folder is None or folder.parent == layout.root or not folder.is_dir():
        return
    for leftover in folder.iterdir():
        leftover.unlink()
    folder.rmdir()
    layout.sockets_link.unlink()


def _socket_dirs(layout: Layout) -> set[Path]:
    folder = read_socket_dir(layout)
    return {folder} if folder is not None else set()
