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


def verdict(event: Event, question: Question) -> str:
    reasons = load_event_reasons()
    return weigh(event, question, reasons.explains, reasons.silencing_timeliness, reasons.margin)


@pytest.mark.parametrize(
    ("event", "question", "expected"),
    [
        (SHUTDOWN, ZERO, "silences"),
        (replace(SHUTDOWN, timeliness="late"), ZERO, "explains"),
        (replace(SHUTDOWN, timeliness="unknown"), ZERO, "explains"),
        (SHUTDOWN, replace(ZERO, level="doubt"), "explains"),
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
