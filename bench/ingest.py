"""How fast the collector stores and acknowledges, beside its limits and its peers in the same run.

    scripts/bench ingest [--quick] [--rows 30000000] [--rounds 5] [--messages 12000] [--minutes 27] [--no-peers]

On a stack of its own, with the schema as shipped: 1 200 gateways, 96 000 series, and a table of readings that holds
`--rows` rows before the first round. A run queues messages in a persistent session, then starts who drains it, and
counts from the first rows in the table to the last. Receipts are on, signatures off. Rounds go through all runs in
shuffled order: the collector in one process, with its committer in another, with two workers, with every message
signed by its gateway; paho alone with manual
acknowledgement; the staged insert alone, COPY alone; the peers of bench/_peers.py. Ratios are taken within a round and
their median is printed. No round begins that would not end within `--minutes` by the longest one before it. `--quick`
is one round over a small table, to see that everything runs.
"""

import argparse
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg

from bench import _peers as peers
from bench._ingest_limits import Drain, insert_rows
from bench._ingest_load import QUERIES, Load
from bench._ingest_table import COLLECTORS, Figures, Found, print_table, summary
from bench._processes import cpu_seconds, end, end_in_order_on_sigterm, peak_rss_mb, tree_of
from nenghao.config import Role
from nenghao.db.connection import connect
from nenghao.stack import Stack, StackSpec
from nenghao.stack.spec import SERVERS

INGEST = Path(sys.executable).parent / "nenghao-ingest"
#: A run that takes longer has hung; the bench says so instead of its figure.
RUN_TIMEOUT_S = 120
#: Rows before the first round, rounds, and messages of one reading a run.
FULL = (30_000_000, 5, 12_000)
QUICK = (500_000, 1, 6_000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench ingest")
    parser.add_argument("--quick", action="store_true", help="one small round over a small table: three minutes")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--messages", type=int)
    parser.add_argument("--minutes", type=float, default=27.0)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--only", nargs="*", help="these runs only, by name, for trying")
    arguments = parser.parse_args()
    size = QUICK if arguments.quick else FULL
    rows, rounds_wanted, messages = (
        given or usual
        for given, usual in zip((arguments.rows, arguments.rounds, arguments.messages), size, strict=True)
    )
    end_in_order_on_sigterm()
    until_s = time.monotonic() + 60 * arguments.minutes
    if not arguments.no_peers:
        peers.install()
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))
    folder.chmod(0o711)
    stack = Stack(folder / "stack", StackSpec(components=SERVERS, shared_buffers_mb=2048, is_denial_logged=False))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"scripts/bench ingest {' '.join(sys.argv[1:])}", flush=True)
    try:
        stack.up()
        bench = Bench(stack, folder, with_peers=not arguments.no_peers, only=arguments.only)
        bench.prepare(rows)
        found, rounds = bench.rounds(rounds_wanted, messages, until_s)
    finally:
        stack.down()
        shutil.rmtree(folder)
    print_table(found)
    print("RESULT " + json.dumps({"bench": "ingest", "rows": rows, "rounds": rounds, **summary(found)}))


