"""What the store still knows of points' month: totals, days, estimates, findings, decisions, corrections, messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("explain")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTotal:
    """A point's month as the store gives it now."""

    point_id: int
    unit: str
    energy: Decimal | None
    measured_energy: Decimal
    due_slots: int
    received_slots: int
    known_slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDay:
    """A day of a point, with the letters of its slots (nenghao.domain.series_day)."""

    point_id: int
    day_on: date
    series_id: int
    kind: str
    energy: Decimal | None
    unit: str
    measured_energy: Decimal
    slot_minutes: int
    quality: str
    method: str
    reason: str
    hash_algorithm: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEstimate:
    """How a run of slots was estimated: method, donors, reasons."""

    point_id: int
    day_on: date
    series_id: int
    first_slot: int
    slot_count: int
    method: str
    donor_days: tuple[date, ...]
    donor_series_id: int | None
    exclusion_id: int | None
    decision_id: int | None
    agreed_value_id: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFinding:
    """What a rule found; no point where it is about the unit as a whole."""

    finding_id: int
    rule_code: str
    level: str
    point_id: int | None
    begin_at: datetime
    end_at: datetime
    case_id: int | None
    decision_kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExclusion:
    """A span that a decision took out; open ends are None."""

    point_id: int
    exclusion_id: int
    begin_at: datetime | None
    end_at: datetime | None
    decision_id: int
    case_id: int
    outcome: str | None
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCorrection:
    """A value in the place of the first one, and the correction or decision that put it there."""

    point_id: int
    series_id: int
    at: datetime
    earlier_value: Decimal | None
    value: Decimal
    origin: str
    origin_id: int
    reason: str
    message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message behind a day: its hash, how far its sender was proven, and the tree that stands over its leaf."""

    message_id: int
    reading_count: int
    hash_algorithm: str
    hash: str
    assurance: str
    leaf: str | None
    batch_id: int | None
    tree_no: int | None
    root: str | None


def load_totals(conn: Connection, point_ids: Sequence[int], first_on: date) -> list[StoredTotal]:
    """Month totals of points as they are now."""
    rows = conn.execute(_QUERIES["explained_points"], {"point_ids": list(point_ids), "first_on": first_on})
    return [
        StoredTotal(
            point_id=row[0],
            unit=row[1],
            energy=row[2],
            measured_energy=row[3],
            due_slots=row[4],
            received_slots=row[5],
            known_slots=row[6],
        )
        for row in rows
    ]


def load_days(conn: Connection, point_ids: Sequence[int], first_on: date, end_on: date) -> list[StoredDay]:
    """The days of points."""
    return [
        StoredDay(
            point_id=row[0],
            day_on=row[1],
            series_id=row[2],
            kind=row[3],
            energy=row[4],
            unit=row[5],
            measured_energy=row[6],
            slot_minutes=row[7],
            quality=row[8],
            method=row[9],
            reason=row[10],
            hash_algorithm=row[11],
            hash=bytes(row[12]).hex(),
        )
        for row in conn.execute(_QUERIES["explained_days"], _days(point_ids, first_on, end_on))
    ]


def load_estimates(conn: Connection, point_ids: Sequence[int], first_on: date, end_on: date) -> list[StoredEstimate]:
    """How runs of slots of points' days were estimated."""
    return [
        StoredEstimate(
            point_id=row[0],
            day_on=row[1],
            series_id=row[2],
            first_slot=row[3],
            slot_count=row[4],
            method=row[5],
            donor_days=tuple(row[6]),
            donor_series_id=row[7],
            exclusion_id=row[8],
            decision_id=row[9],
            agreed_value_id=row[10],
            reasons=tuple(row[11]),
        )
        for row in conn.execute(_QUERIES["explained_estimates"], _days(point_ids, first_on, end_on))
    ]


def load_findings(
    conn: Connection, unit_id: int, point_ids: Sequence[int], begin_at: datetime, end_at: datetime
) -> list[StoredFinding]:
    """What the rules found at points, or at their unit as a whole."""
    columns = {**_span(point_ids, begin_at, end_at), "unit_id": unit_id}
    return [
        StoredFinding(
            finding_id=row[0],
            rule_code=row[1],
            level=row[2],
            point_id=row[3],
            begin_at=row[4],
            end_at=row[5],
            case_id=row[6],
            decision_kind=row[7],
        )
        for row in conn.execute(_QUERIES["explained_findings"], columns)
    ]


def load_exclusions(
    conn: Connection, point_ids: Sequence[int], begin_at: datetime, end_at: datetime
) -> list[StoredExclusion]:
    """Spans of points' series that decisions took out."""
    return [
        StoredExclusion(
            point_id=row[0],
            exclusion_id=row[1],
            begin_at=row[2],
            end_at=row[3],
            decision_id=row[4],
            case_id=row[5],
            outcome=row[6],
            reason=row[7],
            decided_by=row[8],
            decided_at=row[9],
        )
        for row in conn.execute(_QUERIES["explained_exclusions"], _span(point_ids, begin_at, end_at))
    ]


def load_corrections(
    conn: Connection, point_ids: Sequence[int], begin_at: datetime, end_at: datetime
) -> list[StoredCorrection]:
    """Values of points' series that stand in the place of the first ones."""
    return [
        StoredCorrection(
            point_id=row[0],
            series_id=row[1],
            at=row[2],
            earlier_value=row[3],
            value=row[4],
            origin=row[5],
            origin_id=row[6],
            reason=row[7],
            message_id=row[8],
        )
        for row in conn.execute(_QUERIES["explained_corrections"], _span(point_ids, begin_at, end_at))
    ]


def load_messages(conn: Connection, series_id: int, begin_at: datetime, end_at: datetime) -> list[StoredMessage]:
    """The messages behind a span, ends included; a message with values of two levels of proof is there twice."""
    columns = {"series_id": series_id, "begin_at": begin_at, "end_at": end_at}
    return [
        StoredMessage(
            message_id=row[0],
            reading_count=row[1],
            hash_algorithm=row[2],
            hash=bytes(row[3]).hex(),
            assurance=row[4],
            leaf=None if row[5] is None else bytes(row[5]).hex(),
            batch_id=row[6],
            tree_no=row[7],
            root=None if row[8] is None else bytes(row[8]).hex(),
        )
        for row in conn.execute(_QUERIES["explained_messages"], columns)
    ]


def _days(point_ids: Sequence[int], first_on: date, end_on: date) -> dict[str, Any]:
    return {"point_ids": list(point_ids), "first_on": first_on, "end_on": end_on}


def _span(point_ids: Sequence[int], begin_at: datetime, end_at: datetime) -> dict[str, Any]:
    return {"point_ids": list(point_ids), "begin_at": begin_at, "end_at": end_at}
