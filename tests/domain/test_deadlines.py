"""Duties held against reminders: only what changes is written, and a second look writes nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.deadlines import NOTHING, Changes, Duty, DutyKey, OpenReminder, judge_duties

NOW = datetime(2026, 10, 9, 4, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = DutyKey("filing", 1, "205-1", date(2026, 9, 1))
DUE = Duty(key=KEY, due_at=NOW + 3 * DAY, is_reached=False, lead=5 * DAY)
OPEN = OpenReminder(reminder_id=7, key=KEY, due_at=DUE.due_at, is_overdue=False)


def test_a_reminder_is_opened_when_its_time_has_come() -> None:
    assert judge_duties([DUE], [], NOW - 3 * DAY) == NOTHING
    assert judge_duties([DUE], [], NOW) == Changes((DUE,), ())
    assert judge_duties([DUE], [OPEN], NOW) == NOTHING


def test_what_is_done_in_time_is_never_reminded_of() -> None:
    assert judge_duties([replace(DUE, is_reached=True)], [], NOW) == NOTHING


def test_a_reminder_ends_when_its_duty_is_done() -> None:
    assert judge_duties([replace(DUE, is_reached=True)], [OPEN], NOW) == Changes((), ((7, "reached"),))


def test_a_reminder_of_nothing_owed_any_more_is_withdrawn() -> None:
    assert judge_duties([], [OPEN], NOW) == Changes((), ((7, "withdrawn"),))


def test_another_day_is_another_reminder() -> None:
    moved = replace(DUE, due_at=DUE.due_at + DAY)
    assert judge_duties([moved], [OPEN], NOW) == Changes((moved,), ((7, "withdrawn"),))
    far = replace(DUE, due_at=DUE.due_at + 30 * DAY)
    assert judge_duties([far], [OPEN], NOW) == Changes((), ((7, "withdrawn"),))


def test_late_is_said_once() -> None:
    later = NOW + 4 * DAY
    assert judge_duties([DUE], [OPEN], later) == Changes((), ((7, "overdue"),))
    assert judge_duties([DUE], [replace(OPEN, is_overdue=True)], later) == NOTHING
    assert judge_duties([DUE], [OPEN], DUE.due_at) == NOTHING, "until the very instant it is in time"


duties = st.builds(
    Duty,
    key=st.builds(
        DutyKey, st.sampled_from(["filing", "acceptance"]), st.integers(1, 3), st.just("s"), st.just(KEY.period_on)
    ),
    due_at=st.integers(-9, 9).map(lambda days: NOW + days * DAY),
    is_reached=st.booleans(),
    lead=st.integers(0, 9).map(lambda days: days * DAY),
)


@settings(max_examples=60)
@given(st.lists(duties, max_size=8, unique_by=lambda duty: duty.key), st.lists(duties, max_size=8))
def test_a_second_look_writes_nothing(now_owed: list[Duty], before: list[Duty]) -> None:
    standing: dict[int, OpenReminder] = {}
    for owed in ([*{duty.key: duty for duty in before}.values()], now_owed):
        changes = judge_duties(owed, standing.values(), NOW)
        for number, kind in changes.events:
            if kind == "overdue":
                standing[number] = replace(standing[number], is_overdue=True)
            else:
                del standing[number]
        for duty in changes.opened:
            number = len(standing) + 100 * len(changes.opened) + max(standing, default=0)
            standing[number] = OpenReminder(
                reminder_id=number, key=duty.key, due_at=duty.due_at, is_overdue=duty.due_at < NOW
            )
    assert judge_duties(now_owed, standing.values(), NOW) == NOTHING
    assert {one.key for one in standing.values()} == {
        duty.key for duty in now_owed if not duty.is_reached and duty.due_at - duty.lead <= NOW
    }
