"""What goes down to gateways: receipts of what was committed, and messages that jobs or the console want published."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from nenghao.db.queries import load_queries

_QUERIES = load_queries("outbound")

MESSAGE_LIMIT: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedMessage:
    """A stored message as a receipt names it; without a gateway there is nobody to send a receipt to."""

    message_id: int
    unit_code: str | None
    gateway_code: str | None
    gateway_shard: int | None
    boot_id: UUID | None
    seq: int | None
    hash: bytes
    stored_count: int
    duplicate_count: int
    conflict_count: int
    revision_count: int
    refused_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedRefusal:
    """A refused message (ordinal None) or reading."""

    message_id: int
    ordinal: int | None
    reason_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """A message to be published."""

    outbound_id: int
    topic: str
    payload: bytes
    retain: bool


def shards(conn: psycopg.Connection) -> list[int]:
    """Every shard that has a gateway: whichever collectors serve them, there is one outbound sender."""
    return [shard for (shard,) in conn.execute(_QUERIES["shards"])]


def receipt_cursor(conn: psycopg.Connection, shard: int) -> int:
    """The last message of the shard that is receipted; 0 where none is."""
    row = conn.execute(_QUERIES["receipt_cursor"], {"shard": shard}).fetchone()
    return 0 if row is None else int(row[0])


def move_receipt_cursor(conn: psycopg.Connection, shard: int, message_id: int) -> None:
    """Remember that the shard is receipted up to a message."""
    conn.execute(_QUERIES["move_receipt_cursor"], {"shard": shard, "message_id": message_id})


def messages_after(conn: psycopg.Connection, shard: int, message_id: int) -> list[CommittedMessage]:
    """The next messages of a shard, at most `MESSAGE_LIMIT`."""
    return _messages(conn, "messages_after", {"shard": shard, "message_id": message_id})


def messages_again(conn: psycopg.Connection, shard: int) -> list[CommittedMessage]:
    """Messages of a shard that came again, at most `MESSAGE_LIMIT`."""
    return _messages(conn, "messages_again", {"shard": shard})


def forget_again(conn: psycopg.Connection, message_ids: Sequence[int]) -> None:
    """They are receipted again."""
    conn.execute(_QUERIES["forget_again"], {"message_ids": list(message_ids)})


def refusals_of(conn: psycopg.Connection, message_ids: Sequence[int]) -> list[CommittedRefusal]:
    """What was refused of these messages, in order."""
    cursor = conn.cursor(row_factory=class_row(CommittedRefusal))
    return cursor.execute(_QUERIES["refusals_of"], {"message_ids": list(message_ids)}).fetchall()


def outbound_unsent(conn: psycopg.Connection) -> list[OutboundMessage]:
    """What waits to be published, in order."""
    cursor = conn.cursor(row_factory=class_row(OutboundMessage))
    return cursor.execute(_QUERIES["outbound_unsent"], {"message_limit": MESSAGE_LIMIT}).fetchall()


def mark_outbound_sent(conn: psycopg.Connection, outbound_ids: Sequence[int]) -> None:
    """The broker took them."""
    conn.execute(_QUERIES["mark_outbound_sent"], {"outbound_ids": list(outbound_ids)})


def _messages(conn: psycopg.Connection, query: str, parameters: dict[str, int]) -> list[CommittedMessage]:
    cursor = conn.cursor(row_factory=class_row(CommittedMessage))
    return cursor.execute(_QUERIES[query], parameters | {"message_limit": MESSAGE_LIMIT}).fetchall()
