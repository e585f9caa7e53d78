"""Day trees: the range of the next one, its leaves, and the heads of those that are closed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import psycopg
from psycopg.rows import class_row

from nenghao.db.locks import lock_tree_exclusive
from nenghao.db.queries import load_queries
from nenghao.domain.leaves import batch_leaf, row_leaf
from nenghao.domain.merkle import leaf_hash

_QUERIES = load_queries("tree")

#: How long batches wait behind a closing tree that itself waits for a long transaction; then it gives up for now.
LOCK_WAIT: Final = "5s"
BATCHES_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTree:
    """The newest closed tree."""

    tree_no: int
    day_on: date
    last_batch_id: int
    last_row_leaf_id: int
    root: bytes
    closed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRange:
    """Which batches and row leaves a tree stands over, first and last included; empty where last is before first."""

    first_batch_id: int
    last_batch_id: int
    first_row_leaf_id: int
    last_row_leaf_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as it is stored."""

    batch_id: int
    shard: int
    batch_no: int
    first_message_id: int
    last_message_id: int
    message_count: int
    root: bytes
    previous_link: bytes | None
    link: bytes

    def leaf(self) -> bytes:
        """The content of its leaf in a day's tree."""
        return batch_leaf(
            shard=self.shard,
            batch_no=self.batch_no,
            first_message_id=self.first_message_id,
            last_message_id=self.last_message_id,
            message_count=self.message_count,
            root=self.root,
            previous_link=self.previous_link,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLeaf:
    """A row leaf as it is stored."""

    row_leaf_id: int
    table_name: str
    row_key: str
    content_hash: bytes

    def leaf(self) -> bytes:
        """The content of its leaf in a day's tree."""
        return row_leaf(
            row_leaf_id=self.row_leaf_id,
            table_name=self.table_name,
            row_key=self.row_key,
            content_hash=self.content_hash,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTree:
    """A tree as it is stored, with its signed head; without one where the head's row is missing."""

    tree_no: int
    day_on: date
    first_batch_id: int
    last_batch_id: int
    first_row_leaf_id: int
    last_row_leaf_id: int
    batch_count: int
    message_count: int
    row_count: int
    hash_algorithm: str
    root: bytes
    previous_root: bytes | None
    closed_at: datetime
    resumed_over_tree_no: int | None
    resume_reason: str | None
    topic: str | None = None
    body: bytes | None = None
    signature_algorithm: str | None = None
    key_id: str | None = None
    signature: bytes | None = None

    @property
    def range(self) -> TreeRange:
        """What it stands over."""
        return TreeRange(
            first_batch_id=self.first_batch_id,
            last_batch_id=self.last_batch_id,
            first_row_leaf_id=self.first_row_leaf_id,
            last_row_leaf_id=self.last_row_leaf_id,
        )


def last_tree(conn: psycopg.Connection) -> LastTree | None:
    """The newest closed tree; None before the first."""
    return conn.cursor(row_factory=class_row(LastTree)).execute(_QUERIES["last_tree"]).fetchone()


def range_end(conn: psycopg.Connection) -> tuple[int, int]:
    """The ids of the newest batch and row leaf, below which nothing is on its way; a transaction of its own.

    Raises: psycopg.errors.LockNotAvailable where a transaction that adds leaves does not end within `LOCK_WAIT`.
    """
    with conn.transaction():
        conn.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
        lock_tree_exclusive(conn)
        row = conn.execute(_QUERIES["range_end"]).fetchone()
    assert row is not None  # noqa: S101 - a query without FROM has one row
    return row[0], row[1]


def batches(
    conn: psycopg.Connection,
    *,
    shard: int | None = None,
    between: tuple[int, int] | None = None,
    message_id: int | None = None,
) -> Iterator[Batch]:
    """Batches in their order, streamed: all, of a shard, of a range of ids (first and last included), of a message."""
    first_id, last_id = between or (None, None)
    wanted = {"shard": shard, "first_id": first_id, "last_id": last_id, "message_id": message_id}
    with psycopg.ServerCursor(conn, f"batches_{shard}", row_factory=class_row(Batch)) as cursor:
        cursor.itersize = BATCHES_AT_ONCE
        cursor.execute(_QUERIES["batches"], wanted)
        yield from cursor


def row_leaves_between(conn: psycopg.Connection, first_id: int, last_id: int) -> Iterator[RowLeaf]:
    """Row leaves by id, first and last included."""
    yield from conn.cursor(row_factory=class_row(RowLeaf)).execute(
        _QUERIES["row_leaves_between"], {"first_id": first_id, "last_id": last_id}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLeaves:
    """The leaf hashes of a tree, those of batches first, and what they count."""

    hashes: list[bytes]
    batch_count: int
    message_count: int

    @property
    def row_count(self) -> int:
        """How many leaves are rows."""
        return len(self.hashes) - self.batch_count


def tree_leaves(conn: psycopg.Connection, over: TreeRange) -> TreeLeaves:
    """The leaves of a range, from the stored batches and row leaves."""
    hashes: list[bytes] = []
    message_count = 0
    with conn.transaction():
        for batch in batches(conn, between=(over.first_batch_id, over.last_batch_id)):
            hashes.append(leaf_hash(batch.leaf()))
            message_count += batch.message_count
        batch_count = len(hashes)
        rows = row_leaves_between(conn, over.first_row_leaf_id, over.last_row_leaf_id)
        hashes += [leaf_hash(row.leaf()) for row in rows]
    return TreeLeaves(hashes=hashes, batch_count=batch_count, message_count=message_count)


def add_tree(conn: psycopg.Connection, tree: ClosedTree, payload: bytes) -> None:
    """Add a closed tree with its signed head, and put the head out to be published, in one transaction."""
    columns = {name: getattr(tree, name) for name in tree.__slots__}
    with conn.transaction():
        conn.execute(_QUERIES["add_tree"], columns)
        conn.execute(_QUERIES["add_head"], columns | {"payload": payload})


def closed_trees(conn: psycopg.Connection) -> list[ClosedTree]:
    """Every closed tree, the oldest first."""
    return conn.cursor(row_factory=class_row(ClosedTree)).execute(_QUERIES["trees"]).fetchall()
