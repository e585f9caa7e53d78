"""Proofs that messages of a case are below signed heads, for a document that is checked without the store.

Before: the messages that brought a case's readings. After: `nenghao.reporting.verify_evidence`. Batches, trees and
heads stand once, however many messages rest on them.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nenghao.crypto import Signature
from nenghao.db import proofs as db
from nenghao.db.connection import Connection
from nenghao.db.tree import Batch, ClosedTree, tree_leaves
from nenghao.domain.merkle import inclusion_path, leaf_hash
from nenghao.envelope import payload_of
from nenghao.errors import SealBroken
from nenghao.reporting.archived_rows import archived_readings


@dataclass(slots=True)
class _Found:
    """What was looked up already: leaves of batches, trees with the hashes below them."""

    batches: dict[int, tuple[Batch, list[int], list[bytes], ClosedTree | None]] = field(default_factory=dict)
    trees: dict[int, tuple[ClosedTree, list[bytes]]] = field(default_factory=dict)


def prove_messages(conn: Connection, message_ids: Sequence[int], archive_dir: Path | None) -> dict[str, Any]:
    """Leaves and paths of messages, and for those that have none why: not in a batch, tree not closed.

    Raises: SealBroken where what is stored of a message is not what its leaf says, or a closed tree has no head.
    """
    found, proven = _Found(), set()
    messages: list[dict[str, Any]] = []
    unproven: list[dict[str, Any]] = []
    for message_id in message_ids:
        message = db.stored_message_by_id(conn, message_id, partial(archived_readings, conn, archive_dir))
        if message is None or message.batch is None or message.leaf_hash is None:
            unproven.append({"message_id": message_id, "reason": "no_leaf"})
            continue
        if leaf_hash(message.leaf) != message.leaf_hash:
            raise SealBroken(
                f"message {message_id}: what is stored is not what its leaf says; see `nenghao verify store`"
            )
        _, ids, leaves, tree = _batch(conn, found, message.batch)
        if tree is None:
            unproven.append({"message_id": message_id, "reason": "tree_open"})
            continue
        index = ids.index(message_id)
        proven.add(message.batch.batch_id)
        messages.append(
            {
                "message_id": message_id,
                "leaf": message.leaf.decode(),
                "batch_id": message.batch.batch_id,
                "index": index,
                "path": [one.hex() for one in inclusion_path(leaves, index)],
            }
        )
    return {
        "messages": messages,
        "batches": [_batch_proof(found, batch_id) for batch_id in sorted(proven)],
        "trees": [_tree(found, tree_no) for tree_no in sorted(found.trees)],
        "unproven": unproven,
    }


def _batch(conn: Connection, found: _Found, batch: Batch) -> tuple[Batch, list[int], list[bytes], ClosedTree | None]:
    if batch.batch_id not in found.batches:
        tree = db.tree_of(conn, batch)
        ids, leaves = map(list, zip(*db.leaves_of_batch(conn, batch), strict=True))
        found.batches[batch.batch_id] = (batch, ids, leaves, tree)
        if tree is not None and tree.tree_no not in found.trees:
            found.trees[tree.tree_no] = (tree, list(tree_leaves(conn, tree.range).hashes))
    return found.batches[batch.batch_id]


def _batch_proof(found: _Found, batch_id: int) -> dict[str, Any]:
    batch, _, leaves, tree = found.batches[batch_id]
    if tree is None:
        raise SealBroken(f"batch {batch_id}: its tree is gone")
    above = found.trees[tree.tree_no][1]
    index = above.index(leaf_hash(batch.leaf()))
    return {
        "batch_id": batch_id,
        "leaf": batch.leaf().decode(),
        "size": len(leaves),
        "tree_no": tree.tree_no,
        "index": index,
        "path": [one.hex() for one in inclusion_path(above, index)],
    }


def _tree(found: _Found, tree_no: int) -> dict[str, Any]:
    tree, hashes = found.trees[tree_no]
    if tree.body is None or tree.signature is None or tree.key_id is None or tree.signature_algorithm is None:
        raise SealBroken(f"tree {tree_no}: its head is missing")
    signature = Signature(algorithm=tree.signature_algorithm, key_id=tree.key_id, value=tree.signature)
    return {
        "tree_no": tree_no,
        "size": len(hashes),
        "head": base64.b64encode(payload_of(signature, tree.body)).decode(),
    }
