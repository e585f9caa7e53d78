"""The jobs as commands and DAG tasks call them: settings in, a small summary out; here "now" is read from the clock."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from nenghao.config import Role, Settings, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.domain.periods import Month
from nenghao.jobs.build_months import build_months
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.close_tree import check_clocks, close_tree
from nenghao.jobs.compute_features import compute_features
from nenghao.jobs.count_quality import count_quality
from nenghao.jobs.due_days import mark_due_days
from nenghao.jobs.remind import sync_calendar
from nenghao.jobs.seal_balances import held_balances, seal_balances
from nenghao.jobs.seal_filings import seal_filings
from nenghao.jobs.sync_reference import sync_reference
from nenghao.signer.client import HEADS_TOKEN, SignerClient


def run_due_days(settings: Settings | None = None) -> dict[str, int]:
    """Put due days without a reading on the changed list."""
    with connect(settings or load_settings(), Role.JOBS) as conn:
        return {"marks": mark_due_days(conn, datetime.now(UTC))}


def run_close_days(settings: Settings | None = None) -> dict[str, int]:
    """Close everything on the changed list."""
    with connect(settings or load_settings(), Role.JOBS) as conn:
        return asdict(close_changed_days(conn, datetime.now(UTC)))


def run_compute_features(settings: Settings | None = None) -> dict[str, int]:
    """Derive the curves of closed days that changed."""
    with connect(settings or load_settings(), Role.JOBS) as conn:
        return {"days": compute_features(conn, datetime.now(UTC))}


def run_count_quality(settings: Settings | None = None, *, months: Sequence[Month] | None = None) -> dict[str, int]:
    """Count the shares of the quality index that are not up to date: of last month and this one, or the given ones."""
    with driver_errors(), connect(settings or load_settings(), Role.JOBS) as conn:
        return {"unit_months": count_quality(conn, datetime.now(UTC), months=months)}


def run_sync_reference(settings: Settings | None = None) -> dict[str, int]:
    """Bring the reference rows of the database to this release's."""
    with connect(settings or load_settings(), Role.JOBS) as conn:
        synced = asdict(sync_reference(conn))
        sync_calendar(conn)
        return synced


def run_build_months(settings: Settings | None = None, *, unit_ids: list[int] | None = None) -> dict[str, int]:
    """Build the balances of changed months that are over, of all units or the given ones.

    Reference rows come first, since a balance names them; for given units whoever listed them has seen to it.
    """
    with connect(settings or load_settings(), Role.JOBS) as conn:
        if unit_ids is None:
            sync_reference(conn)
        return {"balances": len(build_months(conn, datetime.now(UTC), unit_ids))}


def run_close_tree(settings: Settings | None = None, *, resume_reason: str | None = None) -> dict[str, int | str]:
    """Close the tree of the last day that is over."""
    settings = settings or load_settings()
    with (
        driver_errors(),
        connect(settings, Role.JOBS, autocommit=True) as conn,
        SignerClient(settings, HEADS_TOKEN) as signer,
    ):
        now = datetime.now(UTC)
        check_clocks(conn, settings, now)
        closed = close_tree(conn, signer, now, resume_reason=resume_reason)
        return {**asdict(closed), "day_on": str(closed.day_on), "is_new": int(closed.is_new)}


def run_seal(settings: Settings | None = None) -> dict[str, int]:
    """Seal every accepted filing and every newest balance without a release; says how many are held back."""
    settings = settings or load_settings()
    with connect(settings, Role.JOBS) as conn:
        now = datetime.now(UTC)
        releases = [*seal_filings(conn, settings, now), *seal_balances(conn, settings, now)]
        return {"releases": len(releases), "held": len(held_balances(conn))}
