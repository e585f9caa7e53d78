"""Working days: make-up days count, notices override, a year that nobody announced is not guessed."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.periods import SHANGHAI
from nenghao.registers.workdays import CalendarUnknown, add_workdays, is_workday, judge_declaration


@pytest.mark.parametrize(
    ("day_on", "expected"),
    [
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 10), True),  # a Saturday worked in exchange
        (date(2026, 10, 11), False),  # a plain Sunday
        (date(2026, 2, 28), True),  # a Saturday worked for the Spring Festival
        (date(2026, 11, 23), True),
    ],
)
def test_festivals_and_make_up_days_are_known(day_on: date, expected: bool) -> None:
    assert is_workday(day_on) is expected


def test_a_notice_overrides_the_library_and_opens_another_year() -> None:
    noticed = {date(2026, 11, 23): False, date(2027, 1, 4): True}
    assert not is_workday(date(2026, 11, 23), noticed)
    assert is_workday(date(2027, 1, 4), noticed)


def test_a_year_without_notice_is_not_guessed() -> None:
    with pytest.raises(CalendarUnknown, match="2027"):
        is_workday(date(2027, 1, 4))


@given(st.dates(date(2020, 1, 1), date(2026, 11, 1)), st.integers(0, 15))
def test_adding_workdays_ends_on_one_and_passes_exactly_as_many(day_on: date, count: int) -> None:
    end = add_workdays(day_on, count)
    passed = [day_on + timedelta(days=n) for n in range(1, (end - day_on).days + 1)]
    assert sum(is_workday(day) for day in passed) == count
    assert count == 0 or is_workday(end)


def at(day: int, hour: int = 12, month: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def test_a_declaration_is_judged_by_working_days() -> None:
    fault = at(30)
    assert judge_declaration(fault, at(29)) == "before"
    assert judge_declaration(fault, at(10, 23, 10)) == "in_time"
    assert judge_declaration(fault, at(11, 0, 10)) == "late"
    year_end = at(31, 12, 12)
    assert judge_declaration(year_end, at(31, 18, 12)) == "in_time"
    assert judge_declaration(year_end, at(5, 12, 1, 2027)) == "unknown"
