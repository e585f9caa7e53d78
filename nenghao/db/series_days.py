"""Series days: the changed list, what days are made from, and the days themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import psycopg

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.registers import Reading, Span
from nenghao.domain.series_day import SeriesDay
from nenghao.domain.series_version import GRID_TOLERANCE_S, SeriesVersion
from nenghao.errors import RetryableError

_QUERIES = load_queries("series_days")

#: A pair of the changed list.
SeriesOn = tuple[int, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRecord:
    """A series with all its versions."""

    series_id: int
    quantity: str
    kind: str
    period: str
    versions: tuple[SeriesVersion, ...]


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


def load_series(conn: Connection, series_ids: Iterable[int]) -> dict[int, SeriesRecord]:
    """The series with a version, by id."""
    found: dict[int, SeriesRecord] = {}
    for row in conn.execute(_QUERIES["series_versions"], {"series_ids": list(series_ids)}):
        series_id, quantity, kind, period, *rest = row
        version = SeriesVersion(
            valid_from=rest[0],
            valid_until=rest[1],
            meter_id=rest[2],
            unit=rest[3],
            slot_minutes=rest[4],
            multiplier=rest[5],
            is_multiplied_here=rest[6],
            decimals=rest[7],
            register_modulus=rest[8],
        )
        earlier = found[series_id].versions if series_id in found else ()
        found[series_id] = SeriesRecord(
            series_id=series_id, quantity=quantity, kind=kind, period=period, versions=(*earlier, version)
        )
    return found


def load_exclusions(conn: Connection, series_ids: Iterable[int]) -> dict[int, list[Span]]:
    """Excluded spans by series."""
    spans: dict[int, list[Span]] = {}
    for series_id, begin, end in conn.execute(_QUERIES["series_exclusions"], {"series_ids": list(series_ids)}):
        spans.setdefault(series_id, []).append(Span(begin, end))
    return spans


def find_neighbours(
    conn: Connection, runs: Sequence[TimeRun], *, reach: timedelta
) -> list[tuple[datetime | None, datetime | None]]:
    """For each run the last valid register at or before it and the first at or after it."""
    columns = {**_run_columns(runs), "reach": reach, "tolerance_s": GRID_TOLERANCE_S}
    found = {no: (before, after) for no, before, after in conn.execute(_QUERIES["register_neighbours"], columns)}
    return [found[number] for number in range(1, len(runs) + 1)]


def load_readings(conn: Connection, runs: Sequence[TimeRun]) -> list[list[Reading]]:
    """Readings in force of each run, in order of time."""
    readings: list[list[Reading]] = [[] for _ in runs]
    if runs:
        bounds = {"first_at": min(run.begin for run in runs), "last_at": max(run.end for run in runs)}
        for number, ats, values in conn.execute(_QUERIES["readings_of_runs"], {**_run_columns(runs), **bounds}):
            readings[number - 1] = [Reading(at, value) for at, value in zip(ats, values, strict=True)]
    return readings


def load_content_hashes(conn: Connection, pairs: Sequence[SeriesOn]) -> dict[SeriesOn, bytes]:
    """Content hashes of the pairs that have a row."""
    rows = conn.execute(_QUERIES["content_hashes"], _pair_columns(pairs))
    return {(series_id, day_on): content_hash for series_id, day_on, content_hash in rows}


def write_series_days(conn: Connection, days: Iterable[SeriesDay], computed_at: datetime) -> None:
    """Write days over those that stand there."""
    rows = [
        {
            "series_id": day.series_id,
            "day_on": day.day_on,
            "slot_minutes": day.slot_minutes,
            "unit": day.unit,
            "scale": day.scale,
            "energy": _array_literal(day.energy),
            "face_scale": day.face_scale,
            "face": _array_literal(day.face),
            "quality": day.quality,
            "method": day.method,
            "due_slots": day.due_slots,
            "received_slots": day.received_slots,
            "total_energy": day.total_energy,
            "measured_energy": day.measured_energy,
            "content_hash": day.content_hash,
            "computed_at": computed_at,
        }
        for day in days
    ]
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["write_series_day"], rows)


def mark_for_audit(conn: Connection, pairs: Sequence[SeriesOn]) -> None:
    """Ask the rules to look again at the pairs."""
    conn.execute(_QUERIES["mark_for_audit"], _pair_columns(pairs))


def _array_literal(slots: Sequence[int | None]) -> str:
    """PostgreSQL's text form of an array: one pass, where adapting element by element costs more than the insert."""
    return "{" + ",".join("NULL" if slot is None else str(slot) for slot in slots) + "}"


def _pair_columns(pairs: Sequence[SeriesOn]) -> dict[str, object]:
    return {"series_ids": [series_id for series_id, _ in pairs], "days": [day_on for _, day_on in pairs]}


def _run_columns(runs: Sequence[TimeRun]) -> dict[str, object]:
    return {
        "series_ids": [run.series_id for run in runs],
        "begins": [run.begin for run in runs],
        "ends": [run.end for run in runs],
    }
