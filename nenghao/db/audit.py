"""Rules, marks, runs and findings in the database: the queries of sql/queries/audit.sql."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb
from psycopg.types.range import TimestamptzRange

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.acceptance import Reason
from nenghao.errors import RetryableError

Query = Literal[
    "batch_series_day",
    "batch_reading_conflict",
    "batch_message_refusal",
    "batch_spool_contradiction",
    "batch_candidate",
]
#: Refusals of whole messages that say that somebody else may speak for a gateway.
SENDER_REASONS: Final = [
    reason.value
    for reason in (
        Reason.SIGNATURE_MISSING,
        Reason.SIGNATURE_UNKNOWN_KEY,
        Reason.SIGNATURE_WRONG,
        Reason.BOOT_UNKNOWN,
        Reason.SEQ_REUSED,
    )
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdNow:
    """A threshold in force."""

    value: Decimal
    unit: str
    reason: str
    valid_from: datetime
    #: A person set it, or said what follows it: a new version of the rule's folder does not change it.
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFinding:
    """A finding as it is about to be written."""

    rule_code: str
    rule_version: int
    fingerprint: bytes
    unit_id: int | None
    point_id: int | None
    series_id: int | None
    span: tuple[datetime, datetime]
    level: str
    evidence: dict[str, Any]
    thresholds: dict[str, Any]
    evidence_hash: bytes
    #: What it looks like, how unlikely that is, and energy in the span, where the rule can say.
    kind: str | None = None
    score: float | None = None
    expected_energy: float | None = None
    observed_energy: float | None = None
    energy_unit: str | None = None
    #: Findings in the shadow open no alert.
    mode: Literal["live", "shadow"] = "live"


def lock_rules(conn: Connection) -> None:
    """Wait until no other process writes rule versions."""
    conn.execute(load_queries("audit")["lock_rules"])


def lock_audit(conn: Connection) -> None:
    """Wait until no other audit runs.

    Raises: RetryableError where one runs for longer than the connection's lock timeout.
    """
    try:
        conn.execute(load_queries("audit")["lock_audit"])
    except psycopg.errors.LockNotAvailable as error:
        raise RetryableError("another audit is running") from error


def rule_version(conn: Connection, rule_code: str, content_hash: bytes) -> int | None:
    """The version of a rule that has this content."""
    row = conn.execute(
        load_queries("audit")["rule_version"], {"rule_code": rule_code, "content_hash": content_hash}
    ).fetchone()
    return None if row is None else row[0]


def rule_definitions(conn: Connection, rule_code: str) -> list[dict[str, Any]]:
    """Every definition a rule ever had, oldest first."""
    return [row[0] for row in conn.execute(load_queries("audit")["rule_definitions"], {"rule_code": rule_code})]


def insert_rule_version(conn: Connection, rule_code: str, content_hash: bytes, definition: dict[str, Any]) -> int:
    """Append the next version of a rule and return its number."""
    rows = conn.execute(
        load_queries("audit")["insert_rule_version"],
        {"rule_code": rule_code, "content_hash": content_hash, "definition": Jsonb(definition)},
    ).fetchall()
    version: int = rows[0][0]
    return version


def thresholds_now(conn: Connection, rule_code: str) -> dict[str, ThresholdNow]:
    """Thresholds of a rule in force, by name."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(load_queries("audit")["thresholds_now"], {"rule_code": rule_code}).fetchall()
    return {row.pop("threshold_name"): ThresholdNow(**row) for row in rows}


def close_threshold(conn: Connection, rule_code: str, threshold_name: str, at: datetime | None = None) -> None:
    """End the validity of a threshold at a time, or now."""
    parameters = {"rule_code": rule_code, "threshold_name": threshold_name, "at": at}
    conn.execute(load_queries("audit")["close_threshold"], parameters)


def insert_threshold(
    conn: Connection,
    rule_code: str,
    threshold_name: str,
    value: Decimal,
    unit: str,
    reason: str,
    *,
    set_by: str | None = None,
    at: datetime | None = None,
) -> None:
    """Put a threshold in force from a time on, or from now; `set_by` where a person says so."""
    conn.execute(
        load_queries("audit")["insert_threshold"],
        {
            "rule_code": rule_code,
            "threshold_name": threshold_name,
            "value": value,
            "unit": unit,
            "reason": reason,
            "set_by": set_by,
            "at": at,
        },
    )


def rule_modes(conn: Connection) -> dict[str, Literal["live", "shadow"]]:
    """The mode in force of each rule that people set one for."""
    return dict(conn.execute(load_queries("audit")["rule_modes"]).fetchall())


