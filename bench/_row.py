"""One row of `bench faults`: gateways with fresh spools under steady load while something happens to the platform."""

import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

import psycopg

from bench._load import POINTS, Content, RawSpool, steady
from bench._observer import QUERIES as OBSERVER
from bench._observer import Tally, observe
from ingest.gateway import GatewayAccount, Spool, send
from ingest.topics import TopicKind
from nenghao.config import Settings
from nenghao.stack import Component, Stack

GATEWAYS = 4
MESSAGES_A_SECOND = 25  # of each gateway
SETTLED_S = 2.0
ROW_LIMIT_S = 180.0


class Platform(Protocol):
    """What a row needs of the bench around it."""

    folder: Path
    stack: Stack
    settings: Settings
    accounts: dict[int, list[GatewayAccount]]
    is_short: bool
    readings_a_row: int
    kills: int
    rounds: int
    away_s: int
    outage_s: int
    small_disk: Path | None

    def observer(self) -> psycopg.Connection: ...
    def start(self, command: str, *words: str, **variables: str) -> subprocess.Popen[bytes]: ...
    def wait_server(self, component: Component) -> None: ...
    def broker_with(self, option: str, value: str) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row: what happens while what is sent. A late collector is started by the fault itself."""

    name: str
    happens: Callable[["Row"], None]
    load: Callable[[random.Random], Iterator[Content]] = steady
    kind: TopicKind = TopicKind.READINGS
    is_late: bool = False
    #: Whether it mounts a file system, which only root may.
    is_rooted: bool = False
    #: Words for `nenghao-ingest run` of this row's collectors.
    words: tuple[str, ...] = ()


class Row:
    """One fault under load."""

    def __init__(self, bench: Platform, fault: Fault, shard: int) -> None:
        self.bench, self.fault, self.shard = bench, fault, shard
        self.rng = random.Random(shard)  # noqa: S311 - repeatable, nothing is secret
        self.accounts = bench.accounts[shard]
        self.folder = bench.folder / f"row-{shard}"
        self.folder.mkdir()
        for number in range(GATEWAYS):  # here, because SQLite does not wait where two make the same file
            Spool(self.spool_file(number)).close()
        self.happened, self.filled = Event(), Event()
        self.collectors: list[subprocess.Popen[bytes]] = []
        self.errors: list[BaseException] = []
        self.at_risk = 0
        self.taken_only = [0] * GATEWAYS
        #: What the table has no column for: lines for people, and what makes the row a failure.
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.deadline_s = float("inf")

    def run(self) -> Tally:
        if not self.fault.is_late:
            self.start_collector()
        threads = [Thread(target=self.guarded, args=[self.fill], daemon=True)]
        threads += [Thread(target=self.guarded, args=[self.serve, number], daemon=True) for number in range(GATEWAYS)]
        try:
            for thread in threads:
                thread.start()
            time.sleep(2 if self.bench.is_short else 4)
            self.fault.happens(self)
            self.happened.set()
            threads[0].join()
            self.deadline_s = time.monotonic() + ROW_LIMIT_S
            for thread in threads[1:]:
                thread.join()
            if self.errors:
                raise self.errors[0]
            self.settle()
        finally:
            self.happened.set()
            self.deadline_s = min(self.deadline_s, time.monotonic() + ROW_LIMIT_S)
            for collector in self.collectors:
                collector.kill()
                collector.wait()
        tally = Tally(puback_only=sum(self.taken_only))
        with self.bench.observer() as conn:
            for number, account in enumerate(self.accounts):
                observe(conn, account, self.spool_file(number), tally)
        return tally

    def guarded(self, work: Callable[..., None], *arguments: int) -> None:
        try:
            work(*arguments)
        except BaseException as error:  # noqa: BLE001 - a thread's end has to end the row
            self.errors.append(error)
            self.filled.set()

    def spool_file(self, number: int) -> Path:
        return self.folder / f"spool-{number}.db"

    def fill(self) -> None:
        """Put messages into the spools at a steady pace, until there are enough and the fault is over."""
        spools = [RawSpool(self.spool_file(number)) for number in range(GATEWAYS)]
        loads = [self.fault.load(random.Random(f"{self.shard} {number}")) for number in range(GATEWAYS)]  # noqa: S311
        enough = self.bench.readings_a_row // (GATEWAYS * POINTS)
        began_s, put = time.monotonic(), 0
        while put < enough or not self.happened.is_set():
            due = int((time.monotonic() - began_s) * MESSAGES_A_SECOND) + 1 - put
            for spool, load in zip(spools, loads, strict=True):
                spool.put(list(islice(load, due)), self.fault.kind)
            put += due
            time.sleep(0.1)
        self.filled.set()

    def serve(self, number: int) -> None:
        """One gateway: sends whatever is in its spool, until all of it is receipted."""
        spool = Spool(self.spool_file(number))
        while time.monotonic() < self.deadline_s:
            is_last = self.filled.is_set()
            report = send(spool, self.accounts[number], timeout_s=min(30, self.left_s()), resend_after_s=5)
            self.taken_only[number] = report.readings_taken_only
            if is_last and spool.waiting_count() == 0:
                return
            time.sleep(0.05)

    def left_s(self) -> float:
        return max(0.0, self.deadline_s - time.monotonic())

    def settle(self) -> None:
        """Wait until nothing arrives any more: what the broker still holds could double something."""
        seen, since_s = (-1, -1), time.monotonic()
        while time.monotonic() - since_s < SETTLED_S and self.left_s():
            if (now := self.stored()) != seen or now[1]:
                seen, since_s = now, time.monotonic()
            time.sleep(0.2)

    def stored(self) -> tuple[int, int]:
        with self.bench.observer() as conn:
            row = conn.execute(OBSERVER["stored_count"], {"shard": self.shard}).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    def missing(self) -> int:
        """How many seqs lie below a stored one of the same spool and are not stored themselves."""
        with self.bench.observer() as conn:
            row = conn.execute(OBSERVER["missing_count"], {"shard": self.shard}).fetchone()
        assert row is not None
        return int(row[0])

    def receipted(self) -> int:
        """How many messages of the spools have a receipt."""
        spools = [Spool(self.spool_file(number)) for number in range(GATEWAYS)]
        count = sum(spool.counts().receipted_messages for spool in spools)
        for spool in spools:
            spool.close()
        return count

    def strike(self) -> None:
        """Note what lies in the spools without a receipt at this moment."""
        spools = [Spool(self.spool_file(number)) for number in range(GATEWAYS)]
        counts = [spool.counts() for spool in spools]
        for spool in spools:
            spool.close()
        self.at_risk = max(self.at_risk, sum(one.readings - one.receipted_readings for one in counts))

    def start_collector(self) -> None:
        self.collectors.append(self.bench.start("run", *self.fault.words, NENGHAO_SHARDS=str(self.shard)))

    def kill_collector(self, number: int = 0) -> None:
        self.strike()
        collector = self.collectors.pop(number)
        collector.kill()
        collector.wait()

    def wait_progress(self) -> None:
        """Wait until the collector stores again, and then for a moment anywhere in its batches."""
        before, until_s = self.stored()[0], time.monotonic() + 60
        while self.stored()[0] == before:
            if self.errors:
                raise self.errors[0]
            if time.monotonic() > until_s:
                raise SystemExit(f"bench faults: {self.fault.name}: nothing is stored any more")
            time.sleep(0.02)
        time.sleep(self.rng.random() * 0.4)
