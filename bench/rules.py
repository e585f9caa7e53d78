"""How often each rule finds something on honest meters, and whether it finds what the demo plants.

    scripts/bench rules     the measured sets lie in the folder NENGHAO_SHARED (default ../shared), below data/

Lays measured curves into a throw-away database as closed days and audits them as the product does. Findings on honest
meters are counted as runs of days (a cause, not its days) per 1000 meter-days, with the upper 95 % bound of a Poisson
count. The sets are the ones the thresholds were chosen on, so the rates are not those of unseen plants.
Needs the dependency group `bench`, which scripts/bench installs.
"""

import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
from pyarrow import parquet
from scipy.stats import chi2

from demo import packages
from demo.measured import Window
from demo.units import DemoUnit, build_units
from expectations.runner import audit_days
from nenghao.config import PROJECT_ROOT, Role, Settings
from nenghao.db.connection import conninfo
from nenghao.db.migrate import migrate
from nenghao.stack import Stack, StackSpec
from nenghao.stack.spec import SERVERS
from tests.expectations.scenario import Case, Channel, lay_out
from tests.expectations.senders import FIRST_ON

RULES = ("completeness", "register_against_interval", "frozen", "exact_repeat", "ratio_step")


def metered(values: Sequence[float], multiplier: int, decimals: int = 3) -> list[int | None]:
    """Advances of a face with `decimals` behind a multiplier: differences of a rounded running total, NaN missing."""
    numbers = np.asarray(values, dtype=float)
    total = np.cumsum(np.nan_to_num(numbers)) / multiplier
    steps = np.diff(np.rint(np.concatenate([[0.0], total]) * 10**decimals)).astype(int)
    return [None if missing else int(step) for step, missing in zip(steps, np.isnan(numbers), strict=True)]


