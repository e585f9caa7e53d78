"""Makes a data directory from a base backup and the WAL after it; the server that is started on it recovers."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from nenghao.backup.record import WAL, BaseRecord, newest_record
from nenghao.backup.taking import verify_base
from nenghao.config import Settings
from nenghao.errors import ConfigError

#: The WAL lies in the data directory itself, so that the server needs no right to the backup's folder.
_RECOVERY: Final = """
# Written by `nenghao restore`; without effect once the recovery is over.
restore_command = 'cp "restore_wal/%f" "%p" 2>/dev/null || cp "restore_wal/%f.partial" "%p" 2>/dev/null'
recovery_end_command = 'rm -rf restore_wal'
recovery_target_timeline = 'latest'
recovery_target_action = 'promote'
# No connection before the recovery is over: what is read until then may still change.
hot_standby = off
"""


def restore(
    settings: Settings, folder: Path, data_dir: Path, *, name: str | None = None, until: datetime | None = None
) -> BaseRecord:
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
            _copy_wal(wal, data_dir / "restore_wal", record.first_segment)
        target = "" if until is None else f"recovery_target_time = '{until.isoformat()}'\n"
        with (data_dir / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.write(_RECOVERY + target)
        (data_dir / "recovery.signal").touch(mode=0o600)
    except OSError as error:
        raise ConfigError(f"restore to {data_dir}: {error}") from error
    return record


def _copy_wal(source: Path, target: Path, first_segment: str) -> None:
    """Copy what was received since the base backup began: segments by number, and the histories of timelines."""
    for file in sorted(source.iterdir()):
        if file.suffix == ".history" or file.name.partition(".")[0][8:] >= first_segment:
            shutil.copy2(file, target / file.name)
