"""The list of cases that people work through: ranked when an audit ends, read by pages, counted under every filter.

Before: `ranking` weighs cases. After: the console's worklist and its exports.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, get_args

from nenghao.db import case_listing, cases
from nenghao.db.connection import Connection
from nenghao.review.ranking import WAITING, ranking_edition, weigh

Sort = Literal["rank", "effect", "opened", "span", "unit"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
STATES: Final = (*WAITING, "quiet", "merged", "decided")
LEVELS: Final = ("doubt", "lead")

#: Cases that are weighed at one time: a first listing of many thousands need not hold them all.
CHUNK: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is asked of the list; None asks nothing. Cases of many units with one cause are a list of their own."""

    level: str | None = None
    states: tuple[str, ...] | None = WAITING
    family: str | None = None
    rule_code: str | None = None
    kind: str | None = None
    unit_code: str | None = None
    #: The first digits of a division's code (GB/T 2260).
    division_prefix: str | None = None
    #: Part of a unit's name or code, a point's code, or a case's number.
    text: str | None = None
    is_common_cause: bool = False
    #: Cases that this account has in hand, and cases whose clock ran out before this day.
    handler_account_id: int | None = None
    overdue_on: date | None = None

    def parameters(self) -> dict[str, Any]:
        """The filters as the queries name them."""
        return {**asdict(self), "states": None if self.states is None else list(self.states)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many cases fit, and how many would by each value of each filter under the other filters."""

    total: int
    by_filter: Mapping[str, Mapping[str, int]]


def list_anew(
    conn: Connection,
    now: datetime,
    *,
    audit_run_ids: Sequence[int] = (),
    unit_ids: Sequence[int] = (),
    is_all: bool = False,
) -> int:
    """List the cases that runs touched, those of the units that wait, and those not listed yet; returns how many."""
    edition = ranking_edition()
    case_ids = case_listing.cases_to_list(
        conn, audit_run_ids=audit_run_ids, unit_ids=unit_ids, ranking_edition=edition, is_all=is_all
    )
    for first in range(0, len(case_ids), CHUNK):
        _list(conn, case_ids[first : first + CHUNK], edition, now)
    return len(case_ids)


def _list(conn: Connection, case_ids: Sequence[int], edition: str, now: datetime) -> None:
    case_listing.lock_listed(conn, case_ids)
    weighed = weigh(conn, cases.list_cases(conn, case_ids=case_ids))
    case_listing.list_cases(
        conn,
        [
            {
                **one.row,
                "families": one.row["families"] or [],
                "point_codes": one.row["point_codes"] or [],
                "score": one.score,
                "effect_tce": one.effect_tce,
                "ranking_edition": edition,
                "ranked_at": now,
            }
            for one in weighed
        ],
    )


def page_of(
    conn: Connection, filters: Filters, *, sort: Sort = "rank", row_limit: int = 50, row_offset: int = 0
) -> list[dict[str, Any]]:
    """Listed cases that fit, doubts before leads and by what they may move where nothing else is asked."""
    return case_listing.listed_cases(
        conn, sort=sort, row_limit=row_limit, row_offset=row_offset, **filters.parameters()
    )


def count(conn: Connection, filters: Filters) -> Counts:
    """The true numbers of cases under the filters."""
    by_filter: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for name, value, number in case_listing.listed_counts(conn, **filters.parameters()):
        by_filter[name][value] = number
    return Counts(total=by_filter.pop("total")[""], by_filter=by_filter)
