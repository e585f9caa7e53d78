"""The collector of one shard: takes messages, has them stored, acknowledges after commit, starts over after a fault."""

import logging
import time
from collections import deque
from collections.abc import Sequence
from threading import Event
from typing import Final

from ingest.batcher import Batcher
from ingest.committer import Answer, Committer
from ingest.health import WorkerHealth
from ingest.logs import log_event
from ingest.pipeline import Arrival
from ingest.registry import Registry
from ingest.session import ShardSession
from nenghao.config import Settings
from nenghao.db.ingest_rows import BatchOutcome
from nenghao.errors import RetryableError

_log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 0.25
LONGEST_WAIT_S: Final = 15.0
#: How soon a request to stop is noticed.
LOOP_TIMEOUT_S: Final = 0.1
REPORT_EVERY_S: Final = 60.0


class ShardCollector:
    """Runs until it is told to stop. It reads and acknowledges in one thread; its committer stores beside it."""

    def __init__(
        self, settings: Settings, shard: int, stop: Event, health: WorkerHealth, registry: Registry | None = None
    ) -> None:
        self._settings = settings
        self._shard = shard
        self._stop = stop
        self._health = health
        self._batcher = Batcher(settings)
        self._committer = Committer(settings, shard, registry or Registry())
        #: Packet ids by number of request; those of a session that was lost are no longer in it.
        self._owed: deque[tuple[int, Sequence[int]]] = deque()
        self._total = BatchOutcome()
        self._reported_at_s = time.monotonic()
        self._wait_s = FIRST_WAIT_S
        self._trouble: str | None = None
        #: Whether the shard was leased when it was last looked at.
        self.is_leased = False

    def run(self) -> None:
        """Collect; a database or a broker that is away is waited for, and nothing is lost meanwhile."""
        try:
            while not self._stop.is_set():
                self._health.turn()
                self.is_leased = False
                try:
                    for answer in self._committer.open():
                        self._count(answer, messages=0)
                    self.is_leased = True
                    self._collect()
                except RetryableError as error:
                    self._note_trouble(str(error))
                    self._stop.wait(self._wait_s)
                    self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2)
        finally:
            self._health.stops()
            self._committer.close()
        self._report("collector stopped")

    def _collect(self) -> None:
        """Serve one connection until it ends."""
        session = ShardSession(self._settings, self._shard, self._take)
        try:
            session.open()
            self._note_recovery()
            while not self._stop.is_set():
                self._turn(session, is_taking=not self._batcher.is_full)
                if self._committer.is_idle and self._batcher.due_in_s() <= 0:
                    self._submit()
            while self._owed or not self._batcher.is_empty:
                if self._committer.is_idle:
                    self._submit()
                self._turn(session, is_taking=False)
        finally:
            self._batcher.drop()
            self._owed.clear()  # packet ids are worthless without their connection
            session.close()

    def _turn(self, session: ShardSession, *, is_taking: bool) -> None:
        if self._committer.is_idle:  # a database that takes a batch and never answers is a loop that hangs
            self._health.turn()
        wait_s = min(LOOP_TIMEOUT_S, self._batcher.due_in_s()) if self._committer.is_idle else LOOP_TIMEOUT_S
        session.loop(wait_s, self._committer, is_taking=lambda: is_taking and not self._batcher.is_full)
        for answer in self._committer.answers():
            self._settle(session, answer)
        if time.monotonic() - self._reported_at_s > REPORT_EVERY_S:
            self._report("collector counts")

    def _take(self, packet_id: int, arrival: Arrival) -> None:
        self._batcher.add(packet_id, arrival)
        self._health.in_flight += 1

    def _submit(self) -> None:
        batch = self._batcher.take()
        self._owed.append((self._committer.submit(batch.arrivals), batch.packet_ids))

    def _settle(self, session: ShardSession, answer: Answer) -> None:
        """Acknowledge what is committed."""
        if answer.error is not None:
            raise answer.error
        number, packet_ids = self._owed.popleft()
        assert number == answer.number  # noqa: S101 - the committer answers in order, and opening took the earlier ones
        session.acknowledge(packet_ids)
        self._count(answer, messages=len(packet_ids))
        self._wait_s = FIRST_WAIT_S

    def _count(self, answer: Answer, *, messages: int) -> None:
        """Count what was committed, and so many messages that were acknowledged for it."""
        if answer.outcome is not None:
            self._total.add(answer.outcome)
            self._health.committed(answer.outcome, messages=messages, seconds=answer.seconds)

    def _note_trouble(self, trouble: str) -> None:
        if self._trouble is None:
            # What is unacknowledged stays with the broker.
            log_event(_log, logging.WARNING, "shard waits", shard=self._shard, trouble=trouble)
        self._trouble = trouble
        self._health.waits(trouble)

    def _note_recovery(self) -> None:
        event = "shard collects" if self._trouble is None else "shard collects again"
        log_event(_log, logging.INFO, event, shard=self._shard)
        self._trouble = None
        self._health.works()

    def _report(self, event: str) -> None:
        self._reported_at_s = time.monotonic()
        total, readings = self._total, self._total.readings
        log_event(
            _log,
            logging.INFO,
            event,
            shard=self._shard,
            messages=total.messages,
            refused_messages=total.refused_messages,
            received_again=total.received_again,
            stored=readings.stored,
            duplicate=readings.duplicate,
            conflict=readings.conflict,
            revision=readings.revision,
            refused=readings.refused,
        )
