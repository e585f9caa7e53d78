"""One stack: the handle by which the demo, the tests and the benches start, look at and stop the components."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from nenghao.config import PROJECT_ROOT, Settings
from nenghao.errors import ConfigError
from nenghao.stack import airflow, credentials, health, lifecycle, logs, mosquitto, postgres
from nenghao.stack.environment import base_environment, needed_paths, settings_of, variables_of
from nenghao.stack.ports import Ports, load_ports
from nenghao.stack.privileges import launcher, service_ids
from nenghao.stack.spec import DEFAULT_DIR, Component, Layout, StackSpec
from nenghao.stack.supervisor import ProcessState, Supervisor


class Stack:
    """The components below one directory; several stacks may run on a machine at the same time."""

    def __init__(self, directory: Path = DEFAULT_DIR, spec: StackSpec | None = None) -> None:
        """Name a stack; nothing is made or started."""
        self.spec = spec or StackSpec()
        self.layout = Layout(directory.absolute())
        self._supervisor = Supervisor(self.layout)

    # --- starting and stopping -------------------------------------------------------------------------------------

    def up(self) -> None:
        """Start the components of the spec that do not run, and wait until each is healthy.

        Raises: ConfigError in one sentence, with the end of the failing component's log.
        """
        self._own_directory()
        self._work("up")

    def down(self) -> bool:
        """Stop everything and sweep what is left; returns whether anything ran."""
        if not self.layout.root.exists():
            return False
        return lifecycle.bring_down(self.layout)

    def start(self, component: Component) -> None:
        """Start one component of a running stack and wait until it is healthy."""
        self._supervisor.start(component)
        health.wait_healthy(self.layout, self.ports, component)

    def stop(self, component: Component) -> None:
        """Stop one component of a running stack and wait for its end."""
        self._supervisor.stop(component)

    def restart(self, component: Component) -> None:
        """Stop and start one component."""
        self.stop(component)
        self.start(component)

    def kill(self, component: Component, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to one component; one that dies of it is started again by the supervisor."""
        os.kill(self.status()[component].pid, number)

    def restore(self, backups: Path, base: str | None = None) -> None:
        """Put the newest base backup of a folder, or the named one, and the WAL after it in the place of the database.

        What it replaces is kept beside it. What ran before runs again on return.

        Raises: ConfigError in one sentence.
        """
        self._work("restore", str(backups.absolute()), *([base] if base else []))

    def migrate_airflow(self) -> None:
        """Bring Airflow's own database to its version, without starting Airflow."""
        self._work("migrate-airflow")

    # --- looking ---------------------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Tell whether the stack's supervisor runs."""
        return self._supervisor.is_answering()

    def status(self) -> dict[Component, ProcessState]:
        """The state of every component.

        Raises: ConfigError where the stack does not run.
        """
        return self._supervisor.states()

    @property
    def ports(self) -> Ports:
        """The ports of this stack.

        Raises: ConfigError where it was never started.
        """
        return load_ports(self.layout.ports_file)

    def log_files(self, component: Component) -> list[Path]:
        """The logs of a component that exist."""
        return logs.log_files(self.layout, component)

    def log_tail(self, component: Component, lines: int = logs.TAIL_LINES) -> str:
        """The last lines of a component's logs."""
        return logs.tail(self.layout, component, lines)

    def denied_publishes(self) -> dict[str, int] | None:
        """How many publishes the broker denied, by client id; None where its log does not tell."""
        return dict(mosquitto.count_denied(self.layout)) if self.spec.is_denial_logged else None

    # --- working with it -------------------------------------------------------------------------------------------

    def settings(self) -> Settings:
        """The settings of a process that works with this stack."""
        return settings_of(self.layout, self.ports)

    def environment(self) -> dict[str, str]:
        """The `NENGHAO_*` variables of a process that works with this stack."""
        return variables_of(self.settings())

    def airflow_environment(self) -> dict[str, str]:
        """`environment` and Airflow's configuration; set it before `airflow` is imported."""
        return self.environment() | airflow.environment_of(self.layout, self.ports)

    @property
    def airflow_url(self) -> str:
        """The address of Airflow's pages and its API."""
        return f"http://127.0.0.1:{self.ports.airflow_api}"

    def secret(self, name: str) -> str:
        """A generated secret, for example `airflow_admin`, the password of Airflow's user `admin`."""
        return credentials.read_secret(self.layout, name)

    def superuser_conninfo(self, database: str = "postgres") -> str:
        """The superuser's connection string, password included: for set-up and tests only."""
        return postgres.superuser_conninfo(self.layout, self.ports.postgres, database)

    def run(
        self, command: Sequence[str | Path], *, variables: Mapping[str, str] | None = None, capture: bool = False
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command as the servers' own user with the stack's environment; its exit code is for the caller."""
        return subprocess.run(
            [*launcher(needed_paths(self.layout)), *map(str, command)],
            env=base_environment(self.layout) | self.airflow_environment() | dict(variables or {}),
            cwd=PROJECT_ROOT,
            text=True,
            capture_output=capture,
            check=False,
        )

    # --- inside ----------------------------------------------------------------------------------------------------

    def _own_directory(self) -> None:
        """Make the directory and give it to the servers' user; what lies in it, that user makes."""
        root, (uid, gid) = self.layout.root, service_ids()
        root.parent.mkdir(parents=True, exist_ok=True)
        try:
            root.mkdir(mode=0o700)
        except FileExistsError:
            if root.is_symlink() or not root.is_dir():
                raise ConfigError(f"{root} is not a directory") from None
        except OSError as error:
            raise ConfigError(f"{root} cannot be made: {error.strerror}") from error
        status = root.stat()
        if status.st_uid != uid and os.geteuid() == 0 and not any(root.iterdir()):
            os.chown(root, uid, gid)
        elif status.st_uid != uid:
            raise ConfigError(
                f"{root} belongs to uid {status.st_uid}, this stack runs as uid {uid}: "
                "use another directory (--dir), or remove it"
            )

    def _work(self, action: str, *words: str) -> None:
        command = [
            sys.executable,
            "-m",
            "nenghao.stack.worker",
            str(self.layout.root),
            action,
            self.spec.to_json(),
            *words,
        ]
        result = subprocess.run(
            [*launcher(needed_paths(self.layout)), *command],
            env=base_environment(self.layout),
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise ConfigError(result.stderr.strip() or f"the stack's {action} ended with code {result.returncode}")
