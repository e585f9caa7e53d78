"""What is lost or doubled under each fault: by the gateways' spools on one side and the tables on the other.

    scripts/bench faults [--readings 120000] [--kills 50] [--short]

On a stack of its own. Each row has gateways and a shard of its own, each gateway with a fresh spool, and steady load
from the reference gateway while the fault happens; it ends when every spool is receipted and nothing arrives any more.
Then each reading of each spool is looked for in the tables. `at risk` is the most that lay unreceipted in the spools
when the fault struck. Ends with 1 where anything is lost, doubled, miscounted or still waits for its receipt.

Over 300 lines, so that every fault and the one way of counting can be read in one place.
"""

import argparse
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Event, Thread

import psycopg
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench._load import FIRST_AT, POINTS, Content, RawSpool, jumping_clock, poisoned, shuffled_days, steady, thrice
from bench._observer import QUERIES as OBSERVER
from bench._observer import Tally, observe
from bench.ingest import INGEST
from bench.ingest import QUERIES as REGISTERS
from ingest.broker_sync import sync_broker
from ingest.gateway import GatewayAccount, Spool, send
from ingest.gateway_accounts import enrol_gateway
from ingest.topics import TopicKind
from nenghao.config import Role
from nenghao.db.connection import connect
from nenghao.domain.unit_code import check_character
from nenghao.stack import Component, Stack, StackSpec
from nenghao.stack.spec import SERVERS

GATEWAYS = 4
MESSAGES_A_SECOND = 25  # of each gateway
SETTLED_S = 2.0
ROW_LIMIT_S = 180.0

# --- one row ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row: what happens while what is sent. A late collector is started by the fault itself."""

    name: str
    happens: Callable[["Row"], None]
    load: Callable[[random.Random], Iterator[Content]] = steady
    kind: TopicKind = TopicKind.READINGS
    is_late: bool = False


class Row:
    """One fault under load."""

    def __init__(self, bench: "Bench", fault: Fault, shard: int) -> None:
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
        tally = Tally()
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
            send(spool, self.accounts[number], timeout_s=min(30, self.left_s()), resend_after_s=5)
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

    def strike(self) -> None:
        """Note what lies in the spools without a receipt at this moment."""
        spools = [Spool(self.spool_file(number)) for number in range(GATEWAYS)]
        counts = [spool.counts() for spool in spools]
        for spool in spools:
            spool.close()
        self.at_risk = max(self.at_risk, sum(one.readings - one.receipted_readings for one in counts))

    def start_collector(self) -> None:
        self.collectors.append(self.bench.start("run", NENGHAO_SHARDS=str(self.shard)))

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


# --- the faults ---


def nothing(row: Row) -> None:
    row.strike()


def kill_collector(row: Row) -> None:
    for _ in range(row.bench.kills):
        row.wait_progress()
        row.kill_collector()
        row.start_collector()


def kill_workers_in_turn(row: Row) -> None:
    """Two collectors of one shard: the one that waits takes over, and the killed one comes back to wait."""
    row.start_collector()
    for _ in range(row.bench.rounds):
        row.wait_progress()
        row.kill_collector()
        row.start_collector()
    row.wait_progress()


def kill_database(row: Row) -> None:
    for _ in range(row.bench.rounds):
        row.wait_progress()
        row.strike()
        row.bench.stack.kill(Component.POSTGRES)
        row.bench.wait_server(Component.POSTGRES)


def stop_database(row: Row) -> None:
    row.bench.stack.stop(Component.POSTGRES)
    time.sleep(row.bench.away_s)
    row.strike()
    row.bench.stack.start(Component.POSTGRES)


def freeze_database(row: Row) -> None:
    """Neither answers nor refuses: every process of the server is stopped by signal, and goes on later."""
    pids = process_tree(row.bench.stack.status()[Component.POSTGRES].pid)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(row.bench.away_s)
    row.strike()
    for pid in reversed(pids):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def stop_broker(row: Row) -> None:
    for _ in range(row.bench.rounds):
        row.wait_progress()
        row.bench.stack.stop(Component.MOSQUITTO)
        time.sleep(1)
        row.strike()
        row.bench.stack.start(Component.MOSQUITTO)


def kill_broker(row: Row) -> None:
    for _ in range(row.bench.rounds):
        row.wait_progress()
        row.strike()
        row.bench.stack.kill(Component.MOSQUITTO)
        row.bench.wait_server(Component.MOSQUITTO)


def subscribe_late(row: Row) -> None:
    time.sleep(3)
    row.strike()
    row.start_collector()


def send_everything_again(row: Row) -> None:
    """Besides what the spools hold three times, the broker gets each message twice more, byte by byte."""
    row.strike()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    settings = row.bench.settings
    client.username_pw_set(settings.broker_user, settings.secret("broker_collector"))
    client.connect(settings.broker_host, settings.broker_port)
    client.loop_start()
    for number, account in enumerate(row.accounts):
        spool = RawSpool(row.spool_file(number))
        payloads = spool.payloads() * 2
        spool.close()
        row.rng.shuffle(payloads)
        for payload in payloads:
            client.publish(account.topic(row.fault.kind), payload, qos=1).wait_for_publish(30)
    client.disconnect()
    client.loop_stop()


