"""A small server of a test module's own, its backups, and the receiver of its WAL."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psycopg

from nenghao.stack import Stack
from nenghao.stack.processes import is_alive


@contextmanager
def superuser(stack: Stack) -> Iterator[psycopg.Connection]:
    with psycopg.connect(stack.superuser_conninfo("nenghao"), autocommit=True) as conn:
        yield conn


def put(stack: Stack, word: str) -> None:
    with superuser(stack) as conn:
        conn.execute("INSERT INTO kept VALUES (%s)", [word])


def kept(stack: Stack) -> list[str]:
    with superuser(stack) as conn:
        return [word for (word,) in conn.execute("SELECT word FROM kept ORDER BY word")]


def nenghao(stack: Stack, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    """A command under a name of its own in the process list, for as long as it takes."""
    return stack.run(["nenghao", *words], capture=True)


def take(stack: Stack, folder: Path) -> None:
    done = nenghao(stack, "backup", "--to", folder)
    assert done.returncode == 0, done.stderr
    time.sleep(1)  # names of base backups are seconds


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def receivers() -> dict[int, bytes]:
    """Command lines of running WAL receivers, by pid."""
    found: dict[int, bytes] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and is_alive(int(entry.name)):
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"pg_receivewal" in words.split(b"\0")[0]:
                found[int(entry.name)] = words
    return found


@contextmanager
def receiving(stack: Stack, folder: Path) -> Iterator[int]:
    """The WAL receiver as the stack's user; yields the pid of PostgreSQL's own program."""
    known = set(receivers())
    thread = Thread(target=nenghao, args=[stack, "backup", "--to", folder, "--wal"], daemon=True)
    thread.start()
    found: dict[int, int] = {}

    def is_there() -> bool:
        for pid, words in fresh(known).items():
            if str(folder / "wal").encode() in words and (parent := parent_of(pid)) is not None:
                found[pid] = parent
        return bool(found)

    wait_until(is_there)
    pid, command = found.popitem()
    try:
        yield pid
    finally:
        os.kill(command, signal.SIGTERM)
        thread.join(20)
    assert not thread.is_alive()


def fresh(known: set[int]) -> dict[int, bytes]:
    return {pid: words for pid, words in receivers().items() if pid not in known}


def parent_of(pid: int) -> int | None:
    """None where it has ended since: a receiver that came too late is started again."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except FileNotFoundError:
        return None


def is_received(stack: Stack) -> None:
    """Wait until the receiver has flushed all that is committed by now."""
    with superuser(stack) as conn:
        row = conn.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
        assert row is not None
        wait_until(
            lambda: (
                conn.execute(
                    "SELECT coalesce(bool_or(flush_lsn >= %s), false) FROM pg_stat_replication", [row[0]]
                ).fetchone()
                == (True,)
            )
        )
