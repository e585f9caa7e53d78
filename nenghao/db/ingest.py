"""The batch transaction: `ReadingBatch` (from ingest/storing) -> hypertable `reading` (to jobs).

Whatever is delivered how often in whatever order, each message is stored once and each reading has one outcome.
"""

from collections import defaultdict
from collections.abc import Sequence

import psycopg
from psycopg.types.string import BytesBinaryDumper

from nenghao.db.ingest_copy import copy_rows
from nenghao.db.ingest_readings import (
    StagedReading,
    judge_corrections,
    split_readings,
    store_new_readings,
    store_readings,
)
from nenghao.db.ingest_rows import (
    BatchOutcome,
    Counts,
    FreshMessage,
    IncomingMessage,
    IncomingState,
    message_row,
    refusal_rows,
    refusals_of,
    stored_topic,
)
from nenghao.db.leaves import leaves_of, store_batch_row
from nenghao.db.locks import lock_day_shared, lock_shard
from nenghao.db.queries import load_queries
from nenghao.domain.acceptance import Reason, Refused

_QUERIES = load_queries("ingest")


def prepare_stages(conn: psycopg.Connection) -> None:
    """Make the connection's temporary tables; bytes are copied without the detour of DBAPI's Binary."""
    conn.adapters.register_dumper(bytes, BytesBinaryDumper)
    conn.execute(_QUERIES["make_identity_stage"])
    conn.execute(_QUERIES["make_reading_stage"])


def store_batch(
    conn: psycopg.Connection, shard: int, messages: Sequence[IncomingMessage], *, are_new: bool = True
) -> BatchOutcome:
    """Store messages of one shard, in order of arrival, in one transaction that is committed on return.

    `are_new` only says what to try first: that no message and no key was there before, which the unique indexes decide,
    costs half of what it takes to look for each. Where one was, nothing of the attempt is left.

    Raises: psycopg.Error; nothing of the batch is stored then.
    """
    fresh = _store_as_new(conn, shard, messages) if are_new else None
    if fresh is None:
        with conn.transaction():
            lock_shard(conn, shard)
            fresh, again = _identify(conn, messages)
            if again:
                conn.execute(_QUERIES["note_received_again"], {"message_ids": again})
            if fresh:
                _store_fresh(conn, shard, fresh)
    if conn.closed:
        # A connection that our side closed within the block leaves it without a commit and without an error.
        raise psycopg.OperationalError("the connection was closed before the commit")
    return _outcome(fresh, len(messages) - len(fresh))


def _store_as_new(
    conn: psycopg.Connection, shard: int, messages: Sequence[IncomingMessage]
) -> list[FreshMessage] | None:
    """Store messages none of which came before; None where one did, or one of their readings."""
    try:
        with conn.transaction():
            lock_shard(conn, shard)
            fresh = _with_ids(conn, messages)
            _store_fresh(conn, shard, fresh, are_new=True)
    except psycopg.errors.UniqueViolation:
        return None
    return fresh


def store_states(conn: psycopg.Connection, states: Sequence[IncomingState]) -> None:
    """Store states of gateways, in one transaction."""
    if not states:
        return
    with conn.transaction():
        for state in states:
            conn.execute(_QUERIES["add_gateway_state"], {name: getattr(state, name) for name in state.__slots__})


# --- which messages are new ---


def _identify(conn: psycopg.Connection, messages: Sequence[IncomingMessage]) -> tuple[list[FreshMessage], list[int]]:
    """Tell new messages from those that came before; returns the ids of the latter that are stored already."""
    copy_rows(
        conn,
        "copy_identities",
        ((place, m.gateway_id, m.boot_id, m.seq, stored_topic(m), m.hash) for place, m in enumerate(messages)),
    )
    by_identity = {
        place: (message_id, known) for place, message_id, known in conn.execute(_QUERIES["known_messages"], binary=True)
    }
    fresh: dict[int, IncomingMessage] = {}
    again: list[int] = []
    in_batch: dict[tuple[object, ...], bytes] = {}
    unidentified: list[tuple[int, IncomingMessage]] = []
    for place, message in enumerate(messages):
        if message.seq is None:
            unidentified.append((place, message))
            continue
        identity = (message.gateway_id, message.boot_id, message.seq)
        message_id, known = by_identity.get(place) or (None, in_batch.get(identity))
        if known is None:
            in_batch[identity] = message.hash
            fresh[place] = message
        elif known != message.hash:
            unidentified.append((place, _with_seq_reused(message)))
        elif message_id is not None:
            again.append(message_id)
    if unidentified:
        fresh |= _identify_by_hash(conn, unidentified, again)
    return _with_ids(conn, [fresh[place] for place in sorted(fresh)]), again


