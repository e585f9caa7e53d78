"""The index of data quality by league, county and unit, from shares that were counted before (jobs.count_quality).

A group's share is the sum of its units' parts over the sum of their wholes: what cannot be counted is in neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from nenghao.db import quality as db
from nenghao.db.connection import Connection
from nenghao.db.quality import CountedShare
from nenghao.domain.quality_index import QualityIndex, Scheme, Share, score_quality
from nenghao.registers.divisions import division_name, league_of

Grouping = Literal["league", "county", "unit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRow:
    """A unit, or a group of them, with its index."""

    code: str
    name: str
    units: int
    index: QualityIndex
    #: First day that was not counted, the earliest of the group.
    until_on: date
    counted_at: datetime


def load_groups(conn: Connection, month_on: date, scheme: Scheme, by: Grouping, region: str = "") -> list[QualityRow]:
    """The index of each group of a month, the lowest first, those that cannot be judged last; one query."""
    groups: defaultdict[tuple[str, str], list[CountedShare]] = defaultdict(list)
    for row in db.counted_shares(conn, month_on=month_on):
        if row.division_code.startswith(region):
            groups[_group(row, by)].append(row)
    rows = [_row(code, name, own, scheme) for (code, name), own in groups.items()]
    return sorted(rows, key=lambda row: (row.index.score is None, row.index.score or Decimal(0), row.code))


def load_months(conn: Connection, unit_id: int, scheme: Scheme) -> list[tuple[date, QualityRow]]:
    """The index of a unit by month, the earliest first."""
    months: defaultdict[date, list[CountedShare]] = defaultdict(list)
    for row in db.counted_shares(conn, unit_id=unit_id):
        months[row.month_on].append(row)
    return [
        (month_on, _row(own[0].unit_code, own[0].unit_name, own, scheme)) for month_on, own in sorted(months.items())
    ]


def summed(rows: Iterable[CountedShare]) -> Mapping[str, Share | None]:
    """The shares of a group by name: parts over wholes of the units at which they can be counted."""
    parts: defaultdict[str, Decimal] = defaultdict(Decimal)
    wholes: dict[str, Decimal] = {}
    for row in rows:
        if row.part is not None and row.whole is not None:
            parts[row.share_name] += row.part
            wholes[row.share_name] = wholes.get(row.share_name, Decimal(0)) + row.whole
    return {name: Share(parts[name], whole) for name, whole in wholes.items()}


def _group(row: CountedShare, by: Grouping) -> tuple[str, str]:
    if by == "unit":
        return row.unit_code, row.unit_name
    code = league_of(row.division_code) if by == "league" else row.division_code
    return code, division_name(code)


def _row(code: str, name: str, own: Sequence[CountedShare], scheme: Scheme) -> QualityRow:
    return QualityRow(
        code=code,
        name=name,
        units=len({row.unit_id for row in own}),
        index=score_quality(scheme, summed(own)),
        until_on=min(row.until_on for row in own),
        counted_at=min(row.counted_at for row in own),
    )
