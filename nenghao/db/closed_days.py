"""Closed series days on their way into the database, by binary COPY, and what estimates may draw on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final

from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.range import TimestamptzRange

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.series_days import BIGINTS_OID, Packed, SeriesOn
from nenghao.domain.estimation import Agreed, Stop
from nenghao.domain.series_day import REASONS, SeriesDay, StandingEstimate, StoredDay

_QUERIES = load_queries("series_days")
_DAY_TYPES: Final = [
    *("int4", "date", "int2", "text", "int2", "int8[]", "int2", "int8[]", "text", "text", "text"),
    *("int2", "int2", "numeric", "numeric", "bytea", "timestamptz"),
]
_ESTIMATE_TYPES: Final = [
    *(
        "int4",
        "date",
        "int2",
        "int2",
        "text",
        "date[]",
        "int4",
        "int8",
        "int8",
        "int8",
        "text[]",
        "tstzrange",
        "numeric",
    ),
]


class _PackedDumper(Dumper):
    """Sends an array that is in the database's form already."""

    format = Format.BINARY
    oid = BIGINTS_OID

    def dump(self, obj: bytes) -> bytes:
        """The bytes."""
        return obj


def write_series_days(conn: Connection, days: Sequence[SeriesDay], computed_at: datetime) -> None:
    """Write days and their estimates over those that stand there, and ask for the intervals beside registers."""
    if not days:
        return
    conn.execute(_QUERIES["create_day_stage"])
    conn.execute(_QUERIES["empty_day_stage"])
    with conn.cursor() as cursor:
        cursor.adapters.register_dumper(bytes, _PackedDumper)
        with cursor.copy(_QUERIES["stage_days"]) as copy:
            copy.set_types(_DAY_TYPES)
            for day in days:
                copy.write_row(
                    (
                        day.series_id, day.day_on, day.slot_minutes, day.unit, day.scale, day.energy, day.face_scale,
                        day.face, day.quality, day.method, day.reason, day.due_slots, day.received_slots,
                        day.total_energy, day.measured_energy, day.content_hash, computed_at,
                    )
                )  # fmt: skip
    conn.execute(_QUERIES["write_staged_days"])
    conn.execute(_QUERIES["forget_estimates"])
    _write_estimates(conn, days)
    conn.execute(_QUERIES["mark_intervals_beside"])


def _write_estimates(conn: Connection, days: Iterable[SeriesDay]) -> None:
    rows = [(day, one) for day in days for one in day.estimates]
    if not rows:
        return
    with conn.cursor().copy(_QUERIES["write_estimates"]) as copy:
        copy.set_types(_ESTIMATE_TYPES)
        for day, one in rows:
            gap = TimestamptzRange(datetime.fromtimestamp(one.gap_begin, UTC), datetime.fromtimestamp(one.gap_end, UTC))
            copy.write_row(
                (
                    day.series_id, day.day_on, one.first_slot, one.slot_count, f"E{one.method}", list(one.donor_days),
                    one.donor_series_id, one.exclusion_id, one.decision_id, one.agreed_value_id,
                    [REASONS[letter] for letter in one.reasons], gap, one.known_energy,
                )
            )  # fmt: skip


def load_stored_days(conn: Connection, pairs: Iterable[SeriesOn]) -> dict[SeriesOn, StoredDay]:
    """Those of the asked series days that have a row."""
    columns = _pair_columns(pairs)
    with conn.cursor(binary=True) as cursor:
        cursor.adapters.register_loader(BIGINTS_OID, Packed)
        rows = cursor.execute(_QUERIES["stored_days"], columns).fetchall()
    return {
        (row[0], row[1]): StoredDay(
            series_id=row[0],
            day_on=row[1],
            slot_minutes=row[2],
            unit=row[3],
            scale=row[4],
            energy=row[5],
            quality=row[6],
        )
        for row in rows
    }


def load_standing_estimates(
    conn: Connection, pairs: Iterable[SeriesOn]
) -> dict[SeriesOn, tuple[StandingEstimate, ...]]:
    """The estimates that stand of the asked series days."""
    found: dict[SeriesOn, tuple[StandingEstimate, ...]] = {}
    for row in conn.execute(_QUERIES["standing_estimates"], _pair_columns(pairs)):
        one = StandingEstimate(
            series_id=row[0], day_on=row[1], first_slot=row[2], slot_count=row[3], method=row[4],
            donor_days=tuple(row[5]), donor_series_id=row[6], gap_begin=row[7], gap_end=row[8], known_energy=row[9],
        )  # fmt: skip
        found[row[0], row[1]] = (*found.get((row[0], row[1]), ()), one)
    return found


def load_agreements(conn: Connection, series_ids: Iterable[int]) -> list[Agreed]:
    """Agreed values in force of series."""
    return [
        Agreed(
            agreed_value_id=row[0],
            series_id=row[1],
            begin=row[2],
            end=row[3],
            energy=row[4],
            unit=row[5],
            decision_id=row[6],
        )
        for row in conn.execute(_QUERIES["series_agreements"], {"series_ids": list(series_ids)})
    ]


def load_stops(conn: Connection, series_ids: Iterable[int]) -> list[Stop]:
    """Times in which series are said to stand still."""
    return [
        Stop(series_id=row[0], begin=row[1], end=row[2], is_proven=row[3], is_questioned=row[4])
        for row in conn.execute(_QUERIES["series_stops"], {"series_ids": list(series_ids)})
    ]


def load_checks(conn: Connection, series_ids: Iterable[int]) -> list[tuple[int, int, date, date | None]]:
    """Series, the one that checks it, and the days `[from, to)` of that."""
    return conn.execute(_QUERIES["checks_of_series"], {"series_ids": list(series_ids)}).fetchall()


def load_registers_beside(conn: Connection, series_ids: Iterable[int]) -> dict[int, int]:
    """The register beside each interval series that has one."""
    return dict(conn.execute(_QUERIES["registers_beside"], {"series_ids": list(series_ids)}).fetchall())


def _pair_columns(pairs: Iterable[SeriesOn]) -> dict[str, object]:
    listed = sorted(pairs)
    return {"series_ids": [series_id for series_id, _ in listed], "days": [day_on for _, day_on in listed]}
