"""Holds the calendar against what was done, and writes what changed as reminders and their events.

Before: filings, acceptances, releases, outage filings, inquiries, queries, cases, the meter ledger. After: `nenghao
deadlines`, and the console's lists.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta

from nenghao.db import deadlines as db
from nenghao.db.connection import Connection
from nenghao.db.deadlines import OwedRow
from nenghao.domain.deadlines import Duty, DutyKey, OpenReminder, judge_duties
from nenghao.domain.periods import SHANGHAI, Month, day_of, day_start
from nenghao.reference.calendar import ReminderKind, load_calendar, load_reminder_kinds
from nenghao.registers.report_calendar import calendar_rows
from nenghao.registers.workdays import CalendarUnknown, add_workdays


@dataclass(frozen=True, slots=True)
class Reminded:
    """What one run changed; `undated` are duties whose day nobody can tell: the year's calendar is not announced."""

    opened: int
    overdue: int
    reached: int
    withdrawn: int
    undated: int


def sync_calendar(conn: Connection) -> None:
    """Bring the rows of the reporting calendar to this release's; safe to run twice."""
    with conn.transaction():
        db.upsert_calendar(conn, [asdict(row) for row in calendar_rows(*load_calendar())])


def remind(conn: Connection, now: datetime) -> Reminded:
    """Open and end reminders, so that they say what is owed now; a second run on unchanged data changes nothing."""
    kinds = load_reminder_kinds()
    with conn.transaction():
        db.lock_reminders(conn)
        duties: list[Duty] = []
        undated = 0
        for kind in kinds.values():
            for row in db.owed(conn, kind.code, now):
                try:
                    duties.append(_duty(kind, row))
                except CalendarUnknown:
                    undated += 1
        standing = [
            OpenReminder(
                reminder_id=one.reminder_id,
                key=DutyKey(one.kind, one.unit_id, one.subject, one.period_on),
                due_at=one.due_at,
                is_overdue=one.is_overdue,
            )
            for one in db.open_reminders(conn)
        ]
        changes = judge_duties(duties, standing, now)
        db.add_reminders(conn, _rows(changes.opened, now))
        db.add_reminder_events(conn, changes.events, now)
    count = [kind for _, kind in changes.events].count
    return Reminded(len(changes.opened), count("overdue"), count("reached"), count("withdrawn"), undated)


def _rows(duties: tuple[Duty, ...], now: datetime) -> Iterator[dict[str, object]]:
    kinds = load_reminder_kinds()
    for duty in duties:
        kind = kinds[duty.key.kind]
        yield {
            "kind": duty.key.kind,
            "audience": kind.audience,
            "unit_id": duty.key.unit_id,
            "subject": duty.key.subject,
            "period_on": duty.key.period_on,
            "due_at": duty.due_at,
            "severity": kind.severity,
            "opened_at": now,
        }


def _duty(kind: ReminderKind, row: OwedRow) -> Duty:
    """A duty with its day.

    Raises: CalendarUnknown where it counts in working days that nobody has announced yet.
    """
    due_at = _due_at(kind, row)
    # An outage that was mended in time needs no filing.
    is_mended = row.heard_on is not None and day_start(row.heard_on) <= due_at
    return Duty(
        key=DutyKey(kind.code, row.unit_id, row.subject, row.period_on),
        due_at=due_at,
        is_reached=row.is_reached or is_mended,
        lead=timedelta(days=kind.lead_days),
    )


def _due_at(kind: ReminderKind, row: OwedRow) -> datetime:
    if row.due_at is not None:
        return row.due_at
    if row.due_on is not None:
        return _end_of(day_start(row.due_on))
    if kind.days_after_period is not None and row.period_on is not None:
        return _end_of(day_start(Month.of(row.period_on).end_on + timedelta(days=kind.days_after_period - 1)))
    since_on = day_of(row.since_at) if row.since_at is not None else row.period_on
    if since_on is None or kind.workdays is None:
        raise ValueError(f"{kind.code}: nothing says when it is due")
    return _end_of(day_start(add_workdays(since_on, kind.workdays)))


def _end_of(start_at: datetime) -> datetime:
    """The last second of a Shanghai day: a duty of a day may be done until midnight."""
    return datetime.combine(day_of(start_at), time(23, 59, 59), SHANGHAI)
