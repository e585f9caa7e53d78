"""How quickly the console answers with a province's data: pages and the API, at the server, with their statements.

    scripts/bench console [--quick] [--requests 40]

On a stack of its own: 1 200 units with 96 000 series, last month closed (2.9 million series days), raw readings of
20 units, 10 000 alerts, and the balances, filings and releases of the month (bench/_console_province.py). The real
app, one process, is asked for each page by whoever opens it in its duty, warm, one request after the other; then
eight people at once. The floor is a page that asks the database for nothing but who asks. `--quick` is a twentieth.
"""

import argparse
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx

from bench._console_province import ConsoleProvince
from bench._processes import end, end_in_order_on_sigterm
from nenghao.access.accounts import add_api_token, create_account
from nenghao.config import PROJECT_ROOT, Role, Settings
from nenghao.db.accounts import Rights, account_of, unit_of_code
from nenghao.db.connection import connect
from nenghao.stack import Stack, StackSpec
from nenghao.stack.spec import SERVERS

PASSWORD = "a province reads 96000 Series"  # noqa: S105 - of a database that lives as long as the bench
GOAL_MS = 300
AT_ONCE = 8
#: A twentieth of the province.
QUICK = {"units": 60, "alerts": 500, "raw_units": 3}
HEAD = f"""
| page | p50 ms | p95 ms | x floor | {AT_ONCE} at once, p95 ms | statements | KiB |
|---|---|---|---|---|---|---|"""
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
PEOPLE = {
    "auditor": Rights(role="auditor", authority="statistics", level="province", division_prefix="15"),
    "statistician": Rights(role="statistician", authority="statistics", level="province", division_prefix="15"),
    "city": Rights(role="statistician", authority="statistics", level="city", division_prefix="1502"),
    "system": Rights(role="system_admin"),
    "audit": Rights(role="audit_admin"),
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is asked for, and by whom."""

    name: str
    who: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Timed:
    """Milliseconds at the server over the requests of a page, and the most statements that one of them sent."""

    p50_ms: float
    p95_ms: float
    together_p95_ms: float
    queries: int
    kib: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench console")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the province")
    parser.add_argument("--requests", type=int, default=40, help="requests of each page, warm")
    arguments = parser.parse_args()
    end_in_order_on_sigterm()
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))
    folder.chmod(0o711)
    stack = Stack(folder / "stack", StackSpec(components=SERVERS, shared_buffers_mb=2048, is_denial_logged=False))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"scripts/bench console {' '.join(sys.argv[1:])}", flush=True)
    try:
        stack.up()
        province = ConsoleProvince(stack, **(QUICK if arguments.quick else {}))
        print(province.build(), flush=True)
        found = measure(stack, province, arguments.requests)
    finally:
        stack.down()
        shutil.rmtree(folder)
    print_table(found)
    pages = {name: {"p95_ms": timed.p95_ms, "queries": timed.queries} for name, timed in found.items()}
    print("RESULT " + json.dumps({"bench": "console", "pages": pages}))


def measure(stack: Stack, province: ConsoleProvince, requests: int) -> dict[str, Timed]:
    """Every page, timed, by its name."""
    tokens = make_people(province)
    with serving(stack) as settings, signed_in(settings, tokens) as clients:
        found = {}
        for page in pages_of(province, clients):
            found[page.name] = time_page(clients[page.who], page, requests)
            print(f"{page.name}: {found[page.name]}", flush=True)
    return found


def make_people(province: ConsoleProvince) -> dict[str, str]:
    """Accounts, and a token of the API for the statistician."""
    with connect(province.settings, Role.CONSOLE) as conn:
        unit_id = unit_of_code(conn, province.unit_codes[0], from_directory=False)
        unit = Rights(role="unit", unit_id=unit_id, office="energy_manager")
        for login, rights in {**PEOPLE, "unit": unit}.items():
            create_account(conn, login, f"P {login}", rights, password=PASSWORD)
        found = account_of(conn, "statistician")
        assert found is not None
        return {"program": add_api_token(conn, found[0], "bench", now=datetime.now(UTC), days=1)}


@contextmanager
def serving(stack: Stack) -> Iterator[Settings]:
    """The app in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = stack.settings().model_copy(
        update={"console_port": port, "console_url": f"http://127.0.0.1:{port}", "api_requests_per_minute": 100_000}
    )
    environment = {
        **os.environ,
        **stack.environment(),
        "NENGHAO_CONSOLE_PORT": str(port),
        "NENGHAO_CONSOLE_URL": settings.console_url,
        "NENGHAO_API_REQUESTS_PER_MINUTE": "100000",
    }
    process = subprocess.Popen([sys.executable, "-m", "bench._console_app"], env=environment, cwd=PROJECT_ROOT)
    try:
        for _ in range(600):
            try:
                httpx.get(f"{settings.console_url}/sign-in", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield settings
    finally:
        end(process)


@contextmanager
def signed_in(settings: Settings, tokens: dict[str, str]) -> Iterator[dict[str, httpx.Client]]:
    """A browser of each person, and a program of each token."""
    clients = {}
    for login in (*PEOPLE, "unit"):
        clients[login] = client = httpx.Client(base_url=settings.console_url, timeout=120)
        csrf = CSRF.search(client.get("/sign-in").text)
        assert csrf is not None
        sent = {"csrf": csrf.group(1), "login": login, "password": PASSWORD, "next": "/"}
        answer = client.post("/sign-in", data=sent)
        if answer.status_code != 303:
            raise RuntimeError(f"{login} was not let in: {answer.status_code}")
    for name, token in tokens.items():
        clients[name] = httpx.Client(
            base_url=settings.console_url, timeout=120, headers={"Authorization": f"Bearer {token}"}
        )
    try:
        yield clients
    finally:
        for client in clients.values():
            client.close()


def pages_of(province: ConsoleProvince, clients: dict[str, httpx.Client]) -> list[Page]:
    """What people open all day; numbers are found as a person finds them, by the list before."""
    api, month, unit = "/api/v1", str(province.month), province.unit_codes[0]

    def first(path: str, field: str) -> object:
        answer = clients["program"].get(api + path)
        answer.raise_for_status()
        return answer.json()["items"][0][field]

    own_case = first(f"/cases?unit={unit}", "case_id")
    series = first(f"/units/{unit}/series", "series_id")
    release = first(f"/releases?unit={unit}", "release_id")
    since, until = f"{province.month.start_on}T00:00:00%2B08:00", f"{province.month.end_on}T00:00:00%2B08:00"
    cell = quote("205-1!33.2")
    return [
        Page(name="floor", who="auditor", path="/password"),
        Page(name="/cases", who="auditor", path="/cases"),
        Page(name="/cases?level=doubt", who="auditor", path="/cases?level=doubt"),
        Page(name="/cases?page=100", who="auditor", path="/cases?page=100"),
        Page(name="/cases (city)", who="city", path="/cases"),
        Page(name="/cases/{case}", who="auditor", path=f"/cases/{own_case}"),
        Page(name="/cases/{case}/chart.json", who="auditor", path=f"/cases/{own_case}/chart.json"),
        Page(name="/cases/{case}/procedure", who="auditor", path=f"/cases/{own_case}/procedure"),
        Page(name="/bureau", who="statistician", path=f"/bureau?month={month}"),
        Page(name="/bureau/{unit}/{month}", who="statistician", path=f"/bureau/{unit}/{month}"),
        Page(name="/bureau (city)", who="city", path=f"/bureau?month={month}"),
        Page(name="/bureau/quality", who="statistician", path=f"/bureau/quality?month={month}"),
        Page(name="/bureau/releases", who="statistician", path=f"/bureau/releases?month={month}"),
        Page(name="/unit", who="unit", path="/unit"),
        Page(name="/unit/points", who="unit", path="/unit/points"),
        Page(name="/unit/points/p1/slots.json", who="unit", path=f"/unit/points/p1/slots.json?month={month}"),
        Page(name="/unit/refusals", who="unit", path="/unit/refusals"),
        Page(name="/unit/meters", who="unit", path="/unit/meters"),
        Page(name="/admin/rules", who="auditor", path="/admin/rules"),
        Page(name="/admin/health", who="system", path="/admin/health"),
        Page(name="/admin/trail", who="audit", path="/admin/trail"),
        Page(name="/api/v1/units", who="program", path=f"{api}/units?page=12&page_size=100"),
        Page(name="/api/v1/cases", who="program", path=f"{api}/cases"),
        Page(name="/api/v1/cases?state=open", who="program", path=f"{api}/cases?state=open&page=50"),
        Page(name="/api/v1/completeness", who="program", path=f"{api}/completeness?month={month}&page_size=100"),
        Page(name="/api/v1/filings", who="program", path=f"{api}/filings?month={month}"),
        Page(name="/api/v1/readings", who="program",
             path=f"{api}/series/{series}/readings?from={since}&to={until}&page_size=500"),
        Page(name="/api/v1/explanation", who="program", path=f"{api}/releases/{release}/cells/{cell}"),
    ]  # fmt: skip


def time_page(client: httpx.Client, page: Page, requests: int) -> Timed:
    """Ask for a page, warm: one after the other, and by several at once."""
    for _ in range(3):
        answer = client.get(page.path)
        if answer.status_code != 200:
            raise RuntimeError(f"{page.name}: {page.path} answers {answer.status_code}")
    answers = [client.get(page.path) for _ in range(requests)]
    with ThreadPoolExecutor(AT_ONCE) as people:
        together = list(people.map(lambda _: client.get(page.path), range(AT_ONCE * 2)))
    times = [float(one.headers["x-bench-ms"]) for one in answers]
    return Timed(
        p50_ms=round(statistics.median(times), 1),
        p95_ms=round(p95(times), 1),
        together_p95_ms=round(p95([float(one.headers["x-bench-ms"]) for one in together]), 1),
        queries=max(int(one.headers["x-bench-queries"]) for one in answers),
        kib=round(len(answers[-1].content) / 1024, 1),
    )


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def print_table(found: dict[str, Timed]) -> None:
    """The figures beside the goal and the floor."""
    floor = found["floor"].p95_ms
    print(HEAD)
    for name, timed in found.items():
        mark = "" if timed.p95_ms < GOAL_MS else " **over**"
        cells = (f"`{name}`", timed.p50_ms, f"{timed.p95_ms}{mark}", f"{timed.p95_ms / floor:.1f}",
                 timed.together_p95_ms, timed.queries, timed.kib)  # fmt: skip
        print(f"| {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()
