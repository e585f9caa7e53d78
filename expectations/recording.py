"""Writes what a run found: finding → alert → case with evidence; writing the same again adds nothing.

Before it: `runner` took the offending rows from Great Expectations. After it: `following` says what went quiet and what
many units have in common; people decide on the case (`nenghao.review`).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from expectations import context, placing
from expectations.catalogue import DID_NOT_RUN, Rule
from expectations.suites import Check
from nenghao.db import audit, case_groups, cases
from nenghao.db.connection import Connection
from nenghao.domain.periods import SHANGHAI, day_of

#: Rules compare a day with this many days on either side of it; a changed day is judged again as history, too.
WINDOW: Final = timedelta(days=28)
#: Two series of a quarter-hour meter over five days; the rest of a longer span stays findable by series and time.
EVIDENCE_READINGS: Final = 1000
#: From here on Python writes a float as 1e+16 and the store gives it back as whole: its hash would not be found again.
WRITTEN_WHOLE: Final = 1e16


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What writing a finding added: 0 or 1 each; and the finding, whether it is new or was there."""

    findings: int = 0
    cases: int = 0
    finding_id: int | None = None


@dataclass(frozen=True, slots=True)
class Offence:
    """An offending row of a rule, as Great Expectations returned it."""

    check: Check
    version: int
    row: dict[str, Any]


def record_rows(conn: Connection, run_id: int, offences: Iterable[Offence], now: datetime) -> list[Counts]:
    """Write offending rows, those of long spans first: what one of them explains then finds its case there."""
    ordered = sorted(offences, key=_by_length)
    return [record_violation(conn, run_id, one.check, one.version, one.row, now) for one in ordered]


def _by_length(offence: Offence) -> tuple[timedelta, datetime, str, int]:
    row = offence.row
    length = row["span_from"] - row["span_to"]
    return length, row["span_from"], offence.check.rule.code, row.get("series_id") or 0


def record_violation(
    conn: Connection, run_id: int, check: Check, version: int, row: dict[str, Any], now: datetime
) -> Counts:
    """Write one offending row of a rule.

    A row that continues an earlier finding joins its alert and case, one that has the cause of another case joins that;
    what a declared event or a mute silences opens none.
    """
    rule = check.rule
    finding, subject = _finding_of(conn, check, version, row)
    pieces: list[tuple[str, Any]] = []
    earlier = _earlier(conn, check, finding)
    is_known = earlier is not None and earlier.is_same
    events = [] if is_known else context.events_of(conn, finding)
    if not is_known and rule.mode == "live":
        silencer = context.silencer_of(conn, finding, events, now)
        if silencer is not None:
            return _record_silenced(conn, run_id, finding, subject, silencer, now)
    if earlier is not None and _is_of_its_case(earlier, rule):
        finding = replace(finding, fingerprint=earlier.fingerprint)
    elif earlier is not None:
        mark = [*subject, plain_piece(finding.span[0]), earlier.fingerprint.hex()]
        finding = replace(finding, fingerprint=_hash(mark))
        pieces.append(("earlier_case", {"case_id": earlier.case_id, "decision": earlier.decision}))
    added, is_told = _insert(conn, run_id, finding, now)
    if is_told or added.finding_id is None:
        return added
    place = placing.open_or_join(conn, run_id, finding, added.finding_id, now)
    span = [plain_piece(each) for each in finding.span]
    pieces += [
        ("row", {"finding_id": added.finding_id, "span": span, **finding.evidence}),
        ("thresholds", finding.thresholds),
        ("innocence", list(rule.innocence)),
    ]
    if events:
        weighed = [context.plain_event(event, finding) for event in events]
        told = [{name: plain_piece(value) for name, value in one.items()} for one in weighed]
        pieces.append(("context", {"finding_id": added.finding_id, "events": told}))
    if finding.series_id is not None:
        pieces += _readings_and_meters(conn, rule, finding.series_id, *finding.span)
        pieces += _judged(conn, rule, row)
    _insert_pieces(conn, place, pieces, now)
    placing.assess(conn, run_id, place.case_id, now)
    return replace(added, cases=int(place.is_new))


