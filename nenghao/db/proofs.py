"""What proves that one message is in the store: its leaf, the leaves beside it, its batch and its tree."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.store_rows import Row, message_of, rows_of_message
from nenghao.db.tree import Batch, ClosedTree, batches, closed_trees
from nenghao.domain.leaves import message_leaf

_QUERIES = load_queries("proofs")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message with the text of its leaf, made anew from its rows, and the hash that was stored with it."""

    message_id: int
    leaf: bytes
    leaf_hash: bytes | None
    batch: Batch | None


#: Gives the readings of a message between two instants that lie in the archive.
ArchivedReadings = Callable[[int, datetime, datetime], Iterable[Row]]


def stored_message(
    conn: Connection,
    *,
    unit_code: str,
    gateway_code: str,
    boot_id: UUID,
    seq: int,
    archived: ArchivedReadings | None = None,
) -> StoredMessage | None:
    """A message by its identity, with its readings of the database and of the archive; None where it is not stored."""
    found = message_of(conn, unit_code, gateway_code, str(boot_id), seq)
    return None if found is None else stored_message_by_id(conn, found[0], archived)


def stored_message_by_id(
    conn: Connection, message_id: int, archived: ArchivedReadings | None = None
) -> StoredMessage | None:
    """A message by its number, as `stored_message`."""
    found = rows_of_message(conn, "messages", message_id)
    if not found:
        return None
    [(*row, leaf_hash)] = found
    batch = next(iter([*batches(conn, shard=row[1], message_id=message_id)]), None)
    first_at, last_at = _instants(conn, batch)
    readings = list(rows_of_message(conn, "readings", message_id, (first_at, last_at)))
    if archived is not None and first_at is not None and last_at is not None:
        readings = sorted([*readings, *archived(message_id, first_at, last_at)], key=itemgetter(1))
    parts = [readings, *(rows_of_message(conn, kind, message_id) for kind in ("refusals", "conflicts", "revisions"))]
    leaf = message_leaf(row, *([one[1:] for one in rows] for rows in parts))
    return StoredMessage(message_id=message_id, leaf=leaf, leaf_hash=leaf_hash, batch=batch)


def leaves_of_batch(conn: Connection, batch: Batch) -> list[tuple[int, bytes]]:
    """Id and leaf hash of each message of a batch, in their order."""
    columns = {name: getattr(batch, name) for name in ("shard", "first_message_id", "last_message_id")}
    return [(message_id, leaf) for message_id, leaf in conn.execute(_QUERIES["leaves_of_batch"], columns)]


def tree_of(conn: Connection, batch: Batch) -> ClosedTree | None:
    """The tree that a batch is below; None where it is not closed yet."""
    return next(
        (tree for tree in closed_trees(conn) if tree.first_batch_id <= batch.batch_id <= tree.last_batch_id), None
    )


def _instants(conn: Connection, batch: Batch | None) -> tuple[datetime | None, datetime | None]:
    """Between which instants the readings of a batch lie; none where it has none."""
    if batch is None:
        return None, None
    row = conn.execute(_QUERIES["batch_instants"], {"batch_id": batch.batch_id}).fetchone()
    return (None, None) if row is None else (row[0], row[1])
