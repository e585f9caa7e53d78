"""Closes the day's tree: everything committed since the last one gets a root, and the root a signature.

Before: batches (db.ingest) and row leaves (record_rows in the database). After: a head that everybody may keep, and
`nenghao verify store`. The signer signs first, the store keeps after: what a crash left between the two is taken from
the signer's memory by the next run.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from nenghao.config import Settings
from nenghao.crypto import Signature
from nenghao.db import tree as db
from nenghao.db.connection import Connection
from nenghao.db.server import server_now
from nenghao.db.tree import ClosedTree, LastTree, TreeRange
from nenghao.domain.merkle import HASH_ALGORITHM, tree_root
from nenghao.domain.periods import SHANGHAI
from nenghao.envelope import payload_of
from nenghao.errors import RetryableError, SealBroken
from nenghao.jobs.host_clock import is_clock_synchronised
from nenghao.signer.client import SignerClient
from nenghao.signer.statements import MIN_BETWEEN_HEADS, Head

MAX_CLOCK_DIFFERENCE: Final = timedelta(seconds=5)
#: The reason of a resumption that was signed and then interrupted, where the next run is not told it again.
INTERRUPTED: Final = "resumed by an earlier run, which was interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeClosed:
    """What a closing added; nothing where the day has its tree."""

    day_on: date
    tree_no: int
    messages: int
    rows: int
    is_new: bool


def close_tree(
    conn: Connection, signer: SignerClient, now: datetime, *, resume_reason: str | None = None
) -> TreeClosed:
    """Close the tree of the last Shanghai day that is over; a second run on the same day changes nothing.

    The connection commits by itself: the range of the tree is ended in a transaction of its own.

    `resume_reason` declares that the store was restored and goes on where its backup ended: the heads signed since are
    lost, and the new head says so.

    Raises: RetryableError where it is too early or the signer is away; SealBroken where the store is not the one whose
    heads were signed.
    """
    last, signed = db.last_tree(conn), signer.last_head()
    if signed is not None and (last is None or signed.tree_no > last.tree_no):
        last = _take_up(conn, signer, last, signed, resume_reason)
    resumed_over = _check_chain(last, signed, resume_reason)
    day_on = now.astimezone(SHANGHAI).date() - timedelta(days=1)
    if signed is not None and signed.day_on >= day_on:
        if resumed_over is not None:
            raise RetryableError(
                f"head {signed.tree_no} is of {signed.day_on}: declare it again when the next day is over"
            )
        return TreeClosed(day_on=signed.day_on, tree_no=signed.tree_no, messages=0, rows=0, is_new=False)
    if signed is not None and now - signed.closed_at < MIN_BETWEEN_HEADS:
        raise RetryableError(f"tree {signed.tree_no} was closed at {signed.closed_at.isoformat()}: 23 hours must pass")
    last_batch_id, last_row_leaf_id = db.range_end(conn)
    over = _range_after(last, last_batch_id, last_row_leaf_id)
    leaves = db.tree_leaves(conn, over)
    head = Head(
        tree_no=1 if signed is None else signed.tree_no + 1,
        day_on=day_on,
        root=tree_root(leaves.hashes),
        previous_root=None if signed is None else signed.root,
        last_batch_id=last_batch_id,
        last_row_leaf_id=last_row_leaf_id,
        batch_count=leaves.batch_count,
        message_count=leaves.message_count,
        row_count=leaves.row_count,
        hash_algorithm=HASH_ALGORITHM,
        closed_at=now,
        resumed_over_tree_no=resumed_over,
    )
    _keep(conn, head, signer.sign_head(head), over, resume_reason if resumed_over is not None else None)
    return TreeClosed(
        day_on=day_on, tree_no=head.tree_no, messages=leaves.message_count, rows=leaves.row_count, is_new=True
    )


def _take_up(
    conn: Connection, signer: SignerClient, last: LastTree | None, signed: Head, resume_reason: str | None
) -> LastTree | None:
    """Keep a head that was signed and not stored, if it is one of this store; else leave it to `_check_chain`."""
    is_resumed = signed.resumed_over_tree_no is not None
    if not is_resumed and signed.previous_root != (None if last is None else last.root):
        return last
    over = _range_after(last, signed.last_batch_id, signed.last_row_leaf_id)
    if tree_root(db.tree_leaves(conn, over).hashes) != signed.root:
        return last
    _keep(conn, signed, signer.sign_head(signed), over, (resume_reason or INTERRUPTED) if is_resumed else None)
    return db.last_tree(conn)


def _check_chain(last: LastTree | None, signed: Head | None, resume_reason: str | None) -> int | None:
    """The number of the head over which this store goes on after a restore; None where there was none.

    Raises: SealBroken where store and signer do not know the same last head, and no restore is declared.
    """
    stored_no, signed_no = 0 if last is None else last.tree_no, 0 if signed is None else signed.tree_no
    if stored_no > signed_no:
        raise SealBroken(
            f"the store has head {stored_no}, the signer remembers {signed_no}: give it its memory back, or a published"
            " head (nenghao-signer adopt)"
        )
    if signed is None or (last is not None and stored_no == signed_no and last.root == signed.root):
        return None
    if resume_reason is None:
        raise SealBroken(
            f"the signer signed head {signed_no} of {signed.day_on}, which this store does not have: it was rolled back"
            " or changed. After an intended restore: nenghao tree close --resume REASON"
        )
    return signed.tree_no


def check_clocks(conn: Connection, settings: Settings, now: datetime) -> None:
    """Whether a tree may be dated by this host's clock.

    Raises: RetryableError where the database has another time, or the system does not vouch for its own.
    """
    server_at = server_now(conn)
    if abs(server_at - now) > MAX_CLOCK_DIFFERENCE:
        raise RetryableError(f"the clocks differ: {now.isoformat()} here, {server_at.isoformat()} at the database")
    if settings.is_clock_checked and not is_clock_synchronised():
        raise RetryableError("the system's clock is not synchronised: no tree is closed by it")


def _range_after(last: LastTree | None, last_batch_id: int, last_row_leaf_id: int) -> TreeRange:
    return TreeRange(
        first_batch_id=1 if last is None else last.last_batch_id + 1,
        last_batch_id=last_batch_id,
        first_row_leaf_id=1 if last is None else last.last_row_leaf_id + 1,
        last_row_leaf_id=last_row_leaf_id,
    )


def _keep(conn: Connection, head: Head, signature: Signature, over: TreeRange, resume_reason: str | None) -> None:
    body = head.body()
    tree = ClosedTree(
        tree_no=head.tree_no,
        day_on=head.day_on,
        first_batch_id=over.first_batch_id,
        last_batch_id=over.last_batch_id,
        first_row_leaf_id=over.first_row_leaf_id,
        last_row_leaf_id=over.last_row_leaf_id,
        batch_count=head.batch_count,
        message_count=head.message_count,
        row_count=head.row_count,
        hash_algorithm=head.hash_algorithm,
        root=head.root,
        previous_root=head.previous_root,
        closed_at=head.closed_at,
        resumed_over_tree_no=head.resumed_over_tree_no,
        resume_reason=resume_reason,
        topic=head.topic,
        body=body,
        signature_algorithm=signature.algorithm,
        key_id=signature.key_id,
        signature=signature.value,
    )
    db.add_tree(conn, tree, payload_of(signature, body))
