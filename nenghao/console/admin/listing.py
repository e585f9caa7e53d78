"""What lists share: which page was asked for, the addresses of the pages beside it, and days from an address."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from nenghao.console.visits import Visit

ROWS: Final = 50
PAGE_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of a list; its addresses keep the filters."""

    page: int
    total: int
    first_url: str
    before_url: str
    after_url: str
    last_url: str

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, math.ceil(self.total / ROWS))


def asked_page(visit: Visit) -> int:
    """The page that the address asks for; the first where it asks for none."""
    text = visit.request.query_params.get("page", "1")
    return max(1, min(int(text), PAGE_MAX)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def listing(visit: Visit, page: int, total: int) -> Listing:
    """The page among its neighbours."""
    last = max(1, math.ceil(total / ROWS))
    kept = [(name, value) for name, value in visit.request.query_params.multi_items() if name != "page" and value]

    def to(number: int) -> str:
        return f"{visit.request.url.path}?{urlencode([*kept, ('page', number)])}"

    return Listing(
        page=page,
        total=total,
        first_url=to(1),
        before_url=to(max(1, page - 1)),
        after_url=to(min(last, page + 1)),
        last_url=to(last),
    )


def asked(visit: Visit, name: str) -> str | None:
    """A filter of the address; None where it is empty or far too long."""
    text = visit.request.query_params.get(name, "").strip()
    return text if text and len(text) <= 200 and "\0" not in text else None


def asked_day(visit: Visit, name: str) -> date | None:
    """A day of the address; None where it is none."""
    try:
        return date.fromisoformat(asked(visit, name) or "")
    except ValueError:
        return None
