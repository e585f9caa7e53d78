"""What administrators look at and register: the queries of sql/queries/administration.sql."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.locks import SHARD_LEASE_CLASS
from nenghao.db.paging import read_page
from nenghao.db.queries import load_queries

_QUERIES: Final = load_queries("administration")
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardHealth:
    """How a shard is: its gateways, the last message, and whether a collector holds its lease."""

    shard: int
    gateway_count: int
    offline_count: int
    silent_count: int
    last_message_at: datetime | None
    last_batch_at: datetime | None
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTrace:
    """When a step of the clock last left a row."""

    step: str
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingList:
    """How much waits, and since when."""

    waiting_list: str
    row_count: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTree:
    """A day tree; `key_id` is the key that signed its head, None where it is not signed yet."""

    tree_no: int
    day_on: date
    closed_at: datetime
    batch_count: int
    message_count: int
    row_count: int
    root: str
    key_id: str | None
    resume_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What the database server says of itself."""

    server_version: str
    timescale_version: str | None
    size_bytes: int
    server_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """When a level owes a form for a month."""

    edition: str
    form_code: str
    month_on: date
    level: str
    is_surveyed: bool
    opens_at: datetime | None
    due_at: datetime | None
    document_no: str | None
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEvent:
    """Something public that explains figures: where, when, for which sector, by which document."""

    context_event_id: int
    kind: str
    title: str
    begins_at: datetime
    ends_at: datetime | None
    division_code: str | None
    industry_code: str | None
    document_no: str
    filed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPublicEvent:
    """A public event as it is registered."""

    kind: str
    title: str
    begins_at: datetime
    ends_at: datetime | None
    division_code: str | None
    industry_code: str | None
    document_no: str
    filed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRow:
    """Who looked at what, or did what, and whether it came about."""

    access_trail_id: int
    at: datetime
    login: str | None
    name: str | None
    role: str | None
    authority: str | None
    kind: str
    route: str
    unit_code: str | None
    unit_name: str | None
    subject: str
    outcome: str
    address: str | None


def health_shards(conn: Connection) -> list[ShardHealth]:
    """Every shard that has gateways."""
    return _all(conn, "health_shards", ShardHealth, {"lock_class": SHARD_LEASE_CLASS})


def health_steps(conn: Connection) -> list[StepTrace]:
    """Every step of the clock."""
    return _all(conn, "health_steps", StepTrace, {})


def health_lists(conn: Connection) -> list[WaitingList]:
    """Every list of what waits."""
    return _all(conn, "health_lists", WaitingList, {})


def last_trees(conn: Connection, count: int) -> list[ClosedTree]:
    """The newest day trees, newest first."""
    return _all(conn, "last_trees", ClosedTree, {"count": count})


def server_facts(conn: Connection) -> ServerFacts:
    """What the server says of itself."""
    return _all(conn, "server_facts", ServerFacts, {})[0]


def calendar_rows(conn: Connection, year: int) -> list[CalendarRow]:
    """The reporting calendar of the periods of a year."""
    span = {"first_on": date(year, 1, 1), "end_on": date(year + 1, 1, 1)}
    return _all(conn, "calendar_rows", CalendarRow, span)


def calendar_years(conn: Connection) -> list[int]:
    """Years that the calendar has."""
    return [int(year) for (year,) in conn.execute(_QUERIES["calendar_years"])]


def public_events(conn: Connection, kind: str | None, *, limit: int, offset: int) -> tuple[list[PublicEvent], int]:
    """A page of public events, newest first, and how many there are."""
    return read_page(conn, _QUERIES["public_events"], PublicEvent, {"kind": kind}, limit=limit, offset=offset)


def insert_public_event(conn: Connection, event: NewPublicEvent) -> int:
    """Register a public event; returns its id."""
    columns = {name: getattr(event, name) for name in NewPublicEvent.__slots__}
    ((event_id,),) = conn.execute(_QUERIES["insert_public_event"], columns).fetchall()
    return int(event_id)


def trail(
    conn: Connection,
    *,
    from_at: datetime,
    to_at: datetime,
    login: str | None,
    unit: str | None,
    kind: str | None,
    outcome: str | None,
    limit: int,
    offset: int,
) -> tuple[list[TrailRow], int]:
    """A page of the trail, newest first, and how much there is."""
    wanted = {"from_at": from_at, "to_at": to_at, "login": login, "unit": unit, "kind": kind, "outcome": outcome}
    return read_page(conn, _QUERIES["trail"], TrailRow, wanted, limit=limit, offset=offset)


def _all(conn: Connection, name: str, row: type[_Row], wanted: dict[str, Any]) -> list[_Row]:
    return conn.cursor(row_factory=class_row(row)).execute(_QUERIES[name], wanted).fetchall()
