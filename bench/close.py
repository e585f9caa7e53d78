"""How long a province's day takes from stored readings to closed days, beside one plain GROUP BY in the same run.

    scripts/bench close [--quick] [--rounds 3]

On a stack of its own, with the schema as shipped: 1 200 units with 80 registers each, 96 quarter-hours, two per cent
of the slots missing (half of them one by one, half as six-hour outages), one register in 200 rolled over or changed at
noon, another value against one reading in a hundred, and 28 measured days before. The day is closed in each round, and
then again after one late reading for one series in a hundred. A tenth of the province is closed with one day stored and
with 30. At last the units' monitored balances are built, checked against the form's relations and sealed with their
workbooks. `--quick` is a tenth of it all, to see that everything runs.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

from bench._processes import end_in_order_on_sigterm
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.migrate import migrate
from nenghao.db.queries import parse_queries
from nenghao.domain.periods import day_of, day_start
from nenghao.domain.unit_code import check_character
from nenghao.jobs.close_days import ClosedDays, close_changed_days
from nenghao.stack import Stack, StackSpec, postgres
from nenghao.stack.spec import SERVERS

QUERIES = parse_queries(Path(__file__).parent / "close_data.sql")
UNITS, POINTS, SLOTS = 1_200, 80, 96
LIKE_DAYS = 28
#: A day of the month before this one: its balances can be built.
DAY = day_of(datetime.now(UTC)).replace(day=1) - timedelta(days=10)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench close")
    parser.add_argument("--quick", action="store_true", help="a tenth of the province, one round")
    parser.add_argument("--rounds", type=int)
    arguments = parser.parse_args()
    units, rounds = (UNITS // 10, 1) if arguments.quick else (UNITS, 3)
    end_in_order_on_sigterm()
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))
    folder.chmod(0o711)
    stack = Stack(folder / "stack", StackSpec(components=SERVERS, shared_buffers_mb=2048, is_denial_logged=False))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"scripts/bench close {' '.join(sys.argv[1:])}", flush=True)
    try:
        stack.up()
        found = run(stack, units, arguments.rounds or rounds)
    finally:
        stack.down()
        shutil.rmtree(folder)
    print_table(found)
    print("RESULT " + json.dumps({"bench": "close", **found}))


def run(stack: Stack, units: int, rounds: int) -> dict[str, float]:
    """Everything, on two databases."""
    province = Province(stack.settings(), stack, units)
    province.register()
    readings = province.store(DAY, earlier_days=0)
    province.store_like_days()
    close_s, floor_s = [], []
    for number in range(rounds):
        province.forget()
        province.mark()
        close_s.append(province.close(f"round {number + 1}"))
        floor_s.append(province.floor())
    size_mb = province.size_mb()
    late_s = [province.close_late(hundredth) for hundredth in range(2, 2 + max(3, rounds))]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    returns, returns_s = province.returns()
    with small_database(stack) as settings:
        after_1_s, after_30_s = growth(Province(settings, stack, units // 10), rounds)
    return {
        "readings": readings,
        "close_s": round(statistics.median(close_s), 2),
        "floor_s": round(statistics.median(floor_s), 2),
        "late_1pct_s": round(statistics.median(late_s), 2),
        "after_1_day_s": round(after_1_s, 2),
        "after_30_days_s": round(after_30_s, 2),
        "returns": returns,
        "returns_s": round(returns_s, 2),
        "peak_mb": round(peak_mb),
        "mb_per_million": round(size_mb / readings * 1e6),
    }


def growth(tenth: "Province", rounds: int) -> tuple[float, float]:
    """Seconds to close a tenth of a province's day when only it is stored, and when 29 days before it are."""
    tenth.register()
    tenth.store(DAY, earlier_days=29)
    found = []
    for days in (1, 30):
        if days > 1:
            for back in range(29, 0, -1):
                tenth.store(DAY - timedelta(days=back), earlier_days=29 - back, is_told=False)
            tenth.store_like_days()
        seconds = []
        for number in range(max(3, rounds)):
            tenth.forget()
            tenth.mark()
            seconds.append(tenth.close(f"tenth after {days} days, round {number + 1}"))
        found.append(statistics.median(seconds))
    return found[0], found[1]


