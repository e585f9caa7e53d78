"""Makes a data directory from a base backup and the WAL after it; the server that is started on it recovers."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from nenghao.backup.record import WAL, BaseRecord, newest_record, next_segment
from nenghao.backup.taking import verify_base
from nenghao.config import Settings
from nenghao.errors import ConfigError

#: The WAL lies in the data directory itself, so that the server needs no right to the backup's folder.
_RECOVERY: Final = """
# Written by `nenghao restore`; without effect once the recovery is over.
restore_command = 'cp "restore_wal/%f" "%p" 2>/dev/null || cp "restore_wal/%f.partial" "%p" 2>/dev/null'
recovery_end_command = 'rm -rf restore_wal'
recovery_target_timeline = 'latest'
recovery_target_time = '{until}'
recovery_target_action = 'promote'
# No connection before the recovery is over: what is read until then may still change.
hot_standby = off
"""
#: A segment says in its first page which server wrote it.
_SYSTEM_IDENTIFIER: Final = slice(24, 32)
_SEGMENT_NAME_CHARS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A data directory that was made: from which base backup, and before which missing WAL its recovery ends."""

    record: BaseRecord
    missing_wal: str | None


def restore(
    settings: Settings, folder: Path, data_dir: Path, *, name: str | None = None, until: datetime | None = None
) -> Restored:
    """Verify a base backup and copy it, with the WAL received since, to a new data directory.

    The server has to be started on it by its own user; it replays the WAL to its end, or to `until`, and goes on from
    there on a timeline of its own.

    Raises: ConfigError where there is no backup or the directory is in use, SealBroken or RetryableError where the
    backup is not as it was taken.
    """
    record = newest_record(folder, name)
    if until is not None and until <= datetime.fromisoformat(record.taken_at):
        raise ConfigError(f"{record.name} was taken after {until.isoformat()}: name an older one by --base")
    if data_dir.exists() and any(data_dir.iterdir()):
        raise ConfigError(f"{data_dir} is not empty: a restore needs a new directory")
    verify_base(settings, folder / record.name)
    try:
        shutil.copytree(folder / record.name, data_dir, symlinks=True, dirs_exist_ok=True)
        data_dir.chmod(0o700)
        (data_dir / "restore_wal").mkdir(mode=0o700)
        for wal in sorted(folder.glob(f"{WAL}*")):
            if _is_of(wal, record.system_identifier):
                _copy_wal(wal, data_dir / "restore_wal", record.first_segment)
        # The base of a server that was itself restored may hold an older target, which this one has to overrule.
        with (data_dir / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.write(_RECOVERY.format(until="" if until is None else until.isoformat()))
        (data_dir / "recovery.signal").touch(mode=0o600)
        return Restored(record=record, missing_wal=_missing_wal(data_dir / "restore_wal", record))
    except OSError as error:
        raise ConfigError(f"restore to {data_dir}: {error}") from error


def _copy_wal(source: Path, target: Path, first_segment: str) -> None:
    """Copy what was received since the base backup began: segments by number, and the histories of timelines."""
    for file in sorted(source.iterdir()):
        if file.suffix == ".history" or file.name.partition(".")[0][8:] >= first_segment:
            shutil.copy2(file, target / file.name)


def _is_of(source: Path, system_identifier: str) -> bool:
    """Whether the WAL of a folder is this server's: that of an earlier installation has the same names."""
    wanted = int(system_identifier).to_bytes(8, "little")
    for file in source.iterdir():
        if len(file.name) >= _SEGMENT_NAME_CHARS and file.suffix != ".history":
            with file.open("rb") as segment:
                if segment.read(_SYSTEM_IDENTIFIER.stop)[_SYSTEM_IDENTIFIER] == wanted:
                    return True
    return False


def _missing_wal(received: Path, record: BaseRecord) -> str | None:
    """The number of the first segment that is missing before received ones: a recovery ends there without a word."""
    names = {file.name[8:_SEGMENT_NAME_CHARS] for file in received.iterdir() if file.suffix != ".history"}
    name = record.segment_after
    while name < max(names, default=""):
        if name not in names:
            return name
        name = next_segment(name)
    return None
