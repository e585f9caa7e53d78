"""Checks an evidence document without a network or a database: hashes, figures, and messages below signed heads.

Before: a file that somebody was handed. After: one line a check. The document is not signed: it is genuine where its
hash is the one that the store keeps of it (`evidence_document`), and its readings are where heads are signed.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from nenghao.crypto import digest
from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.due_figure import Account, Witness, due_figure
from nenghao.domain.merkle import leaf_hash, root_of_path
from nenghao.envelope import open_envelope
from nenghao.errors import SealBroken
from nenghao.reporting.evidence import FORMAT, HASH_ALGORITHM
from nenghao.reporting.verify import Check
from nenghao.signer.statements import Head, read_head
from nenghao.trust import Trust

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: Fields of a message's line in its leaf (docs/day-tree.md) that the document repeats.
_LEAF_FIELDS: Final = {"boot_id": 4, "seq": 5, "hash": 10}


def verify_document(file: bytes, trust: Trust) -> list[Check]:
    """Every check up to the first that fails; the document holds where all passed."""
    checks: list[Check] = []
    try:
        for check in _checks(file, trust):
            checks.append(check)
            if not check.is_passed:
                break
    # A changed byte can break a text or its structure in any of these ways; all mean the same.
    except (SealBroken, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        checks.append(Check("verify_evidence.not_one", "", False))
    return checks


def _checks(file: bytes, trust: Trust) -> Iterator[Check]:
    fields = json.loads(file)
    document = fields["document"]
    if document["format"] != FORMAT or fields["hash_algorithm"] != HASH_ALGORITHM:
        yield Check("verify_evidence.not_one", str(document["format"]), False)
    if canonical_bytes(fields) != file:
        yield Check("verify_evidence.not_canonical", "", False)
    if digest(HASH_ALGORITHM, canonical_bytes(document)).hex() != fields["hash"]:
        yield Check("verify_evidence.hash_wrong", "", False)
    yield Check("verify_evidence.hash_ok", fields["hash"], True)
    yield from _check_pieces(document["recorded"])
    yield from _check_figures(document["subjects"], document["documents"])
    yield from _check_messages(document, trust)


def _check_pieces(pieces: Sequence[Mapping[str, Any]]) -> Iterator[Check]:
    for piece in pieces:
        if digest("sha256", piece["text"].encode()).hex() != piece["hash"]:
            yield Check("verify_evidence.piece_wrong", f"{piece['evidence_id']} {piece['kind']}", False)
    yield Check("verify_evidence.pieces_ok", str(len(pieces)), True)


def _check_figures(subjects: Sequence[Mapping[str, Any]], documents: Sequence[Mapping[str, Any]]) -> Iterator[Check]:
    """What is held against anybody follows from what is in the document: days to reported, witnesses to amounts."""
    for subject in subjects:
        energy = [
            Decimal(value)
            for day in subject["days"]
            for value, is_inside in zip(day["energy"], day["in_span"], strict=True)
            if is_inside == "1"
        ]
        reported = sum(energy, Decimal(0)) if energy else None
        if reported != _decimal(subject["reported_energy"]) or not _follows(subject):
            yield Check("verify_evidence.figures_wrong", subject["point"]["point_code"], False)
    for row in documents:
        if not _follows(row):
            yield Check("verify_evidence.figures_wrong", f"{row['row_code']} {row['span'][0]}", False)
    yield Check("verify_evidence.figures_ok", str(len(subjects) + len(documents)), True)


def _follows(row: Mapping[str, Any]) -> bool:
    """Whether the figure due follows from the witnesses and what was reported."""
    reported, stated = _decimal(row["reported_energy"]), row["due_figure"]
    said = [_account(one) for one in row["witnesses"] if "silent" not in one]
    due = None if reported is None else due_figure(reported, said)
    if due is None or stated is None:
        return (due is None) == (stated is None)
    names = ("low", "mid", "high", "reported", "least_amount", "likely_amount", "least_error_rate")
    return all(getattr(due, name) == _decimal(stated[name]) for name in names)


def _account(row: Mapping[str, Any]) -> Account:
    low, mid, high = (Decimal(row[name]) for name in ("low", "mid", "high"))
    return Account(witness=Witness(row["witness"]), low=low, mid=mid, high=high)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _check_messages(document: Mapping[str, Any], trust: Trust) -> Iterator[Check]:
    proofs = document["proofs"]
    messages = {row["message_id"]: row for row in document["messages"]}
    proven = {one["message_id"]: one for one in proofs["messages"]}
    yield from _check_leaves(document, messages, proven)
    yield from _check_paths(proofs, proven, trust)
    yield Check("verify_evidence.messages_ok", str(len(proven)), True)
    if len(messages) > len(proven):
        yield Check("verify_evidence.unproven", str(len(messages) - len(proven)), True)


def _check_leaves(
    document: Mapping[str, Any], messages: Mapping[int, Mapping[str, Any]], proven: Mapping[int, Mapping[str, Any]]
) -> Iterator[Check]:
    for message_id, proof in proven.items():
        if not _is_of_its_leaf(messages[message_id], proof["leaf"]):
            yield Check("verify_evidence.leaf_wrong", str(message_id), False)
    for subject in document["subjects"]:
        for row in subject["readings"]:
            if row["message_id"] in proven and not _is_in_leaf(row, proven[row["message_id"]]["leaf"]):
                yield Check("verify_evidence.leaf_wrong", f"{row['series_id']} {row['at']}", False)


def _check_paths(proofs: Mapping[str, Any], proven: Mapping[int, Mapping[str, Any]], trust: Trust) -> Iterator[Check]:
    heads: dict[int, tuple[Head, int]] = {}
    for tree in proofs["trees"]:
        head, objection = _head(tree["head"], trust)
        if head is None or objection is not None:
            yield Check(objection or "verify_evidence.head_unsigned", str(tree["tree_no"]), False)
            return
        heads[tree["tree_no"]] = (head, tree["size"])
    batches = {batch["batch_id"]: batch for batch in proofs["batches"]}
    for batch in batches.values():
        head, size = heads[batch["tree_no"]]
        is_whole = size == head.batch_count + head.row_count
        if not is_whole or _root(batch, leaf_hash(batch["leaf"].encode()), size) != head.root:
            yield Check("verify_evidence.path_wrong", f"batch {batch['batch_id']}", False)
    for message_id, proof in proven.items():
        # Fields of a batch's leaf: shard, number, first and last message, how many, the root over them.
        count, root = batches[proof["batch_id"]]["leaf"].split("\t")[5:7]
        found = _root(proof, leaf_hash(proof["leaf"].encode()), int(count))
        if found is None or found.hex() != root:
            yield Check("verify_evidence.path_wrong", f"message {message_id}", False)


def _root(proof: Mapping[str, Any], leaf: bytes, size: int) -> bytes | None:
    return root_of_path(leaf, proof["index"], size, [bytes.fromhex(one) for one in proof["path"]])


def _is_of_its_leaf(message: Mapping[str, Any], leaf: str) -> bool:
    fields = leaf.split("\n")[1].split("\t")
    told = {name: "-" if message[name] is None else str(message[name]) for name in _LEAF_FIELDS}
    return fields[1] == str(message["message_id"]) and all(
        fields[place].strip('"') == told[name] for name, place in _LEAF_FIELDS.items()
    )


def _is_in_leaf(reading: Mapping[str, Any], leaf: str) -> bool:
    """Whether the leaf has the very value of the reading: ordinal, series, instant, number."""
    at = str((datetime.fromisoformat(reading["at"]) - _EPOCH) // timedelta(microseconds=1))
    wanted = ["r", str(reading["ordinal"]), str(reading["series_id"]), at, reading["value"]]
    return any(line.split("\t")[: len(wanted)] == wanted for line in leaf.split("\n")[2:])


def _head(text: str, trust: Trust) -> tuple[Head | None, str | None]:
    payload = base64.b64decode(text, validate=True)
    # Base64 may hold bits that say nothing: one text for one head.
    envelope = open_envelope(payload) if base64.b64encode(payload).decode() == text else None
    if envelope is None or envelope.signature is None:
        return None, None
    head = read_head(envelope.body)
    return head, trust.objection(envelope.signature, head.topic, envelope.body, head.closed_at)
