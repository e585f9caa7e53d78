"""Runs the rules by Great Expectations over what changed, takes every offending row, and has it recorded.

Before it: `nenghao.jobs` closed series days and left a mark for each. After it: `recording` writes findings and cases.

The marks are deleted in the transaction that writes the findings, and before the rules read: a mark is only visible
when the day it stands for is, so the rules see at least what was marked; a mark that comes later stays for the next
run; a crash rolls the deletion back.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from expectations import catalogue, following, recording, suites
from expectations.catalogue import DID_NOT_RUN
from expectations.checkpoint import Outcome, validate_all
from expectations.recording import Counts, Offence
from expectations.scopes import ONE_DAY, Scope, detectors_of, plan_batches, plan_scopes
from expectations.suites import Check
from nenghao.config import Role, Settings
from nenghao.db import audit, candidates
from nenghao.db.connection import Connection, connect
from nenghao.domain.periods import day_of
from nenghao.jobs.compute_features import compute_features
from nenghao.jobs.find_candidates import DetectionScope, find_candidates
from nenghao.review.listing import list_anew

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSummary:
    """What an audit did; numbers of rows it added."""

    days: int = 0
    checks: int = 0
    not_run: int = 0
    violations: int = 0
    findings: int = 0
    cases: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    #: Seconds that detectors took, curves included, and Great Expectations.
    detect_s: float = 0.0
    validate_s: float = 0.0

    def counts(self) -> dict[str, int]:
        """The numbers alone, by name."""
        return {name: getattr(self, name) for name in ("days", "checks", "not_run", "violations", "findings", "cases")}


def audit_pending(settings: Settings, now: datetime) -> AuditSummary:
    """Audit every closed day that changed since it was audited last, its conflicts and senders. Marks of today stay.

    Raises: RetryableError where the database is away or another audit runs.
    """
    versions = sync_rules(settings)
    open_on = day_of(now)
    with connect(settings, Role.RULES) as conn:
        audit.lock_audit(conn)
        marks = {*audit.take_marks(conn, open_on), *audit.conflict_days(conn, open_on)}
        marks |= {*audit.sender_days(conn, open_on)}
        return _audit_scopes(settings, conn, list(plan_scopes(marks)), versions, now, is_pending=True)


def audit_days(settings: Settings, first_on: date, last_on: date, now: datetime) -> AuditSummary:
    """Audit the days from `first_on` to `last_on` of every unit, both included; marks stay as they are.

    Raises: RetryableError where the database is away or another audit runs.
    """
    versions = sync_rules(settings)
    with connect(settings, Role.RULES) as conn:
        audit.lock_audit(conn)
        last_closed_on = min(last_on, day_of(now) - ONE_DAY)
        unit_ids = tuple(audit.units(conn))
        scopes = [Scope(first_on=first_on, last_on=last_closed_on, unit_ids=unit_ids)]
        return _audit_scopes(settings, conn, scopes if first_on <= last_closed_on and unit_ids else [], versions, now)


def audit_scopes(settings: Settings, scopes: Sequence[Scope], now: datetime) -> AuditSummary:
    """Audit the days of some units, of others others; marks stay as they are.

    Raises: RetryableError where the database is away or another audit runs.
    """
    versions = sync_rules(settings)
    with connect(settings, Role.RULES) as conn:
        audit.lock_audit(conn)
        return _audit_scopes(settings, conn, scopes, versions, now)


def sync_rules(settings: Settings) -> dict[str, int]:
    """Versions and thresholds have to be committed before Great Expectations reads them from its own connection."""
    with connect(settings, Role.RULES) as conn:
        return catalogue.sync_rules(conn)


def _audit_scopes(
    settings: Settings,
    conn: Connection,
    scopes: Sequence[Scope],
    versions: dict[str, int],
    now: datetime,
    *,
    is_pending: bool = False,
) -> AuditSummary:
    total = AuditSummary()
    if not scopes:
        return total
    started = time.monotonic()
    not_run = detect_scopes(settings, conn, scopes, now)
    detected = time.monotonic()
    planned = [list(plan_batches(conn, scope)) for scope in scopes]
    with suites.open_context(settings) as context:
        validations = [
            suites.build_validation(context, settings, batch.name, batch.query, batch.checks, versions)
            for batches in planned
            for batch in batches
        ]
        judged = iter(validate_all(context, f"audit {scopes[0].first_on} and on, {len(scopes)} scopes", validations))
        total, run_ids = AuditSummary(detect_s=detected - started, validate_s=time.monotonic() - detected), list[int]()
        for number, (scope, batches) in enumerate(zip(scopes, planned, strict=True)):
            outcomes = [outcome for _ in batches for outcome in next(judged)]
            about = {"units": len(scope.unit_ids), "pending": is_pending}
            run_id, summary = record(conn, outcomes if number else outcomes + not_run, versions, scope, about, now)
            run_ids.append(run_id)
            total = add_summaries(total, summary)
        suites.build_docs(context, settings)
    # Last, because decisions on these cases wait for it.
    list_anew(conn, now, audit_run_ids=run_ids, unit_ids=sorted({one for scope in scopes for one in scope.unit_ids}))
    return total


def detect_scopes(settings: Settings, conn: Connection, scopes: Sequence[Scope], now: datetime) -> list[Outcome]:
    """Have the detectors of all rules look at the scopes' days; returns the rules whose detector raised an error."""
    with connect(settings, Role.JOBS) as jobs:
        compute_features(jobs, now)
    rules = {rule.code: rule for rule in catalogue.load_rules() if rule.detector is not None}
    detectors = detectors_of(rules.values(), candidates.thresholds_in_force(conn))
    chosen = [DetectionScope(first_on=one.first_on, last_on=one.last_on, unit_ids=one.unit_ids) for one in scopes]
    found = find_candidates(settings, chosen, detectors, now) if detectors else None
    failures = {} if found is None else found.failures
    return [Outcome(check=Check(rule=rules[code], query=""), failure=reason) for code, reason in failures.items()]


