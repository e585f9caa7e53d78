"""What is lost or doubled under each fault: by the gateways' spools on one side and the tables on the other.

    scripts/bench faults [--readings 120000] [--kills 50] [--short] [--only WORD]

On a stack of its own. Each row has gateways and a shard of its own, each gateway with a fresh spool, and steady load
from the reference gateway while the fault happens; it ends when every spool is receipted and nothing arrives any more.
Then each reading of each spool is looked for in the tables. `at risk` is the most that lay unreceipted in the spools
when the fault struck. Ends with 1 where anything is lost, doubled, miscounted or still waits for its receipt.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench._faults import FAULTS
from bench._ingest_load import QUERIES as REGISTERS
from bench._load import FIRST_AT, POINTS
from bench._observer import QUERIES as OBSERVER
from bench._observer import Tally
from bench._row import GATEWAYS, Row
from bench.ingest import INGEST
from ingest.broker_sync import sync_broker
from ingest.gateway import GatewayAccount
from ingest.gateway_accounts import enrol_gateway
from nenghao.config import Role
from nenghao.credentials import BROKER_AUTHORITY
from nenghao.db.connection import connect
from nenghao.domain.unit_code import check_character
from nenghao.stack import Component, Stack, StackSpec
from nenghao.stack.privileges import service_ids
from nenghao.stack.spec import SERVERS

SMALL_DISK_MB = 128
HEADINGS = {"acknowledged": "receipted", "puback_only": "PUBACKed only"}


class Bench:
    """The servers, the outbound sender and the registers; one shard for each row."""

    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self.folder = folder
        self.is_short: bool = arguments.short
        self.faults = [fault for fault in FAULTS if arguments.only in fault.name]
        self.readings_a_row: int = (6_000 if arguments.short else arguments.readings) // len(FAULTS)
        self.kills: int = 4 if arguments.short else arguments.kills
        self.rounds: int = 1 if arguments.short else 4
        self.away_s: int = 4 if arguments.short else 20
        self.outage_s: int = 4 if arguments.short else 60
        self.stack = Stack(folder / "stack", StackSpec(components=SERVERS, is_denial_logged=False))
        self.accounts: dict[int, list[GatewayAccount]] = {}
        self.processes: list[subprocess.Popen[bytes]] = []
        self.small_disk: Path | None = None

    def up(self) -> None:
        """Mount the small disk, where root runs this, before any server: one may see no later mount."""
        if os.geteuid() == 0:
            self.small_disk = self.folder / "small"
            self.small_disk.mkdir(mode=0o711)
            options = f"size={SMALL_DISK_MB}m,mode=0711"
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "nenghao-bench", self.small_disk], check=True)
            (self.small_disk / "tables").mkdir(mode=0o700)
            os.chown(self.small_disk / "tables", *service_ids())
        self.stack.up()

    @contextmanager
    def broker_with(self, option: str, value: str) -> Iterator[None]:
        """Another value of one of the broker's options; it is stopped and started for it, and again afterwards."""
        file = self.stack.layout.mosquitto / "mosquitto.conf"
        usual = file.read_text()
        lines = [f"{option} {value}" if line.startswith(f"{option} ") else line for line in usual.splitlines()]
        for text in ("\n".join(lines) + "\n", usual):
            self.stack.stop(Component.MOSQUITTO)
            file.write_text(text)
            self.stack.start(Component.MOSQUITTO)
            if text is not usual:
                yield

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
        authority = (self.stack.layout.trust / BROKER_AUTHORITY).read_text()
        return GatewayAccount(
            host=self.settings.gateway_hosts[0], port=self.settings.gateway_port, unit_code=unit_code,
            gateway_code="g1", shard=shard, password=password, ca_pem=authority,
        )  # fmt: skip

    def start(self, command: str, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        variables |= {"NENGHAO_BATCH_MAX_AGE_S": "0.2", "NENGHAO_RECEIPT_INTERVAL_S": "0.2"}
        with (self.folder / f"{command}.log").open("ab") as log:
            environment = {**os.environ, **self.stack.environment(), **variables}
            process = subprocess.Popen([INGEST, command, *words], env=environment, stderr=log)
        self.processes.append(process)
        return process

    def wait_server(self, component: Component) -> None:
        """The supervisor starts a killed server again; one that it gave up is started here."""
        time.sleep(1)
        until_s = time.monotonic() + 20
        while time.monotonic() < until_s and not self.stack.status()[component].is_running:
            time.sleep(0.2)
        self.stack.start(component)  # returns once it answers: a recovery takes its time

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.stack.down()
        if self.small_disk is not None:
            subprocess.run(["umount", self.small_disk], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench faults")
    parser.add_argument("--readings", type=int, default=120_000, help="at least so many in all rows together")
    parser.add_argument("--kills", type=int, default=50, help="of the collector, in its row")
    parser.add_argument("--short", action="store_true", help="some thousand readings, and each fault a few times")
    parser.add_argument("--only", default="", help="only the rows whose names hold this")
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))
    folder.chmod(0o711)
    bench = Bench(folder, parser.parse_args())
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}: scripts/bench {' '.join(['faults', *sys.argv[1:]])}")
    rows: list[tuple[str, Tally]] = []
    problems: list[str] = []
    try:
        bench.up()
        bench.register()
        columns = list(Tally.__slots__)
        headings = [HEADINGS.get(name, name) for name in columns]
        print(f"{'fault':32}" + "".join(f"{name:>14}" for name in (*headings, "at risk", "seconds")), flush=True)
        for fault in bench.faults:
            if fault.is_rooted and bench.small_disk is None:
                print(f"{fault.name:32}  not run: only root may mount a small disk")
                continue
            began_s, row = time.monotonic(), Row(bench, fault, FAULTS.index(fault) + 1)
            tally = row.run()
            rows.append((fault.name, tally))
            problems += [f"{fault.name}: {problem}" for problem in row.problems]
            numbers = [*(getattr(tally, name) for name in columns), row.at_risk, round(time.monotonic() - began_s)]
            print(f"{fault.name:32}" + "".join(f"{number:>14}" for number in numbers), flush=True)
            print("".join(f"  {note}\n" for note in (*row.notes, *row.problems)), end="", flush=True)
    finally:
        bench.stop()
        shutil.rmtree(folder)
    published = ("acknowledged", "stored", "duplicate", "refused", "conflict", "lost", "doubled")
    table = [{"fault": name, **{key: getattr(tally, key) for key in published}} for name, tally in rows]
    print("RESULT " + json.dumps({"bench": "faults", "rows": table}))
    sys.exit(0 if rows and not problems and all(tally.is_clean for _, tally in rows) else 1)


if __name__ == "__main__":
    main()
