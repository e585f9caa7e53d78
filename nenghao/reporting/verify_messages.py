"""Checks messages and what became of them against their leaves, and batches against their messages.

All rows are read once, side by side in the order of the messages, so that memory stays flat.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from nenghao.archive.merging import Source, merge_rows
from nenghao.db import store_rows as db
from nenghao.db.connection import Connection
from nenghao.db.store_rows import Row
from nenghao.db.tree import Batch, batches
from nenghao.domain.leaves import message_leaf
from nenghao.domain.merkle import leaf_hash, tree_root
from nenghao.reporting.store_report import StoreReport

#: Places in a row of the query `messages`.
_SHARD: Final = 1
_TOPIC: Final = 6
_HASH: Final = 9


class _Grouped:
    """Rows of a stream in the order of their messages; those that no message claims are found."""

    def __init__(self, rows: Iterator[Row], report: StoreReport, kind: str) -> None:
        self._rows = rows
        self._next = next(rows, None)
        self._report = report
        self._kind = kind

    def of(self, message_id: int) -> list[Row]:
        """The rows of the next message, without its id."""
        self._skip_below(message_id)
        found: list[Row] = []
        while self._next is not None and self._next[0] == message_id:
            found.append(self._next[1:])
            self._next = next(self._rows, None)
        return found

    def finish(self) -> None:
        """There are no more messages."""
        self._skip_below(None)

    def _skip_below(self, message_id: int | None) -> None:
        while self._next is not None and (message_id is None or self._next[0] < message_id):
            self._report.found("store.row_without_message", f"{self._kind} of message {self._next[0]}")
            self._next = next(self._rows, None)


class _Shard:
    """The batches of one shard, filled one after the other by its messages."""

    def __init__(self, shard: int, batches: Iterator[Batch], report: StoreReport) -> None:
        self._shard = shard
        self._batches = batches
        self._report = report
        self._last: Batch | None = None
        self._leaves: list[bytes] = []
        self._batch = next(batches, None)
        #: Where the shard's first batch begins: what comes after it has a leaf.
        self.first_message_id = None if self._batch is None else self._batch.first_message_id

    def take(self, message_id: int, leaf: bytes) -> int | None:
        """Put a message into its batch; returns the batch's id, None where there is no batch for it."""
        while self._batch is not None and message_id > self._batch.last_message_id:
            self._end_batch()
        if self._batch is None or message_id < self._batch.first_message_id:
            return None
        self._leaves.append(leaf)
        return self._batch.batch_id

    def finish(self) -> None:
        """There are no more messages."""
        while self._batch is not None:
            self._end_batch()

    def _end_batch(self) -> None:
        batch, last = self._batch, self._last
        assert batch is not None  # noqa: S101 - both callers have looked
        place = f"shard {self._shard} batch {batch.batch_no}"
        self._report.batches += 1
        if (batch.batch_no, batch.previous_link) != ((1, None) if last is None else (last.batch_no + 1, last.link)):
            self._report.found("store.batch_not_chained", place)
        if leaf_hash(batch.leaf()) != batch.link:
            self._report.found("store.batch_changed", place)
        if len(self._leaves) != batch.message_count:
            self._report.found("store.batch_incomplete", f"{place}: {len(self._leaves)} of {batch.message_count}")
        elif tree_root(self._leaves) != batch.root:
            self._report.found("store.batch_root_differs", place)
        self._last, self._leaves, self._batch = batch, [], next(self._batches, None)


def _rows(conn: Connection, kind: str, archived: Sequence[Source]) -> Iterator[Row]:
    """Rows of the database, and among them those of the archive, in the order of the messages."""
    return merge_rows([(0, lambda: db.stream(conn, kind)), *archived]) if archived else db.stream(conn, kind)


def check_messages(
    conn: Connection, report: StoreReport, last_batch_id: int, archived: Mapping[str, Sequence[Source]]
) -> None:
    """Check every message against its leaf, and every batch against its messages and the batch before it.

    `archived` opens rows that lie in the archive: `readings` and `raw_hashes`.
    """
    kinds = ("readings", "refusals", "conflicts", "revisions", "raw_hashes")
    parts = [_Grouped(_rows(conn, kind, archived.get(kind, ())), report, kind) for kind in kinds]
    shards = {shard: _Shard(shard, batches(conn, shard=shard), report) for shard in db.batch_shards(conn)}
    begun = min((one.first_message_id for one in shards.values() if one.first_message_id is not None), default=None)
    for *row, leaf in db.stream(conn, "messages"):
        message_id, place = row[0], f"message {row[0]} ({row[_TOPIC]})"
        readings, refusals, conflicts, revisions, raw = (part.of(message_id) for part in parts)
        report.messages += 1
        report.readings += len(readings)
        if not raw:
            report.found("store.bytes_missing", place)
        elif bytes(raw[0][0]) != row[_HASH]:
            report.found("store.bytes_changed", place)
        shard = shards.get(row[_SHARD])
        if leaf is None:
            # A shard that never had a batch began no later than the first one that has: nothing without a leaf is new.
            first_message_id = begun if shard is None else shard.first_message_id
            if first_message_id is None or message_id < first_message_id:
                report.messages_before_trees += 1
            else:
                report.found("store.message_without_batch", place)
            continue
        if leaf_hash(message_leaf(row, readings, refusals, conflicts, revisions)) != leaf:
            report.found("store.message_changed", place)
        batch_id = None if shard is None else shard.take(message_id, leaf)
        if batch_id is None:
            report.found("store.message_without_batch", place)
        else:
            report.messages_since_last_tree += batch_id > last_batch_id
    for part in parts:
        part.finish()
    for one in shards.values():
        one.finish()
