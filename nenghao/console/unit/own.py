"""What the unit's pages share: their doors, the unit of the person who looks, spans of days, pages of a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias

from starlette.responses import Response

from nenghao.console.failures import failure_page
from nenghao.console.pages import Pages
from nenghao.console.rules import UNIT, for_roles
from nenghao.console.visits import Visit
from nenghao.db.identity import OwnUnit, own_unit
from nenghao.domain.periods import Month, day_of, day_start
from nenghao.errors import DataRefused

PAGES: Final = Pages(prefix="/unit")
#: The unit's people, whatever their office.
OWN: Final = for_roles(UNIT)
ROWS: Final = 50
#: What a handler of an outer package answers with: only the console knows the web framework.
Answer: TypeAlias = Response
#: The archive keeps what is older; a list over a year would be no list.
MAX_DAYS: Final = 92


class UnitRefused(DataRefused):
    """Something that a unit's people asked for is not done; `key` is a label below `console.unit.refused`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"refused: {key}")
        self.key, self.values = f"console.unit.refused.{key}", values


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which page of a list is shown."""

    page: int
    pages: int
    total: int

    @property
    def offset(self) -> int:
        """Rows before it."""
        return (self.page - 1) * ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days [first_on, end_on) that a list is of."""

    first_on: date
    end_on: date

    @property
    def start_at(self) -> datetime:
        """Its first instant."""
        return day_start(self.first_on)

    @property
    def end_at(self) -> datetime:
        """The instant after its last one."""
        return day_start(self.end_on)

    @property
    def last_on(self) -> date:
        """Its last day."""
        return self.end_on - timedelta(days=1)


def unit_of(visit: Visit) -> OwnUnit:
    """The unit that the person speaks for; a view of it is noted.

    Raises: UnitRefused where the account has none, which no account of a unit is without.
    """
    unit = None if visit.person.unit_code is None else own_unit(visit.conn, visit.person.unit_code)
    if unit is None:
        raise UnitRefused("no_unit")
    return unit


def looked(visit: Visit, what: str) -> OwnUnit:
    """The unit, with a row in the access trail that its data were looked at."""
    unit = unit_of(visit)
    visit.note_view(unit.unit_id, what)
    return unit


def missing(visit: Visit) -> Response:
    """There is no such thing, or it is not ours: the answer does not tell which. It leaves a row in the trail."""
    return failure_page(visit.request, 404, person=visit.person)


def read_span(visit: Visit, days: int, *, first: str = "", last: str = "") -> Span:
    """The days that an address asks for; the last `days` to today without.

    Raises: UnitRefused where they are no days, or too many.
    """
    today_on = day_of(visit.now)
    try:
        last_on = date.fromisoformat(last) if last else today_on
        first_on = date.fromisoformat(first) if first else last_on - timedelta(days=days - 1)
    except ValueError:
        raise UnitRefused("no_day") from None
    if first_on > last_on:
        raise UnitRefused("days_order")
    if (last_on - first_on).days >= MAX_DAYS:
        raise UnitRefused("days_many", days=MAX_DAYS)
    return Span(first_on=first_on, end_on=last_on + timedelta(days=1))


def read_month(visit: Visit, text: str) -> Month | None:
    """A month of an address; None where it is none."""
    try:
        return Month.parse(text) if text else Month.of(day_of(visit.now))
    except DataRefused:
        return None


def paging_of(page: int, total: int) -> Paging:
    """The page asked for, or the nearest there is."""
    pages = max(1, -(-total // ROWS))
    return Paging(page=min(max(page, 1), pages), pages=pages, total=total)


def pager_urls(visit: Visit, name: str, paging: Paging, **filters: object) -> Mapping[str, Any]:
    """What the pager of a list needs: addresses with the filters kept."""

    def url(page: int) -> str:
        return visit.url(name, **filters, page=None if page == 1 else page)

    return {
        "page": paging.page,
        "pages": paging.pages,
        "total": paging.total,
        "first_url": url(1),
        "before_url": url(max(1, paging.page - 1)),
        "after_url": url(min(paging.pages, paging.page + 1)),
        "last_url": url(paging.pages),
    }
