"""How fast the collector stores and acknowledges, beside its limits in the same run.

    scripts/bench ingest [--rows 30000000] [--rounds 5] [--messages 40000]

On a stack of its own, with the schema as shipped: 1 200 gateways, 96 000 series, and a table of readings that holds
`--rows` rows before the first round. A round queues messages in the collector's persistent session and then lets the
collector drain it; receipts are on, signatures do not exist yet. Beside it, in shuffled order: how fast paho alone
drains the same messages with manual acknowledgement, how fast the staged insert alone stores rows, and COPY alone.
Ratios are taken within a round; medians are printed. No peer is run here yet.
"""

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.ingest import prepare_stages
from nenghao.db.ingest_copy import copy_rows
from nenghao.db.queries import load_queries, parse_queries
from nenghao.domain.periods import SHANGHAI
from nenghao.domain.unit_code import check_character
from nenghao.stack import Stack, StackSpec
from nenghao.stack.spec import SERVERS

UNITS = 1_200
POINTS = 80
BATCH = 5_000
FIRST_AT = datetime.now(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=8)
QUARTER = timedelta(minutes=15)
QUERIES = parse_queries(Path(__file__).parent / "ingest_registers.sql")
INGEST = Path(sys.executable).parent / "nenghao-ingest"


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench ingest")
    parser.add_argument("--rows", type=int, default=30_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=40_000)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))
    folder.chmod(0o711)
    stack = Stack(folder / "stack", StackSpec(components=SERVERS, shared_buffers_mb=2048, is_denial_logged=False))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}: scripts/bench {' '.join(sys.argv[1:])}")
    try:
        stack.up()
        bench = Bench(stack)
        bench.register()
        bench.preload(arguments.rows)
        results = bench.rounds(arguments.rounds, arguments.messages)
    finally:
        stack.down()
        shutil.rmtree(folder)
    print("RESULT " + json.dumps({"bench": "ingest", "rows": arguments.rows, "cores": os.cpu_count(), **results}))


