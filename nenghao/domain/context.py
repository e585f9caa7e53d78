"""What a declared or public event says about a finding: that it explains it, or that it leaves no question.

Before: a rule found something, and the ledger of context knows what went on. After: no alert, or a case that opens
lower (`expectations.context`).
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

#: An event that neither silences nor explains was considered all the same, and is listed.
Verdict = Literal["silences", "explains", "unrelated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A row of the ledger of context. Without an end it lasts; a change of a meter is an instant."""

    source: str
    source_id: int
    kind: str
    begin_at: datetime
    end_at: datetime | None
    timeliness: str
    title: str
    document_no: str | None

    @property
    def is_change(self) -> bool:
        """Whether it is an instant after which things are different."""
        return self.end_at == self.begin_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What of a finding an event has to answer."""

    kind: str | None
    level: str
    begin_at: datetime
    end_at: datetime


def weigh(
    event: Event,
    question: Question,
    explains: Mapping[tuple[str, str], Set[str]],
    silencing_timeliness: Set[str],
    margin: timedelta,
) -> Verdict:
    """What an event says about a finding.

    It silences a lead of a kind that it explains where it was filed in time and the finding lies within it; a doubt,
    and what is filed late or overlaps only, it explains.
    """
    if question.kind is None or question.kind not in explains.get((event.source, event.kind), frozenset()):
        return "unrelated"
    if not _overlaps(event, question, margin):
        return "unrelated"
    is_silencing = event.timeliness in silencing_timeliness and question.level == "lead"
    return "silences" if is_silencing and _covers(event, question, margin) else "explains"


def _overlaps(event: Event, question: Question, margin: timedelta) -> bool:
    if event.is_change:
        return question.begin_at - margin <= event.begin_at <= question.end_at
    return event.begin_at < question.end_at and (event.end_at is None or event.end_at > question.begin_at)


def _covers(event: Event, question: Question, margin: timedelta) -> bool:
    begins_with_it = event.begin_at - margin <= question.begin_at
    if event.is_change:
        return begins_with_it and question.begin_at <= event.begin_at + margin
    return begins_with_it and (event.end_at is None or question.end_at <= event.end_at + margin)
