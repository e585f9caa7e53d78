"""What came from a unit's gateways, and what of it was refused: the queries of sql/queries/arrivals.sql."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("arrivals")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayAlive:
    """A gateway and what it said last; None where it said nothing of the kind."""

    gateway_id: int
    gateway_code: str
    shard: int
    registered_at: datetime
    backfill_from: datetime
    backfill_until: datetime | None
    may_connect: bool
    account_at: datetime | None
    account_by: str | None
    online: bool | None
    state_at: datetime | None
    boot_id: UUID | None
    buffered_count: int | None
    clock_offset_ms: int | None
    spool_head_seq: int | None
    message_at: datetime | None
    message_seq: int | None
    message_boot_id: UUID | None
    assurance: str | None

    @property
    def heard_at(self) -> datetime | None:
        """When anything came from it last."""
        return max((at for at in (self.state_at, self.message_at) if at is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Messages of a span and what became of their readings."""

    messages: int
    refused_messages: int
    readings: int
    stored: int
    duplicates: int
    conflicts: int
    revisions: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedReason:
    """How often something was refused for one reason, and the newest of it."""

    reason_code: str
    refusals: int
    replayed: int
    last_at: datetime
    last_point_code: str | None
    last_reading_at: datetime | None
    last_value_text: str | None
    last_detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedMessage:
    """A message and its counts."""

    message_id: int
    gateway_code: str
    received_at: datetime
    sent_at: datetime | None
    seq: int | None
    codec: str
    outcome: str
    assurance: str
    reading_count: int
    stored_count: int
    duplicate_count: int
    conflict_count: int
    revision_count: int
    refused_count: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRefusal:
    """A refused reading, or a refused message (ordinal None)."""

    refusal_id: int
    message_id: int
    ordinal: int | None
    reason_code: str
    detail: str
    point_code: str | None
    at: datetime | None
    value_text: str | None
    refused_at: datetime
    gateway_code: str
    seq: int | None
    replayed_outcome: str | None
    replayed_at: datetime | None


def gateways_alive(conn: Connection, unit_id: int) -> list[GatewayAlive]:
    """Every gateway of a unit."""
    cursor = conn.cursor(row_factory=class_row(GatewayAlive))
    return cursor.execute(_QUERIES["gateways_alive"], {"unit_id": unit_id}).fetchall()


def arrived(conn: Connection, unit_id: int, start_at: datetime, end_at: datetime) -> Arrived:
    """What came in [start_at, end_at)."""
    wanted = {"unit_id": unit_id, "start_at": start_at, "end_at": end_at}
    return conn.cursor(row_factory=class_row(Arrived)).execute(_QUERIES["arrived"], wanted).fetchall()[0]


def refused_by_reason(conn: Connection, unit_id: int, start_at: datetime, end_at: datetime) -> list[RefusedReason]:
    """What was refused of what came in [start_at, end_at), the most frequent reason first."""
    wanted = {"unit_id": unit_id, "start_at": start_at, "end_at": end_at}
    cursor = conn.cursor(row_factory=class_row(RefusedReason))
    return cursor.execute(_QUERIES["refused_by_reason"], wanted).fetchall()


def arrived_messages(
    conn: Connection,
    unit_id: int,
    start_at: datetime,
    end_at: datetime,
    *,
    gateway_code: str | None,
    limit: int,
    offset: int,
) -> tuple[list[ArrivedMessage], int]:
    """Messages of a span, newest first, and how many there are in all."""
    wanted = {
        "unit_id": unit_id,
        "start_at": start_at,
        "end_at": end_at,
        "gateway_code": gateway_code,
        "row_limit": limit,
        "row_offset": offset,
    }
    rows = conn.cursor(row_factory=class_row(ArrivedMessage)).execute(_QUERIES["messages"], wanted).fetchall()
    count = conn.execute(_QUERIES["count_messages"], wanted).fetchall()[0][0]
    return rows, int(count)


def unit_refusals(
    conn: Connection,
    unit_id: int,
    start_at: datetime,
    end_at: datetime,
    *,
    reason_code: str | None,
    limit: int,
    offset: int,
) -> list[UnitRefusal]:
    """Refusals of what came in a span, newest first; `refused_by_reason` says how many there are."""
    wanted = {
        "unit_id": unit_id,
        "start_at": start_at,
        "end_at": end_at,
        "reason_code": reason_code,
        "row_limit": limit,
        "row_offset": offset,
    }
    return conn.cursor(row_factory=class_row(UnitRefusal)).execute(_QUERIES["refusals"], wanted).fetchall()
