"""The month at a glance: every unit with the state of its filing and of its balance, filtered, counted, in pages.

Before: rows of a month (db.bureau). After: the page and its exports.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from nenghao.db import bureau as db
from nenghao.db.bureau import CalendarLevel, MonthLine, ReminderCount
from nenghao.db.connection import Connection
from nenghao.domain.filed_cells import FORM_1
from nenghao.domain.month_states import (
    FILING_PROGRESS,
    BalanceProgress,
    Due,
    FilingProgress,
    balance_progress,
    filing_progress,
    held_by_checks,
    is_late,
)
from nenghao.domain.periods import Month, day_of
from nenghao.registers.divisions import league_of
from nenghao.reporting.content import editions_in_force

#: States of a filing that mean it was filed.
FILED: Final = frozenset(FILING_PROGRESS) - {"late", "due", "not_open", "not_owed"}
#: Badges of states: what is late is told by shape and words beside its colour.
FILING_BADGES: Final[Mapping[FilingProgress, str]] = {
    "late": "late", "due": "wait", "not_open": "off", "not_owed": "off", "filed": "info", "queried": "doubt",
    "answered": "wait", "accepted_county": "info", "accepted_city": "info", "accepted_province": "ok", "locked": "ok",
}  # fmt: skip
BALANCE_BADGES: Final[Mapping[BalanceProgress, str]] = {
    "none": "off", "held": "alarm", "ready": "wait", "changed": "doubt", "sealed": "ok", "restated": "info",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFilter:
    """What a list of units' months is narrowed to; empty is all. `region` is the beginning of a division code."""

    region: str = ""
    sector: str = ""
    filing: str = ""
    balance: str = ""
    words: str = ""

    def takes(self, row: "MonthRow") -> bool:
        """Whether a unit's month is wanted."""
        line = row.line
        return (
            line.division_code.startswith(self.region)
            and line.industry_code.startswith(self.sector)
            and (not self.filing or row.filing == self.filing)
            and (not self.balance or row.balance == self.balance)
            and (not self.words or self.words.casefold() in f"{line.unit_code} {line.unit_name}".casefold())
        )

    def takes_place(self, row: "MonthRow") -> bool:
        """Whether the unit is of the region and the sector, whatever its states."""
        return row.line.division_code.startswith(self.region) and row.line.industry_code.startswith(self.sector)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """A unit's month with its states."""

    line: MonthLine
    filing: FilingProgress
    balance: BalanceProgress
    #: Why the balance waits, a code below `release.refused`; None where it does not.
    held_by: str | None
    was_late: bool

    @property
    def is_corrected(self) -> bool:
        """Whether the unit has filed the month more than once."""
        return (self.line.filing_version or 0) > 1

    @property
    def broken(self) -> int | None:
        """Relations that the balance breaks, of both obligations; None where they did not run."""
        if self.line.mandatory_broken is None or self.line.explanatory_broken is None:
            return None
        return self.line.mandatory_broken + self.line.explanatory_broken


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCount:
    """What came to what in a league or a city."""

    code: str
    units: int
    owed: int
    filed: int
    late: int
    open_queries: int
    accepted: int
    locked: int
    balances: int
    sealed: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthGlance:
    """A month of all units that a person may see."""

    month: Month
    rows: Sequence[MonthRow]
    #: Units of the region and sector, by both states; the totals of what is shown.
    counts: Counter[tuple[FilingProgress, BalanceProgress]]
    regions: Sequence[RegionCount]
    calendar: Mapping[str, CalendarLevel]
    reminders: Sequence[ReminderCount]
    #: Regions and sectors that there are, whatever is filtered.
    region_codes: Sequence[str]
    sector_codes: Sequence[str]
    #: Ready to be sealed, of the region and sector.
    ready: Sequence[MonthRow]

    def count_filing(self, state: str) -> int:
        """Units in a state of filing."""
        return sum(number for (filing, _), number in self.counts.items() if filing == state)

    def count_balance(self, state: str) -> int:
        """Units in a state of balance."""
        return sum(number for (_, balance), number in self.counts.items() if balance == state)

    @property
    def total(self) -> int:
        """Units of the region and sector."""
        return self.counts.total()


