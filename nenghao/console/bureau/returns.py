"""A unit's return in the official layout, filed and monitored side by side, and what is wrong at its cells.

Before: a filing, the months that meters give, relations that ran. After: the page of the unit's month.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from nenghao.console.bureau.contents import MonitoredContent, filed_content, monitored_content
from nenghao.console.bureau.month import MonthRow
from nenghao.db import bureau as db
from nenghao.db import drafts, filings
from nenghao.db.bureau import BrokenRelation
from nenghao.db.connection import Connection
from nenghao.db.filings import StoredFiling
from nenghao.domain.filed_cells import Key, accumulate, parse_cells, values
from nenghao.domain.filing_states import LEVELS, Level
from nenghao.domain.periods import Month, day_of
from nenghao.domain.rounding import round_figure
from nenghao.filing.comparison import Compared, compare
from nenghao.labels import Language
from nenghao.reference.calendar import load_reminder_kinds
from nenghao.registers.workdays import CalendarUnknown, add_workdays
from nenghao.reporting.pages import Page, pages_of

View = Literal["both", "filed", "monitored"]
#: Columns before the figures of a form: code, name, unit.
HEAD: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCell:
    """A cell of the form as it is printed, with what stands beside it and what is wrong at it."""

    key: Key
    #: The figure of the page: as filed, or as monitored where nothing is filed; None where there is none.
    printed: Decimal | None
    #: The monitored cumulative that stands beside a filed figure.
    beside: Decimal | None
    #: What is said beside the figure: shares of a figure that was not measured throughout.
    note: str | None
    broken: Sequence[BrokenRelation]
    compared: Sequence[Compared]

    @property
    def difference(self) -> Decimal | None:
        """Filed less monitored."""
        return None if self.printed is None or self.beside is None else self.printed - self.beside

    @property
    def mark(self) -> str | None:
        """What is worst at the cell: a mandatory relation, an explanatory one, sources that are apart, an estimate."""
        obligations = {one.evidence.get("obligation") for one in self.broken}
        if "mandatory" in obligations:
            return "mandatory"
        if obligations:
            return "explanatory"
        if any(one.verdict is not None and not one.verdict.is_within for one in self.compared):
            return "apart"
        return "estimated" if self.note else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnForm:
    """A form of the return: the page, and its rows of cells."""

    page: Page
    rows: Sequence[tuple[str, str, str, Sequence[ReturnCell]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuery:
    """A query with its answer, and by when one was due; None where nobody can tell the working days."""

    row: Mapping[str, Any]
    due_on: date | None

    @property
    def is_open(self) -> bool:
        """Whether the unit has not answered."""
        return self.row["answered_by"] is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView:
    """Everything that the page of a unit's month shows."""

    forms: Sequence[ReturnForm]
    filed: StoredFiling | None
    monitored: MonitoredContent | None
    broken: Sequence[BrokenRelation]
    compared: Sequence[Compared]
    notes: Sequence[Mapping[str, Any]]
    queries: Sequence[AskedQuery]
    events: Sequence[Mapping[str, Any]]
    #: Whether every month of the year so far has a balance: only then there is a monitored cumulative.
    has_cumulative: bool


def load_return(conn: Connection, row: MonthRow, month: Month, view: View, language: Language) -> ReturnView:
    """The return of a unit's month. What was not filed and not monitored has no forms."""
    line = row.line
    filed = None if line.filing_id is None else filings.load_filing(conn, line.filing_id)
    notes, queries, events = ([], [], []) if filed is None else _said(conn, filed.filing_id)
    broken = db.broken_relations(conn, line.unit_id, month.start_on)
    wanted = view if filed is not None else "monitored"
    monitored = monitored_content(conn, line) if wanted == "monitored" else None
    compared: list[Compared] = []
    cumulative: dict[Key, Decimal] | None = None
    if wanted == "both" and filed is not None:
        months = drafts.monitored_months(conn, line.unit_id, date(month.year, 1, 1), month.start_on)
        compared = compare(conn, line.unit_id, month, values(parse_cells(filed.content)), months)
        cumulative = _cumulative(months, month)
    content: Mapping[str, Any] | None = None
    if wanted == "monitored":
        content = None if monitored is None else monitored.content
    elif filed is not None:
        content = filed_content(line, filed, notes, events)
    kind = "monitored_balance" if wanted == "monitored" else "filing"
    own = [one for one in broken if one.evidence.get("return_kind", "monitored_balance") == kind]
    pages = [] if content is None else pages_of(content, language)
    return ReturnView(
        forms=[_form(page, cumulative or {}, own, compared) for page in pages],
        filed=filed,
        monitored=monitored,
        broken=own,
        compared=compared,
        notes=notes,
        queries=queries,
        events=events,
        has_cumulative=cumulative is not None,
    )


def query_due_on(asked_at: datetime) -> date | None:
    """The last day for answering a query, as reminders count it; None while the year's working days are unknown."""
    workdays = load_reminder_kinds()["query_answer"].workdays
    try:
        return None if workdays is None else add_workdays(day_of(asked_at), workdays)
    except CalendarUnknown:
        return None


def next_level(row: MonthRow) -> Level | None:
    """Whose turn it is to accept; None where the filing is not there, is asked about, or has passed every level."""
    accepted = row.line.accepted_levels
    if accepted is None or row.line.open_queries or accepted >= len(LEVELS):
        return None
    return LEVELS[accepted]


def _said(conn: Connection, filing_id: int) -> tuple[list[Any], list[AskedQuery], list[Any]]:
    queries = [AskedQuery(row=row, due_on=query_due_on(row["asked_at"])) for row in filings.queries(conn, filing_id)]
    return filings.notes(conn, filing_id), queries, filings.events(conn, filing_id)


def _cumulative(months: Mapping[date, Mapping[Key, Decimal]], month: Month) -> dict[Key, Decimal] | None:
    """The monitored months from the year's start, added up; None where one is missing."""
    total: dict[Key, Decimal] | None = None
    for number in range(1, month.month + 1):
        of_month = months.get(date(month.year, number, 1))
        if of_month is None:
            return None
        total = accumulate(total, of_month)
    return total


def _form(
    page: Page, cumulative: Mapping[Key, Decimal], broken: Sequence[BrokenRelation], compared: Sequence[Compared]
) -> ReturnForm:
    at_cell: defaultdict[Key, list[BrokenRelation]] = defaultdict(list)
    for one in broken:
        at_cell[_key(one)].append(one)
    beside_cell: defaultdict[Key, list[Compared]] = defaultdict(list)
    for other in compared:
        beside_cell[other.key].append(other)
    rows = []
    for row in page.rows:
        cells = []
        for column in page.columns[HEAD:]:
            key = (page.form, row.code, column.code)
            figure, beside = row.figures.get(column.code), cumulative.get(key)
            cells.append(
                ReturnCell(
                    key=key,
                    printed=None if figure is None else figure.value,
                    beside=None if beside is None else round_figure(beside, column.decimals),
                    note=None if figure is None else figure.note,
                    broken=at_cell[key],
                    compared=beside_cell[key],
                )
            )
        rows.append((row.code, row.name, row.unit, cells))
    return ReturnForm(page=page, rows=rows)


def _key(one: BrokenRelation) -> Key:
    evidence = one.evidence
    return str(evidence.get("form_code")), str(evidence.get("row_code")), str(evidence.get("column_code"))
