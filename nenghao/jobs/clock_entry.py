"""What the clock starts that is no step of its own: chunks of units, and the rows that people wrote."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from nenghao.config import Role, Settings, load_settings
from nenghao.db import clock as db
from nenghao.db.clock import FollowedRow
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.domain.periods import Month, day_of
from nenghao.errors import SealBroken
from nenghao.jobs.entry import run_close_days, run_seal
from nenghao.jobs.seal_requests import begin_seals, end_seals
from nenghao.jobs.sync_reference import sync_reference

#: Units whose months one task builds: a province is six tasks, a demo one.
CHUNK_UNITS: Final = 200


def run_list_units(settings: Settings | None = None) -> list[list[int]]:
    """Units with months that wait, in chunks; reference rows first, since every balance names them."""
    with driver_errors(), connect(settings or load_settings(), Role.JOBS) as conn:
        sync_reference(conn)
        with conn.transaction():
            units = db.units_with_waiting_months(conn, Month.of(day_of(datetime.now(UTC))).start_on)
    return [units[first : first + CHUNK_UNITS] for first in range(0, len(units), CHUNK_UNITS)]


def run_look(settings: Settings | None = None) -> bool:
    """Whether somebody wrote a decision or a sign-off that was not followed yet."""
    with driver_errors(), connect(settings or load_settings(), Role.JOBS) as conn:
        return bool(db.rows_to_follow(conn))


def run_close_decided(settings: Settings | None = None) -> list[tuple[str, int]]:
    """Close the days that decisions changed; returns the rows that are followed by it.

    They are listed first: what is written meanwhile is left to the next run.
    """
    settings = settings or load_settings()
    with driver_errors(), connect(settings, Role.JOBS) as conn:
        rows = db.rows_to_follow(conn)
        begin_seals(conn, _requests(rows), datetime.now(UTC))
    run_close_days(settings)
    return rows


def run_restate(rows: list[tuple[str, int]], settings: Settings | None = None) -> dict[str, int]:
    """Seal what follows from rows that people wrote, tell who asked how it went, and note that they were followed.

    Raises: SealBroken, after who asked was told.
    """
    settings = settings or load_settings()
    try:
        sealed = run_seal(settings)
    except SealBroken:
        _tell(settings, rows)
        raise
    asked = _tell(settings, rows)
    with driver_errors(), connect(settings, Role.JOBS) as conn:
        db.note_followed(conn, ((source, row_id) for source, row_id in rows), datetime.now(UTC))
    return {**sealed, "followed": len(rows), "asked": asked}


def _tell(settings: Settings, rows: Iterable[FollowedRow]) -> int:
    with driver_errors(), connect(settings, Role.JOBS) as conn:
        return end_seals(conn, settings, _requests(rows), datetime.now(UTC))


def _requests(rows: Iterable[FollowedRow]) -> list[int]:
    return [row_id for source, row_id in rows if source == "seal_request"]
