"""Writes the evidence document of a case: one canonical JSON text that can be read, printed and verified by anybody.

Before: `evidence_store` read the case. After: `evidence_page` prints it, `verify_evidence` checks it without the store.
docs/evidence.md and docs/evidence.schema.json describe it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from nenghao.crypto import digest
from nenghao.db.connection import Connection
from nenghao.db.evidence import Row
from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.innocence import Checked, Result, run_checks
from nenghao.reference.innocence import answer_to, innocence_edition
from nenghao.reference.severity import Severity, load_severity
from nenghao.reporting.evidence_facts import applies, facts_of, facts_of_unit
from nenghao.reporting.evidence_figures import document_figures, figures
from nenghao.reporting.evidence_proofs import prove_messages
from nenghao.reporting.evidence_store import CaseFile, Subject, read_case
from nenghao.reporting.evidence_text import both, plain, recorded_text, texts_of_check, title_of_rule

FORMAT: Final = "nenghao/evidence/1"
HASH_ALGORITHM: Final = "sha256"

#: The most favourable first.
ORDER: Final = ("supports", "unchecked", "excluded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A document: its bytes as they are handed out, and the hash that is kept of it."""

    file: bytes
    digest: bytes
    document: Mapping[str, Any]


def write_evidence(
    conn: Connection,
    case_id: int,
    *,
    made_by: str,
    made_at: datetime,
    is_workday: Callable[[date], bool],
    archive_dir: Path | None = None,
) -> Evidence:
    """The evidence document of a case, as the store has it at this moment.

    Raises: DataRefused where there is no such case; SealBroken where what is stored of a message is not its leaf.
    """
    with conn.transaction():
        case = read_case(conn, case_id, is_workday)
        proofs = prove_messages(conn, [row["message_id"] for row in case.messages], archive_dir)
    return seal_document(compose(case, proofs, made_by=made_by, made_at=made_at, is_workday=is_workday))


def seal_document(document: Mapping[str, Any]) -> Evidence:
    """The file of a document: the document and the hash of its canonical bytes."""
    made = digest(HASH_ALGORITHM, canonical_bytes(document))
    file = canonical_bytes({"document": document, "hash": made.hex(), "hash_algorithm": HASH_ALGORITHM})
    # As whoever has the file reads it, so that both print the same page.
    return Evidence(file=file, digest=made, document=json.loads(file)["document"])


def compose(
    case: CaseFile,
    proofs: Mapping[str, Any],
    *,
    made_by: str,
    made_at: datetime,
    is_workday: Callable[[date], bool],
) -> dict[str, Any]:
    """The document as plain values; no clock, no store."""
    severity = load_severity()
    subjects = [_subject(case, subject, severity, is_workday) for subject in case.subjects]
    checks = [run_checks(facts_of(case, subject, severity, is_workday)) for subject in case.subjects]
    if not checks:
        checks = [run_checks(facts_of_unit(case, is_workday))]
    document: dict[str, Any] = {
        "format": FORMAT,
        "made_by": made_by,
        "made_at": made_at,
        "case": {
            "case_id": case.head["case_id"],
            "level": case.head["level"],
            "opened_at": case.head["opened_at"],
            "span": list(case.span),
            "unit": case.unit,
            "points_left_out": case.left_out,
        },
        "rules": _rules(case.findings),
        "findings": [_finding(row) for row in case.findings],
        "subjects": [{**subject, "checks": _checks(own)} for subject, own in zip(subjects, checks, strict=False)],
        "documents": document_figures([row for row in case.findings if not row["is_quiet"]], severity),
        "checklist": _checklist(case, checks),
        "unit_checks": [] if case.subjects else _checks(checks[0]),
        "editions": {
            "severity": {"edition": severity.edition, "source": severity.source, "confidence": severity.confidence},
            "innocence": innocence_edition(),
        },
        "events": case.beside["events"],
        "outages": case.beside["outages"],
        "common_cause": case.beside["common_cause"],
        "timeline": case.beside["timeline"],
        "history": case.beside["history"],
        "decisions": case.decisions,
        "precision": case.precision,
        "messages": case.messages,
        "proofs": proofs,
        "recorded": [_recorded(row) for row in case.recorded],
        "earlier_documents": case.beside["documents"],
    }
    written: dict[str, Any] = plain(document)
    return written


