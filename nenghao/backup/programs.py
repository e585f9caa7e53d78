"""Runs PostgreSQL's own programs; a password goes through a file of its own, never through words or variables."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nenghao.config import Settings
from nenghao.db.bootstrap import BACKUP_ROLE
from nenghao.errors import ConfigError, RetryableError

#: What a program of the set-up may take from the environment; everything else would be somebody's own libpq setting.
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")


def find_program(settings: Settings, name: str) -> str:
    """The path of one of PostgreSQL's programs: of the set-up, else of the host.

    Raises: ConfigError where there is none.
    """
    own = settings.postgres_bin_dir / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise ConfigError(f"{name} is neither in {settings.postgres_bin_dir} nor on the PATH")
    return found


@contextmanager
def connection_variables(settings: Settings) -> Iterator[dict[str, str]]:
    """The environment by which a program reaches the server as the backup role, while the block lasts."""
    # The fields of a passfile are divided by colons; our generated secrets have neither colon nor backslash.
    password = settings.secret(BACKUP_ROLE).replace("\\", "\\\\").replace(":", "\\:")
    with tempfile.TemporaryDirectory(prefix="nenghao-") as folder:
        passfile = Path(folder) / "pgpass"
        passfile.touch(mode=0o600)
        passfile.write_text(f"*:*:*:{BACKUP_ROLE}:{password}\n", encoding="utf-8")
        yield plain_variables() | {
            "PGHOST": settings.database_host,
            "PGPORT": str(settings.database_port),
            "PGUSER": BACKUP_ROLE,
            "PGPASSFILE": str(passfile),
            "PGCONNECT_TIMEOUT": "10",
        }


def plain_variables() -> dict[str, str]:
    """The environment of a program that asks no server."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"LC_ALL": "C.UTF-8"}


def run_program(command: list[str], environment: dict[str, str]) -> None:
    """Run a program to its end.

    Raises: RetryableError with the last line of its own words where it fails.
    """
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or [f"exit code {result.returncode}"])[-1]
        raise RetryableError(f"{Path(command[0]).name}: {reason}")
