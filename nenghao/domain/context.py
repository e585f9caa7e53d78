"""What a declared or public event says about a finding: that it explains it, or that it leaves no question.

Before: a rule found something, and the ledger of context knows what went on. After: no alert, or a case that opens
lower (`expectations.context`).
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
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
    #: The channel that its rule speaks of: what explains a residual explains no register.
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What events can explain, and how far."""

    #: By table and kind of event: kinds of findings.
    explains: Mapping[tuple[str, str], Set[str]]
    silencing_timeliness: Set[str]
    margin: timedelta
    #: Kinds of events after which things stay as they became: they explain what begins with them, for `reach`.
    dated: Set[str]
    reach: timedelta
    #: Kinds of events that can explain a doubt: of any channel, and of one.
    explains_any_doubt: Set[str]
    explains_doubt: Mapping[str, Set[str]]


def weigh(event: Event, question: Question, reasons: Reasons) -> Verdict:
    """What an event says about a finding.

    It silences a lead of a kind that it explains where it was filed in time and the finding lies within it. What is
    filed late or overlaps only, it explains. A doubt is never silenced, and only what moves two channels apart,
    filed in time, explains it: a stop moves them together, and nobody declares a doubt away after the fact.
    """
    if question.kind is None or question.kind not in reasons.explains.get((event.source, event.kind), frozenset()):
        return "unrelated"
    is_timely = event.timeliness in reasons.silencing_timeliness
    if question.level == "doubt" and not (is_timely and _may_explain_doubt(event, question, reasons)):
        return "unrelated"
    effects = _effects(event, reasons)
    if not any(_overlaps(effect, question, reasons.margin) for effect in effects):
        return "unrelated"
    is_silencing = is_timely and question.level == "lead"
    is_dated = event.kind in reasons.dated
    if is_silencing and any(_covers(effect, question, reasons.margin, is_dated=is_dated) for effect in effects):
        return "silences"
    return "explains"


def _may_explain_doubt(event: Event, question: Question, reasons: Reasons) -> bool:
    of_channel = reasons.explains_doubt.get(question.channel or "", frozenset())
    return event.kind in reasons.explains_any_doubt or event.kind in of_channel


def _effects(event: Event, reasons: Reasons) -> list[Event]:
    """The event as far as it moves anything: of one that changes things on a date, some days from there and its end."""
    if event.kind not in reasons.dated or event.is_change:
        return [event]
    dates = [event.begin_at] if event.end_at is None else [event.begin_at, event.end_at]
    return [replace(event, begin_at=at, end_at=at + reasons.reach) for at in dates]


def _overlaps(event: Event, question: Question, margin: timedelta) -> bool:
    if event.is_change:
        return question.begin_at - margin <= event.begin_at <= question.end_at
    return event.begin_at < question.end_at and (event.end_at is None or event.end_at > question.begin_at)


def _covers(event: Event, question: Question, margin: timedelta, *, is_dated: bool) -> bool:
    begins_with_it = event.begin_at - margin <= question.begin_at
    if event.is_change:
        return begins_with_it and question.begin_at <= event.begin_at + margin
    # What a date changed stays changed: only its beginning has to lie near.
    end_at = question.begin_at if is_dated else question.end_at
    return begins_with_it and (event.end_at is None or end_at <= event.end_at + margin)
