"""A month of all units that a person may see, what breaks in it, and who is reminded: sql/queries/bureau.sql."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.month_states import Due

_QUERIES = load_queries("bureau")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """A unit's month: its filing, its balance, what is sealed of both. None where there is none."""

    unit_id: int
    unit_code: str
    unit_name: str
    division_code: str
    industry_code: str
    is_in_panel: bool
    filing_id: int | None
    filing_version: int | None
    filing_kind: str | None
    filing_state: str | None
    filing_since_at: datetime | None
    #: 县, 市, 省 that accepted it (0 to 3), and 4 with the lock.
    accepted_levels: int | None
    open_queries: int | None
    first_filed_at: datetime | None
    filing_mandatory_broken: int | None
    filing_explanatory_broken: int | None
    balance_id: int | None
    balance_version: int | None
    computed_at: datetime | None
    layout_edition: str | None
    coefficient_edition: str | None
    engine_version: str | None
    #: Whether every relation ran over the balance; None where none did.
    is_checked: bool | None
    mandatory_broken: int | None
    explanatory_broken: int | None
    #: Whether a mandatory relation is broken that nobody has decided on.
    is_undecided: bool
    total_tce: Decimal | None
    completeness: Decimal | None
    known_share: Decimal | None
    measured_share: Decimal | None
    #: Whether the month has changed and is to be built anew.
    is_waiting: bool
    sealed_version: int | None
    sealed_balance_id: int | None
    sealed_name: str | None
    sealed_at: datetime | None
    filing_sealed_version: int | None
    sealed_filing_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLevel:
    """What the calendar says of a month at a level."""

    level: str
    is_surveyed: bool
    opens_at: datetime | None
    due_at: datetime | None
    document_no: str | None
    confidence: str

    @property
    def due(self) -> Due:
        """The same, as states are told from it."""
        return Due(is_surveyed=self.is_surveyed, opens_at=self.opens_at, due_at=self.due_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderCount:
    """Open reminders of a kind."""

    kind: str
    audience: str
    open_count: int
    late_count: int
    next_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRelation:
    """A relation that does not hold at a cell, and what became of the finding."""

    finding_id: int
    #: As the rule wrote it: return_kind, relation_code, obligation, the cell, both sides, the unit's explanation.
    evidence: dict[str, Any]
    found_at: datetime
    case_id: int | None
    decision: str | None
    decision_reason: str | None


def month_lines(conn: Connection, month_on: date, unit_code: str | None = None) -> list[MonthLine]:
    """Every unit's month that may be seen, by division and code; or that of one unit, where it may be seen."""
    wanted = {"month_on": month_on, "unit_code": unit_code}
    cursor = conn.cursor(row_factory=class_row(MonthLine))
    if unit_code is not None:
        return cursor.execute(_QUERIES["month_lines"], wanted).fetchall()
    conn.execute(_QUERIES["join_all_rows"], {"one_by_one": "off"})
    found = cursor.execute(_QUERIES["month_lines"], wanted).fetchall()
    conn.execute(_QUERIES["join_all_rows"], {"one_by_one": "on"})
    return found


def leagues(conn: Connection) -> list[str]:
    """Leagues and cities of the units that may be seen."""
    return [code for (code,) in conn.execute(_QUERIES["leagues"])]


def months_there(conn: Connection) -> list[date]:
    """Months of which there is anything, the newest first."""
    return [month_on for (month_on,) in conn.execute(_QUERIES["months_there"])]


def calendar_levels(conn: Connection, form_code: str, month_on: date) -> dict[str, CalendarLevel]:
    """The calendar of a form's month by level."""
    cursor = conn.cursor(row_factory=class_row(CalendarLevel))
    rows = cursor.execute(_QUERIES["calendar_days"], {"form_code": form_code, "month_on": month_on})
    return {row.level: row for row in rows}


def reminder_counts(conn: Connection, month_on: date, now: datetime) -> list[ReminderCount]:
    """Open reminders of a month by kind."""
    cursor = conn.cursor(row_factory=class_row(ReminderCount))
    return cursor.execute(_QUERIES["reminder_counts"], {"month_on": month_on, "now": now}).fetchall()


def broken_relations(conn: Connection, unit_id: int, month_on: date) -> list[BrokenRelation]:
    """Relations that a unit's month breaks."""
    cursor = conn.cursor(row_factory=class_row(BrokenRelation))
    return cursor.execute(_QUERIES["broken_relations"], {"unit_id": unit_id, "month_on": month_on}).fetchall()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    """A release in a list."""

    release_id: int
    archive_name: str
    kind: str
    unit_id: int | None
    unit_code: str | None
    unit_name: str | None
    aggregate_code: str | None
    month_on: date
    version: int
    sealed_at: datetime
    reason_kind: str | None
    public_from: datetime | None
    key_id: str
    hash: bytes
    is_newest: bool
    to_tell: int
    #: How many there are in all.
    total: int

    @property
    def name(self) -> str:
        """The name of the release: that of its file without the ending."""
        return self.archive_name.removesuffix(".zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseVersion:
    """One version of what is sealed."""

    archive_name: str
    version: int
    sealed_at: datetime
    reason_kind: str | None
    hash: bytes

    @property
    def name(self) -> str:
        """The name of the release."""
        return self.archive_name.removesuffix(".zip")


def release_lines(
    conn: Connection,
    *,
    month_on: date | None,
    kind: str | None,
    words: str | None,
    only_restated: bool,
    most: int,
    skipped: int,
) -> list[ReleaseLine]:
    """A page of the releases that may be seen."""
    wanted = {
        "month_on": month_on, "kind": kind, "words": words, "only_restated": only_restated, "most": most,
        "skipped": skipped,
    }  # fmt: skip
    return conn.cursor(row_factory=class_row(ReleaseLine)).execute(_QUERIES["release_lines"], wanted).fetchall()


def release_versions(conn: Connection, release_id: int) -> list[ReleaseVersion]:
    """The versions of what a release seals."""
    cursor = conn.cursor(row_factory=class_row(ReleaseVersion))
    return cursor.execute(_QUERIES["release_versions"], {"release_id": release_id}).fetchall()
