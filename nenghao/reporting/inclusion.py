"""The proof that a receipted message is below a signed head: made beside the store, checked anywhere.

Before: a receipt, and the tree of its day. After: one line a check, for whoever holds receipt, proof and public keys.
"""

import base64
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from nenghao.crypto import Signature
from nenghao.db import proofs as db
from nenghao.db.connection import Connection
from nenghao.db.tree import tree_leaves
from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.merkle import inclusion_path, leaf_hash, root_of_path
from nenghao.envelope import open_envelope, payload_of
from nenghao.errors import DataRefused, SealBroken
from nenghao.reporting.archived_rows import archived_readings
from nenghao.reporting.receipts import KeptReceipt, read_receipt
from nenghao.reporting.verify import Check
from nenghao.signer.statements import read_head
from nenghao.trust import Trust

SCHEMA: Final = "nenghao/1"
KIND: Final = "inclusion"


def prove(
    conn: Connection, *, unit_code: str, gateway_code: str, boot_id: UUID, seq: int, archive_dir: Path | None = None
) -> bytes:
    """The proof of one message, as canonical JSON; readings that retention dropped are read from the archive's folder.

    Raises: DataRefused where the message is not stored or its day's tree is not closed yet; SealBroken where what is
    stored of it is not what its leaf says.
    """
    identity = f"gateway {gateway_code} of {unit_code}, boot_id {boot_id}, seq {seq}"
    with conn.transaction():
        message = db.stored_message(
            conn,
            unit_code=unit_code,
            gateway_code=gateway_code,
            boot_id=boot_id,
            seq=seq,
            archived=partial(archived_readings, conn, archive_dir),
        )
        if message is None:
            raise DataRefused(f"{identity}: not stored")
        if message.batch is None or message.leaf_hash is None:
            raise DataRefused(f"{identity}: stored before there were day trees")
        if leaf_hash(message.leaf) != message.leaf_hash:
            raise SealBroken(f"{identity}: what is stored is not what its leaf says; see `nenghao verify store`")
        tree = db.tree_of(conn, message.batch)
        if tree is None:
            raise DataRefused(f"{identity}: stored, but its day's tree is not closed yet")
        ids, leaves = zip(*db.leaves_of_batch(conn, message.batch), strict=True)
        above = tree_leaves(conn, tree.range).hashes
    index, batch_index = ids.index(message.message_id), above.index(leaf_hash(message.batch.leaf()))
    if tree.body is None or tree.signature is None or tree.key_id is None or tree.signature_algorithm is None:
        raise SealBroken(f"tree {tree.tree_no}: its head is missing")
    head = payload_of(
        Signature(algorithm=tree.signature_algorithm, key_id=tree.key_id, value=tree.signature), tree.body
    )
    return canonical_bytes(
        {
            "schema": SCHEMA,
            "kind": KIND,
            "leaf": message.leaf.decode(),
            "batch": {
                "leaf": message.batch.leaf().decode(),
                "index": index,
                "size": len(leaves),
                "path": [one.hex() for one in inclusion_path(leaves, index)],
            },
            "tree": {
                "index": batch_index,
                "size": len(above),
                "path": [one.hex() for one in inclusion_path(above, batch_index)],
            },
            "head": base64.b64encode(head).decode(),
        }
    )


def verify_receipt(receipt: bytes, trust: Trust, proof: bytes | None) -> list[Check]:
    """Every check of a receipt, and of a proof for one of its messages, up to the first that fails; needs neither
    network nor database.
    """
    checks: list[Check] = []
    try:
        for check in _checks(receipt, trust, proof):
            checks.append(check)
            if not check.is_passed:
                break
    # A changed byte can break a text or its structure in any of these ways; all mean the same.
    except (SealBroken, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        checks.append(Check("receipt.not_one", "", False))
    return checks


def _checks(payload: bytes, trust: Trust, proof: bytes | None) -> Iterator[Check]:
    envelope = open_envelope(payload)
    if envelope is None or envelope.signature is None:
        yield Check("receipt.not_signed", "", False)
        return
    receipt = read_receipt(envelope.body)
    objection = trust.objection(envelope.signature, receipt.topic, envelope.body, receipt.sent_at)
    if objection is not None:
        yield Check(objection, "", False)
    yield Check("receipt.signature_ok", envelope.signature.key_id, True)
    yield Check("receipt.covers", f"{len(receipt.hashes)} ({receipt.topic}, {receipt.sent_at.isoformat()})", True)
    if proof is not None:
        fields = json.loads(proof)
        if canonical_bytes(fields) != proof:
            yield Check("receipt.not_a_proof", "", False)
        yield from _check_proof(receipt, fields, trust)


def _check_proof(receipt: KeptReceipt, proof: dict[str, Any], trust: Trust) -> Iterator[Check]:
    if (proof["schema"], proof["kind"]) != (SCHEMA, KIND):
        yield Check("receipt.not_a_proof", "", False)
    # Line 2 of a leaf is the message: docs/day-tree.md has its fields.
    fields = proof["leaf"].split("\n")[1].split("\t")
    boot_id, seq, digest = fields[4], int(fields[5]), fields[10]
    if boot_id != receipt.boot_id or receipt.hashes.get(seq) != bytes.fromhex(digest):
        yield Check("receipt.other_message", f"{boot_id} {seq}", False)
    yield Check("receipt.same_message", f"{boot_id} {seq}", True)
    batch = proof["batch"]["leaf"]
    message_count, batch_root = batch.split("\t")[5:7]
    root = _root(proof["batch"], leaf_hash(proof["leaf"].encode()), int(message_count))
    if root is None or batch_root != root.hex():
        yield Check("receipt.not_in_batch", "", False)
    payload = base64.b64decode(proof["head"], validate=True)
    # Base64 may hold bits that say nothing: one text for one proof.
    envelope = open_envelope(payload) if base64.b64encode(payload).decode() == proof["head"] else None
    if envelope is None or envelope.signature is None:
        yield Check("receipt.head_not_signed", "", False)
        return
    head = read_head(envelope.body)
    if _root(proof["tree"], leaf_hash(batch.encode()), head.batch_count + head.row_count) != head.root:
        yield Check("receipt.not_in_tree", str(head.day_on), False)
    objection = trust.objection(envelope.signature, head.topic, envelope.body, head.closed_at)
    if objection is not None:
        yield Check(objection, "", False)
    yield Check("receipt.in_tree", f"{head.tree_no} ({head.day_on}, {head.root.hex()})", True)


def _root(part: dict[str, Any], leaf: bytes, size: int) -> bytes | None:
    """The root to which a path leads; None where the proof tells another size than what is signed.

    Trees of several sizes have the same path to an early leaf.
    """
    path = [bytes.fromhex(one) for one in part["path"]]
    return root_of_path(leaf, int(part["index"]), size, path) if part["size"] == size else None
