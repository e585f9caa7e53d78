"""Reads what the ledger of a unit's day is made from: registers, readings, messages, refusals, by index."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.series_days import load_series
from nenghao.domain.ledger import (
    PlacedReading,
    SeriesAccount,
    SeriesKey,
    StoredReading,
    account_series,
    due_slots,
    place_readings,
)
from nenghao.domain.periods import FIRST_DAY, day_bounds
from nenghao.domain.series_version import GRID_TOLERANCE_S
from nenghao.domain.unit_ledger import Arrived, GatewayAccount, RefusedCount, SeqRange, UnitLedger, add_up
from nenghao.errors import DataRefused

_QUERIES = load_queries("ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gateway:
    gateway_id: int
    gateway_code: str
    #: None while commissioning runs.
    backfill_until_s: int | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """The unit's day and whose rows it is made from."""

    unit_code: str
    day_on: date
    now: datetime
    gateways: Sequence[_Gateway]
    series: Sequence[SeriesKey]

    @property
    def parameters(self) -> dict[str, object]:
        """Of every query of the day."""
        start_at, end_at = day_bounds(self.day_on)
        return {
            "unit_code": self.unit_code,
            "gateway_ids": [one.gateway_id for one in self.gateways],
            "series_ids": [one.series_id for one in self.series],
            "start_at": start_at,
            "end_at": end_at,
        }


#: Readings of a kind, by series and gateway.
_Pairs = Mapping[tuple[int, int], int]


def read_ledger(conn: Connection, unit_code: str, day_on: date, now: datetime) -> UnitLedger:
    """The ledger of a unit's day as the store stands; today is due up to `now`.

    Raises: DataRefused where the unit is unknown or the day before 1992, LedgerBroken where it does not add up.
    """
    if day_on < FIRST_DAY:
        raise DataRefused(f"{day_on} lies before {FIRST_DAY}: days had summer time then")
    with conn.transaction():
        conn.execute(_QUERIES["begin_snapshot"])
        unit = conn.execute(_QUERIES["unit_id"], {"unit_code": unit_code}).fetchone()
        if unit is None:
            raise DataRefused(f"no unit {unit_code} is registered")
        asked = _Asked(
            unit_code,
            day_on,
            now,
            [_Gateway(**row) for row in _rows(conn, "gateways_of_unit", {"unit_id": unit[0]})],
            [SeriesKey(**row) for row in _rows(conn, "series_of_unit", {"unit_id": unit[0]})],
        )
        conflicts, revisions = (
            {(series_id, gateway_id): count for series_id, gateway_id, count in conn.execute(query, asked.parameters)}
            for query in (_QUERIES["conflicts_between"], _QUERIES["revisions_between"])
        )
        accounts, placed = _account_series(conn, asked, conflicts, revisions)
        gateways = _account_gateways(conn, asked, placed, conflicts, revisions)
    return add_up(unit_code, day_on, now, accounts, gateways)


def _account_series(
    conn: Connection, asked: _Asked, conflicts: _Pairs, revisions: _Pairs
) -> tuple[list[SeriesAccount], list[PlacedReading]]:
    records = load_series(conn, [one.series_id for one in asked.series])
    readings = _stored_readings(conn, asked)
    accounts: list[SeriesAccount] = []
    all_placed: list[PlacedReading] = []
    for key in asked.series:
        versions = records[key.series_id].versions
        placed = place_readings(key.kind, key.period, versions, asked.day_on, readings.get(key.series_id, ()))
        all_placed += placed
        accounts.append(
            account_series(
                key,
                due_slots(key.kind, key.period, versions, asked.day_on, int(asked.now.timestamp())),
                placed,
                conflicting=sum(count for (series_id, _), count in conflicts.items() if series_id == key.series_id),
                corrections=sum(count for (series_id, _), count in revisions.items() if series_id == key.series_id),
            )
        )
    return accounts, all_placed


def _stored_readings(conn: Connection, asked: _Asked) -> dict[int, list[StoredReading]]:
    """Readings of the day and of the minute around it, which may stand for its first or last slot, by series."""
    start_at, end_at = day_bounds(asked.day_on)
    around = timedelta(seconds=GRID_TOLERANCE_S + 1)
    bounds = {"start_at": start_at - around, "end_at": end_at + around}
    rows = conn.execute(_QUERIES["readings_between"], asked.parameters | bounds, binary=True).fetchall()
    message_ids = list({message_id for _, _, message_id in rows})
    messages = {
        message_id: (gateway_id, received_s)
        for message_id, gateway_id, received_s in conn.execute(
            _QUERIES["arrivals_of_messages"], {"message_ids": message_ids}
        )
    }
    ends = {one.gateway_id: one.backfill_until_s for one in asked.gateways}
    found: dict[int, list[StoredReading]] = {}
    for series_id, at_s, message_id in rows:
        gateway_id, received_s = messages[message_id]
        until_s = ends[gateway_id]
        found.setdefault(series_id, []).append(
            StoredReading(
                at=at_s,
                received_at=received_s,
                gateway_id=gateway_id,
                is_commissioning=until_s is None or received_s < until_s,
            )
        )
    return found


def _account_gateways(
    conn: Connection, asked: _Asked, placed: Sequence[PlacedReading], conflicts: _Pairs, revisions: _Pairs
) -> list[GatewayAccount]:
    arrived = {row.pop("gateway_id"): _arrived(row) for row in _rows(conn, "messages_between", asked.parameters)}
    refused: dict[int | None, list[RefusedCount]] = {}
    for row in _rows(conn, "refusals_between", asked.parameters):
        refused.setdefault(row["gateway_id"], []).append(
            RefusedCount(
                reason=row["reason_code"],
                messages=row["messages"],
                readings=int(row["readings"]),
                replayed=row["replayed"],
            )
        )
    gaps: dict[int, list[SeqRange]] = {}
    for row in _rows(conn, "seq_gaps_between", asked.parameters):
        gaps.setdefault(row.pop("gateway_id"), []).append(SeqRange(**row))
    stored = Counter(one.reading.gateway_id for one in placed)
    off_grid = Counter(one.reading.gateway_id for one in placed if one.place == "off_grid")
    backfill = Counter(one.reading.gateway_id for one in placed if one.is_commissioning_backfill)
    late = Counter(one.reading.gateway_id for one in placed if one.is_late) - backfill
    names: dict[int | None, str | None] = {one.gateway_id: one.gateway_code for one in asked.gateways}
    if None in arrived:
        names[None] = None
    return [
        GatewayAccount(
            gateway_code=code,
            stored=0 if number is None else stored[number],
            off_grid=0 if number is None else off_grid[number],
            late=0 if number is None else late[number],
            commissioning_backfill=0 if number is None else backfill[number],
            conflicting=sum(count for (_, gateway_id), count in conflicts.items() if gateway_id == number),
            corrections=sum(count for (_, gateway_id), count in revisions.items() if gateway_id == number),
            refused=tuple(refused.get(number, ())),
            arrived=arrived.get(number, Arrived()),
            missing_seqs=() if number is None else tuple(gaps.get(number, ())),
        )
        for number, code in names.items()
    ]


def _arrived(row: Mapping[str, Any]) -> Arrived:
    return Arrived(**{name: int(count) for name, count in row.items()})


def _rows(conn: Connection, query: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES[query], parameters).fetchall()