def load_row(
    conn: Connection, month: Month, unit_code: str, now: datetime
) -> tuple[MonthRow, CalendarLevel | None] | None:
    """One unit's month with its states, and the unit's deadline; None where the person may not see the unit."""
    lines = db.month_lines(conn, month.start_on, unit_code)
    if not lines:
        return None
    calendar = db.calendar_levels(conn, FORM_1, month.start_on).get("unit")
    due = None if calendar is None else calendar.due
    return _row(lines[0], due, now, editions_in_force(month.start_on)), calendar


def load_glance(conn: Connection, month: Month, wanted: MonthFilter, now: datetime) -> MonthGlance:
    """The month of all units in three queries, whatever their number."""
    calendar = db.calendar_levels(conn, FORM_1, month.start_on)
    due = calendar["unit"].due if "unit" in calendar else None
    in_force = editions_in_force(month.start_on)
    everything = [_row(line, due, now, in_force) for line in db.month_lines(conn, month.start_on)]
    of_place = [row for row in everything if wanted.takes_place(row)]
    leagues = {league_of(row.line.division_code) for row in everything}
    return MonthGlance(
        month=month,
        rows=[row for row in everything if wanted.takes(row)],
        counts=Counter((row.filing, row.balance) for row in of_place),
        regions=[_count(code, of_place) for code in sorted({league_of(row.line.division_code) for row in of_place})],
        calendar=calendar,
        reminders=db.reminder_counts(conn, month.start_on, now),
        region_codes=sorted(leagues | {row.line.division_code for row in everything}),
        sector_codes=sorted({row.line.industry_code[:3] for row in everything}),
        ready=[row for row in of_place if row.balance in ("ready", "changed")],
    )


def days_left(due_at: datetime | None, now: datetime) -> int | None:
    """Whole days until a deadline by the calendar, negative after it."""
    return None if due_at is None else (day_of(due_at) - day_of(now)).days


def _row(line: MonthLine, due: Due | None, now: datetime, in_force: tuple[str, str, str]) -> MonthRow:
    held_by = _held_by(line, in_force)
    return MonthRow(
        line=line,
        filing=filing_progress(state=line.filing_state, is_in_panel=line.is_in_panel, due=due, now=now),
        balance=balance_progress(
            balance_id=line.balance_id,
            sealed_balance_id=line.sealed_balance_id,
            sealed_version=line.sealed_version,
            is_held=held_by is not None,
        ),
        held_by=held_by,
        was_late=is_late(line.first_filed_at, due),
    )


def _held_by(line: MonthLine, in_force: tuple[str, str, str]) -> str | None:
    if line.balance_id is None or line.sealed_balance_id == line.balance_id:
        return None
    said = held_by_checks(
        is_checked=line.is_checked, mandatory_broken=line.mandatory_broken, is_undecided=line.is_undecided
    )
    if said is not None:
        return said
    made_by = (line.layout_edition, line.coefficient_edition, line.engine_version)
    return None if made_by == in_force else "other_editions"


def _count(code: str, rows: Sequence[MonthRow]) -> RegionCount:
    own = [row for row in rows if league_of(row.line.division_code) == code]
    filings, balances = Counter(row.filing for row in own), Counter(row.balance for row in own)
    return RegionCount(
        code=code,
        units=len(own),
        owed=sum(row.line.is_in_panel for row in own),
        filed=sum(filings[state] for state in FILING_PROGRESS if state in FILED),
        late=filings["late"],
        open_queries=sum(row.line.open_queries or 0 for row in own),
        accepted=filings["accepted_province"] + filings["locked"],
        locked=filings["locked"],
        balances=len(own) - balances["none"],
        sealed=balances["sealed"] + balances["restated"],
        held=balances["held"],
    )
