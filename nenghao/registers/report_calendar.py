"""Dates the reporting calendar of a year: rules of the year, moved to working days, then notices."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from nenghao.domain.periods import SHANGHAI, Month
from nenghao.reference.calendar import CalendarYear, Notice
from nenghao.registers.workdays import CalendarUnknown, is_workday


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """When a form of a period is open and due at a level; neither where the period is not surveyed."""

    edition: str
    form_code: str
    month_on: date
    level: str
    is_surveyed: bool
    opens_at: datetime | None
    due_at: datetime | None
    document_no: str | None
    source: str
    confidence: str


def calendar_rows(
    years: Iterable[CalendarYear], notices: Iterable[Notice], works: Callable[[date], bool] = is_workday
) -> Iterator[CalendarRow]:
    """Every row of the given years."""
    noticed = {(one.form, one.month, one.level): one for one in notices}
    for year in years:
        for number in range(1, 13):
            month = Month(year.year, number)
            for form in year.forms:
                for due in year.due:
                    row = _row(year, month, form, due.level, _moved(month.end_on.replace(day=due.day), works), due.hour)
                    notice = noticed.get((form, month.start_on, due.level))
                    yield row if notice is None else _override(row, notice)


def _row(
    year: CalendarYear, month: Month, form: str, level: str, due_on: tuple[date, bool], due_hour: int
) -> CalendarRow:
    is_surveyed = month.month in year.surveyed_months
    day_on, is_known = due_on
    return CalendarRow(
        edition=year.edition,
        form_code=form,
        month_on=month.start_on,
        level=level,
        is_surveyed=is_surveyed,
        opens_at=_at(month.end_on.replace(day=year.opens_day), year.opens_hour) if is_surveyed else None,
        due_at=_at(day_on, due_hour) if is_surveyed else None,
        document_no=None,
        source=(year.source if is_known else f"{year.source}; working days of {day_on.year} are not announced")
        if is_surveyed
        else year.surveyed_source,
        confidence=year.confidence if is_surveyed else year.surveyed_confidence,
    )


def _override(row: CalendarRow, notice: Notice) -> CalendarRow:
    return CalendarRow(
        edition=row.edition,
        form_code=row.form_code,
        month_on=row.month_on,
        level=row.level,
        is_surveyed=True,
        opens_at=row.opens_at or _at(Month.of(row.month_on).end_on, 0),
        due_at=notice.due_at,
        document_no=notice.document_no,
        source=notice.source,
        confidence=notice.confidence,
    )


def _moved(day_on: date, works: Callable[[date], bool]) -> tuple[date, bool]:
    """The day itself or the next working day; and whether that is known: a year may not be announced yet."""
    moved_on = day_on
    try:
        while not works(moved_on):
            moved_on += timedelta(days=1)
    except CalendarUnknown:
        return day_on, False
    return moved_on, True


def _at(day_on: date, hour: int) -> datetime:
    return datetime.combine(day_on, time(hour), SHANGHAI)
