"""Holds findings against what was declared and published: an event silences one, explains it, or was considered.

Before it: `recording` made a finding. After it: it is stored without an alert, or its case opens lower.
"""

from datetime import datetime
from typing import Any

from nenghao.db import case_groups
from nenghao.db.audit import NewFinding
from nenghao.db.connection import Connection
from nenghao.domain.context import Event, Question, Verdict, weigh
from nenghao.reference.cases import channel_of, load_event_reasons


def events_of(conn: Connection, finding: NewFinding) -> list[Event]:
    """The events that may bear on a finding; none on one of no unit or of no kind, which no event can explain."""
    if finding.unit_id is None or finding.kind is None:
        return []
    return case_groups.events_near(conn, finding.unit_id, finding.point_id, finding.span, load_event_reasons().margin)


def silencer_of(conn: Connection, finding: NewFinding, events: list[Event], now: datetime) -> tuple[str, int] | None:
    """What lets a finding open no alert, as (table, id): a mute in force, or an event that leaves no question."""
    mute_id = case_groups.mute_of(conn, finding.rule_code, finding.unit_id, finding.point_id, now)
    if mute_id is not None:
        return "mute", mute_id
    return next(((event.source, event.source_id) for event in events if _verdict(event, finding) == "silences"), None)


def plain_event(event: Event, finding: NewFinding) -> dict[str, Any]:
    """An event as evidence: what was considered, and what it says about the finding."""
    return {
        "source": event.source,
        "source_id": event.source_id,
        "kind": event.kind,
        "title": event.title,
        "document_no": event.document_no,
        "begin_at": event.begin_at,
        "end_at": event.end_at,
        "timeliness": event.timeliness,
        "verdict": _verdict(event, finding),
    }


def _verdict(event: Event, finding: NewFinding) -> Verdict:
    question = Question(
        kind=finding.kind,
        level=finding.level,
        begin_at=finding.span[0],
        end_at=finding.span[1],
        channel=channel_of(finding.rule_code, None),
    )
    return weigh(event, question, load_event_reasons())
