"""Refusals: what was not taken, its bytes, and the rows of a replay."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.locks import lock_shard
from nenghao.db.queries import load_queries

_QUERIES = load_queries("refusals")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalFilter:
    """Which refusals are meant; None says any. `[start_at, end_at)` is the time of the refusal."""

    refusal_ids: Sequence[int] | None = None
    reason_code: str | None = None
    unit_code: str | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRow:
    """A refusal for people: unit and gateway as the topic names them, empty where it is not ours."""

    refusal_id: int
    message_id: int
    ordinal: int | None
    reason_code: str
    detail: str
    point_code: str | None
    at: datetime | None
    value_text: str | None
    refused_at: datetime
    unit_code: str
    gateway_code: str
    topic: str
    hash: str
    replayed_outcome: str | None
    replayed_message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedMessage:
    """A message that holds refusals; `arrived_at` is when its bytes first came, before any replay."""

    message_id: int
    topic: str
    seq: int | None
    hash: bytes
    payload: bytes | None
    arrived_at: datetime
    replays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRefusal:
    """A refusal that was not replayed yet; ordinal None is of the whole message."""

    refusal_id: int
    ordinal: int | None
    reason_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedReading:
    """The key of a refused reading that was taken now."""

    refusal_id: int
    series_id: int
    at: datetime


def list_refusals(conn: Connection, wanted: RefusalFilter, limit: int | None) -> list[RefusalRow]:
    """Refusals, newest first."""
    with conn.cursor(row_factory=class_row(RefusalRow)) as cursor:
        return cursor.execute(_QUERIES["refusals"], asdict(wanted) | {"row_limit": limit}).fetchall()


def read_payload(conn: Connection, message_id: int) -> bytes | None:
    """The bytes of a message, None once retention took them."""
    row = conn.execute(_QUERIES["payload"], {"message_id": message_id}).fetchone()
    return None if row is None else bytes(row[0])


def pending_messages(conn: Connection, wanted: RefusalFilter, *, after_id: int, limit: int) -> list[tuple[int, int]]:
    """(message, shard) of the next messages with refusals to replay, in order of arrival."""
    parameters = asdict(wanted) | {"after_id": after_id, "row_limit": limit}
    return conn.execute(_QUERIES["pending_messages"], parameters).fetchall()


@contextmanager
def replaying(conn: Connection, shard: int, *, is_dry_run: bool) -> Iterator[None]:
    """A transaction that is the only one that stores messages of the shard; a dry run leaves nothing behind."""
    with conn.transaction(force_rollback=is_dry_run):
        lock_shard(conn, shard)
        yield


def read_refused_message(conn: Connection, message_id: int) -> RefusedMessage:
    """The message with its bytes."""
    with conn.cursor(row_factory=class_row(RefusedMessage)) as cursor:
        found = cursor.execute(_QUERIES["refused_message"], {"message_id": message_id}).fetchone()
    assert found is not None  # noqa: S101 - a refusal has a message, and messages are never deleted
    return found


def pending_refusals(conn: Connection, wanted: RefusalFilter, message_id: int) -> list[PendingRefusal]:
    """What of one message is to be replayed."""
    with conn.cursor(row_factory=class_row(PendingRefusal)) as cursor:
        return cursor.execute(_QUERIES["pending_refusals"], asdict(wanted) | {"message_id": message_id}).fetchall()


def message_of_identity(
    conn: Connection, gateway_id: int | None, boot_id: UUID | None, seq: int | None
) -> tuple[int, bytes] | None:
    """Id and hash of the message that is stored under an identity."""
    parameters = {"gateway_id": gateway_id, "boot_id": boot_id, "seq": seq}
    row = conn.execute(_QUERIES["message_of_identity"], parameters).fetchone()
    return None if row is None else (row[0], bytes(row[1]))


def message_of_topic(conn: Connection, topic: str, digest: bytes) -> int:
    """The message without an identity that was just stored under a topic."""
    row = conn.execute(_QUERIES["message_of_topic"], {"topic": topic, "hash": digest}).fetchone()
    assert row is not None  # noqa: S101 - its caller stored it in the same transaction
    return int(row[0])


def note_message_replayed(
    conn: Connection, refusal_id: int, message_id: int, *, outcome: str, arrived_at: datetime, replayed_at: datetime
) -> None:
    """Remember that a refused message was taken."""
    conn.execute(
        _QUERIES["note_message_replayed"],
        {
            "refusal_id": refusal_id,
            "message_id": message_id,
            "outcome": outcome,
            "arrived_at": arrived_at,
            "replayed_at": replayed_at,
        },
    )


def note_readings_replayed(
    conn: Connection,
    message_id: int,
    readings: Sequence[ReplayedReading],
    *,
    arrived_at: datetime,
    replayed_at: datetime,
) -> dict[str, int]:
    """Remember what became of refused readings, given in their new order; returns how many by outcome."""
    parameters = {
        "message_id": message_id,
        "refusal_ids": [one.refusal_id for one in readings],
        "series_ids": [one.series_id for one in readings],
        "instants": [one.at for one in readings],
        "arrived_at": arrived_at,
        "replayed_at": replayed_at,
    }
    return dict(conn.execute(_QUERIES["note_readings_replayed"], parameters).fetchall())
