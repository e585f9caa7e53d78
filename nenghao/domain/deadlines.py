"""What is owed and what is reminded of: duties held against open reminders give what changes, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple

#: What ends or ages a reminder.
EventKind = Literal["overdue", "reached", "withdrawn"]


class DutyKey(NamedTuple):
    """Which duty it is: two rows of one key are the same duty, whatever their day."""

    kind: str
    unit_id: int | None
    subject: str
    period_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something that somebody owes by an instant, and whether it is done."""

    key: DutyKey
    due_at: datetime
    is_reached: bool
    lead: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReminder:
    """A reminder that was neither reached nor withdrawn."""

    reminder_id: int
    key: DutyKey
    due_at: datetime
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Duties to open a reminder for, and events of open reminders."""

    opened: tuple[Duty, ...]
    events: tuple[tuple[int, EventKind], ...]


NOTHING: Final = Changes((), ())


def judge_duties(duties: Iterable[Duty], reminders: Iterable[OpenReminder], now: datetime) -> Changes:
    """What has to be written so that reminders say what is owed now; a second time on the same there is nothing.

    A duty that is done in time never gets a reminder. One that is owed by another day than before gets another
    reminder: the first was withdrawn, not reached.
    """
    owed: Mapping[DutyKey, Duty] = {duty.key: duty for duty in duties}
    events: list[tuple[int, EventKind]] = []
    standing: set[DutyKey] = set()
    for reminder in reminders:
        duty = owed.get(reminder.key)
        if duty is None:
            events.append((reminder.reminder_id, "withdrawn"))
        elif duty.is_reached:
            events.append((reminder.reminder_id, "reached"))
        elif duty.due_at != reminder.due_at:
            events.append((reminder.reminder_id, "withdrawn"))
        else:
            standing.add(reminder.key)
            if duty.due_at < now and not reminder.is_overdue:
                events.append((reminder.reminder_id, "overdue"))
    opened = [
        duty
        for duty in owed.values()
        if not duty.is_reached and duty.key not in standing and now >= duty.due_at - duty.lead
    ]
    return Changes(tuple(sorted(opened, key=_order)), tuple(sorted(events)))


def _order(duty: Duty) -> tuple[datetime, str, int, str]:
    return duty.due_at, duty.key.kind, duty.key.unit_id or 0, duty.key.subject
