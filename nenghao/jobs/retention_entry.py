"""Archive, its check and retention as commands and DAG tasks call them; here "now" is read from the clock."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from nenghao.archive.checking import CheckedArchive, check_archive
from nenghao.archive.manifest import Manifest
from nenghao.archive.writing import archive_month
from nenghao.config import Role, Settings, load_settings
from nenghao.crypto import load_trusted_keys
from nenghao.db import archive as db
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.domain.periods import Month
from nenghao.errors import DataRefused
from nenghao.jobs.retain import Retained, archive_due_months, retain
from nenghao.jobs.seal_balances import SIGNING_KEY

#: Whom the scheduled run names as the one who asked.
SCHEDULE: Final = "retention"


def kept(settings: Settings) -> Mapping[str, timedelta]:
    """How long each hypertable is kept in the database."""
    return {
        "message_raw": timedelta(days=settings.raw_kept_days),
        "reading": timedelta(days=settings.readings_kept_days),
    }


def run_archive(settings: Settings | None = None) -> dict[str, int]:
    """Archive every month that is due."""
    settings = settings or load_settings()
    with driver_errors(), connect(settings, Role.JOBS) as conn:
        done = archive_due_months(
            conn,
            settings.archive_dir,
            settings.secret(SIGNING_KEY),
            datetime.now(UTC),
            after=timedelta(days=settings.archive_after_days),
            keep=kept(settings),
        )
    return {"months": len(done)}


def run_archive_month(month: Month, settings: Settings | None = None) -> Manifest:
    """Archive one month now, if it is sealed."""
    settings = settings or load_settings()
    with driver_errors(), connect(settings, Role.JOBS) as conn:
        key = settings.secret(SIGNING_KEY)
        return archive_month(conn, month, settings.archive_dir, key, datetime.now(UTC))


def run_check_month(month: Month, settings: Settings | None = None, trust: Path | None = None) -> CheckedArchive:
    """Read the newest archive of a month back.

    Raises: DataRefused where the month was never archived; SealBroken where something does not fit.
    """
    settings = settings or load_settings()
    keys = load_trusted_keys(trust or settings.trust_dir)
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        with conn.transaction():
            archives = db.archives(conn, month.start_on)
        if not archives:
            raise DataRefused(f"{month} was not archived")
        return check_archive(conn, settings.archive_dir, archives[-1], keys, datetime.now(UTC))


def run_check_archives(settings: Settings | None = None) -> dict[str, int]:
    """Read back what no check has seen: the newest archive of each month, under the verifier's role."""
    settings = settings or load_settings()
    keys = load_trusted_keys(settings.trust_dir)
    archives = files = 0
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        with conn.transaction():
            newest = {one.month_on: one for one in db.archives(conn)}
            unchecked = [one for one in newest.values() if not db.checked_files(conn, one.archive_id)]
        for archive in unchecked:
            checked = check_archive(conn, settings.archive_dir, archive, keys, datetime.now(UTC))
            archives += 1
            files += checked.files
    return {"archives": archives, "files": files}


def run_retain(
    settings: Settings | None = None, *, reason: str = "age", run_by: str = SCHEDULE, is_dry: bool = False
) -> Retained:
    """Drop the chunks that are old enough and that nothing holds."""
    settings = settings or load_settings()
    with driver_errors(), connect(settings, Role.JOBS) as conn:
        return retain(conn, datetime.now(UTC), keep=kept(settings), reason=reason, run_by=run_by, is_dry=is_dry)


def run_retention() -> dict[str, int]:
    """As `run_retain`, with a summary that Airflow can keep."""
    found = run_retain()
    return {"dropped": len(found.dropped), "kept": len(found.kept), **found.reasons()}
