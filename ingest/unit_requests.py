"""Answers what a unit asked of the bureau about its gateways, and does what was granted, in one transaction.

Before: the unit's request (`nenghao.console.unit.gateways`). After: its own people take the gateway's password, the
collector takes messages of the new spool, or the broker lets the gateway in no longer.
"""

from datetime import datetime

from nenghao.config import Role, Settings
from nenghao.db import gateways, unit_requests
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import driver_errors
from nenghao.db.gateway_keys import enrol_boot, find_gateway
from nenghao.db.unit_requests import UnitRequest
from nenghao.domain.periods import day_of, day_start
from nenghao.errors import DataRefused


def answer_request(
    settings: Settings,
    unit_request_id: int,
    *,
    is_granted: bool,
    remark: str,
    by: str,
    now: datetime,
    shard: int = 0,
) -> UnitRequest:
    """Answer a request as an operator's command does; as `answer`."""
    with connect(settings, Role.CONSOLE) as conn, driver_errors():
        return answer(conn, unit_request_id, is_granted=is_granted, remark=remark, by=by, now=now, shard=shard)


def answer(
    conn: Connection, unit_request_id: int, *, is_granted: bool, remark: str, by: str, now: datetime, shard: int = 0
) -> UnitRequest:
    """Grant a request and do what it asks for, or refuse it with why, in the caller's transaction.

    Raises: DataRefused where there is no such request, it is answered, or what it asks for is there already.
    """
    if not is_granted and not remark.strip():
        raise DataRefused("a request is refused with a reason")
    found = unit_requests.list_requests(conn, unit_request_id=unit_request_id)
    if not found:
        raise DataRefused(f"there is no request {unit_request_id}")
    is_first = unit_requests.answer_request(
        conn,
        unit_request_id,
        outcome="granted" if is_granted else "refused",
        remark=remark.strip(),
        answered_by=by,
        answered_at=now,
    )
    if not is_first:
        raise DataRefused(f"request {unit_request_id} is answered")
    if is_granted:
        _do(conn, found[0], by, now, shard)
    return found[0]


def _do(conn: Connection, asked: UnitRequest, by: str, now: datetime, shard: int) -> None:
    unit_code, code = asked.unit_code, asked.gateway_code
    if asked.kind == "gateway_add":
        is_new = gateways.add_gateway(
            conn,
            unit_code=unit_code,
            gateway_code=code,
            shard=shard,
            backfill_from=day_start(day_of(now)),
            backfill_until=None,
        )
        if not is_new:
            raise DataRefused(f"gateway {code} of {unit_code} is registered")
        return
    gateway_id = find_gateway(conn, unit_code, code)
    if gateway_id is None:
        raise DataRefused(f"gateway {code} of {unit_code} is not registered")
    if asked.boot_id is not None:
        if not enrol_boot(conn, gateway_id=gateway_id, boot_id=asked.boot_id, enrolled_by=by):
            raise DataRefused(f"boot_id {asked.boot_id} of gateway {code} of {unit_code} is enrolled already")
        return
    gateways.set_gateway_password(
        conn, unit_code=unit_code, gateway_code=code, password_hash=None, kind="revoked", done_by=by, now=now
    )
