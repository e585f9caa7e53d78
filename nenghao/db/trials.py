"""Reads for trials of rules: a connection that writes nothing, and other thresholds than those in force."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg.rows import dict_row

from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.db.queries import load_queries

_QUERIES = load_queries("trials")


@contextmanager
def read_only(settings: Settings, role: Role) -> Iterator[Connection]:
    """A connection whose transactions are read-only and whose queries end in time."""
    with connect(settings, role) as conn:
        conn.read_only = True
        conn.execute(_QUERIES["prepare_trial"], {"timeout": f"{settings.rules_timeout_s}s"})
        yield conn


def try_thresholds(conn: Connection, trial: str) -> None:
    """From now on `rule_threshold_now` says the values of `trial` (JSON: "rule.threshold" to a number as text)."""
    conn.execute(_QUERIES["try_thresholds"], {"trial": trial})


def run_query(conn: Connection, query: str, batch: str) -> list[dict[str, Any]]:
    """The rows that a rule's query gives over a batch, as Great Expectations would ask for them."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.replace("{batch}", f"({batch})").encode()).fetchall()


def places_of_series(conn: Connection, unit_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Unit and point of each series."""
    rows = conn.execute(_QUERIES["places_of_series"], {"unit_ids": list(unit_ids)})
    return {series_id: (unit_id, point_id) for series_id, unit_id, point_id in rows}


def varieties_of_points(conn: Connection, point_ids: Sequence[int]) -> dict[int, str]:
    """The variety that each point measures."""
    return dict(conn.execute(_QUERIES["varieties_of_points"], {"point_ids": list(point_ids)}).fetchall())
