"""Takes base backups, and receives the WAL that is written after them."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Final

from nenghao.backup.programs import connection_variables, find_program, plain_variables, run_program
from nenghao.backup.record import WAL, BaseRecord, describe_base, write_record
from nenghao.config import Settings
from nenghao.errors import ConfigError, RetryableError

#: The server keeps what this slot has not received, up to its max_slot_wal_keep_size.
SLOT: Final = "nenghao_backup"
_PARTIAL: Final = ".part"
#: What the server says where it has thrown WAL away that is asked for, and where it was restored meanwhile.
_REMOVED: Final = "has already been removed"
_NO_SLOT: Final = f'"{SLOT}" does not exist'


def take_base(settings: Settings, folder: Path, now: datetime) -> BaseRecord:
    """Copy the whole server while it runs, verify every file of the copy, and record it.

    What failed half-way is left as `*.part` and removed by the next one.

    Raises: RetryableError where the server or the disk fails, ConfigError where the folder cannot be used.
    """
    _open_folder(folder)
    for leftover in folder.glob(f"base-*{_PARTIAL}"):
        shutil.rmtree(leftover)
    name = f"base-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if (folder / name).exists():
        raise ConfigError(f"{folder / name} is there already")
    part = folder / f"{name}{_PARTIAL}"
    with connection_variables(settings) as environment:
        options = ("--format=plain", "--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256")
        words = ("--no-password", "--label=nenghao", f"--pgdata={part}", *options)
        run_program([find_program(settings, "pg_basebackup"), *words], environment)
    verify_base(settings, part)
    record = describe_base(part, name, now)
    part.rename(folder / name)
    write_record(folder, record)
    return record


def verify_base(settings: Settings, base: Path) -> None:
    """Check every file of a base backup against the manifest, and that its WAL can be read.

    Raises: RetryableError in the program's own words.
    """
    run_program([find_program(settings, "pg_verifybackup"), "--quiet", str(base)], plain_variables())


def receive_wal(settings: Settings, folder: Path, say: Callable[[], None], say_gap: Callable[[], None]) -> None:
    """Write the server's WAL to `folder`/wal as it comes, until this process is told to end; `say` when it begins.

    Reconnects by itself. A server without our slot is a new one, or a restored one whose WAL is not the continuation of
    what was received: that is put aside as `wal.until-*`, where a restore finds it. So it is where the server has
    thrown away what was not received yet, which is told by `say_gap`.

    Raises: RetryableError where the program ends by itself.
    """
    _open_folder(folder)
    target = folder / WAL
    with connection_variables(settings) as environment:
        program = (find_program(settings, "pg_receivewal"), "--no-password", f"--slot={SLOT}")
        receiver = _Receiver([*program, f"--directory={target}", "--synchronous"], environment)
        while True:
            if _make_slot([*program, "--create-slot"], environment) and target.exists():
                target.rename(folder / f"{WAL}.until-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
            target.mkdir(mode=0o700, exist_ok=True)
            say()
            if receiver.run():
                return
            say_gap()
            _drop_slot([*program, "--drop-slot"], environment)


class _Receiver:
    """PostgreSQL's own program, whose words are passed on as they come."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None
        self._is_told = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def run(self) -> bool:
        """Run until this process is told to end; false where the server does not have what comes next.

        Raises: RetryableError where the program ends by itself.
        """
        words, is_removed = "it ended", False
        process = subprocess.Popen(self._command, env=self._environment, stderr=subprocess.PIPE, text=True)
        self._process = process
        if self._is_told:
            process.terminate()
        assert process.stderr is not None  # noqa: S101 - it is a pipe
        for line in process.stderr:
            words = line.strip() or words
            sys.stderr.write(line)
            if _REMOVED in line or _NO_SLOT in line:  # it would ask for it for ever
                is_removed = True
                process.terminate()
        process.wait()
        if not self._is_told and not is_removed:
            raise RetryableError(f"pg_receivewal: {words}")
        return self._is_told

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._is_told = True
        if self._process is not None:
            self._process.terminate()


def _make_slot(command: list[str], environment: dict[str, str]) -> bool:
    """Whether the server had none yet."""
    try:
        run_program(command, environment)
    except RetryableError as error:
        if "already exists" not in str(error):
            raise
        return False
    return True


def _drop_slot(command: list[str], environment: dict[str, str]) -> None:
    try:
        run_program(command, environment)
    except RetryableError as error:
        if _NO_SLOT not in str(error):
            raise


def _open_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be made: {error.strerror}") from error
