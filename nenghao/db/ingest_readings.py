"""What becomes of the readings of a batch: stored, duplicate, conflict or revision; the first value stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

import psycopg
from psycopg.rows import args_row

from nenghao.db.ingest_copy import copy_rows
from nenghao.db.ingest_rows import FreshMessage, assurance_of, clean_text
from nenghao.db.queries import load_queries
from nenghao.domain.acceptance import Accepted, Assurance, Correction, Refused
from nenghao.domain.periods import SHANGHAI_SINCE_1992, day_bounds, day_of

_QUERIES = load_queries("ingest")

#: Instants whose days are remembered: gateways read at the same quarter-hours.
DAYS_KEPT: Final = 4_096


_BY_KEY: Final = itemgetter(0, 1)


class StagedReading(NamedTuple):
    """An accepted reading in its place."""

    owner: FreshMessage
    ordinal: int
    reading: Accepted

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the order of arrival."""
        return self.owner.message_id, self.ordinal

    @property
    def assurance(self) -> Assurance:
        """How far its sender is proven."""
        return assurance_of(self.owner.message, self.reading)

    def marks(self) -> Iterable[tuple[int, date]]:
        """The (series, Shanghai day) it touches: a register at midnight ends one day and begins another, and what was
        read in the minute before midnight stands for it (domain.series_version.GRID_TOLERANCE_S).
        """
        reading = self.reading
        return [(reading.series_id, day_on) for day_on in _touched_days(reading.at, reading.is_register)]

    def leaf_row(self) -> tuple[object, ...]:
        """What the message's leaf says of it once it is stored."""
        reading = self.reading
        source, assurance = reading.source._value_, self.assurance._value_
        return self.ordinal, reading.series_id, reading.at, reading.value, source, assurance

    def row(self) -> tuple[object, ...]:
        """Its row of table reading."""
        reading, source = self.reading, self.reading.source._value_
        message_id = self.owner.message_id
        return reading.series_id, reading.at, reading.value, message_id, self.ordinal, source, self.assurance._value_


@lru_cache(maxsize=DAYS_KEPT)
def _touched_days(at: datetime, is_register: bool) -> tuple[date, ...]:
    local = at.astimezone(SHANGHAI_SINCE_1992)
    day_on = local.date()
    if local.hour == 23 and local.minute == 59:
        return day_on, date.fromordinal(day_on.toordinal() + 1)
    if is_register and not (local.hour or local.minute or local.second or local.microsecond):
        return day_on, date.fromordinal(day_on.toordinal() - 1)
    return (day_on,)


def split_readings(fresh: Sequence[FreshMessage]) -> tuple[list[StagedReading], list[StagedReading]]:
    """Values and corrections; refused readings are counted."""
    values: list[StagedReading] = []
    corrections: list[StagedReading] = []
    for one in fresh:
        if one.message.refused is not None:
            one.counts.refused = len(one.message.readings)
            continue
        for ordinal, reading in enumerate(one.message.readings):
            if isinstance(reading, Refused):
                one.counts.refused += 1
            elif reading.correction is None:
                values.append(StagedReading(one, ordinal, reading))
            else:
                corrections.append(StagedReading(one, ordinal, reading))
    return values, corrections


def store_new_readings(conn: psycopg.Connection, staged: Sequence[StagedReading]) -> None:
    """Store values none of whose keys is taken, past the stage.

    Raises: psycopg.errors.UniqueViolation where one is.
    """
    for one in staged:
        one.owner.counts.stored += 1
    # In the order of the key, as `store_readings`: two writers of the same keys must not wait for each other.
    copy_rows(conn, "copy_new_readings", sorted([one.row() for one in staged], key=_BY_KEY))


