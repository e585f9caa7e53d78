"""Addresses of the bureau's pages: months, filters and pages as they stand in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from nenghao.console.visits import Visit
from nenghao.domain.periods import Month, day_of
from nenghao.errors import DataRefused

Row = TypeVar("Row")
PER_PAGE = 50


class PageRefused(DataRefused):
    """An address that names nothing; `key` is a label below `console.bureau.refused`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"refused: {key}")
        self.key, self.values = f"console.bureau.refused.{key}", values


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Row]):
    """One page of a list, with the true number of its rows and the addresses of its neighbours."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int
    urls: tuple[str, str, str, str]


def list_page(visit: Visit, rows: Sequence[Row], page: int, name: str, **parts: object) -> Listing[Row]:
    """The rows of a page; one beyond the last is the last."""
    pages = max(1, -(-len(rows) // PER_PAGE))
    shown = min(max(1, page), pages)
    return Listing(
        rows=rows[(shown - 1) * PER_PAGE : shown * PER_PAGE],
        page=shown,
        pages=pages,
        total=len(rows),
        urls=list_urls(visit, name, shown, pages, **parts),
    )


def list_urls(visit: Visit, name: str, page: int, pages: int, **parts: object) -> tuple[str, str, str, str]:
    """Addresses of the first page of a list, the one before, the one after, the last."""
    first, before, after, last = (
        visit.url(name, **parts, page=number) for number in (1, max(1, page - 1), min(pages, page + 1), pages)
    )
    return first, before, after, last


def month_named(text: str, now: datetime) -> Month:
    """The month of an address; without one, the last that is over.

    Raises: PageRefused where it is none.
    """
    if not text:
        return Month.of(Month.of(day_of(now)).start_on - timedelta(days=1))
    try:
        return Month.parse(text)
    except DataRefused as refused:
        raise PageRefused("month", text=text) from refused


def months_around(month: Month, there: Sequence[date]) -> list[str]:
    """Months to choose from, the newest first: those of which there is anything, and the one that is shown."""
    return sorted({f"{day:%Y-%m}" for day in there} | {str(month)}, reverse=True)
