"""Takes base backups, and receives the WAL that is written after them."""

import shutil
import signal
import subprocess
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


def receive_wal(settings: Settings, folder: Path, now: datetime, say: Callable[[], None]) -> None:
    """Write the server's WAL to `folder`/wal as it comes, until this process is told to end; `say` when it begins.

    Reconnects by itself. A server without our slot is a new one, or a restored one whose WAL is not the continuation of
    what was received: that is put aside as `wal.until-*`, where a restore finds it.

    Raises: RetryableError where the program ends by itself.
    """
    _open_folder(folder)
    target = folder / WAL
    program = find_program(settings, "pg_receivewal")
    with connection_variables(settings) as environment:
        slot = ("--no-password", f"--slot={SLOT}")
        if _make_slot([program, *slot, "--create-slot"], environment) and target.exists():
            target.rename(folder / f"{WAL}.until-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        target.mkdir(mode=0o700, exist_ok=True)
        words = (*slot, f"--directory={target}", "--synchronous")
        receiver = subprocess.Popen([program, *words], env=environment, stderr=subprocess.PIPE, text=True)
        is_told = False

        def end(_number: int, _frame: FrameType | None) -> None:
            nonlocal is_told
            is_told = True
            receiver.terminate()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        say()
        _, errors = receiver.communicate()
        if not is_told:
            raise RetryableError(f"pg_receivewal: {(errors.strip().splitlines() or ['it ended'])[-1]}")


def _make_slot(command: list[str], environment: dict[str, str]) -> bool:
    """Whether the server had none yet."""
    try:
        run_program(command, environment)
    except RetryableError as error:
        if "already exists" not in str(error):
            raise
        return False
    return True


def _open_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be made: {error.strerror}") from error
