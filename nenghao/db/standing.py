"""Batches of what stands registered, told or filed at an instant: the queries of sql/queries/audit_batches.sql."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, get_args

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

#: Batches that no day's closing moves: rules over them read all units as they stand at an instant.
StandingBatch = Literal[
    "undeclared_change",
    "point_month",
    "gateway_clock",
    "sequence_break",
    "late_burst",
    "filed_beside",
    "settled_beside",
    "filed_cell",
    "reported_month",
    "waiting_correction",
]
STANDING_BATCHES: Final[frozenset[str]] = frozenset(get_args(StandingBatch))

#: A configuration that changed this near to a declared change is taken for that change: people set gateways up before
#: and after the work on the meter.
NEAR: Final = timedelta(days=3)

_QUERIES = load_queries("audit_batches")


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeclaredChange:
    """Something that a gateway or a reading told and that no register explains: a row of the rule's batch."""

    unit_id: int
    unit_code: str
    point_id: int | None
    place: str
    reason: Literal["configuration", "meter_mismatch", "multiplier_mismatch", "register_fell"]
    seen_on: date
    detail: str
    reading_count: int | None
    is_declared: bool
    #: Last day to declare it in time; None where the calendar of the year is not known.
    declare_by: date | None
    #: Working days that are over since.
    workdays_over: int


def batch_query(conn: Connection, batch: str, parameters: dict[str, Any]) -> str:
    """A batch query with its bounds written out, quoted by the driver, as Great Expectations takes it.

    `rows`: what was aligned before, as records.
    """
    plain = {name: Jsonb(value) if name == "rows" else value for name, value in parameters.items()}
    lines = psycopg.ClientCursor(conn).mogrify(_QUERIES[f"batch_{batch}"], plain).splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def is_recorded(conn: Connection, first_on: date, last_on: date, digest: str) -> bool:
    """Whether a standing audit of these days that found the very same is recorded."""
    wanted = {"first_on": first_on, "last_on": last_on, "digest": digest}
    return conn.execute(_QUERIES["standing_run"], wanted).fetchone() is not None


def judged_filings(conn: Connection, first_month_on: date) -> list[tuple[int, int, date]]:
    """Newest filing of each unit's month since a month: id, unit, month."""
    return list(conn.execute(_QUERIES["judged_filings"], {"first_month_on": first_month_on}))


def undeclared_changes(
    conn: Connection, unit_code: str | None, since: datetime, today_on: date, workdays: Sequence[date], count: int
) -> list[UndeclaredChange]:
    """What gateways and readings told since an instant and the registers do not say: the rule's own batch.

    `count`-th working day after what was seen is the last one to declare it in time.
    """
    wanted = {
        "unit_code": unit_code, "since_at": since, "today_on": today_on, "near": NEAR, "workdays": list(workdays),
        "days_to_declare": count,
    }  # fmt: skip
    cursor = conn.cursor(row_factory=class_row(UndeclaredChange))
    return list(cursor.execute(_QUERIES["batch_undeclared_change"], wanted))