def on_grid(path: Path, column: str, minutes: int, meter: object = None) -> list[float]:
    """A column of a parquet file on a grid of whole days, summed to `minutes`; NaN where a part is missing."""
    table = parquet.read_table(path).to_pydict()
    chosen = [place for place, name in enumerate(table["meter"]) if meter is None or name == meter]
    stamps = np.array([table["ts"][place] for place in chosen], dtype="datetime64[m]")
    values = np.array(
        [np.nan if table[column][place] is None else table[column][place] for place in chosen], dtype=float
    )
    first = (stamps.min() + np.timedelta64(1, "D")).astype("datetime64[D]").astype("datetime64[m]")
    days = int((stamps.max() - first) / np.timedelta64(1, "D"))
    step = int(np.median(np.diff(np.sort(stamps)).astype(int)))
    grid = np.full(days * 1440 // step, np.nan)
    places = ((stamps - first).astype(int)) // step
    inside = (places >= 0) & (places < grid.size)
    grid[places[inside]] = values[inside]
    return [float(total) for total in grid.reshape(-1, max(1, minutes // step)).sum(axis=1)]


def honest_sets(data: Path) -> Iterator[tuple[str, list[Channel]]]:
    """Measured plants, each with both channels of every meter."""
    house = data / "uci_household_power" / "fr_house_15min_2006_2008.parquet"
    curves = {"E1": on_grid(house, "value", 15)} | {
        f"E1-{number}": [wh / 1000 for wh in on_grid(house, f"sub{number}_wh", 15)] for number in (1, 2, 3)
    }
    house_channels = [
        channel
        for point, curve in curves.items()
        for channel in both(point, metered(curve, 1), 15, 2000, None if point == "E1" else "E1")
    ]
    reactive = metered(on_grid(house, "kvarh", 15), 1)
    house_channels += [replace(c, quantity="reactive_energy", unit="kvarh") for c in both("E1", reactive, 15, 2000)]
    yield "uci house 2007-2008", house_channels
    uk = data / "opendsm_uk_samples" / "uk_hourly.parquet"
    for meter in sorted(set(parquet.read_table(uk, columns=["meter"])["meter"].to_pylist())):
        yield f"uk hourly {meter}", both("E1", metered(on_grid(uk, "value", 60, meter), 1), 60, 400)
    steel = data / "steel_daewoo" / "steel_15min_2018_jan_aug.parquet"
    for multiplier in (100, 1000):
        channels = both("E1", metered(on_grid(steel, "value", 15), multiplier), 15, multiplier)
        lagging = metered(on_grid(steel, "kvarh_lag", 15), multiplier)
        channels += [replace(c, quantity="reactive_energy", unit="kvarh") for c in both("E1", lagging, 15, multiplier)]
        yield f"steel plant, multiplier {multiplier}", channels
    for path in sorted((data / "us_commercial_5min").glob("*.parquet")):
        channels = both("E1", metered(on_grid(path, "value", 15), 200), 15, 200)
        reactive = metered(on_grid(path, "kvarh", 15), 200)
        channels += [replace(c, quantity="reactive_energy", unit="kvarh") for c in both("E1", reactive, 15, 200)]
        yield f"us commercial {path.stem[:6]}", channels


def both(
    point: str, values: list[int | None], slot_minutes: int, multiplier: int, part_of: str | None = None
) -> list[Channel]:
    """Register and interval channel of a meter."""
    return [
        Channel(
            point=point, values=values, kind=kind, slot_minutes=slot_minutes, multiplier=multiplier, part_of=part_of
        )
        for kind in ("register", "interval")
    ]


def demo_channels(unit: DemoUnit) -> list[Channel]:
    """The channels of a unit of the demo."""
    return [
        Channel(
            point=meter.point_code,
            values=[int(step.scaleb(3)) for step in curve.steps],
            kind=kind,
            quantity=meter.quantity,
            unit=meter.unit,
            slot_minutes=meter.slot_minutes,
            multiplier=meter.multiplier,
            part_of=meter.is_part_of,
        )
        for meter in unit.meters
        for kind, curve in (("register", meter.registers), ("interval", meter.intervals))
    ]


def audit(
    conn: psycopg.Connection, settings: Settings, name: str, number: int, channels: list[Channel]
) -> dict[str, object]:
    """Lay a unit out, audit its days alone, print and count the alerts by rule."""
    unit_id = lay_out(conn, Case("bench", name, channels, set()), number)
    days = len(channels[0].values) * channels[0].slot_minutes // 1440
    started = time.monotonic()
    audit_days(settings, FIRST_ON, FIRST_ON + timedelta(days=days - 1), datetime(2040, 1, 1, tzinfo=UTC))
    rows = conn.execute(
        "SELECT f.rule_code, p.point_code, lower(f.span), upper(f.span), f.evidence FROM alert AS a"
        " JOIN finding AS f ON a.first_finding_id = f.finding_id LEFT JOIN point AS p ON f.point_id = p.point_id"
        " WHERE f.unit_id IS NOT DISTINCT FROM %s OR f.unit_id IS NULL ORDER BY 1, 2, 3",
        [unit_id],
    ).fetchall()
    conn.execute("ALTER TABLE series_day DISABLE TRIGGER USER; DELETE FROM series_day")
    meters = len({(channel.point, channel.quantity) for channel in channels})
    found = Counter(row[0] for row in rows)
    print(f"{name}: {meters * days} meter-days, {time.monotonic() - started:.0f} s")
    for rule_code, point, from_at, to_at, evidence in rows:
        first = (from_at.astimezone(UTC) + timedelta(hours=8)).date()
        print(f"    {rule_code} {point} day {(first - FIRST_ON).days} .. {to_at - from_at}: {evidence}")
    for rule_code in RULES:
        count, exposure = found[rule_code], meters * days / 1000
        upper = chi2.ppf(0.95, 2 * count + 2) / 2 / exposure
        print(f"    {rule_code:26} {count:3d} alerts, {count / exposure:6.2f} per 1000 meter-days, at most {upper:.2f}")
    return {"set": name, "meter_days": meters * days, "alerts": {rule_code: found[rule_code] for rule_code in RULES}}


def main() -> None:
    """Everything, on a stack of its own."""
    data = Path(os.environ.get("NENGHAO_SHARED", PROJECT_ROOT.parent / "shared")) / "data"
    if not data.is_dir():
        sys.exit(f"bench rules: no measured sets at {data}; set NENGHAO_SHARED")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}: scripts/bench rules")
    honest: list[dict[str, object]] = []
    planted: list[dict[str, object]] = []
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))  # noqa: S108: sockets need a short path
    folder.chmod(0o711)
    stack = Stack(folder / "stack", StackSpec(components=SERVERS, shared_buffers_mb=256))
    try:
        stack.up()
        settings = stack.settings()
        migrate(settings)
        with psycopg.connect(conninfo(settings, Role.OWNER), autocommit=True) as conn:
            number = 0
            for number, (name, channels) in enumerate(honest_sets(data)):
                honest.append(audit(conn, settings, name, number, channels))
            window = Window(datetime(2026, 9, 1), datetime(2026, 11, 1))  # noqa: DTZ001 - wall time
            for place, unit in enumerate(build_units(packages.fetch(), window), number + 1):
                truth = unit.fraud
                print(
                    "planted:", (truth.rule_code, truth.point_code, truth.first_day, truth.last_day) if truth else None
                )
                counts = audit(conn, settings, f"demo {unit.unit_code}", place, demo_channels(unit))
                planted.append({**counts, "planted": truth.rule_code if truth else None})
    finally:
        stack.down()
        shutil.rmtree(folder)
    print("RESULT " + json.dumps({"bench": "rules", "honest": honest, "demo": planted}))


if __name__ == "__main__":
    main()
