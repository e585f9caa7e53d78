"""A province as the console sees it, written straight into a database: registers, closed days, cases, returns.

1 200 units in twelve leagues with 80 registers each, every day of last month closed (2.9 million rows with arrays),
the raw readings of 20 units, 10 000 alerts, and the balances, filings and releases of that month: balances and releases
are made by the product's own jobs, the rest by INSERT … SELECT, since nobody waits two days for a bench.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

from expectations.catalogue import sync_rules
from expectations.returns import audit_return
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.queries import parse_queries
from nenghao.domain.periods import Month, day_of, day_start
from nenghao.domain.unit_code import check_character
from nenghao.jobs.entry import run_build_months, run_seal, run_sync_reference
from nenghao.stack import Stack

QUERIES = parse_queries(Path(__file__).parent / "console_data.sql")
UNITS, POINTS, RAW_UNITS, ALERTS = 1_200, 80, 20, 10_000
ONE_DAY = timedelta(days=1)


class ConsoleProvince:
    """Units with a month of everything in one database."""

    def __init__(self, stack: Stack, *, units: int = UNITS, alerts: int = ALERTS, raw_units: int = RAW_UNITS) -> None:
        self.settings: Settings = stack.settings()
        self.stack = stack
        self.units, self.alerts, self.raw_units = units, alerts, raw_units
        self.today = day_of(datetime.now(UTC))
        self.month = Month.of(self.today.replace(day=1) - ONE_DAY)
        fronts = [f"91150200{number:09d}" for number in range(1, units + 1)]
        self.unit_codes = [front + check_character(front) for front in fronts]

    def build(self) -> dict[str, int]:
        """Write it all; returns how many rows of each kind there are."""
        self._step("registers", self._register)
        self._step("closed days", self._series_days)
        self._step("messages and readings", self._readings)
        self._step("cases", self._cases)
        self._step("balances and releases", self._returns)
        self._step("filings and events", self._filings)
        with psycopg.connect(self.stack.superuser_conninfo(self.settings.database_name), autocommit=True) as conn:
            self._step("statistics", lambda: conn.execute("VACUUM ANALYZE"))
            cursor = conn.execute(QUERIES["counts"])
            row, names = cursor.fetchone(), [column.name for column in cursor.description or ()]
        assert row is not None
        return dict(zip(names, row, strict=True))

    @property
    def days(self) -> list[date]:
        """The days of the month."""
        count = (self.month.end_on - self.month.start_on).days
        return [self.month.start_on + ONE_DAY * number for number in range(count)]

    def _register(self) -> None:
        run_sync_reference(self.settings)
        with connect(self.settings, Role.RULES) as conn:
            sync_rules(conn)
        self._as_owner("register", codes=self.unit_codes, points=POINTS, first_on=self.month.start_on)

    def _series_days(self) -> None:
        for day_on in self.days:
            self._as_owner("series_days", day_on=day_on)
        self._as_owner("totals", month_on=self.month.start_on)

    def _readings(self) -> None:
        with connect(self.settings, Role.OWNER) as conn:
            raw = [
                row[0] for row in conn.execute("SELECT unit_id FROM unit ORDER BY unit_id LIMIT %s", [self.raw_units])
            ]
        for day_on in (*self.days, self.today - ONE_DAY, self.today):
            columns = {"day_at": day_start(day_on), "raw_unit_ids": raw}
            self._as_owner("messages", **columns)
            self._as_owner("readings", **columns)

    def _cases(self) -> None:
        first_on = self.month.start_on
        self._as_owner("cases", alerts=self.alerts, first_on=first_on, first_at=day_start(first_on))
        self._as_owner("go_on_counting")

    def _returns(self) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "False"
        self._as_owner("mark_months", month_on=self.month.start_on)
        run_build_months(self.settings)
        audit_return(self.settings, datetime.now(UTC))
        run_seal(self.settings)

    def _filings(self) -> None:
        self._as_owner("filings", month_on=self.month.start_on)
        self._as_owner("events", first_at=day_start(self.month.start_on))

    def _as_owner(self, query: str, **columns: object) -> None:
        with connect(self.settings, Role.OWNER) as conn:
            conn.execute(QUERIES[query], columns)

    def _step(self, name: str, work: Callable[[], object]) -> None:
        started = time.monotonic()
        work()
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
