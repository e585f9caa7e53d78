"""What a declared event says of a finding."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nenghao.domain.context import Event, Question, weigh
from nenghao.reference.cases import load_event_reasons

DAY = datetime(2026, 8, 3, tzinfo=UTC)
SHUTDOWN = Event(
    source="context_event", source_id=1, kind="shutdown", begin_at=DAY, end_at=DAY + timedelta(days=10),
    timeliness="before", title="年度检修", document_no="d",
)  # fmt: skip
ZERO = Question(kind="zero", level="lead", begin_at=DAY + timedelta(days=1), end_at=DAY + timedelta(days=4))
CHANGE = replace(SHUTDOWN, source="meter_change", kind="meter_change", end_at=DAY)


REGISTER = replace(ZERO, kind="scale", level="doubt", channel="register")
RESIDUAL = replace(REGISTER, channel="network")
WORK = replace(SHUTDOWN, kind="metering_work")


def verdict(event: Event, question: Question) -> str:
    return weigh(event, question, load_event_reasons())


@pytest.mark.parametrize(
    ("event", "question", "expected"),
    [
        (SHUTDOWN, ZERO, "silences"),
        (replace(SHUTDOWN, timeliness="late"), ZERO, "explains"),
        (replace(SHUTDOWN, timeliness="unknown"), ZERO, "explains"),
        # Two channels that disagree: a stop moves both alike.
        (SHUTDOWN, replace(ZERO, level="doubt"), "unrelated"),
        (WORK, REGISTER, "explains"),
        (WORK, RESIDUAL, "explains"),
        # Nobody declares a doubt away after the fact.
        (replace(WORK, timeliness="late"), REGISTER, "unrelated"),
        (replace(SHUTDOWN, kind="own_generation"), REGISTER, "unrelated"),
        (replace(SHUTDOWN, kind="own_generation"), RESIDUAL, "explains"),
        (replace(CHANGE, kind="multiplier_change", source="multiplier_change"), REGISTER, "explains"),
        (SHUTDOWN, replace(ZERO, end_at=DAY + timedelta(days=20)), "explains"),
        (SHUTDOWN, replace(ZERO, kind="register"), "unrelated"),
        (SHUTDOWN, replace(ZERO, kind="revision"), "unrelated"),
        (SHUTDOWN, replace(ZERO, kind=None), "unrelated"),
        (replace(SHUTDOWN, kind="other"), ZERO, "unrelated"),
        (replace(SHUTDOWN, end_at=None), replace(ZERO, end_at=DAY + timedelta(days=99)), "silences"),
        (SHUTDOWN, replace(ZERO, begin_at=DAY + timedelta(days=12), end_at=DAY + timedelta(days=13)), "unrelated"),
        (CHANGE, replace(ZERO, kind="register", begin_at=DAY - timedelta(days=3)), "explains"),
        (CHANGE, replace(ZERO, kind="register", begin_at=DAY, end_at=DAY + timedelta(days=60)), "silences"),
        (CHANGE, replace(ZERO, kind="scale", begin_at=DAY - timedelta(days=9)), "explains"),
        (CHANGE, replace(ZERO, kind="revision"), "unrelated"),
    ],
)
def test_what_an_event_says(event: Event, question: Question, expected: str) -> None:
    assert verdict(event, question) == expected


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("tariff", "clock"),
        ("tariff", "scale"),
        ("heating_season", "drift"),
        ("demand_contract", "clip"),
        ("own_generation", "reversal"),
        ("capacity_change", "scale"),
    ],
)
def test_what_changed_things_on_a_date_explains_what_begins_then_and_not_for_years(kind: str, found: str) -> None:
    years = replace(SHUTDOWN, kind=kind, end_at=DAY + timedelta(days=900))

    def after(days: int, length: int = 3) -> Question:
        begin_at = DAY + timedelta(days=days)
        return replace(ZERO, kind=found, begin_at=begin_at, end_at=begin_at + timedelta(days=length))

    assert verdict(years, after(0)) == "silences"
    assert verdict(years, after(7, length=28)) == "silences"
    assert verdict(replace(years, end_at=None), after(7)) == "silences"
    assert verdict(years, after(-5, length=20)) == "explains"
    assert verdict(years, after(60)) == "unrelated"
    assert verdict(years, after(400, length=28)) == "unrelated"
    assert verdict(replace(years, end_at=None), after(400)) == "unrelated"
    assert verdict(years, after(900)) == "silences"
    assert verdict(replace(years, timeliness="late"), after(3)) == "explains"
