"""Brings the schema to the newest migration, by dbmate."""

import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from nenghao.config import PROJECT_ROOT, Role, Settings
from nenghao.errors import ConfigError

MIGRATIONS_DIR = PROJECT_ROOT / "sql" / "migrations"


def migrate(settings: Settings) -> None:
    """Apply every migration that the database has not seen, in order, each in its own transaction.

    Raises: ConfigError with dbmate's last lines where one fails; the failed one leaves nothing behind.
    """
    url = (
        f"postgres://{Role.OWNER}:{quote(settings.secret(Role.OWNER), safe='')}"
        f"@{settings.database_host}:{settings.database_port}/{quote(settings.database_name)}?sslmode=disable"
    )
    result = subprocess.run(
        [_dbmate(), "--no-dump-schema", "--migrations-dir", str(MIGRATIONS_DIR), "migrate"],
        env={"DATABASE_URL": url, "PATH": "/usr/bin:/bin"},  # by environment: an argument would show in process lists
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        lines = "\n".join((result.stdout + result.stderr).strip().splitlines()[-5:])
        raise ConfigError(f"migration of {settings.database_name} failed:\n{lines}")


def _dbmate() -> str:
    beside_python = Path(sys.executable).parent / "dbmate"
    found = str(beside_python) if beside_python.exists() else shutil.which("dbmate")
    if found is None:
        raise ConfigError("dbmate is not installed: install the extra `migrate`")
    return found