def _rules(findings: Sequence[Row]) -> list[Row]:
    """Every version of a rule that found anything, with its whole text as it was then."""
    versions = {(row["rule_code"], row["rule_version"]): row for row in findings}
    return [
        {
            "rule_code": code,
            "version": version,
            "title": title_of_rule(code),
            "valid_from": row["rule_valid_from"],
            "hash_algorithm": row["rule_hash_algorithm"],
            "hash": row["rule_hash"],
            "definition": row["definition"],
        }
        for (code, version), row in sorted(versions.items())
    ]


def _finding(row: Row) -> Row:
    return {
        "finding_id": row["finding_id"],
        "rule_code": row["rule_code"],
        "rule_version": row["rule_version"],
        "level": row["level"],
        "kind": row["kind"],
        "score": row["score"],
        "span": [row["span_from"], row["span_to"]],
        "point_id": row["point_id"],
        "series_id": row["series_id"],
        "statistics": row["evidence"],
        "thresholds": row["thresholds"],
        "expected_energy": row["expected_energy"],
        "observed_energy": row["observed_energy"],
        "energy_unit": row["energy_unit"],
        "is_found_no_more": row["is_quiet"],
        "found_at": row["found_at"],
        "audit_run_id": row["audit_run_id"],
        "fingerprint": row["fingerprint"],
        "evidence_hash_algorithm": row["evidence_hash_algorithm"],
        "evidence_hash": row["evidence_hash"],
    }


def _subject(
    case: CaseFile, subject: Subject, severity: Severity, is_workday: Callable[[date], bool]
) -> dict[str, Any]:
    beside = subject.beside
    counted = beside["reading_count"][0]["readings"]
    return {
        "point": {name: subject.point[name] for name in subject.point if name not in {"series_id", "kind", "period"}},
        "series_id": subject.series_id,
        "series_kind": subject.point["kind"],
        "register_series_id": subject.register_id,
        "span": list(subject.span),
        "days_off": [] if subject.curve is None else [on for on in subject.curve.days if not is_workday(on)],
        **figures(subject, severity),
        "readings": beside["readings"],
        "readings_left_out": max(0, counted - len(beside["readings"])),
        "replaced_values": beside["replaced"],
        "meters": beside["versions"],
        "verifications": beside["verifications"],
        "declared_changes": beside["changes"],
        "gateways": beside["gateways"],
        "network": beside["network"],
        "events": [
            {"context_event_id": row["context_event_id"], "applies": applies(row, subject.point["point_id"])}
            for row in case.beside["events"]
        ],
    }


def _checks(checks: Sequence[Checked]) -> list[dict[str, Any]]:
    return [
        {
            "check": one.check,
            "result": one.result,
            "outcome": one.outcome,
            "values": dict(one.values),
            "text": texts_of_check(one),
        }
        for one in checks
    ]


def _checklist(case: CaseFile, checks: Sequence[Sequence[Checked]]) -> list[dict[str, Any]]:
    """Each question of each rule, with what answers it: the most favourable result of its checks at any point."""
    keys: dict[str, str] = {}
    for row in case.findings:
        for key in (row["definition"] or {}).get("innocence", ()):
            keys.setdefault(key, row["rule_code"])
    listed = []
    for key, rule_code in keys.items():
        answer = answer_to(key)
        fitting = [one for own in checks for one in own if one.check in answer.checks]
        listed.append(
            {
                "rule_code": rule_code,
                "key": key,
                "question": both(key),
                "result": _result(fitting, answer.strong),
                "checked": _checks(_first_of_each(fitting)),
                "ask_for": both(f"evidence.ask.{answer.ask}"),
            }
        )
    return listed


def _result(checks: Sequence[Checked], strong: Sequence[str]) -> Result:
    """One check that supports an explanation keeps it open; else a strong one that speaks against it decides."""
    if any(one.result == "supports" for one in checks):
        return "supports"
    return "excluded" if any(one.result == "excluded" and one.check in strong for one in checks) else "unchecked"


def _first_of_each(checks: Sequence[Checked]) -> list[Checked]:
    """One of each check, the most favourable first."""
    best: dict[str, Checked] = {}
    for one in sorted(checks, key=lambda checked: ORDER.index(checked.result)):
        best.setdefault(one.check, one)
    return list(best.values())


def _recorded(row: Row) -> Row:
    """A piece that was kept when a rule found something, as the very text that its hash is of."""
    return {
        "evidence_id": row["evidence_id"],
        "kind": row["kind"],
        "text": recorded_text(row["content"]),
        "hash_algorithm": row["hash_algorithm"],
        "hash": row["hash"],
        "recorded_at": row["recorded_at"],
    }