def _identify_by_hash(
    conn: psycopg.Connection, unidentified: Sequence[tuple[int, IncomingMessage]], again: list[int]
) -> dict[int, IncomingMessage]:
    """Messages without an identity of their own are told apart by topic and hash; returns the new ones by place."""
    known: dict[int, int] = dict(conn.execute(_QUERIES["known_hashes"], binary=True).fetchall())
    seen: set[tuple[str, bytes]] = set()
    fresh: dict[int, IncomingMessage] = {}
    for place, message in unidentified:
        key = (stored_topic(message), message.hash)
        if place in known:
            again.append(known[place])
        elif key not in seen:
            seen.add(key)
            fresh[place] = message
    return fresh


def _with_seq_reused(message: IncomingMessage) -> IncomingMessage:
    detail = f"boot_id {message.boot_id} seq {message.seq} is stored with another hash"
    return message._replace(boot_id=None, seq=None, refused=Refused(reason=Reason.SEQ_REUSED, detail=detail))


def _with_ids(conn: psycopg.Connection, messages: Sequence[IncomingMessage]) -> list[FreshMessage]:
    rows = conn.execute(_QUERIES["take_message_ids"], {"message_count": len(messages)}, binary=True).fetchall()
    return [FreshMessage(message_id, message, Counts()) for (message_id,), message in zip(rows, messages, strict=True)]


# --- what becomes of them ---


def _store_fresh(conn: psycopg.Connection, shard: int, fresh: Sequence[FreshMessage], *, are_new: bool = False) -> None:
    staged, corrections = split_readings(fresh)
    marks = {mark for one in staged for mark in one.marks()}
    corrected = {mark for one in corrections for mark in one.marks()}
    lock_day_shared(conn, {day_on for _, day_on in marks | corrected})
    stored: Sequence[StagedReading] = staged
    conflicts: Sequence[tuple[object, ...]] = ()
    if are_new:
        store_new_readings(conn, staged)
    else:
        stored, conflicts = store_readings(conn, staged, marks)
    revisions = judge_corrections(conn, corrections, staged)
    rows: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    for one in stored:
        rows[one.owner.message_id].append(one.leaf_row())
    messages = [message_row(shard, one) for one in fresh]
    refusals = [row for one in fresh for row in refusal_rows(one)]
    leaves = leaves_of(messages, rows, refusals, conflicts, revisions)
    copy_rows(conn, "copy_messages", ((*row, leaf) for row, leaf in zip(messages, leaves, strict=True)))
    copy_rows(conn, "copy_raw", ((one.message_id, one.message.received_at, one.message.payload) for one in fresh))
    copy_rows(conn, "copy_refusals", refusals)
    copy_rows(conn, "copy_conflicts", conflicts)
    copy_rows(conn, "copy_revisions", revisions)
    copy_rows(conn, "copy_marks", sorted(marks | corrected))
    store_batch_row(conn, shard, [one.message_id for one in fresh], leaves, [one.reading.at for one in stored])


def _outcome(fresh: Sequence[FreshMessage], received_again: int) -> BatchOutcome:
    outcome = BatchOutcome(messages=len(fresh), received_again=received_again)
    for one in fresh:
        outcome.refused_messages += one.message.refused is not None
        outcome.readings.add(one.counts)
        if one.message.refused is not None or one.counts.refused:
            outcome.refusals.update(refused.reason for _, refused in refusals_of(one.message))
    return outcome