def store_readings(
    conn: psycopg.Connection, staged: Sequence[StagedReading], marks: set[tuple[int, date]]
) -> tuple[list[StagedReading], list[tuple[object, ...]]]:
    """Store values whose key is free and count the others; takes back marks of duplicates.

    Returns the readings that are stored, in their order, and the conflict rows.
    """
    if not staged:
        return [], []
    for one in staged:
        one.owner.counts.stored += 1
    copy_rows(conn, "copy_readings", (one.row() for one in staged))
    if conn.execute(_QUERIES["store_readings"]).rowcount == len(staged):
        return list(staged), []
    owners = {one.owner.message_id: one.owner for one in staged}
    duplicates: set[tuple[int, int]] = set()
    not_stored: set[tuple[int, int]] = set()
    conflicts: list[tuple[object, ...]] = []
    for message_id, ordinal, series_id, at, value, standing in _not_stored(conn, staged):
        owner = owners[message_id]
        owner.counts.stored -= 1
        not_stored.add((message_id, ordinal))
        if value == standing:
            owner.counts.duplicate += 1
            duplicates.add((message_id, ordinal))
        else:
            owner.counts.conflict += 1
            reading = owner.message.readings[ordinal]
            assert isinstance(reading, Accepted)  # noqa: S101 - it was staged
            level = assurance_of(owner.message, reading).value
            conflicts.append((series_id, at, standing, value, message_id, ordinal, owner.message.received_at, level))
    news = {mark for one in staged if (one.owner.message_id, one.ordinal) not in duplicates for mark in one.marks()}
    marks -= {mark for one in staged for mark in one.marks()} - news
    return [one for one in staged if (one.owner.message_id, one.ordinal) not in not_stored], conflicts


def _not_stored(
    conn: psycopg.Connection, staged: Sequence[StagedReading]
) -> Iterable[tuple[int, int, int, datetime, Decimal, Decimal]]:
    for day_on in sorted({one.reading.at.astimezone(SHANGHAI_SINCE_1992).date() for one in staged}):
        start_at, end_at = day_bounds(day_on)
        yield from conn.execute(
            _QUERIES["readings_not_stored"], {"start_at": start_at, "end_at": end_at}, binary=True
        ).fetchall()


def judge_corrections(
    conn: psycopg.Connection, corrections: Sequence[StagedReading], staged: Sequence[StagedReading]
) -> list[tuple[object, ...]]:
    """Revision rows, each in force at once, waiting for a decision, or parked.

    A correction of a value not in force is parked. One in force at once is signed, of a day whose tree is not closed
    and of a value that nobody decided on, and does not lower it. `staged` are the values of the same batch: what stands
    behind a correction in order of arrival is not there yet for it, so that it does not matter how messages fall into
    batches.
    """
    rows: list[tuple[object, ...]] = []
    in_batch: set[tuple[object, ...]] = set()
    put_in_force: dict[tuple[int, datetime], Decimal] = {}
    behind = {one.owner.message_id for one in staged}
    for one in corrections:
        reading, correction = one.reading, one.reading.correction
        assert correction is not None  # noqa: S101 - _split put it here for that
        place, change = (reading.series_id, reading.at), (correction.earlier_value, reading.value)
        found = _find_standing(conn, one, correction)
        if found.is_repeated or (*place, *change) in in_batch:
            one.owner.counts.duplicate += 1
            continue
        in_batch.add((*place, *change))
        one.owner.counts.revision += 1
        is_there = found.message_id not in behind or (found.message_id, found.ordinal) < one.place
        in_force = put_in_force.get(place, found.value_in_force if is_there else None)
        standing = "parked"
        if in_force == correction.earlier_value:
            standing = "in_force" if _is_effective_at_once(one, correction, found) else "waiting"
        if standing == "in_force":
            put_in_force[place] = reading.value
        rows.append(
            (
                *place,
                *change,
                clean_text(correction.reason, 500),
                standing,
                one.owner.message_id,
                one.ordinal,
                one.owner.message.received_at,
                one.assurance.value,
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a correction meets: the value in force, the reading that came first, and whether it comes too late."""

    value_in_force: Decimal | None
    message_id: int | None
    ordinal: int | None
    is_repeated: bool
    is_settled: bool


def _find_standing(conn: psycopg.Connection, one: StagedReading, correction: Correction) -> _Standing:
    reading = one.reading
    with conn.cursor(row_factory=args_row(_Standing)) as cursor:
        found = cursor.execute(
            _QUERIES["correction_standing"],
            {
                "series_id": reading.series_id,
                "at": reading.at,
                "earlier_value": correction.earlier_value,
                "value": reading.value,
                "day_on": day_of(reading.at),
            },
        ).fetchone()
    assert found is not None  # noqa: S101 - the query joins to one row
    return found


def _is_effective_at_once(one: StagedReading, correction: Correction, found: _Standing) -> bool:
    is_lower = one.reading.value < correction.earlier_value
    return one.assurance is Assurance.SIGNED and not is_lower and not found.is_settled
