"""Finds the processes of a stack in /proc and ends those that a killed supervisor left behind."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from nenghao.stack.spec import Layout

PROC = Path("/proc")
# A server gets this long to write its state before it is killed; PostgreSQL's fast shutdown takes a checkpoint.
GRACE_S = 30.0


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and waits for its parent does not."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in {"Z", "X"}


def stack_processes(layout: Layout, socket_dirs: set[Path]) -> list[int]:
    """The pids of a stack: its supervisor, whatever that started, and PostgreSQL's own children.

    Recognised by what only the stack's own processes have: the supervisor's configuration in the command line, the
    supervisor's address in the environment, or PostgreSQL's data directory as the working directory.
    """
    addresses = {f"SUPERVISOR_SERVER_URL=unix://{folder / 'supervisor.sock'}".encode() for folder in socket_dirs}
    config = str(layout.supervisor_config).encode()
    data = str(layout.postgres_data)
    found = []
    for pid in _pids():
        if pid == os.getpid() or not is_alive(pid):
            continue
        arguments = _read(pid, "cmdline").split(b"\0")
        if (
            (config in arguments and any(b"supervisord" in argument for argument in arguments))
            or not addresses.isdisjoint(_read(pid, "environ").split(b"\0"))
            or (b"postgres" in arguments[0] and _working_directory(pid) == data)
        ):
            found.append(pid)
    return found


def sweep(layout: Layout, socket_dirs: set[Path], grace_s: float = GRACE_S) -> int:
    """End every process of a stack that has no supervisor any more; returns how many there were."""
    pids = stack_processes(layout, socket_dirs)
    if not pids:
        return 0
    postmaster = _postmaster(layout)
    for pid in pids:
        # PostgreSQL's children end with their parent; a signal of their own would look like a crash to it.
        if pid == postmaster:
            _send(pid, signal.SIGINT)
        elif _working_directory(pid) != str(layout.postgres_data):
            _send(pid, signal.SIGTERM)
    if not wait_gone(pids, grace_s):
        for pid in stack_processes(layout, socket_dirs):
            _send(pid, signal.SIGKILL)
        wait_gone(stack_processes(layout, socket_dirs), 10)
    return len(pids)


def wait_gone(pids: list[int], seconds: float) -> bool:
    """Wait until none of the processes is alive; False where some still are after that time."""
    deadline = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _postmaster(layout: Layout) -> int | None:
    try:
        return int((layout.postgres_data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal())


def _read(pid: int, name: str) -> bytes:
    try:
        return (PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""


def _working_directory(pid: int) -> str:
    try:
        return str((PROC / str(pid) / "cwd").readlink())
    except OSError:
        return ""


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
