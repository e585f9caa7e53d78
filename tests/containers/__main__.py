"""`scripts/test --containers`: docker-compose.yml for real, a meter's readings through to a release, a sign-in by HTTP.

The images are built from this checkout on stand-ins of the public ones. Everything made is removed at the end, but
for the bases in .run/cache; `--keep` leaves it all running, and the next run removes it first.
"""

import argparse
import re
import socket
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import httpx
from stdnum.cn import uscc

from demo import replay
from demo.airflow_runs import Airflow
from demo.measured import Curve, Window
from demo.registers import write_registers
from demo.units import GATEWAY, DemoUnit, Meter
from ingest.gateway.keys import key_beside, public_key_text, read_or_make_key
from nenghao.config import PROJECT_ROOT
from nenghao.crypto import load_trusted_keys
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.errors import ConfigError, NenghaoError
from nenghao.reporting.verify import verify_archive
from tests.containers.composed import Composed, copy_out
from tests.containers.engine import Engine, require_engine, say, variables_file
from tests.containers.standins import make_standins

FOLDER = PROJECT_ROOT / ".run" / "containers"
CACHE = PROJECT_ROOT / ".run" / "cache"
LOGIN, NAME = "tongji", "统计员"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Ports of this host."""

    gateways: int
    airflow: int
    console: int


def main() -> int:
    """Exit code 0 if all of it went well, 1 where something was wrong, 3 where containers cannot run here."""
    parser = argparse.ArgumentParser(prog="scripts/test --containers", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave containers and images as they are")
    arguments = parser.parse_args()
    try:
        require_engine()
    except ConfigError as error:
        sys.stderr.write(f"containers: {error}\n")
        return 3
    engine = _fresh_engine()
    try:
        make_standins(engine, CACHE / "containers")
        bring_through(Composed(engine))
    except NenghaoError as error:
        sys.stderr.write(f"containers: {error}\n")
        return 1
    finally:
        if not arguments.keep:
            engine.remove()
            say("containers, images and networks of this test are removed")
    return 0


def _fresh_engine() -> Engine:
    if FOLDER.exists():
        say("removing what an earlier run left")
        Engine(FOLDER, CACHE / "uv").remove()
    return Engine(FOLDER, CACHE / "uv")


def bring_through(composed: Composed) -> None:
    """Start the platform; let a gateway outside of it send a month; see it sealed, verified, and in the console."""
    ports = Published(gateways=_free_port(), airflow=_free_port(), console=_free_port())
    variables_file(
        composed.folder / ".env",
        {
            "NENGHAO_GATEWAY_PORT": str(ports.gateways),
            "AIRFLOW_PORT": str(ports.airflow),
            "NENGHAO_CONSOLE_PORT": str(ports.console),
            "NENGHAO_CONSOLE_URL": f"http://127.0.0.1:{ports.console}",
            "NENGHAO_IS_CLOCK_CHECKED": "false",
        },
    )
    composed.build()
    composed.up()
    unit, month = send_month(composed)
    airflow = Airflow(f"http://127.0.0.1:{ports.airflow}", composed.secret("airflow_admin"))
    before = airflow.newest_id("monthly_balance")
    for dag_id in ("hourly_close", "daily_close"):
        run = airflow.trigger(dag_id)
        say(f"{dag_id}: {run.state}")
        _require(run.state == "success", f"{dag_id} failed")
    run = airflow.newest("monthly_balance", after=before)
    _require(run.state == "success", "monthly_balance failed")
    name = f"{unit.unit_code}-{month:%Y-%m}-monitored-v1"
    verify_release(composed, name)
    look_into_console(composed, ports)
    composed.down()


def send_month(composed: Composed) -> tuple[DemoUnit, datetime]:
    """Register a unit and its gateway, which sends a month of hours by TLS from this host, signed; all is receipted."""
    end_on = Month.of(datetime.now(SHANGHAI).date()).start_on
    start_on = Month.of(end_on - timedelta(days=1)).start_on
    window = Window(*(datetime(day.year, day.month, 1) for day in (start_on, end_on)))  # noqa: DTZ001 - wall time
    unit, folder = _unit(window), composed.engine.folder / "gateway"
    folder.mkdir(mode=0o700)
    write_registers(folder / "registers", [unit], window)
    (folder / "registers").chmod(0o755)
    composed.run(
        "admin", "nenghao", "register", "import", "/registers", options=(f"--volume={folder}/registers:/registers:ro",)
    )
    place = ("--unit", unit.unit_code, "--code", GATEWAY)
    account = composed.run(
        "admin", "nenghao", "gateway", "add", *place, f"--backfill-from={window.start:%Y-%m-%d}", "--account=-"
    )
    copy_out(replay.account_file(folder, unit), account[account.index("{") :])
    key = read_or_make_key(key_beside(replay.spool_file(folder, unit)))
    composed.run(
        "admin", "nenghao", "gateway", "key", "add", *place, f"--public-key={public_key_text(key)}", "--by=test"
    )
    composed.compose("up", "--detach", "--no-deps", "--force-recreate", "broker-sync")
    composed.wait_done("broker-sync")
    replay.fill_spools(folder, [unit])
    replay.wait_for(replay.send_all(folder, [unit]), [unit])
    sent = replay.count_sent(folder, [unit])[0]
    _require(
        sent.readings == sent.receipted_readings, f"{sent.readings} readings sent, {sent.receipted_readings} receipted"
    )
    # Months from before the gateway was enrolled are built when its commissioning is over.
    composed.run("admin", "nenghao", "gateway", "commissioned", *place)
    say(f"{sent.readings} readings came by TLS from outside of the network and are receipted")
    return unit, window.start


def verify_release(composed: Composed, name: str) -> None:
    """Take the release out of its volume and verify it with the public keys, as anybody would."""
    folder = composed.engine.folder
    composed.engine.podman("cp", f"nenghaotest_console_1:/var/lib/nenghao/releases/{name}.zip", str(folder))
    checks = verify_archive(
        (folder / f"{name}.zip").read_bytes(), load_trusted_keys(composed.folder / "secrets" / "trust")
    )
    _require(bool(checks) and all(check.is_passed for check in checks), f"{name} does not verify")
    say(f"{name} is sealed and verifies")


def look_into_console(composed: Composed, ports: Published) -> None:
    """Sign in as a statistician by HTTP, with the first password, which has to be changed."""
    told = composed.run(
        "admin", "nenghao", "account", "add", LOGIN, f"--name={NAME}", "--role=statistician", "--authority=statistics",
        "--level=province", "--division=15",
    )  # fmt: skip
    found = re.search(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", told)  # told in a sentence of the reader's language
    _require(found is not None, f"the account came without a first password: {told}")
    password = found.group() if found else ""
    url = f"http://127.0.0.1:{ports.console}"
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as client:
        page = client.get("/sign-in").text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        person = {"login": LOGIN, "password": password}
        answer = client.post("/sign-in", data={**hidden, **person}, headers={"Origin": url})
        _require(answer.status_code == 200 and answer.url.path == "/password", "the first password let nobody in")
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
        change = {"old": password, "new": f"{password} anew", "again": f"{password} anew"}
        answer = client.post("/password", data={**hidden, **change}, headers={"Origin": url})
        answer = client.get("/")
        _require(answer.status_code == 200 and NAME in answer.text, f"no page after the sign-in: {answer.status_code}")
    say("signed in to the console by HTTP")


def _unit(window: Window) -> DemoUnit:
    front = "91150200000000000"  # an all-zero organisation part: no company has it
    hours = timedelta(days=window.days) // timedelta(hours=1)
    # More by day than by night, and never twice the same, so that no rule has anything to say.
    steps = tuple(Decimal(2000 + 900 * (8 <= n % 24 < 20) + n * 37 % 101) / 1000 for n in range(hours))
    curve = Curve(window.start, timedelta(hours=1), steps)
    meter = Meter("E1", "总进线", "33", "active_energy", "kWh", 400, curve, curve)
    return DemoUnit(front + uscc.calc_check_digit(front), "容器测试单位", "150200", "C2614", "industry", (meter,))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _require(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise ConfigError(otherwise)


if __name__ == "__main__":
    sys.exit(main())
