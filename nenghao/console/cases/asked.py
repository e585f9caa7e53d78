"""Reads what the address of the worklist asks for, and writes addresses that ask for it again.

A value that is no filter's is searched for like any other and finds nothing; an order that is none is the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from nenghao.review.listing import SORTS, STATES, Filters, Sort
from nenghao.review.ranking import WAITING

PAGE_ROWS: Final = 50
#: As long as a name of a unit; what is longer is no search.
MAX_TEXT: Final = 200
NAMES: Final = (
    "level", "state", "family", "rule", "kind", "unit", "division", "q", "cause", "mine", "overdue", "sort",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The words of the address, each as it was typed and empty where it was not."""

    words: Mapping[str, str]
    page: int

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """What an address asks for."""
        typed = query.get("page", "")
        page = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 6 else 1
        words = {name: query.get(name, "").replace("\x00", "").strip()[:MAX_TEXT] for name in NAMES}
        return cls(words=words, page=max(1, page))

    @property
    def sort(self) -> Sort:
        """The order of the rows."""
        return next((sort for sort in SORTS if sort == self.words["sort"]), "rank")

    @property
    def first_row(self) -> int:
        """How many rows stand on the pages before."""
        return PAGE_ROWS * (self.page - 1)

    def filters(self, account_id: int | None, today_on: date) -> Filters:
        """The filters that the list understands."""
        words = self.words
        state = words["state"]
        return Filters(
            level=words["level"] or None,
            states=WAITING if not state else None if state == "all" else (state,),
            family=words["family"] or None,
            rule_code=words["rule"] or None,
            kind=words["kind"] or None,
            unit_code=words["unit"] or None,
            division_prefix=words["division"] or None,
            text=words["q"] or None,
            is_common_cause=words["cause"] == "common",
            handler_account_id=account_id if words["mine"] == "1" else None,
            overdue_on=today_on if words["overdue"] == "1" else None,
        )

    def address(self, base: str, **changed: str | int) -> str:
        """The address that asks for this, with some words changed; the page is the first unless it is given."""
        words = {**self.words, "page": "", **{name: str(value) for name, value in changed.items()}}
        query = urlencode({name: value for name, value in words.items() if value})
        return f"{base}?{query}" if query else base

    def at_page(self, page: int) -> "Asked":
        """The same of another page."""
        return replace(self, page=page)


__all__ = ["NAMES", "PAGE_ROWS", "STATES", "Asked"]