class Bench:
    """The pieces of a round, on one stack."""

    def __init__(self, stack: Stack, folder: Path, *, with_peers: bool, only: list[str] | None) -> None:
        self.stack = stack
        self.settings = stack.settings()
        self.folder = folder
        self.with_peers = with_peers
        self.only = only
        self.load = Load(self.settings)

    def prepare(self, rows: int) -> None:
        """Register, fill the table, and make every session before anything is queued in it."""
        self.load.register()
        started = time.monotonic()
        count = self.load.preload(rows)
        print(f"{count} rows preloaded in {time.monotonic() - started:.0f} s", flush=True)
        superuser = self.stack.superuser_conninfo(self.settings.database_name)
        with psycopg.connect(superuser, autocommit=True) as conn:
            conn.execute(QUERIES["admit_peers"])
            conn.execute("ANALYZE reading")
        for words, variables, _ in list(COLLECTORS.values())[:-1]:  # signed and unsigned share a session
            with self.running(words, variables):
                time.sleep(6)

    def rounds(self, count: int, messages: int, until_s: float) -> tuple[Found, int]:
        found: Found = {"one": {}, "fifty": {}}
        longest_s = 0.0
        for number in range(count):
            began_s = time.monotonic()
            if began_s + longest_s > until_s:
                return found, number
            for size, kind in ((1, "one"), (50, "fifty")):
                runs = self.runs(size, messages if size == 1 else messages // 5)
                random.shuffle(runs)
                line = {}
                for name, run in runs:
                    print(f"{name} ...", file=sys.stderr, flush=True)
                    for key, value in run().items():
                        found[kind].setdefault(f"{name}.{key}", []).append(value)
                        line[f"{name}.{key}"] = round(value, 1)
                print(f"round {number + 1}, {kind}: {json.dumps(line)}", flush=True)
            longest_s = max(longest_s, time.monotonic() - began_s)
        return found, count

    def runs(self, size: int, messages: int) -> list[tuple[str, Callable[[], Figures]]]:
        runs: list[tuple[str, Callable[[], Figures]]] = [
            (name, partial(self.collector_run, name, messages, size)) for name in COLLECTORS
        ]
        runs.append(("paho", partial(self.paho_run, messages, size)))
        if size > 1:
            runs.append(("staged_insert", partial(self.insert_run, messages * size, is_staged=True)))
            runs.append(("copy", partial(self.insert_run, messages * size, is_staged=False)))
        if self.with_peers:
            names = peers.PEERS if size == 1 else peers.PEERS_OF_FIFTY
            runs += [(name, partial(self.peer_run, name, messages, size)) for name in names]
        return [(name, run) for name, run in runs if self.only is None or name in self.only]

    # --- what is measured ---

    def collector_run(self, name: str, messages: int, size: int) -> Figures:
        """The collector as shipped, the outbound sender beside it."""
        words, variables, gateway = COLLECTORS[name]
        self.load.publish(messages, size, gateway)
        with connect(self.settings, Role.VERIFIER, autocommit=True) as conn:
            begun = stored_messages(conn)
            with self.running(words, variables) as collector:
                return self.measure(lambda: stored_messages(conn) - begun, messages, size, collector.pid)

    def peer_run(self, peer: str, messages: int, size: int) -> Figures:
        client_id = f"bench-{peer}"
        Drain(self.settings, client_id).subscribe()
        self.load.publish(messages, size, "g1", shard=9)
        with connect(self.settings, Role.VERIFIER, autocommit=True) as conn:
            begun = stored_by_peers(conn)
            process = peers.start(peer, self.settings, client_id, self.folder)
            try:
                log = self.folder / f"{peer}.log"
                return self.measure(
                    lambda: (stored_by_peers(conn) - begun) // size, messages, size, process.pid,
                    is_begun=(lambda: peers.CONNECTED in log.read_text()) if peer == "node_red" else None,
                )  # fmt: skip
            except TimeoutError as error:
                raise SystemExit(f"{peer}: {error}\n{(self.folder / f'{peer}.log').read_text()[-2000:]}") from error
            finally:
                end(process)
                (self.folder / f"{peer}.log").unlink()
                Drain(self.settings, client_id).forget()

    def measure(
        self, count: Callable[[], int], messages: int, size: int, pid: int, is_begun: Callable[[], bool] | None = None
    ) -> Figures:
        """From the first rows to the last; what came with the first rows is not counted.

        Who takes everything before it stores anything is timed from its connection instead, by `is_begun`.
        """
        deadline_s, first = time.monotonic() + RUN_TIMEOUT_S, 0
        while not is_begun() if is_begun is not None else (first := count()) == 0:
            check_deadline(deadline_s, 0)
            time.sleep(0.002)
        began_s, cpu_began_s, rss_mb = time.monotonic(), cpu_seconds(pid), 0.0
        while (now := count()) < messages:
            check_deadline(deadline_s, now)
            time.sleep(0.005)
        took_s, cpu_s = time.monotonic() - began_s, cpu_seconds(pid) - cpu_began_s
        rss_mb = max(peak_rss_mb(one) for one in tree_of(pid))
        drained = messages - first
        if drained <= 0:
            raise SystemExit(f"bench ingest: too few messages to measure: {first} were there at first sight")
        return {"readings_s": drained * size / took_s, "us_cpu_message": 1e6 * cpu_s / drained, "rss_mb": rss_mb}

    def paho_run(self, messages: int, size: int) -> Figures:
        """The limit of the client: the same messages drained by paho with manual acknowledgement and nothing else."""
        Drain(self.settings, "bench-paho").subscribe()
        self.load.publish(messages, size, "g1", shard=9)
        drain = Drain(self.settings, "bench-paho")
        began_s = time.process_time()
        drain.loop_until(lambda: drain.count >= messages)
        if drain.count < messages:
            raise SystemExit(f"paho: {drain.count} of {messages} messages")
        cpu_s = time.process_time() - began_s
        drain.client.disconnect()
        Drain(self.settings, "bench-paho").forget()
        rate = (messages - 1) * size / (drain.last_s - drain.first_s)
        return {"readings_s": rate, "us_cpu_message": 1e6 * cpu_s / messages}

    def insert_run(self, rows: int, *, is_staged: bool) -> Figures:
        return {"readings_s": insert_rows(self.settings, self.load, rows, is_staged=is_staged)}

    @contextmanager
    def running(self, words: tuple[str, ...], variables: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
        """The collector and the outbound sender."""
        environment = {**os.environ, **self.stack.environment()}
        with (self.folder / "ingest.log").open("ab") as log:
            outbound = subprocess.Popen([INGEST, "outbound"], env=environment, stderr=log)
            collector = subprocess.Popen([INGEST, "run", *words], env=environment | variables, stderr=log)
        try:
            yield collector
        finally:
            end(collector)
            end(outbound)


def stored_messages(conn: psycopg.Connection) -> int:
    # Not the greatest id: a batch that is tried twice takes its ids twice.
    row = conn.execute("SELECT coalesce(sum(message_count), 0) FROM message_batch").fetchone()
    return int(row[0]) if row else 0


def stored_by_peers(conn: psycopg.Connection) -> int:
    row = conn.execute(QUERIES["count_of_peers"]).fetchone()
    return int(row[0]) if row else 0


def check_deadline(deadline_s: float, count: int) -> None:
    if time.monotonic() > deadline_s:
        raise TimeoutError(f"{count} messages after {RUN_TIMEOUT_S} s")


if __name__ == "__main__":
    main()
