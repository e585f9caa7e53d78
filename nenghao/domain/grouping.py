"""Which findings one cause explains: those of one point at one time, of one residual, of one silent gateway.

Before: a rule found something. After: it joins the case of what it is linked to (`expectations.grouping`).

Linked findings are one case, and so is what is linked to them: the groups are the connected parts, whatever the order
in which findings come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """What of a finding says whether another one has its cause."""

    unit_id: int
    begin_at: datetime
    end_at: datetime
    #: Where it was found: the point of its series, whichever channel spoke.
    point_ids: frozenset[int] = frozenset()
    #: Of a residual: the whole and every part of the formula, since the cause may lie at any of them.
    network_ids: frozenset[int] = frozenset()
    #: Of a silence: the gateways that bring its series; they fall silent together.
    gateway_ids: frozenset[int] = frozenset()


def is_linked(one: Clue, other: Clue) -> bool:
    """Whether one cause may explain both: they overlap in time, and in place.

    Two parts of a network have one cause only by way of its residual: two machines may fail on the same day.
    """
    if one.unit_id != other.unit_id or one.begin_at >= other.end_at or other.begin_at >= one.end_at:
        return False
    return bool(
        one.point_ids & other.point_ids
        or one.network_ids & other.point_ids
        or one.point_ids & other.network_ids
        or one.gateway_ids & other.gateway_ids
    )


def groups(clues: Sequence[Clue]) -> list[list[int]]:
    """Places of clues by group, each in order, groups by their first.

    >>> from datetime import UTC
    >>> day = [datetime(2026, 8, n, tzinfo=UTC) for n in range(1, 6)]
    >>> spans = (0, 1), (3, 4), (0, 4)
    >>> at = [Clue(unit_id=1, begin_at=day[a], end_at=day[b], point_ids=frozenset({7})) for a, b in spans]
    >>> groups(at[:2]), groups(at)
    ([[0], [1]], [[0, 1, 2]])
    """
    root = list(range(len(clues)))

    def find(place: int) -> int:
        while root[place] != place:
            place = root[place]
        return place

    for place, clue in enumerate(clues):
        for earlier in range(place):
            if is_linked(clue, clues[earlier]):
                first, second = sorted((find(earlier), find(place)))
                root[second] = first
    found: dict[int, list[int]] = {}
    for place in range(len(clues)):
        found.setdefault(find(place), []).append(place)
    return list(found.values())
