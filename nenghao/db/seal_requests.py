"""Requests to seal, and what became of them: the queries of sql/queries/seal_requests.sql."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("seal_requests")

SealKind = Literal["monitored_balance", "filing", "aggregate"]
SealState = Literal["waiting", "running", "sealed", "unchanged", "refused"]
#: Requests that a list shows at the most; older ones are found by their month.
LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSealRequest:
    """What is asked: a unit's month, or the sum of a region by its parts."""

    kind: SealKind
    month_on: date
    requested_by: str
    requested_at: datetime
    unit_id: int | None = None
    region_code: str | None = None
    sector_code: str | None = None
    parts: str | None = None
    panel_code: str | None = None
    public_from: datetime | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRequest:
    """A request with what it has come to."""

    seal_request_id: int
    kind: SealKind
    month_on: date
    unit_id: int | None
    region_code: str | None
    sector_code: str | None
    parts: str | None
    panel_code: str | None
    public_from: datetime | None
    remark: str | None
    requested_by: str
    requested_at: datetime
    state: SealState
    since_at: datetime
    release_id: int | None
    #: A code below `release.refused`.
    reason: str | None
    unit_code: str | None
    unit_name: str | None
    archive_name: str | None
    version: int | None


@dataclass(frozen=True, slots=True)
class NewestSealed:
    """The newest balance or filing of a unit's month, and the release that seals it."""

    object_id: int
    release_id: int | None
    sealed_at: datetime | None


def insert_seal_request(conn: Connection, request: NewSealRequest) -> int:
    """Ask; returns the request's id."""
    rows = conn.execute(_QUERIES["insert_seal_request"], asdict(request)).fetchall()
    return int(rows[0][0])


def load_seal_requests(
    conn: Connection,
    *,
    ids: Sequence[int] | None = None,
    month_on: date | None = None,
    unit_id: int | None = None,
    most: int = LISTED,
) -> list[SealRequest]:
    """Requests, the newest first: all, or of ids, a month, a unit."""
    wanted = {"ids": None if ids is None else list(ids), "month_on": month_on, "unit_id": unit_id, "most": most}
    return conn.cursor(row_factory=class_row(SealRequest)).execute(_QUERIES["seal_requests"], wanted).fetchall()


def add_seal_progress(
    conn: Connection,
    seal_request_id: int,
    state: SealState,
    at: datetime,
    *,
    release_id: int | None = None,
    reason: str | None = None,
) -> None:
    """Say what became of a request; what is said already stands."""
    columns = {
        "seal_request_id": seal_request_id,
        "state": state,
        "release_id": release_id,
        "reason": reason,
        "at": at,
    }
    conn.execute(_QUERIES["add_seal_progress"], columns)


def newest_sealed(conn: Connection, kind: SealKind, unit_id: int, month_on: date) -> NewestSealed | None:
    """What a unit's month would seal; None where there is nothing."""
    columns = {"kind": kind, "unit_id": unit_id, "month_on": month_on}
    row = conn.execute(_QUERIES["newest_sealed"], columns).fetchone()
    return None if row is None else NewestSealed(*row)


def newest_aggregate(conn: Connection, aggregate_code: str, month_on: date) -> int | None:
    """The newest release of an aggregate."""
    columns = {"aggregate_code": aggregate_code, "month_on": month_on}
    row = conn.execute(_QUERIES["newest_aggregate"], columns).fetchone()
    return None if row is None else int(row[0])
