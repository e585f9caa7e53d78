"""`/unit/arrivals` and `/unit/refusals`: messages as they came, and what was refused, why, and what to do about it."""

from starlette.responses import Response

from nenghao.console.unit.own import OWN, PAGES, ROWS, looked, missing, pager_urls, paging_of, read_span
from nenghao.console.visits import Visit
from nenghao.db import arrivals as db
from nenghao.domain.acceptance import Reason

_REASONS = frozenset(reason.value for reason in Reason)


@PAGES.get("/arrivals", name="unit.arrivals", rule=OWN)
def arrivals(visit: Visit, day: str = "", gateway: str = "", page: int = 1) -> Response:
    """Messages of a day, newest first."""
    unit = looked(visit, "arrivals")
    span = read_span(visit, 1, first=day, last=day)
    gateways = [one.gateway_code for one in db.gateways_alive(visit.conn, unit.unit_id)]
    if gateway and gateway not in gateways:
        return missing(visit)

    def rows(offset: int) -> tuple[list[db.ArrivedMessage], int]:
        return db.arrived_messages(
            visit.conn,
            unit.unit_id,
            span.start_at,
            span.end_at,
            gateway_code=gateway or None,
            limit=ROWS,
            offset=offset,
        )

    messages, total = rows((max(page, 1) - 1) * ROWS)
    paging = paging_of(page, total)
    if paging.page != page:
        messages, _ = rows(paging.offset)
    return visit.page(
        "unit/arrivals.html",
        unit=unit,
        span=span,
        day=span.first_on,
        gateway=gateway,
        gateways=gateways,
        arrived=db.arrived(visit.conn, unit.unit_id, span.start_at, span.end_at),
        messages=messages,
        pager=pager_urls(visit, "unit.arrivals", paging, day=day, gateway=gateway),
    )


@PAGES.get("/refusals", name="unit.refusals", rule=OWN)
def refusals(visit: Visit, first: str = "", last: str = "", reason: str = "", page: int = 1) -> Response:
    """What was refused in a span: by reason with what to do, then one by one."""
    unit = looked(visit, "refusals")
    if reason and reason not in _REASONS:
        return missing(visit)
    span = read_span(visit, 7, first=first, last=last)
    reasons = db.refused_by_reason(visit.conn, unit.unit_id, span.start_at, span.end_at)
    paging = paging_of(page, sum(one.refusals for one in reasons if reason in ("", one.reason_code)))
    rows = db.unit_refusals(
        visit.conn,
        unit.unit_id,
        span.start_at,
        span.end_at,
        reason_code=reason or None,
        limit=ROWS,
        offset=paging.offset,
    )
    return visit.page(
        "unit/refusals.html",
        unit=unit,
        span=span,
        reason=reason,
        reasons=reasons,
        rows=rows,
        pager=pager_urls(visit, "unit.refusals", paging, first=first, last=last, reason=reason),
    )
