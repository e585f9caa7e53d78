"""Opens cases and writes what people decide on them; a confirmed case takes its spans out of the figures, or puts the
values in force that were reported against standing ones.

Before it: `expectations` opened a case for an alert. After it: jobs read exclusions and values in force.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from nenghao.db import cases
from nenghao.db.connection import Connection
from nenghao.errors import DataRefused

DecisionKind = Literal["inquire", "explain", "confirm", "dismiss", "reopen"]
Outcome = Literal["instrument_fault", "communication", "definition", "omission", "explainable", "interference_referred"]

#: What a confirmed conflict of values puts in force: the value that was reported later, or the one that stands.
Values = Literal["reported", "standing"]

#: Which decisions may follow which (None: the case is new). A closed case is only reopened.
FOLLOWS: dict[DecisionKind | None, tuple[DecisionKind, ...]] = {
    None: ("inquire", "explain", "confirm", "dismiss"),
    "reopen": ("inquire", "explain", "confirm", "dismiss"),
    "inquire": ("explain", "confirm", "dismiss"),
    "explain": ("inquire", "explain", "confirm", "dismiss"),
    "confirm": ("reopen",),
    "dismiss": ("reopen",),
}

#: Which outcomes a decision may have: what can be explained is dismissed, and what goes to another body is confirmed.
OUTCOMES: dict[DecisionKind, tuple[Outcome, ...]] = {
    "confirm": ("instrument_fault", "communication", "definition", "omission", "interference_referred"),
    "dismiss": ("instrument_fault", "communication", "definition", "omission", "explainable"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case with all that stands behind it."""

    head: dict[str, Any]
    findings: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    history: list[dict[str, Any]]
    precision: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that was written, how many spans it took out of the figures, and how many values it put in force."""

    decision_id: int
    exclusions: int
    adoptions: int


def open_case(conn: Connection, case_id: int) -> CaseView:
    """Everything about a case.

    Raises: DataRefused where there is no such case.
    """
    head = cases.case_head(conn, case_id)
    if head is None:
        raise DataRefused(f"there is no case {case_id}")
    findings = cases.case_findings(conn, case_id)
    versions = {(finding["rule_code"], finding["rule_version"]) for finding in findings}
    return CaseView(
        head=head,
        findings=findings,
        evidence=cases.case_evidence(conn, case_id),
        decisions=cases.case_decisions(conn, case_id),
        history=cases.case_history(conn, case_id),
        precision=[
            row
            for code in sorted({code for code, _ in versions})
            for row in cases.precision_of_rules(conn, code)
            if (row["rule_code"], row["rule_version"]) in versions
        ],
    )


def decide(
    conn: Connection,
    case_id: int,
    kind: DecisionKind,
    outcome: Outcome | None,
    reason: str,
    decided_by: str,
    now: datetime,
    values: Values | None = None,
) -> Decided:
    """Write a decision on a case, in one transaction with what follows from it.

    Confirming writes exclusions over the spans that were found, or where values conflict puts the chosen ones in force,
    and marks their days as changed. Nothing is edited: reopening is a new decision, too. What a decision wrote stands
    while a case is open again, until it is confirmed anew or dismissed.

    Raises: DataRefused where the case does not exist or the decision does not fit.
    """
    with conn.transaction():
        cases.lock_case(conn, case_id)
        case = open_case(conn, case_id)
        _check(case, kind, outcome, reason, decided_by)
        conflict_ids, revision_ids = _named(case, "conflict_ids"), _named(case, "revision_ids")
        if (values is not None) != (kind == "confirm" and bool(conflict_ids or revision_ids)):
            wanted = "says which values count" if values is None else "has no values to choose"
            raise DataRefused(f"case {case_id}: {kind} {wanted}")
        decision_id = cases.insert_decision(
            conn,
            case_id=case_id,
            kind=kind,
            outcome=outcome,
            reason=reason.strip(),
            decided_by=decided_by,
            decided_at=now,
        )
        spans = sorted(_excluded(conn, case.findings)) if kind == "confirm" else []
        for series_id, covers, from_at, to_at in spans:
            cases.insert_exclusion(
                conn,
                decision_id=decision_id,
                series_id=series_id,
                span=(from_at, to_at),
                covers=covers,
                recorded_at=now,
            )
        reported = _reported(conn, conflict_ids, revision_ids) if values == "reported" else []
        for each in reported:
            cases.insert_adoption(conn, decision_id=decision_id, reported=each, recorded_at=now)
        if kind in ("confirm", "dismiss"):
            cases.mark_case_days(conn, case_id)
        if kind in ("confirm", "dismiss", "reopen"):
            cases.repeat_decision(conn, decision_id)
    return Decided(decision_id=decision_id, exclusions=len(spans), adoptions=len(reported))


def _check(case: CaseView, kind: DecisionKind, outcome: Outcome | None, reason: str, decided_by: str) -> None:
    case_id = case.head["case_id"]
    if case.head["into_case_id"] is not None:
        raise DataRefused(f"case {case_id}: it was merged into case {case.head['into_case_id']}, which is decided on")
    last = case.decisions[-1]["kind"] if case.decisions else None
    if kind not in FOLLOWS[last]:
        raise DataRefused(f"case {case_id}: {kind} does not follow {last or 'opening'}")
    if not reason.strip() or not decided_by.strip():
        raise DataRefused(f"case {case_id}: a decision needs a reason and a name")
    if kind == "inquire" and case.head["is_common_cause"]:
        raise DataRefused(f"case {case_id}: many units have this in common, and none of them is asked")
    if kind == "inquire" and case.head["level"] != "doubt":
        raise DataRefused(
            f"case {case_id}: a lead rests on one statistical test and is never asked of the unit; it takes a second,"
            " independent channel or document"
        )
    if (outcome is None) == (kind in OUTCOMES):
        wanted = f"needs an outcome: {', '.join(OUTCOMES[kind])}" if outcome is None else "has no outcome"
        raise DataRefused(f"case {case_id}: {kind} {wanted}")
    if outcome is not None and outcome not in OUTCOMES[kind]:
        raise DataRefused(f"case {case_id}: {kind} has one of these outcomes: {', '.join(OUTCOMES[kind])}")


def _named(case: CaseView, evidence: str) -> list[int]:
    """Ids of the conflicting values, or of the waiting corrections, that the case is about."""
    return sorted({number for finding in case.findings for number in finding["evidence"].get(evidence, ())})


def _reported(conn: Connection, conflict_ids: list[int], revision_ids: list[int]) -> list[dict[str, Any]]:
    """The values that were reported against standing ones, the last message's where a reading has two."""
    found = [*cases.reported_values(conn, conflict_ids), *cases.corrected_values(conn, revision_ids)]
    last = {(row["series_id"], row["at"]): row for row in sorted(found, key=lambda row: int(row["message_id"]))}
    return [last[place] for place in sorted(last)]


def _excluded(conn: Connection, findings: Iterable[dict[str, Any]]) -> set[tuple[int, str, datetime, datetime]]:
    """Spans to take out, overlapping ones of a series as one, and whether they cover readings or the counting itself:
    what each rule's definition says of itself.
    """
    spans: dict[tuple[int, str], list[tuple[datetime, datetime]]] = {}
    for finding in findings:
        covers = finding["definition"].get("exclusion_covers", "readings")
        for series_id in _series_of(conn, finding):
            spans.setdefault((series_id, covers), []).append((finding["span_from"], finding["span_to"]))
    return {(*of, *span) for of, found in spans.items() for span in _union(found)}


def _series_of(conn: Connection, finding: dict[str, Any]) -> list[int]:
    match finding["definition"].get("exclusion", "none"), finding["series_id"]:
        case _, None:
            return []
        case "series", series_id:
            return [series_id]
        case "channels", series_id:
            return cases.channels(conn, series_id)
        case _:
            return []


def _union(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for from_at, to_at in sorted(spans):
        if joined and from_at <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(to_at, joined[-1][1]))
        else:
            joined.append((from_at, to_at))
    return joined