class Province:
    """Units with registers in one database, and what is done with their day."""

    def __init__(self, settings: Settings, stack: Stack, units: int) -> None:
        self.settings = settings
        self.stack = stack
        self.units = units

    def register(self) -> None:
        fronts = [f"91150200{number:09d}" for number in range(1, self.units + 1)]
        codes = [front + check_character(front) for front in fronts]
        first_at = day_start(DAY)
        self._as_owner("register", codes=codes, points=POINTS, day_at=first_at)
        self._as_owner("messages")

    def store(self, day_on: date, *, earlier_days: int, is_told: bool = True) -> int:
        """Store a day's readings in arrival order, with the register at its end; returns how many."""
        started = time.monotonic()
        with connect(self.settings, Role.OWNER, autocommit=True) as conn:
            # The next day's first register is this one's last: only the last day brings it.
            slots = range(SLOTS + 2 if day_on == DAY else SLOTS)
            columns = {"day_at": day_start(day_on), "earlier_days": earlier_days}
            count = sum(conn.execute(QUERIES["readings"], {"slot": slot, **columns}).rowcount for slot in slots)
            if day_on == DAY:
                conn.execute(QUERIES["conflicts"])
            conn.execute("ANALYZE reading")
        if is_told:
            print(f"{count} readings stored in {time.monotonic() - started:.0f} s", flush=True)
        self.earlier_days = earlier_days
        return count

    def store_like_days(self) -> None:
        started = time.monotonic()
        self._as_owner("like_days", day_on=DAY, days=LIKE_DAYS)
        self._as_superuser("VACUUM ANALYZE series_day")
        print(f"{LIKE_DAYS} like days stored in {time.monotonic() - started:.0f} s", flush=True)

    def forget(self) -> None:
        self._as_owner("forget_day", day_on=DAY)
        self._as_superuser("VACUUM ANALYZE series_day, series_day_estimate, point_day, point_month, changed_mark")

    def mark(self) -> None:
        self._as_owner("mark_day", day_on=DAY)

    def close(self, name: str) -> float:
        """Close what is marked; seconds."""
        closed: list[ClosedDays] = []
        with connect(self.settings, Role.JOBS) as conn:
            seconds = timed(lambda: closed.append(close_changed_days(conn, datetime.now(UTC))))
        print(f"{name}: {closed[0]} in {seconds:.2f} s", flush=True)
        return seconds

    def close_late(self, hundredth: int) -> float:
        """Close again after the one missing reading of one series in a hundred came."""
        slot = next(slot for slot in range(100) if (hundredth * 97 + slot * 31) % 100 == 0)
        columns = {"day_at": day_start(DAY), "day_on": DAY, "slot": slot, "hundredth": hundredth, "earlier_days": 0}
        self._as_owner("late", **columns)
        return self.close(f"late, slot {slot}")

    def floor(self) -> float:
        with connect(self.settings, Role.VERIFIER) as conn:
            seconds = timed(lambda: conn.execute(QUERIES["floor"], {"day_at": day_start(DAY)}).fetchone())
        print(f"GROUP BY in {seconds:.2f} s", flush=True)
        return seconds

    def size_mb(self) -> float:
        with connect(self.settings, Role.VERIFIER) as conn:
            row = conn.execute(QUERIES["sizes"]).fetchone()
        assert row is not None
        return float(row[0]) / 2**20

    def returns(self) -> tuple[int, float]:
        """Build, check and seal the balances of the month; how many releases, and seconds."""
        from expectations.returns import audit_return
        from nenghao.jobs.entry import run_build_months, run_seal

        os.environ["GX_ANALYTICS_ENABLED"] = "False"
        counts: dict[str, int] = {}

        def build() -> None:
            run_build_months(self.settings)
            audit_return(self.settings, datetime.now(UTC))
            counts.update(run_seal(self.settings))

        seconds = timed(build)
        print(f"balances: {counts} in {seconds:.1f} s", flush=True)
        return counts["releases"], seconds

    def _as_owner(self, query: str, **columns: object) -> None:
        with connect(self.settings, Role.OWNER) as conn:
            conn.execute(QUERIES[query], columns)

    def _as_superuser(self, statement: str) -> None:
        with psycopg.connect(self.stack.superuser_conninfo(self.settings.database_name), autocommit=True) as conn:
            conn.execute(statement.encode())


@contextmanager
def small_database(stack: Stack) -> Iterator[Settings]:
    """Settings of a second database, migrated."""
    name, layout, port = "nenghao_tenth", stack.layout, stack.ports.postgres
    postgres.create_database(layout, port, name, owner=Role.OWNER)
    postgres.enable_timescaledb(layout, port, name)
    postgres.grant_access(layout, port, name)
    settings = stack.settings().model_copy(update={"database_name": name})
    migrate(settings)
    yield settings


def timed(act: Callable[[], object]) -> float:
    """Seconds that something takes."""
    started = time.monotonic()
    act()
    return time.monotonic() - started


def print_table(found: dict[str, float]) -> None:
    """The figures beside their floor and goals."""
    close_s, floor_s, late_s = found["close_s"], found["floor_s"], found["late_1pct_s"]
    one_s, thirty_s = found["after_1_day_s"], found["after_30_days_s"]
    rows = [
        (f"a day of {found['readings']} readings", close_s, f"{close_s / floor_s:.1f} x GROUP BY ({floor_s} s)", "4 x"),
        ("1 % of the series late", late_s, f"{late_s / close_s:.1%} of the day", "3 %"),
        ("a tenth of it, 1 day stored", one_s, "", ""),
        ("a tenth of it, 30 days stored", thirty_s, f"{thirty_s / one_s:.2f} of 1 day", "no growth"),
        (f"{found['returns']} balances built, checked, sealed", found["returns_s"], "", ""),
    ]  # fmt: skip
    print("\n| what | s | beside | goal |\n|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    print(f"peak {found['peak_mb']} MB; {found['mb_per_million']} MB stored a million readings, closed days included")


if __name__ == "__main__":
    main()
