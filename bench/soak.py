"""Whether the collector stays as small as it is, for as long as one likes, with the database away in the middle.

    scripts/bench soak [--minutes 60] [--outage-minutes 10] [--messages-s 200] [--readings 8] [--workers 2]

1 200 gateways send at a steady rate, over two shards and two workers; receipts are on. Halfway, PostgreSQL is stopped
for the outage and started again. Memory of every process of the collector is sampled each second; at the end everything
that the broker took has to be in the table once, and every message to be receipted. Ends with 1 where anything is lost
or doubled, or where memory grew by more than a tenth between the first and the last quarter.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from paho.mqtt.client import MQTTMessageInfo

from bench._ingest_load import POINTS, QUERIES, UNITS, Load
from bench._processes import end, end_in_order_on_sigterm, tree_of
from bench.ingest import INGEST
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.stack import Component, Stack, StackSpec
from nenghao.stack.spec import SERVERS

#: Backlog of an outage has to be stored before what is held is counted.
CATCH_UP_S = 900
GROWTH_ALLOWED = 1.10


@dataclass(slots=True)
class Sample:
    """One second of the run."""

    at_s: float
    rss_mb: float


@dataclass(slots=True)
class Sender:
    """Sends at a steady rate in a thread of its own; what the broker took is counted."""

    load: Load
    messages_s: int
    readings: int
    stop: Event = field(default_factory=Event)
    sent: int = 0

    def run(self) -> None:
        client = self.load.publisher()
        parts, began_s = POINTS // self.readings, time.monotonic()
        waiting: list[MQTTMessageInfo] = []
        while not self.stop.is_set():
            due = int((time.monotonic() - began_s) * self.messages_s)
            for number in range(self.sent, min(due, self.sent + 500)):
                if number and number % (UNITS * parts) == 0:
                    self.load.slot += 1
                topic, payload = self.load.message(number % UNITS, number // UNITS % parts, self.readings, "g2")
                waiting.append(client.publish(topic, payload, qos=1))
                self.sent += 1
            while len(waiting) > 1_000:
                waiting.pop(0).wait_for_publish(60)
            self.stop.wait(0.05)
        for info in waiting:
            info.wait_for_publish(60)
        client.disconnect()
        client.loop_stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench soak")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--outage-minutes", type=float, default=10.0)
    parser.add_argument("--messages-s", type=int, default=200)
    parser.add_argument("--readings", type=int, default=8, choices=(1, 2, 4, 5, 8, 10, 16, 20, 40, 80))
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    end_in_order_on_sigterm()
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))
    folder.chmod(0o711)
    stack = Stack(folder / "stack", StackSpec(components=SERVERS, shared_buffers_mb=512, is_denial_logged=False))
    print(f"scripts/bench soak {' '.join(sys.argv[1:])}", flush=True)
    try:
        stack.up()
        result = soak(stack, folder, arguments)
    finally:
        stack.down()
        shutil.rmtree(folder)
    print("RESULT " + json.dumps({"bench": "soak", **result}))
    is_flat = float(str(result["growth"])) <= GROWTH_ALLOWED
    sys.exit(0 if is_flat and not (result["lost"] or result["doubled"] or result["unreceipted"]) else 1)


def soak(stack: Stack, folder: Path, arguments: argparse.Namespace) -> dict[str, object]:
    """The whole run; returns what the last line says."""
    settings = stack.settings()
    load = Load(settings)
    load.register()
    variables = {**os.environ, **stack.environment(), "NENGHAO_SHARDS": "1,2"}
    samples: list[Sample] = []
    with (folder / "ingest.log").open("ab") as log:
        words = [str(INGEST), "run", "--workers", str(arguments.workers)]
        collector = subprocess.Popen(words, env=variables, stderr=log)
        outbound = subprocess.Popen([INGEST, "outbound"], env={**os.environ, **stack.environment()}, stderr=log)
        sender = Sender(load, arguments.messages_s, arguments.readings)
        try:
            time.sleep(10)  # the sessions have to exist before anything is sent
            thread = Thread(target=sender.run)
            thread.start()
            half_s, outage_s = 30 * (arguments.minutes - arguments.outage_minutes), 60 * arguments.outage_minutes
            watch(collector.pid, samples, half_s, "load")
            stack.stop(Component.POSTGRES)
            watch(collector.pid, samples, outage_s, "database away")
            stack.start(Component.POSTGRES)
            watch(collector.pid, samples, half_s, "load again")
            sender.stop.set()
            thread.join()
            counts = wait_stored(settings, sender.sent, arguments.readings)
        finally:
            sender.stop.set()
            end(collector)
            end(outbound)
    quarter = max(1, len(samples) // 4)
    first = statistics.median(one.rss_mb for one in samples[:quarter])
    last = statistics.median(one.rss_mb for one in samples[-quarter:])
    return {
        "minutes": arguments.minutes,
        "outage_minutes": arguments.outage_minutes,
        "readings": sender.sent * arguments.readings,
        **counts,
        "rss_first_mb": round(first, 1),
        "rss_last_mb": round(last, 1),
        "rss_peak_mb": round(max(one.rss_mb for one in samples), 1),
        "growth": round(last / first, 3),
    }


def watch(pid: int, samples: list[Sample], seconds: float, what: str) -> None:
    """Take a sample each second: the largest process of the collector, since each has to stay below the limit."""
    until_s = time.monotonic() + seconds
    peak = 0.0
    while time.monotonic() < until_s:
        rss_mb = max(map(rss_of, tree_of(pid)))
        peak = max(peak, rss_mb)
        samples.append(Sample(time.monotonic(), rss_mb))
        time.sleep(1)
    print(f"{what}: {seconds:.0f} s, largest process at most {peak:.0f} MB", flush=True)


def rss_of(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def wait_stored(settings: Settings, messages: int, readings: int) -> dict[str, int]:
    """Wait until the backlog is stored and receipted, or nothing moves any more; then count."""
    deadline_s = time.monotonic() + CATCH_UP_S
    with connect(settings, Role.VERIFIER, autocommit=True) as conn:
        while True:
            row = conn.execute(QUERIES["soak_counts"]).fetchone()
            assert row is not None
            stored_messages, stored_readings, unreceipted = row
            is_done = stored_messages >= messages and not unreceipted
            if is_done or time.monotonic() > deadline_s:
                break
            time.sleep(2)
    return {
        "messages": messages,
        "lost": max(0, messages * readings - stored_readings),
        "doubled": max(0, stored_readings - messages * readings),
        "unreceipted": unreceipted,
    }


if __name__ == "__main__":
    main()
