"""The private self-check of a draft (自查) in the console: Great Expectations runs beside the request, one at a time.

Before: the unit's page of a month (`nenghao.console.unit.returns`). After: the same page shows what does not hold. The
check is kept for its unit alone; what runs is remembered in this process only, so another press of the button is safe.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from expectations.drafts import DraftCheck, check_as_person
from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.unit.own import OWN, Answer, looked, missing, read_month, unit_of
from nenghao.console.unit.returns import load_desk
from nenghao.console.visits import Visit
from nenghao.domain.periods import Month
from nenghao.filing.drafting import load_draft

LOG: Final = logging.getLogger(__name__)
PAGES: Final = Pages(prefix="/unit")
#: Great Expectations takes a core and some hundred megabytes; a month is checked by a unit a few times.
_WORKER: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="self-check")
#: Checks that run or wait, and failed ones until the month is checked again.
_running: Final[dict[tuple[int, Month], "Future[DraftCheck]"]] = {}


@PAGES.post("/returns/{month}/check", name="unit.check", rule=OWN)
def start(visit: Visit, form: Form, month: str) -> Answer:  # noqa: ARG001 - every act has a form
    """Start the check of the newest draft, where it does not run already."""
    unit, wanted = unit_of(visit), read_month(visit, month)
    if wanted is None:
        return missing(visit)
    load_draft(visit.conn, unit, wanted)
    place = (unit.unit_id, wanted)
    if place not in _running or _running[place].done():
        pool = visit.request.app.state.pool
        _running[place] = _WORKER.submit(check_as_person, visit.settings, pool, visit.secret, wanted, visit.now)
        visit.note_act("unit.check", unit.unit_id, str(wanted))
    if visit.is_partial:
        return visit.partial("unit/check_running.html", month=wanted)
    return visit.go(visit.url("unit.check.state", month=wanted))


@PAGES.get("/returns/{month}/check", name="unit.check.state", rule=OWN)
def state(visit: Visit, month: str) -> Answer:
    """Whether the check still runs; once it has ended, the month's page is shown anew."""
    unit, wanted = looked(visit, f"self-check {month}"), read_month(visit, month)
    if wanted is None:
        return missing(visit)
    future = _running.get((unit.unit_id, wanted))
    if future is not None and not future.done():
        template = "unit/check_running.html" if visit.is_partial else "unit/check_page.html"
        return visit.page(template, month=wanted)
    if future is not None and (error := future.exception()) is not None:
        LOG.warning("self-check of unit %s, %s: %s", unit.unit_code, wanted, error)
        del _running[unit.unit_id, wanted]
        return visit.page(
            "unit/check_failed.html" if visit.is_partial else "unit/check_page.html", month=wanted, is_failed=True
        )
    _running.pop((unit.unit_id, wanted), None)
    if visit.is_partial:
        answer = visit.partial(
            "unit/check_state.html", desk=load_desk(visit, unit, wanted), month=wanted, can_check=True
        )
        answer.headers["HX-Refresh"] = "true"
        return answer
    return visit.go(f"{visit.url('unit.return', month=wanted)}#check")
