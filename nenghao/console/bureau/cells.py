"""What a cell rests on: monitored, points, days, estimates, decisions and messages; filed, what the unit said.

Before: a cell of a return. After: the page of the cell.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from nenghao.console.bureau.contents import MonitoredContent, monitored_content
from nenghao.console.bureau.month import MonthRow
from nenghao.console.bureau.returns import AskedQuery, query_due_on
from nenghao.db import bureau as db
from nenghao.db import drafts, filings
from nenghao.db.bureau import BrokenRelation
from nenghao.db.connection import Connection
from nenghao.db.filings import StoredFiling
from nenghao.domain.filed_cells import FiledCell, Key, month_figures, parse_cells, values
from nenghao.domain.periods import Month
from nenghao.errors import DataRefused
from nenghao.filing.comparison import Compared, compare
from nenghao.reporting.explain import CellName, SealedCell, take_apart
from nenghao.reporting.explain_store import StoreStory, read_story

#: Letters of slots in the order in which they are told: measured, estimated and so on (nenghao.domain.series_day).
QUALITIES = "VQEXN"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredCell:
    """A monitored cell taken apart, and what the store knows of its points."""

    of: MonitoredContent
    sealed: SealedCell
    story: StoreStory


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledSide:
    """A filed cell: the figure with its source, the month it makes, what the unit said and was asked of it."""

    filing: StoredFiling
    cell: FiledCell | None
    #: The cumulative less that of the month before; None where one of them is not filed.
    of_month: Decimal | None
    notes: Sequence[Mapping[str, Any]]
    queries: Sequence[AskedQuery]
    compared: Sequence[Compared]


def load_monitored_cell(
    conn: Connection, row: MonthRow, month: Month, key: Key, asked: Sequence[date]
) -> MonitoredCell | None:
    """A monitored cell; None where there is no balance, or meters cannot give the cell."""
    of = monitored_content(conn, row.line)
    if of is None:
        return None
    try:
        sealed = take_apart(of.content, of.inputs, CellName(*key))
    except DataRefused:
        return None
    return MonitoredCell(of=of, sealed=sealed, story=read_story(conn, row.line.unit_id, month, sealed.points, asked))


def load_filed_cell(conn: Connection, row: MonthRow, month: Month, key: Key) -> FiledSide | None:
    """A filed cell; None where nothing is filed."""
    if row.line.filing_id is None or (filed := filings.load_filing(conn, row.line.filing_id)) is None:
        return None
    unit_id, cells = row.line.unit_id, parse_cells(filed.content)
    first_on = date(month.year, 1, 1)
    months = drafts.monitored_months(conn, unit_id, first_on, month.start_on)
    before = None
    if month.month > 1:
        before_on = date(month.year, month.month - 1, 1)
        before = filings.filed_month(conn, unit_id, before_on, with_revisions=False)
    place = key[0], key[1], key[2]
    return FiledSide(
        filing=filed,
        cell=cells.get(key),
        of_month=None if before == {} else month_figures(values(cells), before).get(key),
        notes=[note for note in filings.notes(conn, filed.filing_id) if _place(note) == place],
        queries=[
            AskedQuery(row=query, due_on=query_due_on(query["asked_at"]))
            for query in filings.queries(conn, filed.filing_id)
            if _place(query) == place
        ],
        compared=[one for one in compare(conn, unit_id, month, values(cells), months) if one.key == key],
    )


def broken_at(conn: Connection, row: MonthRow, month: Month, key: Key) -> list[BrokenRelation]:
    """Relations that do not hold at a cell."""
    return [
        one
        for one in db.broken_relations(conn, row.line.unit_id, month.start_on)
        if (one.evidence.get("form_code"), one.evidence.get("row_code"), one.evidence.get("column_code")) == key
    ]


def slots_told(quality: str) -> list[tuple[str, int]]:
    """How many slots of a day have which letter."""
    counted = Counter(quality)
    return [(letter, counted[letter]) for letter in QUALITIES if counted[letter]]


def _place(said: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return said["form_code"], said["row_code"], said["column_code"]
