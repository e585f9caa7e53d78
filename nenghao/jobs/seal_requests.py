"""Follows what people asked to be sealed: says that it runs, and what it came to.

Before: a row of `seal_request`, written by a person at the console or by `nenghao release ask`; the sealing itself
(`seal_balances`, `seal_filings`, `seal_aggregate`). After: the page, or the command, that shows who asked how it went.
"""

from collections.abc import Sequence
from datetime import datetime

from nenghao.config import Settings
from nenghao.db import releases, sealable_filings
from nenghao.db import seal_requests as db
from nenghao.db.connection import Connection
from nenghao.db.seal_requests import SealRequest
from nenghao.errors import DataRefused
from nenghao.jobs.seal_aggregate import seal_aggregate
from nenghao.jobs.seal_balances import why_held
from nenghao.reporting.aggregate_inputs import Scope


def begin_seals(conn: Connection, request_ids: Sequence[int], now: datetime) -> None:
    """Say of requests that they were taken."""
    with conn.transaction():
        for request_id in request_ids:
            db.add_seal_progress(conn, request_id, "running", now)


def end_seals(conn: Connection, settings: Settings, request_ids: Sequence[int], now: datetime) -> int:
    """Say of each request what it came to, after the sealing ran; aggregates are sealed here. Returns how many sealed.

    A request that is ended stays as it is, so that a second run says nothing new.
    """
    with conn.transaction():
        found = db.load_seal_requests(conn, ids=request_ids, most=len(request_ids))
    sealed = 0
    for request in reversed(found):
        if request.state in ("waiting", "running"):
            is_sum = request.kind == "aggregate"
            sealed += _end_sum(conn, settings, request, now) if is_sum else _end(conn, request, now)
    return sealed


def scope_of(request: SealRequest) -> Scope:
    """The sum that a request asks for."""
    return Scope(
        region_code=request.region_code or "",
        sector_code=request.sector_code,
        parts="division" if request.parts == "division" else "industry",
        panel_code=request.panel_code,
        month_on=request.month_on,
    )


def _end(conn: Connection, request: SealRequest, now: datetime) -> bool:
    """Whether the request led to a release of its own."""
    with conn.transaction():
        newest = db.newest_sealed(conn, request.kind, request.unit_id or 0, request.month_on)
        if newest is None or newest.release_id is None:
            reason = "nothing_there" if newest is None else _why_not(conn, request, newest.object_id)
            db.add_seal_progress(conn, request.seal_request_id, "refused", now, reason=reason)
            return False
        is_new = newest.sealed_at is not None and newest.sealed_at >= request.requested_at
        state = "sealed" if is_new else "unchanged"
        db.add_seal_progress(conn, request.seal_request_id, state, now, release_id=newest.release_id)  # type: ignore[arg-type]  # one of two states
        return is_new


def _why_not(conn: Connection, request: SealRequest, object_id: int) -> str:
    """Why what is there was not sealed; cells that do not follow from their inputs are the reason that is left."""
    if request.kind == "filing":
        return "broken" if sealable_filings.sealable_filings(conn, object_id) else "not_accepted"
    held = [why_held(conn, one) for one in releases.unreleased_balances(conn, [object_id])]
    return next((reason for reason in held if reason is not None), "broken")


def _end_sum(conn: Connection, settings: Settings, request: SealRequest, now: datetime) -> bool:
    scope = scope_of(request)
    try:
        release_id = seal_aggregate(conn, settings, scope, now, public_from=request.public_from)
    except DataRefused:
        with conn.transaction():
            db.add_seal_progress(conn, request.seal_request_id, "refused", now, reason="not_summed")
        return False
    with conn.transaction():
        state = "unchanged" if release_id is None else "sealed"
        known = release_id or db.newest_aggregate(conn, scope.code, scope.month_on)
        db.add_seal_progress(conn, request.seal_request_id, state, now, release_id=known)  # type: ignore[arg-type]  # one of two states
    return release_id is not None
