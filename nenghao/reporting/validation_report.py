"""Results of audit runs in the standard structure of the European Statistical System, for other offices' tools.

Before: `audit_run` and its findings. After: a JSON array of validations and aggregations. It names no unit unless asked
to, and no figure of any unit ever: who may read those reads the case.

Source: van der Loo and ten Bosch, Design of a generic machine-readable validation report structure, version 1.0.0
(2017-08-15), JSON schema 1.0.1, github.com/data-cleaning/ValidatReport; our part: docs/validation-report.schema.json.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from nenghao.db.validation_reports import Row
from nenghao.domain.periods import SHANGHAI
from nenghao.reporting.evidence_text import title_of_rule

ACTOR: Final = "nenghao-audit / Great Expectations"
AGENT: Final = "nenghao"
#: A mandatory relation blocks a filing; two channels against each other may be asked about; one test is a lead.
SEVERITIES: Final[Mapping[str, str]] = {"mandatory": "error", "doubt": "warning", "lead": "information"}
#: A rule that holds, that does not, that did not run: never taken for each other.
HOLDS, BROKEN, NOT_RUN = "1", "0", "NA"


def validation_report(
    runs: Sequence[Row], rules: Sequence[Row], findings: Sequence[Row], *, language: str, with_units: bool = False
) -> list[dict[str, Any]]:
    """The report of runs: for each rule whether it holds and how often it does not; with units also where."""
    by_run: defaultdict[tuple[int, str], list[Row]] = defaultdict(list)
    for finding in findings:
        by_run[finding["audit_run_id"], finding["rule_code"]].append(finding)
    events = {run["audit_run_id"]: run for run in runs}
    report = []
    for rule in rules:
        run = events[rule["audit_run_id"]]
        found = by_run[rule["audit_run_id"], rule["rule_code"]]
        report.append(_validation(run, rule, found, language))
        if rule["failure"] is None:
            report.append(_count(run, rule, language))
        if with_units:
            report += [_of_unit(run, rule, finding, language) for finding in found]
    return report


def severity_of(level: str, obligation: str | None) -> str:
    """error, warning or information."""
    return SEVERITIES["mandatory" if obligation == "mandatory" else level]


def _validation(run: Row, rule: Row, found: Sequence[Row], language: str) -> dict[str, Any]:
    value = NOT_RUN if rule["failure"] is not None else BROKEN if rule["violation_count"] else HOLDS
    return {
        "id": f"{run['audit_run_id']}/{rule['rule_code']}",
        "type": "validation",
        "event": _event(run),
        "rule": _rule(rule, found, language),
        "data": _data(run, rule, "*"),
        "value": value,
    }


def _count(run: Row, rule: Row, language: str) -> dict[str, Any]:
    return {
        "id": f"{run['audit_run_id']}/{rule['rule_code']}/count",
        "type": "aggregation",
        "event": _event(run),
        "aggregate": {
            "language": "SQL",
            "expression": f"count of rows that violate {rule['rule_code']}; expected 0",
            "description": title_of_rule(rule["rule_code"])[language],
        },
        "data": _data(run, rule, "*"),
        "value": str(rule["violation_count"]),
    }


def _of_unit(run: Row, rule: Row, finding: Row, language: str) -> dict[str, Any]:
    place = "/".join(filter(None, (finding["unit_code"], finding["point_code"]))) or "*"
    span = f"{_time(finding['begin_at'])}/{_time(finding['end_at'])}"
    return {
        "id": f"{run['audit_run_id']}/{rule['rule_code']}/{finding['finding_id']}",
        "type": "validation",
        "event": _event(run),
        "rule": _rule(rule, [finding], language),
        "data": {**_data(run, rule, place), "target": [[_population(run), span, place, _variable(rule)]]},
        "value": BROKEN,
    }


def _event(run: Row) -> dict[str, Any]:
    pending = (run["summary"] or {}).get("pending")
    trigger = "changed days" if pending else str(run["subject"])
    return {"time": _time(run["finished_at"]), "actor": ACTOR, "agent": AGENT, "trigger": trigger}


def _rule(rule: Row, found: Sequence[Row], language: str) -> dict[str, Any]:
    """The rule with its text; its severity is that of the gravest of what was found, else its own level."""
    definition = rule["definition"] or {}
    detector = definition.get("detector")
    text = detector or definition.get("query") or "form_relation"
    own = severity_of(definition.get("level", "lead"), None)
    order = tuple(SEVERITIES.values())
    severities = {severity_of(one["level"], one["obligation"]) for one in found} or {own}
    return {
        "language": "nenghao.detection" if detector else "SQL (PostgreSQL)",
        "expression": f"{rule['rule_code']} {rule['version'] or '-'}: {text}",
        "severity": min(severities, key=order.index),
        "description": title_of_rule(rule["rule_code"])[language],
        # The structure is extendable: which version of the rule exactly.
        "version": rule["version"],
        "hash": rule["content_hash"],
        **({"explanation": rule["failure"]} if rule["failure"] is not None else {}),
    }


def _data(run: Row, rule: Row, place: str) -> dict[str, Any]:
    """What was confronted: (population, period, unit, variable), as the ESS handbook identifies a datum."""
    period = f"{run['first_day_on'].isoformat()}/{run['last_day_on'].isoformat()}"
    key = [_population(run), period, place, _variable(rule)]
    return {"source": [key], "target": [key], "description": "population, period, unit, variable; * is all of them"}


def _population(run: Row) -> str:
    return "returns" if run["subject"] == "return" else "metered units"


def _variable(rule: Row) -> str:
    definition = rule["definition"] or {}
    return str(definition.get("table") or definition.get("batch") or rule["rule_code"])


def _time(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")
