"""The process supervisor of a stack: its configuration and its control by a private socket."""

import shlex
import subprocess
import sys
import tempfile
import xmlrpc.client
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from nenghao.errors import ConfigError
from nenghao.stack.spec import Component, Layout

# A socket's path may have 107 bytes; the supervisor's own temporary name is the longest of those put into the folder.
MAX_SOCKET_DIR_BYTES = 107 - len("/supervisor.sock.4194304")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How one component is started and stopped."""

    component: Component
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    #: Lower ones start earlier and stop later.
    priority: int
    stop_signal: str = "TERM"
    stop_wait_s: int = 30
    #: A process that ends sooner counts as failed to start.
    start_s: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessState:
    """What the supervisor knows of one component."""

    component: Component
    state: str
    pid: int
    reason: str

    @property
    def is_running(self) -> bool:
        """Whether the process was started and lives."""
        return self.state == "RUNNING"


class Supervisor:
    """The control of a running supervisor."""

    def __init__(self, layout: Layout) -> None:
        """Take the stack's layout; nothing is opened yet."""
        self._layout = layout

    def is_answering(self) -> bool:
        """Tell whether the supervisor runs and answers."""
        try:
            self._call("getState")
        except ConfigError:
            return False
        return True

    def states(self) -> dict[Component, ProcessState]:
        """The state of every component."""
        return {
            Component(row["name"]): ProcessState(
                component=Component(row["name"]), state=row["statename"], pid=row["pid"], reason=row["spawnerr"]
            )
            for row in self._call("getAllProcessInfo")
        }

    def start(self, component: Component) -> None:
        """Start a component if it does not run; its health is somebody else's question.

        Raises: ConfigError where the running stack is older than the component.
        """
        process = self.states().get(component)
        if process is None:
            raise ConfigError(f"the running stack knows no {component}: `nenghao stack down`, then `nenghao stack up`")
        if process.state not in {"RUNNING", "STARTING"}:
            self._call("startProcess", component.value, False)

    def stop(self, component: Component, *, wait: bool = True) -> None:
        """Stop a component if it runs; one that the running stack is too old to know does not."""
        process = self.states().get(component)
        if process is not None and process.state in {"RUNNING", "STARTING", "BACKOFF"}:
            self._call("stopProcess", component.value, wait)

    def shutdown(self) -> None:
        """Stop every component, then the supervisor itself."""
        self._call("shutdown")

    def _call(self, method: str, *arguments: object) -> Any:
        folder = read_socket_dir(self._layout)
        if folder is None:
            raise ConfigError(f"no stack runs in {self._layout.root}")
        transport = SupervisorTransport(None, None, f"unix://{folder / 'supervisor.sock'}")
        try:
            with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as server:
                return getattr(server.supervisor, method)(*arguments)
        except xmlrpc.client.Fault as error:
            raise ConfigError(f"supervisor: {method} {' '.join(map(str, arguments))}: {error.faultString}") from error
        except (OSError, HTTPException, xmlrpc.client.ProtocolError) as error:
            raise ConfigError(f"no stack runs in {self._layout.root}") from error
        finally:
            transport.close()


def start_supervisor(layout: Layout, programs: Iterable[Program], environment: dict[str, str]) -> None:
    """Write the configuration and start the supervisor in the background; no component is started yet."""
    layout.supervisor_config.write_text(render_config(layout, programs), encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "supervisor.supervisord", "-c", str(layout.supervisor_config)],
        env=environment,
        cwd=layout.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ConfigError(f"the supervisor did not start: {reason}")


def render_config(layout: Layout, programs: Iterable[Program]) -> str:
    """Write the supervisor's configuration."""
    folder = read_socket_dir(layout)
    sections = [
        f"[unix_http_server]\nfile={_escape(str(folder))}/supervisor.sock\nchmod=0700\n",
        f"[supervisord]\nlogfile={_escape(str(layout.logs / 'supervisord.log'))}\nlogfile_maxbytes=5MB\n"
        f"logfile_backups=2\npidfile={_escape(str(layout.supervisor_pid))}\nnodaemon=false\nsilent=true\n"
        f"childlogdir={_escape(str(layout.logs))}\nidentifier=nenghao\numask=027\n",
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
    ]
    for program in programs:
        pairs = ",".join(f'{key}="{_quoted(value)}"' for key, value in sorted(program.environment.items()))
        sections.append(
            f"[program:{program.component}]\ncommand={_escape(shlex.join(program.command))}\n"
            f"environment={pairs}\ndirectory={_escape(str(layout.home))}\n"
            f"priority={program.priority}\nautostart=false\nautorestart=true\nstartsecs={program.start_s}\n"
            f"startretries=3\nstopsignal={program.stop_signal}\nstopwaitsecs={program.stop_wait_s}\nkillasgroup=true\n"
            f"redirect_stderr=true\nstdout_logfile={_escape(str(log_path(layout, program.component)))}\n"
            "stdout_logfile_maxbytes=10MB\nstdout_logfile_backups=3\n"
        )
    return "\n".join(sections)


def log_path(layout: Layout, component: Component) -> Path:
    """Where the output of a component is kept."""
    return layout.logs / f"{component}.log"


def read_socket_dir(layout: Layout) -> Path | None:
    """The folder of the private sockets, if the stack ever ran."""
    try:
        return Path(layout.sockets_link.read_text(encoding="utf-8").strip())
    except OSError:
        return None


def make_socket_dir(layout: Layout) -> Path:
    """Make the folder of the private sockets: in the stack's directory, or elsewhere where its path is too long."""
    folder = layout.root / "sockets"
    if len(str(folder).encode()) > MAX_SOCKET_DIR_BYTES:
        remembered = read_socket_dir(layout)
        if remembered is not None and remembered.is_dir() and remembered.stat().st_uid == layout.root.stat().st_uid:
            folder = remembered
        else:
            folder = Path(tempfile.mkdtemp(prefix="nenghao-", dir="/tmp"))
    folder.mkdir(mode=0o700, exist_ok=True)
    layout.sockets_link.write_text(f"{folder}\n", encoding="utf-8")
    return folder


def _escape(text: str) -> str:
    """The supervisor expands % in its configuration."""
    if "\n" in text:
        raise ConfigError(f"a path with a line break cannot be used: {text!r}")
    return text.replace("%", "%%")


def _quoted(value: str) -> str:
    if '"' in value or "\\" in value:
        raise ConfigError(f"a setting with a quote or a backslash cannot be passed on: {value!r}")
    return _escape(value)
