"""Steps of many units on one day: what so many have in common is not the doing of one of them.

Before: cases that hold nothing but steps. After: one case of a zone or a sector (`expectations.following`).
Source: practice 5: a step on one date at > 10 % of a zone's or sector's units is one common-cause case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

#: A zone or a sector: (zone, None) or (None, sector).
Group = tuple[str | None, str | None]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A unit's case that holds nothing but steps of one day."""

    case_id: int
    unit_id: int
    groups: tuple[Group, ...]
    began_on: date


@dataclass(frozen=True, slots=True)
class Common:
    """What many units of a group have in common, and the cases that tell of it."""

    group: Group
    began_on: date
    case_ids: tuple[int, ...]
    unit_count: int
    unit_total: int


def find_common(
    steps: Iterable[Step], unit_totals: Mapping[tuple[Group, date], int], share_min: Decimal, unit_count_min: int
) -> list[Common]:
    """The common causes in steps, those of most units first; a case is told by one of them.

    A detector may see one step a day earlier at one unit than at another, so that neighbouring days count together.
    """
    left = list(steps)
    found: list[Common] = []
    while True:
        best: Common | None = None
        for group, began_on in sorted({(group, one.began_on) for one in left for group in one.groups}, key=str):
            near = [one for one in left if group in one.groups and abs(one.began_on - began_on) <= ONE_DAY]
            units, total = len({one.unit_id for one in near}), unit_totals.get((group, began_on), 0)
            is_common = units >= unit_count_min and total > 0 and units > share_min * total
            if is_common and (best is None or units > best.unit_count):
                best = Common(group, began_on, tuple(one.case_id for one in near), units, total)
        if best is None:
            return found
        found.append(best)
        left = [one for one in left if one.case_id not in best.case_ids]