class Bench:
    """The pieces of a round, on one stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.settings: Settings = stack.settings()
        self.units: list[str] = []
        self.slot = 0
        self.boot = str(uuid4())
        self.seq = 0

    def register(self) -> None:
        """Units, one gateway each, 80 points with an interval series each."""
        fronts = [f"91150200{number:09d}" for number in range(1, UNITS + 1)]
        self.units = [front + check_character(front) for front in fronts]
        with connect(self.settings, Role.CONSOLE) as conn:
            conn.execute(QUERIES["register"], {"codes": self.units, "first_at": FIRST_AT, "points": POINTS})

    def preload(self, rows: int) -> None:
        """Fill the table in order of arrival: every series each quarter-hour."""
        started = time.monotonic()
        with connect(self.settings, Role.COLLECTOR, autocommit=True) as conn:
            while self.slot * UNITS * POINTS < rows:
                conn.execute(QUERIES["preload"], {"at": self.now()})
                self.slot += 1
        print(f"{self.slot * UNITS * POINTS} rows preloaded in {time.monotonic() - started:.0f} s", flush=True)

    def now(self) -> datetime:
        return FIRST_AT + self.slot * QUARTER

    def rounds(self, count: int, messages: int) -> dict[str, object]:
        one: dict[str, list[float]] = {}
        fifty: dict[str, list[float]] = {}
        self.collect(0)  # the session has to exist before anything is queued
        for _ in range(count):
            for sizes, found in ((1, one), (50, fifty)):
                number = messages if sizes == 1 else messages // 4
                runs: list[tuple[str, Callable[[], dict[str, float]]]] = [
                    ("collector", partial(self.collector_run, number, sizes)),
                    ("paho", partial(self.paho_run, number, sizes)),
                ]
                if sizes == 50:
                    runs += [("staged", partial(self.insert_run, number * 50, staged=True))]
                    runs += [("copy", partial(self.insert_run, number * 50, staged=False))]
                random.shuffle(runs)
                for name, run in runs:
                    for key, value in run().items():
                        found.setdefault(f"{name}_{key}", []).append(value)
            print({k: round(v[-1], 1) for k, v in (*one.items(), *fifty.items())}, flush=True)
        return {"one": summary(one, "paho_readings_s"), "fifty": summary(fifty, "staged_readings_s")}

    # --- what is measured ---

    def collector_run(self, messages: int, size: int) -> dict[str, float]:
        """Queue messages for the collector, start it, and time it from its first stored batch to its last."""
        self.publish(messages, size)
        return self.collect(messages, size)

    def collect(self, messages: int, size: int = 1) -> dict[str, float]:
        with connect(self.settings, Role.VERIFIER, autocommit=True) as conn:
            start_count = self.stored(conn)
            log = (self.stack.layout.root.parent / "collector.log").open("ab")
            environment = {**os.environ, **self.stack.environment()}
            collector = subprocess.Popen([INGEST, "run"], env=environment, stderr=log)
            outbound = subprocess.Popen([INGEST, "outbound"], env=environment, stderr=log)
            try:
                if messages == 0:
                    time.sleep(3)
                    return {}
                while (first := self.stored(conn) - start_count) == 0:
                    time.sleep(0.002)
                began, cpu_began = time.monotonic(), cpu_seconds(collector.pid)
                while self.stored(conn) - start_count < messages:
                    time.sleep(0.005)
                took, cpu = time.monotonic() - began, cpu_seconds(collector.pid) - cpu_began
                rss_mb = peak_rss_mb(collector.pid)
            finally:
                for process in (collector, outbound):
                    process.terminate()
                    process.wait(60)
        drained = messages - first
        if drained <= 0:
            raise SystemExit("bench ingest: too few messages to measure: they fitted into the first batch")
        return {"readings_s": drained * size / took, "us_cpu_message": 1e6 * cpu / drained, "rss_mb": rss_mb}

    def stored(self, conn: psycopg.Connection) -> int:
        row = conn.execute("SELECT coalesce(max(message_id), 0) FROM message").fetchone()
        return int(row[0]) if row else 0

    def paho_run(self, messages: int, size: int) -> dict[str, float]:
        """The limit of the client: the same messages drained by paho with manual acknowledgement and nothing else."""
        drain = Drain(self.settings)
        drain.loop_until(lambda: drain.is_subscribed)
        drain.client.disconnect()
        self.publish(messages, size, prefix="nenghao/v1/9")
        drain = Drain(self.settings)
        drain.loop_until(lambda: drain.count >= messages)
        drain.client.disconnect()
        return {"readings_s": (messages - 1) * size / (drain.last_s - drain.first_s)}

    def insert_run(self, rows: int, *, staged: bool) -> dict[str, float]:
        """The limit of the database: rows by the collector's own stage and statement, or by COPY alone."""
        series = UNITS * POINTS
        queries = load_queries("ingest")
        prepared: list[tuple[object, ...]] = []
        while len(prepared) < rows:
            at = self.now()
            self.slot += 1
            prepared += [(number, at, Decimal("1.25"), 0, 0, "l") for number in range(1, series + 1)]
        prepared = prepared[:rows]
        with connect(self.settings, Role.COLLECTOR, autocommit=True) as conn:
            prepare_stages(conn)
            began = time.monotonic()
            for start in range(0, rows, BATCH):
                with conn.transaction():
                    if staged:
                        copy_rows(conn, "copy_readings", prepared[start : start + BATCH])
                        conn.execute(queries["store_readings"])
                    else:
                        with conn.cursor().copy(QUERIES["copy"]) as copy:
                            copy.set_types(["int4", "timestamptz", "numeric", "int8", "int2", "bytea"])
                            for row in prepared[start : start + BATCH]:
                                copy.write_row((*row[:5], b"l"))
            return {"readings_s": rows / (time.monotonic() - began)}

    # --- what is sent ---

    def publish(self, messages: int, size: int, prefix: str = "nenghao/v1/0") -> None:
        """Publish messages of many gateways with QoS 1; return when the broker has taken them all."""
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        client.username_pw_set(self.settings.broker_user, self.settings.secret("broker_collector"))
        client.max_inflight_messages_set(2_000)
        client.connect(self.settings.broker_host, self.settings.broker_port)
        client.loop_start()
        encoder, per_unit = msgspec.json.Encoder(), POINTS // size
        info = None
        for number in range(messages):
            unit = number % UNITS
            part = number // UNITS % per_unit
            if number and number % (UNITS * per_unit) == 0:
                self.slot += 1
            at = self.now().isoformat()
            body = {
                "schema": "nenghao/1", "boot_id": self.boot, "seq": self.seq, "sent_at": at,
                "readings": [
                    {"point": f"p{part * size + point + 1}", "quantity": "active_energy", "kind": "interval",
                     "period": "15min", "at": at, "value": "1.25", "unit": "kWh"}
                    for point in range(size)
                ],
            }  # fmt: skip
            self.seq += 1
            topic = f"{prefix}/{self.units[unit]}/g1/backfill"
            info = client.publish(topic, encoder.encode(body), qos=1)
            if number % 5_000 == 4_999:
                info.wait_for_publish(60)
        if info is not None:
            info.wait_for_publish(60)
        time.sleep(1)
        self.slot += 1
        client.disconnect()
        client.loop_stop()


class Drain:
    """A client with a persistent session that acknowledges at once."""

    def __init__(self, settings: Settings) -> None:
        self.count, self.first_s, self.last_s, self.is_subscribed = 0, 0.0, 0.0, False
        self.client = Client(
            CallbackAPIVersion.VERSION2, client_id="bench-drain", protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
        )
        self.client.username_pw_set(settings.broker_user, settings.secret("broker_collector"))
        self.client.on_connect = lambda client, *_: client.subscribe("nenghao/v1/9/#", qos=1)
        self.client.on_subscribe = self._subscribed
        self.client.on_message = self._arrived
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no type here
        properties.SessionExpiryInterval = 0xFFFFFFFF
        self.client.connect(settings.broker_host, settings.broker_port, clean_start=False, properties=properties)

    def loop_until(self, is_done: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + 120
        while not is_done() and time.monotonic() < deadline_s:
            self.client.loop(0.1)

    def _subscribed(self, *_: object) -> None:
        self.is_subscribed = True

    def _arrived(self, client: Client, _userdata: object, message: object) -> None:
        self.count += 1
        self.last_s = time.monotonic()
        self.first_s = self.first_s or self.last_s
        client.ack(message.mid, 1)  # type: ignore[attr-defined]  # paho's own message


def summary(found: dict[str, list[float]], floor: str) -> dict[str, float]:
    """Medians, and the median of the ratios to the floor of the same round."""
    medians = {key: round(statistics.median(values), 1) for key, values in found.items()}
    ratios = [ours / limit for ours, limit in zip(found["collector_readings_s"], found[floor], strict=True)]
    return {**medians, f"collector_to_{floor.split('_', maxsplit=1)[0]}": round(statistics.median(ratios), 3)}


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_rss_mb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
