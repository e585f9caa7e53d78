"""What detectors pointed at, in the database: the queries of sql/queries/candidates.sql."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb
from psycopg.types.range import TimestamptzRange

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("candidates")


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """A stretch of a series that a rule's detector points at."""

    rule_code: str
    series_id: int
    span: tuple[datetime, datetime]
    kind: str
    statistics: Mapping[str, float]
    score: float
    expected_energy: float | None
    observed_energy: float | None
    energy_unit: str
    other_series_ids: Sequence[int]
    notes: Mapping[str, float | str]
    is_rich: bool


def lock_candidates(conn: Connection) -> None:
    """Wait until no other process writes candidates."""
    conn.execute(_QUERIES["lock_candidates"])


def forget_candidates(conn: Connection, unit_ids: Sequence[int], span: tuple[datetime, datetime]) -> None:
    """Take away what touches the half-open span and belongs to the units."""
    parameters = {"unit_ids": list(unit_ids), "from_at": span[0], "to_at": span[1]}
    conn.execute(_QUERIES["forget_candidates"], parameters)


def write_candidates(conn: Connection, rows: Iterable[CandidateRow], found_at: datetime) -> None:
    """Add candidates."""
    with conn.cursor().copy(_QUERIES["write_candidates"]) as copy:
        for row in rows:
            copy.write_row(
                (
                    row.rule_code, row.series_id, TimestamptzRange(*row.span), row.kind,
                    Jsonb({name: _plain(value) for name, value in row.statistics.items()}), row.score,
                    row.expected_energy, row.observed_energy, row.energy_unit, list(row.other_series_ids),
                    Jsonb({name: _plain(value) for name, value in row.notes.items()}), row.is_rich, found_at,
                )
            )  # fmt: skip


def thresholds_in_force(conn: Connection) -> dict[str, dict[str, float]]:
    """Thresholds by rule and name."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for rule_code, name, value in conn.execute(_QUERIES["thresholds_in_force"]):
        found[rule_code][name] = value
    return dict(found)


def _plain(value: float | str) -> float | str:
    """JSON has neither infinity nor "not a number"; PostgreSQL reads both from text."""
    if isinstance(value, str):
        return value
    number = float(value)
    return number if math.isfinite(number) else str(number)
