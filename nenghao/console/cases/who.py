"""Who opens the pages of cases: people of the statistics bureau; no unit, and no other authority, sees a case."""

from functools import wraps
from typing import Any, Final

from starlette.responses import Response

from nenghao.console.failures import failure_page
from nenghao.console.rules import AUDITOR, STATISTICIAN, STATISTICS, for_roles
from nenghao.console.visits import Handler, Visit
from nenghao.review.looking import NoSuchCase

#: Whoever works on cases reads them.
READERS: Final = for_roles(AUDITOR, STATISTICIAN, authorities=(STATISTICS,))
#: Whoever decides on them.
DECIDERS: Final = for_roles(AUDITOR, authorities=(STATISTICS,))
#: A sample is of all units: whoever sees a part of them can neither draw it nor draw it again.
SAMPLE_READERS: Final = for_roles(AUDITOR, STATISTICIAN, authorities=(STATISTICS,), levels=("province", "nation"))
SAMPLERS: Final = for_roles(AUDITOR, authorities=(STATISTICS,), levels=("province", "nation"))


def of_case(handler: Handler) -> Handler:
    """The handler of a page of a case: one that is not there, or not for these eyes, is a page that is not there."""

    @wraps(handler)
    def answer(visit: Visit, *given: Any, **more: Any) -> Response:
        try:
            return handler(visit, *given, **more)
        except NoSuchCase:
            return failure_page(visit.request, 404, person=visit.person)

    return answer
