"""The leaves of a batch's messages, and the row that chains the batch to the one before it (docs/day-tree.md)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import psycopg

from nenghao.db.queries import load_queries
from nenghao.domain.leaves import batch_leaf, message_leaf
from nenghao.domain.merkle import HASH_ALGORITHM, leaf_hash, tree_root

_QUERIES = load_queries("tree")

Row = Sequence[object]


def leaves_of(
    messages: Sequence[Row],
    readings: Mapping[int, Sequence[Row]],
    refusals: Iterable[Row],
    conflicts: Iterable[Row],
    revisions: Iterable[Row],
) -> list[bytes]:
    """The leaf hash of each message, in their order.

    Messages, refusals, conflicts and revisions are rows as they are copied into their tables; `readings` are the stored
    ones by message: ordinal, series_id, at, value, source, assurance. `verify store` reads the columns in the order
    written here.
    """
    refusals_of = _by_message((row[0], row[1:]) for row in refusals)
    conflicts_of = _by_message((row[4], (row[5], *row[:4], *row[6:])) for row in conflicts)
    revisions_of = _by_message((row[6], (row[7], *row[:6], *row[8:])) for row in revisions)
    return [
        leaf_hash(
            message_leaf(
                row,
                readings.get(message_id, ()),
                refusals_of.get(message_id, ()),
                conflicts_of.get(message_id, ()),
                revisions_of.get(message_id, ()),
            )
        )
        for row in messages
        if isinstance(message_id := row[0], int)
    ]


def store_batch_row(
    conn: psycopg.Connection, shard: int, ids: Sequence[int], leaves: Sequence[bytes], instants: Sequence[datetime]
) -> None:
    """Add the batch of these messages, in ascending order of their ids; call it under the shard's lock."""
    batch_no, previous_link = conn.execute(_QUERIES["last_batch"], {"shard": shard}).fetchone() or (0, None)
    root = tree_root(leaves)
    content = batch_leaf(
        shard=shard,
        batch_no=batch_no + 1,
        first_message_id=ids[0],
        last_message_id=ids[-1],
        message_count=len(ids),
        root=root,
        previous_link=previous_link,
    )
    conn.execute(
        _QUERIES["add_batch"],
        {
            "shard": shard,
            "batch_no": batch_no + 1,
            "first_message_id": ids[0],
            "last_message_id": ids[-1],
            "message_count": len(ids),
            "first_at": min(instants, default=None),
            "last_at": max(instants, default=None),
            "hash_algorithm": HASH_ALGORITHM,
            "root": root,
            "previous_link": previous_link,
            "link": leaf_hash(content),
        },
    )


def _by_message(rows: Iterable[tuple[object, Row]]) -> dict[object, list[Row]]:
    """Rows of each message in the order of their ordinals; the row of a whole message has none and is alone."""
    found: dict[object, list[Row]] = defaultdict(list)
    for message_id, row in rows:
        found[message_id].append(row)
    for of_message in found.values():
        of_message.sort(key=_ordinal)
    return found


def _ordinal(row: Row) -> int:
    return row[0] if isinstance(row[0], int) else -1