def record(
    conn: Connection,
    outcomes: Sequence[Outcome],
    versions: dict[str, int],
    scope: Scope,
    about: dict[str, Any],
    now: datetime,
    *,
    is_return: bool = False,
) -> tuple[int, AuditSummary]:
    """Write a run and all it found, in the caller's transaction; returns the run's id, too."""
    violations: defaultdict[str, int] = defaultdict(int)
    for outcome in outcomes:
        violations[outcome.check.rule.code] += len(outcome.rows)
    failures = {outcome.check.rule.code: outcome.failure for outcome in outcomes if outcome.failure is not None}
    run_id = audit.insert_run(
        conn,
        subject="return" if is_return else "days",
        days=(scope.first_on, scope.last_on),
        started_at=now,
        finished_at=now,
        summary={**about, "violations": violations, "not_run": failures},
    )
    added: list[Counts] = []
    for outcome in outcomes:
        if outcome.failure is not None:
            logger.error("rule did not run", extra={"rule": outcome.check.rule.code, "reason": outcome.failure})
            version = versions[DID_NOT_RUN]
            counts = recording.record_failure(conn, run_id, outcome.check, version, scope.span, outcome.failure, now)
            added.append(counts)
    offences = (
        Offence(outcome.check, versions[outcome.check.rule.code], with_statistics(row))
        for outcome in outcomes
        for row in outcome.rows
    )
    recorded = recording.record_rows(conn, run_id, offences, now)
    added += recorded
    if not is_return:
        following.settle(
            conn,
            run_id,
            unit_ids=scope.unit_ids,
            rule_codes=sorted({outcome.check.rule.code for outcome in outcomes} - failures.keys()),
            span=scope.span,
            seen_ids=[counts.finding_id for counts in recorded if counts.finding_id is not None],
            now=now,
        )
    return run_id, AuditSummary(
        days=(scope.last_on - scope.first_on).days + 1,
        checks=len(outcomes),
        not_run=len(failures),
        violations=sum(violations.values()),
        findings=sum(counts.findings for counts in added),
        cases=sum(counts.cases for counts in added),
        by_rule=dict(violations),
    )


def with_statistics(row: dict[str, Any]) -> dict[str, Any]:
    """A candidate's statistics and notes beside its other columns, as evidence names them."""
    return {**row.get("notes", {}), **row.get("statistics", {}), **row}


def add_summaries(left: AuditSummary, right: AuditSummary) -> AuditSummary:
    """Both together."""
    sums = {name: value + right.counts()[name] for name, value in left.counts().items()}
    codes = left.by_rule.keys() | right.by_rule.keys()
    by_rule = {code: left.by_rule.get(code, 0) + right.by_rule.get(code, 0) for code in codes}
    seconds = {name: getattr(left, name) + getattr(right, name) for name in ("detect_s", "validate_s")}
    return AuditSummary(**sums, by_rule=by_rule, **seconds)
