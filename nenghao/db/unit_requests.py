"""What units ask of the bureau, and its answers: the queries of sql/queries/unit_requests.sql."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.unit_requests import Outcome, RequestKind

_QUERIES = load_queries("unit_requests")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRequest:
    """A request with its answer; None where nobody has answered."""

    unit_request_id: int
    unit_id: int
    unit_code: str
    unit_name: str
    kind: str
    gateway_code: str
    boot_id: UUID | None
    reason: str
    asked_by: str
    asked_at: datetime
    outcome: str | None
    remark: str | None
    answered_by: str | None
    answered_at: datetime | None


def add_request(
    conn: Connection,
    *,
    unit_id: int,
    kind: RequestKind,
    gateway_code: str,
    boot_id: str | None,
    reason: str,
    asked_by: str,
    asked_at: datetime,
) -> int:
    """Keep a request; returns its number."""
    columns = {
        "unit_id": unit_id,
        "kind": kind,
        "gateway_code": gateway_code,
        "boot_id": boot_id,
        "reason": reason,
        "asked_by": asked_by,
        "asked_at": asked_at,
    }
    return int(conn.execute(_QUERIES["add_request"], columns).fetchall()[0][0])


def list_requests(
    conn: Connection, *, unit_id: int | None = None, is_open: bool = False, unit_request_id: int | None = None
) -> list[UnitRequest]:
    """Requests, newest first."""
    wanted = {"unit_id": unit_id, "is_open": is_open, "unit_request_id": unit_request_id}
    return conn.cursor(row_factory=class_row(UnitRequest)).execute(_QUERIES["requests"], wanted).fetchall()


def answer_request(
    conn: Connection, unit_request_id: int, *, outcome: Outcome, remark: str, answered_by: str, answered_at: datetime
) -> bool:
    """Answer a request; false where there is none, or it is answered already."""
    columns = {
        "unit_request_id": unit_request_id,
        "outcome": outcome,
        "remark": remark,
        "answered_by": answered_by,
        "answered_at": answered_at,
    }
    return conn.execute(_QUERIES["answer_request"], columns).rowcount == 1