def _record_silenced(
    conn: Connection,
    run_id: int,
    finding: audit.NewFinding,
    subject: list[Any],
    silencer: tuple[str, int],
    now: datetime,
) -> Counts:
    """Store a finding that opens no alert; no alert ever has its fingerprint."""
    mark = [*subject, plain_piece(finding.span[0]), *silencer]
    finding_id = audit.insert_finding(conn, run_id, replace(finding, fingerprint=_hash(mark)), now)
    if finding_id is None:
        return Counts()
    case_groups.silence_finding(conn, finding_id, *silencer, now)
    return Counts(findings=1, finding_id=finding_id)


def _insert(conn: Connection, run_id: int, finding: audit.NewFinding, now: datetime) -> tuple[Counts, bool]:
    """Write a finding unless it is there; and whether no more is to be told: its case tells it, or it is shadowed."""
    finding_id = audit.insert_finding(conn, run_id, finding, now)
    if finding_id is not None:
        return Counts(findings=1, finding_id=finding_id), finding.mode == "shadow"
    same_id = case_groups.same_finding(conn, finding.fingerprint, finding.rule_version, finding.evidence_hash)
    # What was found in the shadow has no alert yet when the rule goes live.
    is_told = finding.mode == "shadow" or cases.alert_of(conn, finding.fingerprint) is not None
    return Counts(finding_id=same_id), is_told


def _finding_of(
    conn: Connection, check: Check, version: int, row: dict[str, Any]
) -> tuple[audit.NewFinding, list[Any]]:
    """The finding of a row, and what it is about, of which its fingerprint is made."""
    rule = check.rule
    thresholds = {
        name: {"value": str(item.value), "unit": item.unit, "valid_from": item.valid_from.isoformat()}
        for name, item in audit.thresholds_now(conn, rule.code).items()
    }
    evidence = {**check.constants, **{name: plain_piece(row[name]) for name in rule.evidence if name in row}}
    unit_id, point_id, series_id = row["unit_id"], row.get("point_id"), row.get("series_id")
    span_from, span_to = span = (row["span_from"], row["span_to"])
    # A relation of a form is broken at a cell, everything else at a point or a series.
    cell = [row.get("row_code"), row.get("column_code")]
    subject = [rule.code, unit_id, point_id, series_id, check.constants, cell]
    finding = audit.NewFinding(
        rule_code=rule.code,
        rule_version=version,
        fingerprint=_hash([*subject, plain_piece(span_from)]),
        unit_id=unit_id,
        point_id=point_id,
        series_id=series_id,
        span=span,
        level=rule.level,
        evidence=evidence,
        thresholds=thresholds,
        # The span is part of what was found: a longer span of the same cause is another finding.
        evidence_hash=_hash([plain_piece(span_from), plain_piece(span_to), evidence, thresholds]),
        kind=row.get("kind") if rule.detector else rule.kind,
        score=row.get("score"),
        expected_energy=row.get("expected_energy"),
        observed_energy=row.get("observed_energy"),
        energy_unit=row.get("energy_unit"),
        mode=rule.mode,
    )
    return finding, subject


def _insert_pieces(conn: Connection, place: placing.Place, pieces: Iterable[tuple[str, Any]], now: datetime) -> None:
    for kind, content in pieces:
        cases.insert_evidence(
            conn,
            case_id=place.case_id,
            alert_id=place.alert_id,
            kind=kind,
            content=content,
            content_hash=_hash(content),
            recorded_at=now,
        )


