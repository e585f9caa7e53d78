"""The rows that the HTTP API answers with: what each field is called there is what it is called here."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A key energy-using unit that the caller may see."""

    unit_code: str
    name: str
    division_code: str
    industry_code: str
    field: str
    collected_under: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case: alerts with one cause, as it stands."""

    case_id: int
    unit_code: str | None
    unit_name: str | None
    level: str
    state: str
    decision: str | None
    outcome: str | None
    opened_at: datetime
    decided_at: datetime | None
    into_case_id: int | None
    is_common_cause: bool
    rule_codes: list[str]
    finding_count: int
    #: What it may move in the published total; None where neither rule nor coefficient says.
    effect_tce: Decimal | None
    score: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """Something that a rule found over a span of a series, a point or a return."""

    finding_id: int
    rule_code: str
    rule_version: int
    point_code: str | None
    series_id: int | None
    begins_at: datetime | None
    ends_at: datetime | None
    level: str
    kind: str | None
    score: float | None
    expected_energy: float | None
    observed_energy: float | None
    energy_unit: str | None
    found_at: datetime
    evidence: dict[str, Any]
    thresholds: dict[str, Any]
    evidence_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """A piece of evidence as it was recorded, with the hash of its content."""

    evidence_id: int
    alert_id: int | None
    kind: str
    content: Any
    hash: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A decision of a person on a case."""

    decision_id: int
    kind: str
    outcome: str | None
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step of a case's procedure: what one person did, and by when it is owed."""

    case_step_id: int
    act: str
    side: str
    acted_by: str
    acted_at: datetime
    told: str
    due_on: date | None
    decision_id: int | None
    channel: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingRow:
    """A unit's filing and its state."""

    filing_id: int
    unit_code: str
    unit_name: str
    month_on: date
    version: int
    kind: str
    state: str
    open_queries: int
    is_newest: bool
    filed_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingCellRow:
    """A figure of a filing, cumulative from the year's start, as the unit filed it."""

    form_code: str
    row_code: str
    column_code: str
    value: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """A unit's monitored balance of a month in its newest version."""

    balance_id: int
    unit_code: str
    unit_name: str
    month_on: date
    version: int
    layout_edition: str
    coefficient_edition: str
    computed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceCellRow:
    """A figure of a monitored balance with how much of it was received, is known and was measured."""

    form_code: str
    row_code: str
    column_code: str
    value: Decimal
    unit: str
    completeness: Decimal
    known_share: Decimal | None
    measured_share: Decimal | None
    coefficient_codes: list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow:
    """A sealed release: its hash and signature, and what it restates."""

    release_id: int
    kind: str
    unit_code: str | None
    aggregate_code: str | None
    month_on: date
    version: int
    archive_name: str
    hash: str
    hash_algorithm: str
    signature_algorithm: str
    key_id: str
    restates_release_id: int | None
    reason_kind: str | None
    sealed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRow:
    """What a point measures: quantity, kind and period."""

    series_id: int
    point_code: str
    point_name: str
    variety_code: str
    flow: str
    quantity: str
    kind: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """A reading as it was sent: before the multiplier, unless the gateway applied it."""

    at: datetime
    value: Decimal
    message_id: int
    source: str
    assurance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """A closed day of a series; `quality` has a letter a slot."""

    day_on: date
    unit: str
    total_energy: Decimal | None
    measured_energy: Decimal
    due_slots: int
    received_slots: int
    quality: str
    content_hash: str
    computed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessRow:
    """Slots received and due of a unit's month; null where nothing was due."""

    unit_code: str
    unit_name: str
    division_code: str
    month_on: date
    received_slots: int | None
    due_slots: int | None
    completeness: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRow:
    """A reading or a message that was refused, and why."""

    refusal_id: int
    gateway_code: str
    message_id: int
    reason_code: str
    detail: str
    point_code: str | None
    at: datetime | None
    value_text: str | None
    refused_at: datetime
