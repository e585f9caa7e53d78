"""Series days: the changed list, what days are made from, and the days themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import psycopg
from psycopg.adapt import Loader
from psycopg.pq import Format

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.registers import Exclusion
from nenghao.domain.series_version import GRID_TOLERANCE_S, Series, SeriesVersion
from nenghao.errors import RetryableError

_QUERIES = load_queries("series_days")

#: Types bigint[] and timestamptz[] of PostgreSQL.
BIGINTS_OID: Final = 1016
INSTANTS_OID: Final = 1185
#: Scaled values beyond it come as what they are: room for products in 64 bits.
VALUE_BOUND: Final = 4 * 10**16

#: A pair of the changed list.
SeriesOn = tuple[int, date]


@dataclass(frozen=True, slots=True)
class TimeRun:
    """A run of time of one series, ends included."""

    series_id: int
    begin: datetime
    end: datetime


def lock_closing(conn: Connection) -> None:
    """Make this transaction the only one that closes days.

    Raises: RetryableError where another one closes for longer than the connection's lock timeout.
    """
    try:
        conn.execute(_QUERIES["lock_closing"])
    except psycopg.errors.LockNotAvailable as error:
        raise RetryableError("another run is closing days") from error


def next_marks(conn: Connection, *, max_pairs: int) -> list[SeriesOn]:
    """The oldest pairs on the changed list, by day and series."""
    rows = conn.execute(_QUERIES["next_marks"], {"max_pairs": max_pairs}).fetchall()
    return [(series_id, day_on) for day_on, series_id in rows]


def take_marks(conn: Connection, pairs: Sequence[SeriesOn]) -> int:
    """Take all marks of the pairs; returns how many there were."""
    return conn.execute(_QUERIES["take_marks"], _pair_columns(pairs)).rowcount


def load_series(conn: Connection, series_ids: Iterable[int]) -> dict[int, Series]:
    """The series with a version, by id."""
    heads: dict[int, tuple[int, str, str, str]] = {}
    versions: dict[int, list[SeriesVersion]] = {}
    for row in conn.execute(_QUERIES["series_versions"], {"series_ids": list(series_ids)}, binary=True):
        series_id = row[0]
        heads[series_id] = row[1:5]
        versions.setdefault(series_id, []).append(
            SeriesVersion(
                valid_from=row[5],
                valid_until=row[6],
                meter_id=row[7],
                unit=row[8],
                slot_minutes=row[9],
                multiplier=row[10],
                is_multiplied_here=row[11],
                decimals=row[12],
                register_modulus=row[13],
                rated_capacity=row[14],
                lowest_value=row[15],
                highest_value=row[16],
            )
        )
    return {
        series_id: Series(
            series_id=series_id, point_id=point_id, quantity=quantity, kind=kind, period=period,
            versions=tuple(versions[series_id]),
        )
        for series_id, (point_id, quantity, kind, period) in heads.items()
    }  # fmt: skip


def load_exclusions(conn: Connection, series_ids: Iterable[int]) -> dict[int, list[Exclusion]]:
    """Excluded spans by series."""
    spans: dict[int, list[Exclusion]] = {}
    for series_id, *row in conn.execute(_QUERIES["series_exclusions"], {"series_ids": list(series_ids)}):
        spans.setdefault(series_id, []).append(Exclusion(*row))
    return spans


def find_neighbours(
    conn: Connection, runs: Sequence[TimeRun], *, reach: timedelta
) -> list[tuple[datetime | None, datetime | None]]:
    """For each run the last valid register at or before it and the first at or after it."""
    columns = {**_run_columns(runs), "reach": reach, "tolerance_s": GRID_TOLERANCE_S}
    found = {no: (before, after) for no, before, after in conn.execute(_QUERIES["register_neighbours"], columns)}
    return [found[number] for number in range(1, len(runs) + 1)]


class Packed(Loader):
    """Leaves an array as the database sends it: no element becomes an object on its way."""

    format = Format.BINARY

    def load(self, data: psycopg.abc.Buffer) -> bytes:
        """The bytes."""
        return bytes(data)


def load_packed_readings(
    conn: Connection, runs: Sequence[TimeRun], decimals: Sequence[int]
) -> tuple[list[int], list[bytes], list[bytes]]:
    """Readings in force of runs, each in its decimals: numbers of the runs that have any, instants, values, in
    PostgreSQL's binary form of timestamptz[] and bigint[].
    """
    if not runs:
        return [], [], []
    columns = {
        **_run_columns(runs),
        **_outer_bounds(runs),
        "decimals": list(decimals),
        "powers": [Decimal(10) ** places for places in decimals],
        "bounds": [Decimal(VALUE_BOUND) / 10**places for places in decimals],
    }
    with conn.cursor(binary=True) as cursor:
        for oid in (BIGINTS_OID, INSTANTS_OID):
            cursor.adapters.register_loader(oid, Packed)
        rows = cursor.execute(_QUERIES["readings_of_runs"], columns).fetchall()
    return [number - 1 for number, _, _ in rows], [ats for _, ats, _ in rows], [values for _, _, values in rows]


def load_exact_readings(conn: Connection, runs: Sequence[TimeRun]) -> list[tuple[int, int, Decimal]]:
    """Readings in force of runs as they are: number of the run, instant in seconds, value."""
    if not runs:
        return []
    columns = {**_run_columns(runs), **_outer_bounds(runs)}
    rows = conn.execute(_QUERIES["exact_readings_of_runs"], columns)
    return [(number - 1, at, value) for number, at, value in rows]


def _outer_bounds(runs: Sequence[TimeRun]) -> dict[str, object]:
    return {"first_at": min(run.begin for run in runs), "last_at": max(run.end for run in runs)}


def load_content_hashes(conn: Connection, pairs: Sequence[SeriesOn]) -> dict[SeriesOn, bytes]:
    """Content hashes of the pairs that have a row."""
    rows = conn.execute(_QUERIES["content_hashes"], _pair_columns(pairs))
    return {(series_id, day_on): content_hash for series_id, day_on, content_hash in rows}


def mark_for_audit(conn: Connection, pairs: Sequence[SeriesOn]) -> None:
    """Ask the rules to look again at the pairs."""
    conn.execute(_QUERIES["mark_for_audit"], _pair_columns(pairs))


def _pair_columns(pairs: Sequence[SeriesOn]) -> dict[str, object]:
    return {"series_ids": [series_id for series_id, _ in pairs], "days": [day_on for _, day_on in pairs]}


def _run_columns(runs: Sequence[TimeRun]) -> dict[str, object]:
    return {
        "series_ids": [run.series_id for run in runs],
        "begins": [run.begin for run in runs],
        "ends": [run.end for run in runs],
    }
