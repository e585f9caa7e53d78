"""Checks the store against its trees and heads: every row that a figure may rest on, from another account.

Before: rows as they stand, in the archive where a chunk was dropped lawfully; the stored leaves, batches, trees and
heads, and the heads and receipts that somebody else has kept. After: a list of what does not fit. Nothing is believed
for standing in the database: hashes are made anew, and a head counts by its signature.
"""

from collections.abc import Iterable
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Final

from nenghao.crypto import Signature
from nenghao.db import store_rows as db
from nenghao.db.connection import Connection
from nenghao.db.tree import ClosedTree, TreeRange, closed_trees, tree_leaves
from nenghao.domain.merkle import tree_root
from nenghao.envelope import open_envelope
from nenghao.errors import SealBroken
from nenghao.reporting.archived_rows import find_archived
from nenghao.reporting.receipts import read_receipt
from nenghao.reporting.store_report import Kept, StoreReport
from nenghao.reporting.verify_messages import check_messages
from nenghao.signer.statements import read_head
from nenghao.trust import Trust

#: Registers and reference rows, which people mend; a row of any other table is written once.
MENDED: Final = frozenset(
    (
        "unit", "gateway", "meter", "variety", "coal_coefficient", "form_relation", "point", "network_term", "series",
        "series_version", "rule_threshold", "check_meter", "report_calendar", "supply_account", "outage_filing",
        "context_event", "panel_member",
    )
)  # fmt: skip


def verify_store(
    conn: Connection, trust: Trust, kept: Iterable[Kept] = (), *, archive_dir: Path | None = None
) -> StoreReport:
    """Check the whole store, as of one instant; what was dropped lawfully is read from the archive's folder."""
    report = StoreReport()
    with db.one_snapshot(conn):
        trees = closed_trees(conn)
        archived = find_archived(conn, report, archive_dir)
        check_messages(conn, report, trees[-1].last_batch_id if trees else 0, archived)
        for table, (key_columns, is_recorded) in db.tracked_tables(conn).items():
            if not is_recorded or not key_columns:
                report.found("store.not_recorded", table)
            if key_columns:
                _check_rows(conn, report, table, key_columns)
        _check_trees(conn, report, trees, trust)
        for one in kept:
            _check_kept(conn, report, trees, trust, one)
    return report


# --- rows of other tables ---


def _check_rows(conn: Connection, report: StoreReport, table: str, key_columns: list[str]) -> None:
    leaves = db.stream_row_leaves(conn, table)
    known = next(leaves, None)
    for key, text in db.stream_rows(conn, table, key_columns):
        report.rows += 1
        while known is not None and known[0] < key:
            report.found("store.row_missing", f"{table} {known[0]}")
            known = next(leaves, None)
        if known is None or known[0] != key:
            report.found("store.row_without_leaf", f"{table} {key}")
            continue
        if sha256(text.encode()).digest() != known[1] or (known[2] and table not in MENDED):
            report.found("store.row_changed", f"{table} {key}")
        known = next(leaves, None)
    while known is not None:
        report.found("store.row_missing", f"{table} {known[0]}")
        known = next(leaves, None)


# --- trees and heads ---


def _check_trees(conn: Connection, report: StoreReport, trees: list[ClosedTree], trust: Trust) -> None:
    last: ClosedTree | None = None
    for tree in trees:
        report.trees += 1
        place = f"tree {tree.tree_no} ({tree.day_on})"
        if not _follows(tree, last):
            report.found("store.tree_not_chained", place)
        if tree.resumed_over_tree_no is not None:
            first_lost = 1 if last is None else last.tree_no + 1
            report.notes.append(f"{place}: {first_lost}-{tree.resumed_over_tree_no}: {tree.resume_reason}")
        leaves = tree_leaves(conn, tree.range)
        counts = (leaves.batch_count, leaves.message_count, leaves.row_count)
        if tree_root(leaves.hashes) != tree.root or counts != (tree.batch_count, tree.message_count, tree.row_count):
            report.found("store.tree_root_differs", place)
        _check_head(report, tree, trust, place)
        last = tree


def _follows(tree: ClosedTree, last: ClosedTree | None) -> bool:
    """Whether a tree begins where the one before ends; after a declared restore the numbers may jump."""
    expected = TreeRange(
        first_batch_id=1 if last is None else last.last_batch_id + 1,
        last_batch_id=tree.last_batch_id,
        first_row_leaf_id=1 if last is None else last.last_row_leaf_id + 1,
        last_row_leaf_id=tree.last_row_leaf_id,
    )
    last_no, last_root = (0, None) if last is None else (last.tree_no, last.root)
    if tree.resumed_over_tree_no is not None:
        return tree.range == expected and tree.tree_no == tree.resumed_over_tree_no + 1 > last_no
    return tree.range == expected and tree.tree_no == last_no + 1 and tree.previous_root == last_root


def _check_head(report: StoreReport, tree: ClosedTree, trust: Trust, place: str) -> None:
    if tree.body is None or tree.signature_algorithm is None or tree.key_id is None or tree.signature is None:
        report.found("store.head_missing", place)
        return
    signature = Signature(algorithm=tree.signature_algorithm, key_id=tree.key_id, value=tree.signature)
    try:
        head = read_head(tree.body)
    except SealBroken:
        report.found("store.head_wrong", place)
        return
    if any(getattr(head, one.name) != getattr(tree, one.name) for one in fields(head)) or tree.topic != head.topic:
        report.found("store.head_wrong", place)
    objection = trust.objection(signature, head.topic, tree.body, head.closed_at)
    if objection is not None:
        report.found(objection, place)


def _check_kept(conn: Connection, report: StoreReport, trees: list[ClosedTree], trust: Trust, kept: Kept) -> None:
    envelope = open_envelope(kept.payload)
    if envelope is None or envelope.signature is None:
        report.found("store.kept_not_signed", kept.name)
        return
    try:
        head = read_head(envelope.body)
    except SealBroken:
        _check_receipt(conn, report, trust, kept, envelope.body, envelope.signature)
        return
    report.heads += 1
    objection = trust.objection(envelope.signature, head.topic, envelope.body, head.closed_at)
    if objection is not None:
        report.found(objection, kept.name)
        return
    place = f"{kept.name}: head {head.tree_no} ({head.day_on})"
    stored = next((tree for tree in trees if tree.tree_no == head.tree_no), None)
    if stored is None:
        is_declared = any(tree.resumed_over_tree_no is not None and tree.tree_no > head.tree_no for tree in trees)
        if not is_declared:
            report.found("store.rolled_back", place)
    elif stored.root != head.root:
        report.found("store.head_contradicts", place)


def _check_receipt(
    conn: Connection, report: StoreReport, trust: Trust, kept: Kept, body: bytes, signature: Signature
) -> None:
    try:
        receipt = read_receipt(body)
    except SealBroken:
        report.found("store.kept_unreadable", kept.name)
        return
    report.receipts += 1
    objection = trust.objection(signature, receipt.topic, body, receipt.sent_at)
    if objection is not None:
        report.found(objection, kept.name)
        return
    for seq, digest in receipt.hashes.items():
        stored = db.message_of(conn, receipt.unit_code, receipt.gateway_code, receipt.boot_id, seq)
        if stored is None or stored[1] != digest:
            report.found("store.receipted_not_stored", f"{kept.name}: {receipt.boot_id} seq {seq}")
