"""What proves that one message is in the store: its leaf, the leaves beside it, its batch and its tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.tree import Batch, ClosedTree, closed_trees
from nenghao.domain.leaves import message_leaf

_QUERIES = load_queries("proofs")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message with the text of its leaf, made anew from its rows, and the hash that was stored with it."""

    message_id: int
    leaf: bytes
    leaf_hash: bytes | None
    batch: Batch | None


def stored_message(
    conn: Connection, *, unit_code: str, gateway_code: str, boot_id: UUID, seq: int
) -> StoredMessage | None:
    """A message by its identity; None where it is not stored."""
    columns = {"unit_code": unit_code, "gateway_code": gateway_code, "boot_id": boot_id, "seq": seq}
    found = conn.execute(_QUERIES["message_of_identity"], columns, binary=True).fetchone()
    if found is None:
        return None
    *row, leaf_hash = found
    batch = _batch_of(conn, row)
    instants: dict[str, Any] = {"first_at": None, "last_at": None}
    if batch is not None:
        first_at, last_at = conn.execute(_QUERIES["batch_instants"], {"batch_id": batch.batch_id}).fetchone() or ()
        instants = {"first_at": first_at, "last_at": last_at}
    of_message = {"message_id": row[0]}
    readings = conn.execute(_QUERIES["readings_of_message"], of_message | instants, binary=True).fetchall()
    parts = [
        conn.execute(_QUERIES[f"{kind}_of_message"], of_message, binary=True).fetchall()
        for kind in ("refusals", "conflicts", "revisions")
    ]
    return StoredMessage(message_id=row[0], leaf=message_leaf(row, readings, *parts), leaf_hash=leaf_hash, batch=batch)


def leaves_of_batch(conn: Connection, batch: Batch) -> list[tuple[int, bytes]]:
    """Id and leaf hash of each message of a batch, in their order."""
    columns = {name: getattr(batch, name) for name in ("shard", "first_message_id", "last_message_id")}
    return [(message_id, leaf) for message_id, leaf in conn.execute(_QUERIES["leaves_of_batch"], columns)]


def tree_of(conn: Connection, batch: Batch) -> ClosedTree | None:
    """The tree that a batch is below; None where it is not closed yet."""
    return next(
        (tree for tree in closed_trees(conn) if tree.first_batch_id <= batch.batch_id <= tree.last_batch_id), None
    )


def _batch_of(conn: Connection, row: Sequence[Any]) -> Batch | None:
    cursor = conn.cursor(row_factory=class_row(Batch))
    return cursor.execute(_QUERIES["batch_of_message"], {"shard": row[1], "message_id": row[0]}).fetchone()
