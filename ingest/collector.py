"""The collector of one shard: takes messages, stores batches, acknowledges after commit, starts over after a fault."""

import logging
import time
from threading import Event
from typing import Final

from ingest.batcher import Batcher
from ingest.health import WorkerHealth
from ingest.pipeline import Arrival, SizeLimits, read_arrival
from ingest.session import ShardSession
from ingest.storing import BatchStore
from nenghao.config import Settings
from nenghao.db.ingest_rows import BatchOutcome
from nenghao.errors import RetryableError

_log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 0.25
LONGEST_WAIT_S: Final = 15.0
#: How soon a request to stop is noticed.
LOOP_TIMEOUT_S: Final = 0.1
REPORT_EVERY_S: Final = 60.0
#: How soon the loss of a database is noticed while nothing is to be stored.
CHECK_EVERY_S: Final = 5.0


class ShardCollector:
    """Runs until it is told to stop. One thread does everything, so that order needs no care."""

    def __init__(self, settings: Settings, shard: int, stop: Event, health: WorkerHealth) -> None:
        self._settings = settings
        self._shard = shard
        self._stop = stop
        self._health = health
        self._batcher = Batcher(settings)
        self._store = BatchStore(settings, shard)
        self._limits = SizeLimits(
            message_bytes=settings.message_max_bytes, message_readings=settings.message_max_readings
        )
        self._total = BatchOutcome()
        self._reported_at_s = time.monotonic()
        self._checked_at_s = time.monotonic()
        self._wait_s = FIRST_WAIT_S
        self._trouble: str | None = None

    def run(self) -> None:
        """Collect; a database or a broker that is away is waited for, and nothing is lost meanwhile."""
        while not self._stop.is_set():
            self._health.turn()
            try:
                self._store.open()
                self._collect()
            except RetryableError as error:
                self._batcher.drop()
                self._note_trouble(str(error))
                self._stop.wait(self._wait_s)
                self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2)
        self._health.stops()
        self._store.close()
        self._report("collector stopped")

    def _collect(self) -> None:
        """Serve one connection until it ends."""
        session = ShardSession(self._settings, self._shard, self._take)
        try:
            session.open()
            self._note_recovery()
            while not self._stop.is_set():
                self._health.turn()
                session.loop(min(LOOP_TIMEOUT_S, self._batcher.due_in_s()))
                if self._batcher.due_in_s() <= 0:
                    self._flush(session)
                elif time.monotonic() - self._checked_at_s > CHECK_EVERY_S:
                    self._checked_at_s = time.monotonic()
                    self._store.check()
            self._flush(session)
        finally:
            session.close()

    def _take(self, packet_id: int, arrival: Arrival) -> None:
        self._batcher.add(packet_id, read_arrival(arrival, self._limits))
        self._health.in_flight += 1

    def _flush(self, session: ShardSession) -> None:
        batch = self._batcher.take()
        if batch.messages:
            started_at_s = time.monotonic()
            outcome = self._store.store(batch.messages)
            self._checked_at_s = time.monotonic()
            session.acknowledge(batch.packet_ids)
            self._total.add(outcome)
            self._health.committed(outcome, messages=len(batch.messages), seconds=self._checked_at_s - started_at_s)
            self._wait_s = FIRST_WAIT_S
        if time.monotonic() - self._reported_at_s > REPORT_EVERY_S:
            self._report("collector counts")

    def _note_trouble(self, trouble: str) -> None:
        if self._trouble is None:
            _log.warning("shard %d waits: %s; unacknowledged messages stay with the broker", self._shard, trouble)
        self._trouble = trouble
        self._health.waits(trouble)

    def _note_recovery(self) -> None:
        _log.info("shard %d collects%s", self._shard, "" if self._trouble is None else " again")
        self._trouble = None
        self._health.works()

    def _report(self, event: str) -> None:
        self._reported_at_s = time.monotonic()
        total, readings = self._total, self._total.readings
        _log.info(
            "%s: shard=%d messages=%d refused_messages=%d received_again=%d"
            " stored=%d duplicate=%d conflict=%d revision=%d refused=%d",
            *(event, self._shard, total.messages, total.refused_messages, total.received_again),
            *(readings.stored, readings.duplicate, readings.conflict, readings.revision, readings.refused),
        )