FAULTS = (
    Fault(name="collector killed", happens=kill_collector),
    Fault(name="either of two collectors killed", happens=kill_workers_in_turn),
    Fault(name="database killed", happens=kill_database),
    Fault(name="database stopped", happens=stop_database),
    Fault(name="database frozen", happens=freeze_database),
    Fault(name="broker stopped", happens=stop_broker),
    Fault(name="broker killed", happens=kill_broker),
    Fault(name="sent before any subscription", happens=subscribe_late, is_late=True),
    Fault(name="duplicate storm", happens=send_everything_again, load=thrice),
    Fault(name="days in random order", happens=nothing, load=shuffled_days, kind=TopicKind.BACKFILL),
    Fault(name="clock jumps", happens=nothing, load=jumping_clock),
    Fault(name="poison every tenth message", happens=nothing, load=poisoned),
)


# --- the stack ---


class Bench:
    """The servers, the outbound sender and the registers; one shard for each row."""

    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self.folder = folder
        self.is_short: bool = arguments.short
        self.readings_a_row: int = (6_000 if arguments.short else arguments.readings) // len(FAULTS)
        self.kills: int = 4 if arguments.short else arguments.kills
        self.rounds: int = 1 if arguments.short else 4
        self.away_s: int = 4 if arguments.short else 20
        self.stack = Stack(folder / "stack", StackSpec(components=SERVERS, is_denial_logged=False))
        self.accounts: dict[int, list[GatewayAccount]] = {}
        self.processes: list[subprocess.Popen[bytes]] = []

    def observer(self) -> psycopg.Connection:
        return psycopg.connect(self.stack.superuser_conninfo(self.settings.database_name), autocommit=True)

    def register(self) -> None:
        self.settings = self.stack.settings()
        for shard in range(1, len(FAULTS) + 1):
            fronts = [f"91150200{shard * 100 + number:09d}" for number in range(GATEWAYS)]
            codes = [front + check_character(front) for front in fronts]
            with connect(self.settings, Role.CONSOLE) as conn:
                conn.execute(REGISTERS["register"], {"codes": codes, "first_at": FIRST_AT, "points": POINTS})
            with self.observer() as conn:
                conn.execute(OBSERVER["move"], {"shard": shard, "codes": codes})
            self.accounts[shard] = [self.account(code, shard) for code in codes]
        sync_broker(self.settings)
        time.sleep(0.5)  # the broker reads its files a moment after the signal
        self.start("outbound")

    def account(self, unit_code: str, shard: int) -> GatewayAccount:
        password = enrol_gateway(
            self.settings, unit_code=unit_code, gateway_code="g1", shard=shard, backfill_from=FIRST_AT
        )
        return GatewayAccount(
            host=self.settings.broker_host, port=self.settings.broker_port, unit_code=unit_code, gateway_code="g1",
            shard=shard, password=password,
        )  # fmt: skip

    def start(self, command: str, **variables: str) -> subprocess.Popen[bytes]:
        variables |= {"NENGHAO_BATCH_MAX_AGE_S": "0.2", "NENGHAO_RECEIPT_INTERVAL_S": "0.2"}
        with (self.folder / f"{command}.log").open("ab") as log:
            environment = {**os.environ, **self.stack.environment(), **variables}
            process = subprocess.Popen([INGEST, command], env=environment, stderr=log)
        self.processes.append(process)
        return process

    def wait_server(self, component: Component) -> None:
        """The supervisor starts a killed server again; one that it gave up is started here."""
        time.sleep(1)
        until_s = time.monotonic() + 20
        while time.monotonic() < until_s and not self.stack.status()[component].is_running:
            time.sleep(0.2)
        self.stack.start(component) if not self.stack.status()[component].is_running else time.sleep(1)

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.stack.down()


def process_tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in process_tree(int(child)))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench faults")
    parser.add_argument("--readings", type=int, default=120_000, help="at least so many in all rows together")
    parser.add_argument("--kills", type=int, default=50, help="of the collector, in its row")
    parser.add_argument("--short", action="store_true", help="some thousand readings, and each fault a few times")
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))
    folder.chmod(0o711)
    bench = Bench(folder, parser.parse_args())
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}: scripts/bench {' '.join(['faults', *sys.argv[1:]])}")
    rows: list[tuple[str, Tally]] = []
    try:
        bench.stack.up()
        bench.register()
        columns = list(Tally.__slots__)
        print(f"{'fault':32}" + "".join(f"{name:>13}" for name in (*columns, "at risk", "seconds")), flush=True)
        for shard, fault in enumerate(FAULTS, 1):
            began_s, row = time.monotonic(), Row(bench, fault, shard)
            tally = row.run()
            rows.append((fault.name, tally))
            numbers = [*(getattr(tally, name) for name in columns), row.at_risk, round(time.monotonic() - began_s)]
            print(f"{fault.name:32}" + "".join(f"{number:>13}" for number in numbers), flush=True)
    finally:
        bench.stop()
        shutil.rmtree(folder)
    published = ("acknowledged", "stored", "duplicate", "refused", "conflict", "lost", "doubled")
    table = [{"fault": name, **{key: getattr(tally, key) for key in published}} for name, tally in rows]
    print("RESULT " + json.dumps({"bench": "faults", "rows": table}))
    sys.exit(0 if all(tally.is_clean for _, tally in rows) else 1)


if __name__ == "__main__":
    main()
