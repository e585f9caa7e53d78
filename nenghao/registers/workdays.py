"""Chinese working days (工作日), make-up days (调休) included, and the deadlines that count in them."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final, Literal, TypeAlias

import chinese_calendar

from nenghao.domain.periods import day_of
from nenghao.errors import DataRefused
from nenghao.reference.workdays import load_noticed_days

#: Faults, exchanged meters and changed multipliers are to be told within as many working days.
#: Source: duties of the access end (domain 1.4) S5.
DAYS_TO_DECLARE: Final = 3

#: When something was declared, seen from the fact; `unknown` where the working days in between are not known.
Timeliness: TypeAlias = Literal["before", "in_time", "late", "unknown"]


class CalendarUnknown(DataRefused):
    """Nobody has said yet which days of that year are working days."""


def is_workday(day_on: date, noticed: Mapping[date, bool] | None = None) -> bool:
    """Whether people work on a Shanghai day; `noticed` overrides the library, and is the reference rows by default.

    >>> is_workday(date(2026, 10, 10)), is_workday(date(2026, 10, 7))
    (True, False)

    Raises: CalendarUnknown for a year that neither the library nor a notice covers: guessing would date a deadline.
    """
    overrides = load_noticed_days() if noticed is None else noticed
    if day_on in overrides:
        return overrides[day_on]
    try:
        return bool(chinese_calendar.is_workday(day_on))
    except NotImplementedError:
        raise CalendarUnknown(f"the working days of {day_on.year} are not in nenghao/reference/workdays.toml") from None


def is_workday_or_weekday(day_on: date) -> bool:
    """Whether people work on a day; of a year whose calendar nobody knows yet, whether it is Monday to Friday."""
    try:
        return is_workday(day_on)
    except CalendarUnknown:
        return day_on.weekday() < 5


def add_workdays(day_on: date, count: int, noticed: Mapping[date, bool] | None = None) -> date:
    """The `count`-th working day after a day, which itself does not count; 0 is the day itself.

    >>> add_workdays(date(2026, 9, 30), 3)
    datetime.date(2026, 10, 10)

    Raises: CalendarUnknown, as `is_workday`.
    """
    if count < 0:
        raise ValueError("deadlines lie ahead")
    while count:
        day_on += timedelta(days=1)
        count -= is_workday(day_on, noticed)
    return day_on


def workdays_from(first_on: date, last_on: date) -> list[date]:
    """The working days of a span, both ends included, as far as they are known.

    >>> workdays_from(date(2026, 10, 1), date(2026, 10, 9))
    [datetime.date(2026, 10, 8), datetime.date(2026, 10, 9)]
    """
    days: list[date] = []
    day_on = first_on
    with suppress(CalendarUnknown):
        while day_on <= last_on:
            days += [day_on] if is_workday(day_on) else []
            day_on += timedelta(days=1)
    return days


def judge_declaration(
    happened_at: datetime, declared_at: datetime, noticed: Mapping[date, bool] | None = None
) -> Timeliness:
    """How timely a fact was declared; it is in time to the end of the third working day after the day of the fact."""
    if declared_at <= happened_at:
        return "before"
    try:
        last_on = add_workdays(day_of(happened_at), DAYS_TO_DECLARE, noticed)
    except CalendarUnknown:
        # A declaration of the same day is in time whatever the calendar.
        return "in_time" if day_of(declared_at) == day_of(happened_at) else "unknown"
    return "in_time" if day_of(declared_at) <= last_on else "late"