def record_failure(
    conn: Connection,
    run_id: int,
    check: Check,
    version: int,
    days: tuple[datetime, datetime],
    reason: str,
    now: datetime,
) -> Counts:
    """Write that a check did not run: an alert and a case of no unit, so that silence is never taken for a pass."""
    evidence = {"rule": check.rule.code, "reason": reason, **check.constants}
    finding = audit.NewFinding(
        rule_code=DID_NOT_RUN,
        rule_version=version,
        fingerprint=_hash([DID_NOT_RUN, check.rule.code, check.constants, *map(plain_piece, days)]),
        unit_id=None,
        point_id=None,
        series_id=None,
        span=days,
        level="lead",
        evidence=evidence,
        thresholds={},
        evidence_hash=_hash(evidence),
    )
    finding_id = audit.insert_finding(conn, run_id, finding, now)
    if finding_id is None:
        return Counts()
    place = placing.open_or_join(conn, run_id, finding, finding_id, now)
    _insert_pieces(conn, place, [("row", evidence)], now)
    return Counts(findings=1, cases=int(place.is_new), finding_id=finding_id)


def _earlier(conn: Connection, check: Check, finding: audit.NewFinding) -> audit.EarlierFinding | None:
    """The finding that this one continues: of a span that overlaps or is next to its own.

    A relation is the same one at the same cell in the same month; months next to each other do not continue.
    """
    is_relation = bool(check.constants)
    about = (*check.constants, "row_code", "column_code") if is_relation else ()
    subject: dict[str, Any] = {name: finding.evidence[name] for name in about if name in finding.evidence}
    return audit.touching_finding(conn, finding, subject=subject, is_joining=not is_relation)


def _is_of_its_case(earlier: audit.EarlierFinding, rule: Rule) -> bool:
    """Whether a finding is told by the case of an earlier one; else it opens a case of its own (decision 0004).

    A dismissal answers for what it saw however long it goes on, a confirmation for the span that it took out only; what
    comes beside either is new. So is another conflict or another balance that breaks the relation.
    """
    if earlier.is_same or earlier.decision is None:
        return True
    if rule.batch not in ("series_day", "candidate"):
        return False
    return earlier.is_overlapping if earlier.decision == "dismiss" else earlier.is_covering


def _readings_and_meters(
    conn: Connection, rule: Rule, series_id: int, span_from: datetime, span_to: datetime
) -> list[tuple[str, Any]]:
    series_ids = [series_id] if rule.exclusion == "none" else cases.channels(conn, series_id)
    readings = cases.readings_of_span(conn, series_ids, span_from, span_to, EVIDENCE_READINGS)
    meters = cases.meters_of_series(conn, series_ids, span_from)
    return [("readings", _plain_rows(readings)), ("meters", _plain_rows(meters))]


def _judged(conn: Connection, rule: Rule, row: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the rule's query read of the series that its row names.

    Days are made again, and an alert has to be derived again from what stood there then.
    """
    if rule.batch == "reading_conflict":
        return [("conflicts", _plain_rows(cases.conflicts(conn, row["conflict_ids"])))]
    series_ids = sorted({value for name, value in row.items() if name.endswith("series_id") and value is not None})
    span_from, last_on = row["span_from"], day_of(row["span_to"])
    first_on = day_of(span_from) if rule.exclusion == "none" else day_of(span_from - WINDOW)
    return [("days", _plain_rows(cases.days_judged(conn, series_ids, first_on, last_on)))]


def _plain_rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: plain_piece(value) for name, value in row.items()} for row in rows]


def plain_piece(value: Any) -> Any:
    """A value as JSON can hold it exactly: decimals as text, instants in Shanghai time."""
    match value:
        case Decimal():
            return format(value.normalize(), "f")
        case datetime():
            return value.astimezone(SHANGHAI).isoformat()
        case date():
            return value.isoformat()
        case list():
            return [plain_piece(item) for item in value]
        case dict():
            return {name: plain_piece(item) for name, item in value.items()}
        case float() if not isfinite(value):
            return None
        case float() if abs(value) >= WRITTEN_WHOLE:
            return int(value)
        case _:
            return value


def _hash(content: Any) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()
