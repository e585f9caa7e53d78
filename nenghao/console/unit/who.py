"""`/unit/who`: who looked at this unit's data."""

from starlette.responses import Response

from nenghao.console.unit.own import OWN, PAGES, ROWS, looked, pager_urls, paging_of
from nenghao.console.visits import Visit
from nenghao.db import lookers as db


@PAGES.get("/who", name="unit.who", rule=OWN)
def who(visit: Visit, own: str = "", page: int = 1) -> Response:
    """Officers who looked, newest first; the unit's own people too where asked for."""
    unit = looked(visit, "who")
    has_own = bool(own)
    paging = paging_of(page, db.count_lookers(visit.conn, unit.unit_id, has_own=has_own))
    rows = db.lookers(visit.conn, unit.unit_id, has_own=has_own, limit=ROWS, offset=paging.offset)
    return visit.page(
        "unit/who.html",
        unit=unit,
        rows=rows,
        own=own,
        pager=pager_urls(visit, "unit.who", paging, own=own),
    )
