"""The reporting calendar: cumulative months, working days, notices."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from nenghao.domain.periods import SHANGHAI
from nenghao.reference.calendar import Notice, load_calendar, load_reminder_kinds
from nenghao.registers.report_calendar import CalendarRow, calendar_rows
from nenghao.registers.workdays import CalendarUnknown


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, date, str], CalendarRow]:
    return by_place(calendar_rows(*load_calendar()))


def by_place(found: Iterator[CalendarRow]) -> dict[tuple[str, date, str], CalendarRow]:
    return {(row.form_code, row.month_on, row.level): row for row in found}


def test_january_is_not_surveyed_and_every_other_month_is(rows: dict[tuple[str, date, str], CalendarRow]) -> None:
    for (_, month_on, _), row in rows.items():
        assert row.is_surveyed == (month_on.month != 1)
        assert (row.due_at is None) == (row.opens_at is None) == (month_on.month == 1)
        assert row.confidence == ("found" if month_on.month == 1 else "unsure")


def test_a_due_day_that_is_a_holiday_moves_to_the_next_working_day(
    rows: dict[tuple[str, date, str], CalendarRow],
) -> None:
    # 10 October 2026 is a Saturday on which people work (调休); 12 July 2026 is a Sunday on which they do not.
    september, june = rows["205-1", date(2026, 9, 1), "unit"], rows["205-1", date(2026, 6, 1), "county"]
    assert september.due_at == datetime(2026, 10, 10, 12, tzinfo=SHANGHAI)
    assert june.due_at == datetime(2026, 7, 13, 18, tzinfo=SHANGHAI)


def test_a_level_is_due_after_the_one_below_it(rows: dict[tuple[str, date, str], CalendarRow]) -> None:
    for month_on in {key[1] for key in rows if key[1].month != 1}:
        days = [rows["205-2", month_on, level].due_at for level in ("unit", "county", "city", "province")]
        assert days == sorted(day for day in days if day is not None)


def test_a_notice_wins_and_carries_its_document() -> None:
    years, _ = load_calendar()
    notice = Notice(
        form="205-1", month=date(2026, 1, 1), level="unit", due_at=datetime(2026, 2, 9, 12, tzinfo=SHANGHAI),
        document_no="No. 7", source="a notice", confidence="found",
    )  # fmt: skip
    found = by_place(calendar_rows(years, [notice]))
    row = found["205-1", date(2026, 1, 1), "unit"]
    assert (row.is_surveyed, row.due_at, row.document_no, row.confidence) == (True, notice.due_at, "No. 7", "found")
    assert row.opens_at == datetime(2026, 2, 1, tzinfo=SHANGHAI)
    assert not found["205-2", date(2026, 1, 1), "unit"].is_surveyed


def test_a_year_whose_working_days_are_not_announced_says_so() -> None:
    def unknown(day_on: date) -> bool:
        raise CalendarUnknown(str(day_on))

    years, _ = load_calendar()
    row = by_place(calendar_rows(years, [], unknown))["205-1", date(2026, 6, 1), "county"]
    assert row.due_at == datetime(2026, 7, 12, 18, tzinfo=SHANGHAI)
    assert "not announced" in row.source


def test_every_kind_of_reminder_can_be_dated() -> None:
    for kind in load_reminder_kinds().values():
        dated_by_rows = kind.code in ("filing", "acceptance", "meter_verification")
        assert dated_by_rows != (kind.workdays is not None or kind.days_after_period is not None), kind.code
