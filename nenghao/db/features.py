"""Curves of closed days and what stands beside them, for the detectors: the queries of sql/queries/features.sql."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.series_days import BIGINTS_OID, Packed, SeriesOn
from nenghao.domain.periods import day_start
from nenghao.domain.watched import ExplainedDays, ReplacedValue, Watched, WatchedSeries, WatchedTerm

_QUERIES = load_queries("features")
_TYPES: Final = ["int4", "date", "int4", "bytea", "int2", "text", "float8", "float8", "bytea", "timestamptz"]


@dataclass(frozen=True, slots=True)
class FeatureSource:
    """A closed day as its curve is made of it; arrays as the database sends them."""

    series_id: int
    day_on: date
    is_gauge: bool
    slot_minutes: int
    due_slots: int
    unit: str
    scale: int
    energy: bytes
    face_scale: int
    face: bytes
    quality: str
    method: str
    content_hash: bytes
    factor: float
    quantum: float


@dataclass(frozen=True, slots=True)
class Feature:
    """The curve of a day."""

    source: FeatureSource
    curve_version: int
    curve: bytes
    step: float


def lock_features(conn: Connection) -> None:
    """Wait until no other process makes features."""
    conn.execute(_QUERIES["lock_features"])


def take_feature_marks(conn: Connection, *, max_days: int) -> list[SeriesOn]:
    """Take marks of the oldest days off the list."""
    return conn.execute(_QUERIES["take_feature_marks"], {"max_days": max_days}).fetchall()


def load_feature_sources(conn: Connection, pairs: Sequence[SeriesOn]) -> list[FeatureSource]:
    """Those of the series days that have a row."""
    with conn.cursor(binary=True) as cursor:
        cursor.adapters.register_loader(BIGINTS_OID, Packed)
        rows = cursor.execute(_QUERIES["days_for_features"], _columns(pairs)).fetchall()
    return [FeatureSource(*row) for row in rows]


def write_features(conn: Connection, pairs: Sequence[SeriesOn], features: Iterable[Feature], now: datetime) -> None:
    """Put features in place of those that the series days have."""
    conn.execute(_QUERIES["forget_features"], _columns(pairs))
    with conn.cursor().copy(_QUERIES["write_features"]) as copy:
        copy.set_types(_TYPES)
        for one in features:
            source = one.source
            copy.write_row(
                (
                    source.series_id, source.day_on, one.curve_version, one.curve, source.slot_minutes, source.unit,
                    one.step, source.quantum, source.content_hash, now,
                )
            )  # fmt: skip


def unit_sizes(conn: Connection, unit_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Units that have series, and how many, by division."""
    return conn.execute(_QUERIES["unit_sizes"], {"unit_ids": list(unit_ids)}).fetchall()


def load_watched(
    conn: Connection,
    unit_ids: Sequence[int],
    days: tuple[date, date],
    *,
    event_kinds: Sequence[str],
    grace: timedelta,
    dated_kinds: Sequence[str],
    reach: timedelta,
) -> Watched:
    """Series of units, their curves of the days (both ends included), and all that is known beside them."""
    first_on, last_on = days
    parameters = {
        "unit_ids": list(unit_ids),
        "first_on": first_on,
        "last_on": last_on,
        "from_at": day_start(first_on),
        "to_at": day_start(last_on + timedelta(days=1)),
        "event_kinds": list(event_kinds),
        "grace": grace,
        "dated_kinds": list(dated_kinds),
        "reach": reach,
    }
    series = [WatchedSeries(*row) for row in conn.execute(_QUERIES["watched_series"], parameters)]
    intervals = [one.series_id for one in series if one.kind == "interval"]
    minutes = sorted({one.slot_minutes for one in series})
    return Watched(
        series=series,
        terms=[WatchedTerm(*row) for row in conn.execute(_QUERIES["watched_terms"], parameters)],
        replaced=[
            ReplacedValue(*row)
            for row in conn.execute(_QUERIES["replaced_values"], {**parameters, "series_ids": intervals})
        ],
        explained=[ExplainedDays(*row) for row in conn.execute(_QUERIES["explained_days"], parameters)],
        curves={length: _copy_curves(conn, [one.series_id for one in series], days, length) for length in minutes},
    )


def _copy_curves(conn: Connection, series_ids: list[int], days: tuple[date, date], slot_minutes: int) -> bytes:
    parameters = {
        "series_ids": series_ids, "first_on": days[0], "last_on": days[1], "slot_minutes": slot_minutes,
    }  # fmt: skip
    with conn.cursor().copy(_QUERIES["copy_features"], parameters) as copy:
        return b"".join(copy)


def _columns(pairs: Iterable[SeriesOn]) -> dict[str, object]:
    listed = sorted(pairs)
    return {"series_ids": [series_id for series_id, _ in listed], "days": [day_on for _, day_on in listed]}
