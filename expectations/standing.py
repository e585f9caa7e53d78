"""Runs the rules that read registers, documents, states and returns as they stand at an instant, over every unit.

Before it: imports, heartbeats, filings and month totals. After it: `recording` writes findings and cases. No day's
closing moves what these rules read, and some of it becomes a finding because time goes by (three working days without
an entry), so they run once a day over what is recent instead of over marks. A row found again is the same finding.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from expectations import catalogue, suites
from expectations.checkpoint import Outcome, validate_all
from expectations.runner import AuditSummary, record, sync_rules
from expectations.scopes import ONE_DAY, Scope
from expectations.suites import Check
from nenghao.config import Role, Settings
from nenghao.db import audit, standing
from nenghao.db.connection import Connection, connect
from nenghao.db.returns import JudgedReturn
from nenghao.domain.periods import Month, day_of, day_start
from nenghao.filing.disagreement import as_json, filed_beside, settled_beside
from nenghao.registers.workdays import DAYS_TO_DECLARE, workdays_from
from nenghao.review.listing import list_anew

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext

#: What gateways told is read this far back: over the longest holiday and the three working days after it.
RECENT: Final = timedelta(days=20)
#: Months judged anew every day: filings and documents of a month come within the two months after it.
MONTHS_JUDGED: Final = 3
#: Two years and the judged months: there is a same month a year ago, and a load line has its rows.
MONTHS_READ: Final = 27


def audit_standing(settings: Settings, now: datetime, *, since_on: date | None = None) -> AuditSummary:
    """Run every standing rule; what gateways told is judged from `since_on` on (default: the last 20 days).

    Raises: RetryableError where the database is away or another audit runs.
    """
    versions = sync_rules(settings)
    with connect(settings, Role.RULES) as conn:
        audit.lock_audit(conn)
        unit_ids = tuple(audit.units(conn))
        if not unit_ids:
            return AuditSummary()
        first_on, last_on = since_on or day_of(now) - RECENT, day_of(now) - ONE_DAY
        with suites.open_context(settings) as context:
            outcomes = _run(settings, conn, context, bounds(now, first_on), versions)
        scope = Scope(first_on=first_on, last_on=last_on, unit_ids=unit_ids)
        digest = _digest(outcomes, versions)
        if standing.is_recorded(conn, first_on, last_on, digest):
            return _told_already(outcomes, scope)
        run_id, summary = record(conn, outcomes, versions, scope, {"standing": digest, "units": len(unit_ids)}, now)
        list_anew(conn, now, audit_run_ids=[run_id])
        return summary


def _digest(outcomes: Sequence[Outcome], versions: dict[str, int]) -> str:
    """What was found by which versions: a run that finds the very same of the same days is not written twice."""
    told = [
        [
            one.check.rule.code,
            versions[one.check.rule.code],
            one.check.rule.mode,
            one.failure,
            sorted(map(str, one.rows)),
        ]
        for one in outcomes
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _told_already(outcomes: Sequence[Outcome], scope: Scope) -> AuditSummary:
    by_rule = Counter[str]()
    for one in outcomes:
        by_rule[one.check.rule.code] += len(one.rows)
    return AuditSummary(
        days=(scope.last_on - scope.first_on).days + 1,
        checks=len(outcomes),
        not_run=sum(one.failure is not None for one in outcomes),
        violations=by_rule.total(),
        by_rule=dict(by_rule),
    )


def bounds(now: datetime, since_on: date) -> dict[str, Any]:
    """What the batch queries ask for: recent days, judged months and the history before them, working days."""
    today_on = day_of(now)
    end = Month.of(today_on)
    return {
        "unit_code": None,
        "now_at": now,
        "today_on": today_on,
        "since_on": since_on,
        "since_at": day_start(since_on),
        "near": standing.NEAR,
        "workdays": workdays_from(since_on, today_on),
        "days_to_declare": DAYS_TO_DECLARE,
        "end_month_on": end.start_on,
        "judged_month_on": _months_before(end, MONTHS_JUDGED).start_on,
        "history_month_on": _months_before(end, MONTHS_READ).start_on,
    }


def _run(
    settings: Settings,
    conn: Connection,
    context: "EphemeralDataContext",
    parameters: dict[str, Any],
    versions: dict[str, int],
) -> list[Outcome]:
    by_batch: defaultdict[str, list[Check]] = defaultdict(list)
    modes = audit.rule_modes(conn)
    for rule in catalogue.load_rules():
        if rule.query and rule.batch in standing.STANDING_BATCHES:
            in_force = replace(rule, mode=modes.get(rule.code, rule.mode))
            by_batch[rule.batch].append(Check(rule=in_force, query=rule.query))
    validations = []
    for batch, checks in by_batch.items():
        rows = _ALIGNED[batch](conn, parameters) if batch in _ALIGNED else []
        query = standing.batch_query(conn, batch, parameters | {"rows": rows})
        name = f"{batch} as of {parameters['today_on']}"
        validations.append(suites.build_validation(context, settings, name, query, checks, versions))
    judged = validate_all(context, f"standing as of {parameters['today_on']}", validations)
    return [outcome for outcomes in judged for outcome in outcomes]


def _filed_beside(conn: Connection, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    found = standing.judged_filings(conn, parameters["judged_month_on"])
    return as_json(filed_beside(conn, [JudgedReturn(*row) for row in found])) if found else []


def _settled_beside(conn: Connection, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    units, first_on = audit.units(conn), parameters["judged_month_on"]
    return as_json(settled_beside(conn, units, first_on, parameters["today_on"]))


#: Batches of pairs whose spans are aligned in Python before rules judge them.
_ALIGNED: Final = {"filed_beside": _filed_beside, "settled_beside": _settled_beside}


def _months_before(month: Month, count: int) -> Month:
    number = 12 * month.year + month.month - 1 - count
    return Month(number // 12, number % 12 + 1)
