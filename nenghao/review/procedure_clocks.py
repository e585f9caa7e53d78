"""By when a step has to be answered: clocks of nenghao/reference/procedure.toml, fixed when the step is taken.

Before: a step is about to be written. After: its `due_on` stands in its row, so a calendar that changes later moves no
clock that runs.
"""

from datetime import date, datetime, timedelta
from typing import Final

from nenghao.domain.periods import day_of
from nenghao.reference.procedure import ClockCode, load_clock
from nenghao.registers.workdays import is_workday_or_weekday
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.standing import CaseStanding

#: A day that somebody names may lie as far ahead, and no further: beyond it nobody means it.
FURTHEST: Final = timedelta(days=366)


def due_of(act: str, before: CaseStanding, now: datetime, *, asked_for: date | None) -> date | None:
    """By when a step has to be answered; None where it has no clock.

    A notice runs from its delivery: before it is opened as if it were opened on the last day that delivery may take.
    `asked_for`: the day that an officer names instead.

    Raises: ProcedureRefused where the named day is over, or too far ahead.
    """
    today = day_of(now)
    if act not in ("notify", "issue_inquiry", "acknowledge", "extend", "rectify"):
        return None
    if asked_for is not None and act != "acknowledge":
        if not today < asked_for <= today + FURTHEST:
            raise ProcedureRefused("day_unfit", on=asked_for)
        return asked_for
    match act:
        case "notify":
            return after_clock("answer", after_clock("delivery", today))
        case "issue_inquiry":
            return after_clock("answer_statutory", after_clock("delivery", today))
        case "acknowledge":
            return _from_delivery(before, today)
        case "extend":
            return after_clock("extension", max(before.due_on or today, today))
        case _:
            return after_clock("rectification", today)


def _from_delivery(before: CaseStanding, today: date) -> date | None:
    """A unit that opens its notice early has the same time from then; never more than it had."""
    notice = next((row for row in reversed(before.history) if row["act"] in ("notify", "issue_inquiry")), None)
    if notice is None:
        return before.due_on
    code: ClockCode = "answer" if notice["act"] == "notify" else "answer_statutory"
    usual = after_clock(code, after_clock("delivery", day_of(notice["acted_at"])))
    if before.due_on != usual:
        # An officer named the day, or it was extended: it stands.
        return before.due_on
    return min(usual, after_clock(code, today))


def after_clock(code: ClockCode, on: date) -> date:
    """The last day of a clock that begins after a day. Years without a calendar count Monday to Friday."""
    clock = load_clock(code)
    if clock.workdays is None:
        return on + timedelta(days=clock.days or 0)
    left = clock.workdays
    while left:
        on += timedelta(days=1)
        left -= is_workday_or_weekday(on)
    return on
