"""Judges refused bytes again once their cause is mended, and stores what is taken now as if the broker had brought it.

The same pipeline and the same store function as a delivery; docs/decisions/0003-replaying-refusals.md says why so.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from ingest.pipeline import Arrival, SizeLimits, judge, read_arrival
from nenghao.config import Role, Settings
from nenghao.db import refusals as db
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import RowRejected, driver_errors
from nenghao.db.ingest import prepare_stages, store_batch
from nenghao.db.ingest_registers import RegisterSnapshot, read_snapshot
from nenghao.db.ingest_rows import IncomingMessage, IncomingState
from nenghao.db.refusals import PendingRefusal, RefusalFilter, RefusedMessage, ReplayedReading
from nenghao.domain.acceptance import Accepted, Limits, Reason, Refused
from nenghao.errors import SealBroken

#: No topic that was published can hold a `#`, so what a replay stores never meets what a gateway sent.
REPLAY_MARK: Final = "#replay/"
MESSAGES_AT_ONCE: Final = 500


@dataclass(slots=True)
class ReplayOutcome:
    """What became of the refusals that were looked at, each counted once."""

    looked_at: int = 0
    without_bytes: int = 0
    states: int = 0
    replayed: Counter[str] = field(default_factory=Counter)
    still_refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Replay:
    """One run: the registers and limits of now, and when now is."""

    conn: Connection
    registers: RegisterSnapshot
    sizes: SizeLimits
    limits: Limits
    now: datetime
    outcome: ReplayOutcome

    def message(self, shard: int, message: RefusedMessage, pending: Sequence[PendingRefusal]) -> None:
        """Judge one message again, as of when it first arrived, and store what is taken now."""
        self.outcome.looked_at += len(pending)
        if message.payload is None:
            self.outcome.without_bytes += len(pending)
            return
        if sha256(message.payload).digest() != message.hash:
            raise SealBroken(f"the bytes of message {message.message_id} do not have the hash that was stored with it")
        arrival = Arrival(
            topic=message.topic.partition(REPLAY_MARK)[0],
            payload=message.payload,
            received_at=message.arrived_at,
            is_replay=True,
        )
        judged = judge(read_arrival(arrival, self.sizes), self.registers, self.limits)
        if isinstance(judged, IncomingState):
            self.outcome.states += len(pending)
        elif judged.refused is not None:
            self.outcome.still_refused[judged.refused.reason.value] += len(pending)
        elif pending[0].ordinal is None:
            self._whole(shard, message, pending[0], judged)
        else:
            self._readings(shard, message, pending, judged)

    def _whole(self, shard: int, message: RefusedMessage, pending: PendingRefusal, judged: IncomingMessage) -> None:
        """A message refused as a whole: under its own identity if that could not be read before, else renamed."""
        identity = (judged.gateway_id, judged.boot_id, judged.seq)
        known: tuple[int, bytes] | None = None
        if judged.seq is not None and message.seq is None:
            known = db.message_of_identity(self.conn, *identity)
            if known is not None and known[1] != message.hash:
                self.outcome.still_refused[Reason.SEQ_REUSED.value] += 1
                return
            new = judged._replace(received_at=self.now)
        else:
            new = self._renamed(message, judged)
        outcome = "accepted" if known is None else "already_stored"
        if known is None:
            if not self._is_stored(shard, new):
                self.outcome.still_refused[Reason.STORAGE_REJECTED.value] += 1
                return
            known = db.message_of_identity(self.conn, *identity) if new.seq is not None else None
        message_id = db.message_of_topic(self.conn, new.topic, new.hash) if known is None else known[0]
        db.note_message_replayed(
            self.conn,
            pending.refusal_id,
            message_id,
            outcome=outcome,
            arrived_at=message.arrived_at,
            replayed_at=self.now,
        )
        self.outcome.replayed[outcome] += 1

    def _readings(
        self, shard: int, message: RefusedMessage, pending: Sequence[PendingRefusal], judged: IncomingMessage
    ) -> None:
        """Readings refused alone: those taken now make a message of their own, which names the one they came in."""
        taken: list[tuple[PendingRefusal, Accepted]] = []
        for one in pending:
            reading = _at_place(judged, one.ordinal)
            if isinstance(reading, Accepted):
                taken.append((one, reading))
            else:
                self.outcome.still_refused[reading.reason.value if reading else one.reason_code] += 1
        if not taken:
            return
        new = self._renamed(message, judged)._replace(readings=[reading for _, reading in taken])
        if not self._is_stored(shard, new):
            self.outcome.still_refused[Reason.STORAGE_REJECTED.value] += len(taken)
            return
        self.outcome.replayed += db.note_readings_replayed(
            self.conn,
            db.message_of_topic(self.conn, new.topic, new.hash),
            [
                ReplayedReading(refusal_id=one.refusal_id, series_id=reading.series_id, at=reading.at)
                for one, reading in taken
            ],
            arrived_at=message.arrived_at,
            replayed_at=self.now,
        )

    def _renamed(self, message: RefusedMessage, judged: IncomingMessage) -> IncomingMessage:
        """The message without the identity that the original keeps, under a topic that names the original."""
        topic = f"{judged.topic}{REPLAY_MARK}{message.message_id}/{message.replays}"
        return judged._replace(boot_id=None, seq=None, topic=topic, received_at=self.now)

    def _is_stored(self, shard: int, message: IncomingMessage) -> bool:
        """Store a message; false where the database would not take it, as it would not in a delivery."""
        try:
            with driver_errors():
                store_batch(self.conn, shard, [message], are_new=False)
        except RowRejected:
            return False
        return True


def replay_refusals(settings: Settings, wanted: RefusalFilter, *, now: datetime, is_dry_run: bool) -> ReplayOutcome:
    """Replay the refusals that are meant, message by message, each in a transaction; a second run finds nothing to do.

    Raises: RetryableError where the database failed, SealBroken where stored bytes do not have their hash.
    """
    sizes = SizeLimits(message_bytes=settings.message_max_bytes, message_readings=settings.message_max_readings)
    limits = Limits(
        clock_skew=timedelta(seconds=settings.clock_skew_max_s),
        backfill_age=timedelta(days=settings.backfill_max_age_days),
    )
    outcome = ReplayOutcome()
    with connect(settings, Role.COLLECTOR, autocommit=True) as conn, driver_errors():
        prepare_stages(conn)
        run = _Replay(conn, read_snapshot(conn), sizes, limits, now, outcome)
        after_id = 0
        while found := db.pending_messages(conn, wanted, after_id=after_id, limit=MESSAGES_AT_ONCE):
            after_id = found[-1][0]
            for message_id, shard in found:
                with db.replaying(conn, shard, is_dry_run=is_dry_run):
                    pending = db.pending_refusals(conn, wanted, message_id)
                    if pending:
                        run.message(shard, db.read_refused_message(conn, message_id), pending)
    return outcome


def _at_place(judged: IncomingMessage, ordinal: int | None) -> Accepted | Refused | None:
    """The reading at a place; None where today's codec reads fewer."""
    return judged.readings[ordinal] if ordinal is not None and ordinal < len(judged.readings) else None