def insert_rule_mode(
    conn: Connection,
    rule_code: str,
    mode: str,
    reason: str,
    *,
    set_by: str,
    set_at: datetime,
    valid_from: datetime | None = None,
) -> None:
    """Say how a rule is run from a time on, or from when it is said."""
    parameters = {"rule_code": rule_code, "mode": mode, "reason": reason, "set_by": set_by, "set_at": set_at}
    conn.execute(load_queries("audit")["insert_rule_mode"], parameters | {"valid_from": valid_from})


def take_marks(conn: Connection, open_on: date) -> list[tuple[int, date]]:
    """Take the marks of days before `open_on`: (unit, day), each once."""
    return list(conn.execute(load_queries("audit")["take_marks"], {"open_on": open_on}))


def conflict_days(conn: Connection, open_on: date) -> list[tuple[int, date]]:
    """Days before `open_on` with conflicts that no finding covers yet: (unit, day), each once."""
    return list(conn.execute(load_queries("audit")["conflict_days"], {"open_on": open_on}))


def sender_days(conn: Connection, open_on: date) -> list[tuple[int, date]]:
    """Days before `open_on` with messages that may not be their gateway's own and no finding yet: (unit, day)."""
    parameters = {"open_on": open_on, "reason_codes": SENDER_REASONS}
    return list(conn.execute(load_queries("audit")["sender_days"], parameters))


def units(conn: Connection) -> list[int]:
    """Ids of all units."""
    return [row[0] for row in conn.execute(load_queries("audit")["units"])]


def literal_query(conn: Connection, query: Query, parameters: dict[str, Any]) -> str:
    """A batch query with its bounds written out, quoted by the driver.

    Great Expectations takes text without parameters that begins with SELECT, so the leading comment goes.
    """
    lines = psycopg.ClientCursor(conn).mogrify(load_queries("audit")[query], parameters).splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def insert_run(
    conn: Connection,
    *,
    subject: Literal["days", "return"],
    days: Sequence[date],
    started_at: datetime,
    finished_at: datetime,
    summary: dict[str, Any],
) -> int:
    """Record one checkpoint run over `days` (first, last) and return its id."""
    rows = conn.execute(
        load_queries("audit")["insert_run"],
        {
            "subject": subject,
            "first_day_on": days[0],
            "last_day_on": days[-1],
            "started_at": started_at,
            "finished_at": finished_at,
            "summary": Jsonb(summary),
        },
    ).fetchall()
    audit_run_id: int = rows[0][0]
    return audit_run_id


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierFinding:
    """A finding that another one touches, and what was decided on its case; None while the case is open."""

    fingerprint: bytes
    case_id: int
    decision: Literal["confirm", "dismiss"] | None
    is_same: bool
    is_covering: bool
    is_overlapping: bool


def touching_finding(
    conn: Connection, finding: NewFinding, *, subject: dict[str, Any], is_joining: bool
) -> EarlierFinding | None:
    """The earlier finding that this one belongs to, if any; `subject` is what its evidence has to say, too."""
    with conn.cursor(row_factory=class_row(EarlierFinding)) as cursor:
        return cursor.execute(
            load_queries("audit")["touching_finding"],
            {
                "rule_code": finding.rule_code,
                "unit_id": finding.unit_id,
                "point_id": finding.point_id,
                "series_id": finding.series_id,
                "span": TimestamptzRange(*finding.span),
                "evidence_hash": finding.evidence_hash,
                "subject": Jsonb(subject),
                "is_joining": is_joining,
            },
        ).fetchone()


def insert_finding(conn: Connection, audit_run_id: int, finding: NewFinding, found_at: datetime) -> int | None:
    """Append a finding and return its id, or None where the very same one was there."""
    row = conn.execute(
        load_queries("audit")["insert_finding"],
        {
            "audit_run_id": audit_run_id,
            "rule_code": finding.rule_code,
            "rule_version": finding.rule_version,
            "fingerprint": finding.fingerprint,
            "unit_id": finding.unit_id,
            "point_id": finding.point_id,
            "series_id": finding.series_id,
            "span": TimestamptzRange(*finding.span),
            "level": finding.level,
            "evidence": Jsonb(finding.evidence),
            "thresholds": Jsonb(finding.thresholds),
            "evidence_hash": finding.evidence_hash,
            "found_at": found_at,
            "kind": finding.kind,
            "score": finding.score,
            "expected_energy": finding.expected_energy,
            "observed_energy": finding.observed_energy,
            "energy_unit": finding.energy_unit,
            "mode": finding.mode,
        },
    ).fetchone()
    return None if row is None else row[0]
