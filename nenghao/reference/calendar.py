"""Reads the reporting calendar and the kinds of reminders: days by year, form and level, and who is reminded when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from nenghao.reference.files import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    """On which day and hour of the month after the period a level is due."""

    level: str
    day: int
    hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """The calendar of the periods of one year, before working days and notices."""

    edition: str
    year: int
    surveyed_months: frozenset[int]
    surveyed_source: str
    surveyed_confidence: str
    forms: tuple[str, ...]
    opens_day: int
    opens_hour: int
    due: tuple[DueDay, ...]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A day that a notice has set; it wins over the rule of its year."""

    form: str
    month: date
    level: str
    due_at: datetime
    document_no: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderKind:
    """What is reminded: whom, how seriously, how early; and when it is due where the calendar has no day for it."""

    code: str
    audience: str
    severity: str
    lead_days: int
    source: str
    confidence: str
    workdays: int | None = None
    days_after_period: int | None = None


@cache
def load_calendar() -> tuple[tuple[CalendarYear, ...], tuple[Notice, ...]]:
    """The years, and the notices about them."""
    table = read_rows("calendar.toml")
    years = tuple(
        CalendarYear(
            **row
            | {
                "surveyed_months": frozenset(row["surveyed_months"]),
                "forms": tuple(row["forms"]),
                "due": tuple(DueDay(**one) for one in row["due"]),
            }
        )
        for row in table["year"]
    )
    return years, tuple(Notice(**row) for row in table.get("notice", ()))


@cache
def load_reminder_kinds() -> Mapping[str, ReminderKind]:
    """Every kind of reminder by its code."""
    return {code: ReminderKind(code=code, **row) for code, row in read_rows("reminders.toml").items()}
