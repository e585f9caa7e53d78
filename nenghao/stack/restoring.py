"""Puts a backup in the place of a stack's database, and starts again what ran before."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from nenghao.backup.restoring import restore
from nenghao.errors import ConfigError, NenghaoError
from nenghao.stack import postgres
from nenghao.stack.environment import settings_of
from nenghao.stack.health import wait_healthy
from nenghao.stack.lifecycle import exclusive
from nenghao.stack.ports import load_ports
from nenghao.stack.spec import Component, Layout, StackSpec
from nenghao.stack.supervisor import Supervisor, read_socket_dir

#: The broker stays: it keeps what arrives meanwhile.
_UNTOUCHED = (Component.MOSQUITTO,)
STOPPED_S = 90.0
_ENDED = ("STOPPED", "FATAL")


def restore_stack(layout: Layout, spec: StackSpec, backups: Path, base: str | None, say: Callable[[str], None]) -> None:
    """Restore beside the database, stop what uses it, exchange the two directories, start what ran.

    Until the exchange nothing is changed: a backup that cannot be read leaves the stack as it is.

    Raises: ConfigError where the stack does not run or the backup is not as it was taken.
    """
    with exclusive(layout):
        supervisor, ports = Supervisor(layout), load_ports(layout.ports_file)
        ran = [
            one for one, process in supervisor.states().items() if process.state not in _ENDED and one not in _UNTOUCHED
        ]
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        fresh, replaced = (layout.root / f"postgres.{word}-{stamp}" for word in ("restored", "replaced"))
        restored = restore(settings_of(layout, ports), backups, fresh, name=base)
        say(f"{restored.record.name} is verified and copied")
        if restored.missing_wal is not None:
            say(f"the WAL segment {restored.missing_wal} is missing: what came after it is not restored")
        for component in reversed([one for one in Component if one in ran]):
            supervisor.stop(component)
        _stop_database(supervisor)
        if layout.postgres_data.exists():
            layout.postgres_data.rename(replaced)
        fresh.rename(layout.postgres_data)
        sockets = read_socket_dir(layout)
        if sockets is None:
            raise ConfigError(f"no stack runs in {layout.root}")
        postgres.prepare(layout, spec, ports.postgres, sockets)
        supervisor.start(Component.POSTGRES)
        wait_healthy(layout, ports, Component.POSTGRES)
        say(f"the database is recovered; what it replaces is in {replaced}")
        _bring_up_to_date(layout, spec, ports.postgres)
        for component in (one for one in Component if one in ran):
            supervisor.start(component)
            wait_healthy(layout, ports, component)
        say("take a new base backup, and ask the gateways for what came after this one: nenghao resend")


def _stop_database(supervisor: Supervisor) -> None:
    """Be sure that it is: one that was killed a moment ago is just being started again."""
    deadline_s = time.monotonic() + STOPPED_S
    while supervisor.states()[Component.POSTGRES].state not in _ENDED:
        supervisor.stop(Component.POSTGRES)
        if time.monotonic() > deadline_s:
            raise ConfigError("the database does not stop")
        time.sleep(0.1)


def _bring_up_to_date(layout: Layout, spec: StackSpec, port: int) -> None:
    """Today's roles, passwords and schema: the backup may be older than this version of the programs."""
    from nenghao.db.migrate import migrate

    try:
        postgres.bootstrap(layout, port)
        if spec.is_migrated:
            migrate(settings_of(layout, load_ports(layout.ports_file)))
    except NenghaoError as error:
        raise ConfigError(
            f"{error}; a backup of another installation needs the secrets of that time in {layout.secrets}"
        ) from error
