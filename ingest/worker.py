"""One worker: leases its share of the shards, collects each of them, and gives up what others should have."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Final

from ingest.collector import ShardCollector
from ingest.health import ProcessHealth
from ingest.logs import log_event
from ingest.registry import Registry
from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import driver_errors
from nenghao.db.workers import count_before, join_workers, leased_shards
from nenghao.errors import RetryableError

_log = logging.getLogger(__name__)

#: How soon the shards of a dead worker are taken over.
TURN_S: Final = 1.0
SETTLE_S: Final = 3.0
#: What a worker without a shard waits for: alone it is not ready, beside others it is a reserve.
STANDBY: Final = "every shard has another collector"


@dataclass(frozen=True, slots=True)
class _Run:
    """A shard that this worker collects, or tries to."""

    collector: ShardCollector
    stop: Event
    future: Future[None]


class Worker:
    """Runs until it is told to stop. Each shard has a thread; the worker's own connection holds its place only."""

    def __init__(self, settings: Settings, stop: Event, process: ProcessHealth, started_at: datetime) -> None:
        self._settings = settings
        self._stop = stop
        self._process = process
        self._health = process.add_worker("worker", is_committing=False)
        self._started_at = started_at
        self._conn: Connection | None = None
        self._place = 0
        self._runs: dict[int, _Run] = {}
        #: One for all shards: a province's registers are some 40 MB.
        self._registry = Registry()
        self._trouble: str | None = None
        self._is_standby = False

    def run(self) -> None:
        """Collect; what is held at the end is stored first.

        Raises: what a collector ended by, if it is no fault that waiting mends; the others are stopped then.
        """
        with ThreadPoolExecutor(len(self._settings.shards), thread_name_prefix="shard") as pool:
            try:
                while not self._stop.is_set():
                    self._health.turn()
                    self._turn(pool)
                    self._stop.wait(TURN_S)
            finally:
                self._stop.set()
                for one in self._runs.values():
                    one.stop.set()
                self._health.stops()
        for one in self._runs.values():
            one.future.result()
        if self._conn is not None:
            self._conn.close()

    def _turn(self, pool: ThreadPoolExecutor) -> None:
        for shard, one in list(self._runs.items()):
            if one.future.done():
                del self._runs[shard]
                one.future.result()
        try:
            with driver_errors():
                excess, wanted = self._divide(self._connection())
        except RetryableError as error:
            if self._trouble is None:
                log_event(_log, logging.WARNING, "worker cannot ask for shards", trouble=str(error))
            self._trouble = str(error)
            self._health.waits(self._trouble)
            return
        self._trouble = None
        self._note_standby(is_standby=not wanted and not self._runs)
        for shard in excess:
            if not self._runs[shard].stop.is_set():
                log_event(_log, logging.INFO, "shard is left to another worker", shard=shard)
                self._runs[shard].stop.set()
        for shard in wanted:
            stop = Event()
            name = f"shard-{shard}"
            collector = ShardCollector(self._settings, shard, stop, self._process.add_worker(name), self._registry)
            self._runs[shard] = _Run(collector, stop, pool.submit(self._collect, collector, name))

    def _note_standby(self, *, is_standby: bool) -> None:
        if not is_standby:
            self._health.works()
        elif not self._is_standby:
            self._health.waits(STANDBY)
            log_event(_log, logging.INFO, f"worker stands by: {STANDBY}")
        self._is_standby = is_standby

    def _collect(self, collector: ShardCollector, name: str) -> None:
        collector.run()
        if not self._stop.is_set():
            self._process.remove_worker(name)

    def _divide(self, conn: Connection) -> tuple[list[int], list[int]]:
        """The shards to give up and those to begin with, by this worker's fair share of all."""
        shards = sorted(self._settings.shards)
        count, before = count_before(conn, shards, self._place)
        share = len(shards) // count + (before < len(shards) % count)
        leased = leased_shards(conn)
        lost = [shard for shard, one in self._runs.items() if shard in leased and not one.collector.is_leased]
        mine = [shard for shard in self._runs if shard not in lost]
        free = [shard for shard in shards if shard not in leased and shard not in self._runs]
        return lost + mine[share:], free[: max(0, share - len(self._runs))]

    def _connection(self) -> Connection:
        if self._conn is None or self._conn.closed:
            is_back = self._conn is not None
            self._conn = connect(self._settings, Role.COLLECTOR, autocommit=True)
            self._place = join_workers(self._conn, self._settings.shards, self._started_at)
            if is_back:
                # The database was away for all: whoever is back first must not take the shares of the others.
                self._stop.wait(SETTLE_S)
        return self._conn
