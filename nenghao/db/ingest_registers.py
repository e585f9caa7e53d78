"""What the collector needs of the registers, read in one go."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from nenghao.db.queries import load_queries
from nenghao.domain.acceptance import SeriesVersion, Window

_QUERIES = load_queries("ingest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A registered sender: where its topics lie, and from when on its readings are taken."""

    gateway_id: int
    shard: int
    window: Window
    collected_under: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRegister:
    """One unit's gateways, points and series; a data code may stand for several points."""

    gateways: dict[str, Gateway]
    point_codes: frozenset[str]
    series: dict[tuple[str, str, str, str], tuple[SeriesVersion, ...]]
    division_code: str = ""
    points_by_data_code: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayKey:
    """A public key of a gateway; an open end is None."""

    key_id: str
    algorithm: str
    public_key: bytes
    valid_from: datetime
    revoked_at: datetime | None

    def is_meant_by(self, algorithm: str, key_id: str) -> bool:
        """Whether a signature names this key."""
        return (self.algorithm, self.key_id) == (algorithm, key_id)

    def holds_at(self, at: datetime) -> bool:
        """Whether messages received at an instant may be signed by it."""
        return self.valid_from <= at and (self.revoked_at is None or at < self.revoked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayTrust:
    """The keys that a gateway has or had, and the spools that it may send from."""

    keys: tuple[GatewayKey, ...] = ()
    boot_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSnapshot:
    """All units by code, and the mark that tells whether something was added since.

    Keys and boots stand apart, by gateway id, because a revocation has to be known at once: they are few, and read anew
    without the rest.
    """

    mark: tuple[int | None, ...]
    units: dict[str, UnitRegister]
    trust_mark: tuple[int | None, ...] = ()
    trust: Mapping[int, GatewayTrust] = field(default_factory=dict)


def read_mark(conn: psycopg.Connection) -> tuple[int | None, ...]:
    """A value that differs once something was added to the registers."""
    row = conn.execute(_QUERIES["register_mark"]).fetchone()
    return () if row is None else tuple(row)


def read_trust_mark(conn: psycopg.Connection) -> tuple[int | None, ...]:
    """A value that differs once a key was registered or revoked, or a boot enrolled."""
    row = conn.execute(_QUERIES["trust_mark"]).fetchone()
    return () if row is None else tuple(row)


def read_trust(conn: psycopg.Connection) -> dict[int, GatewayTrust]:
    """Keys and boots of the gateways that have any."""
    keys: dict[int, list[GatewayKey]] = defaultdict(list)
    for gateway_id, key_id, algorithm, public_key, valid_from, revoked_at in conn.execute(_QUERIES["gateway_keys"]):
        keys[gateway_id].append(
            GatewayKey(
                key_id=key_id,
                algorithm=algorithm,
                public_key=bytes(public_key),
                valid_from=valid_from,
                revoked_at=revoked_at,
            )
        )
    boots: dict[int, set[UUID]] = defaultdict(set)
    for gateway_id, boot_id in conn.execute(_QUERIES["gateway_boots"]):
        boots[gateway_id].add(boot_id)
    return {
        gateway_id: GatewayTrust(keys=tuple(keys[gateway_id]), boot_ids=frozenset(boots[gateway_id]))
        for gateway_id in keys.keys() | boots.keys()
    }


def enrol_first_boot(conn: psycopg.Connection, gateway_id: int, boot_id: UUID) -> bool:
    """Enrol the first boot_id that a gateway signed; false where it has one already."""
    parameters = {"gateway_id": gateway_id, "boot_id": boot_id}
    return conn.execute(_QUERIES["enrol_first_boot"], parameters).rowcount == 1


def _stream(conn: psycopg.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a long list, a few at a time: a province's series would fill memory twice."""
    with conn.transaction(), conn.cursor(name=query) as cursor:
        cursor.itersize = 5_000
        yield from cursor.execute(_QUERIES[query])


def _utc(instant: datetime) -> datetime:
    """The instant in the zone in which readings are judged: those of two zones take long to compare."""
    return instant.astimezone(UTC)


def read_snapshot(conn: psycopg.Connection) -> RegisterSnapshot:
    """The registers as they stand; the marks are read first, so that a later addition is never missed."""
    mark, trust_mark = read_mark(conn), read_trust_mark(conn)
    #: Equal texts and instants are one object each: there are few of them, in many rows.
    kept: dict[Any, Any] = {}
    gateways: dict[str, dict[str, Gateway]] = defaultdict(dict)
    points: dict[str, set[str]] = defaultdict(set)
    data_codes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    series: dict[str, dict[tuple[str, str, str, str], list[SeriesVersion]]] = defaultdict(lambda: defaultdict(list))
    for gateway_id, unit_code, gateway_code, shard, start, end, collected_under in conn.execute(_QUERIES["gateways"]):
        window = Window(backfill_from=_utc(start), backfill_until=None if end is None else _utc(end))
        gateways[unit_code][gateway_code] = Gateway(
            gateway_id=gateway_id, shard=shard, window=window, collected_under=collected_under
        )
    for unit_code, point_code, data_code in _stream(conn, "point_codes"):
        kept_code: str = kept.setdefault(point_code, point_code)
        points[unit_code].add(kept_code)
        data_codes[unit_code][kept.setdefault(data_code, data_code)].append(kept_code)
    for unit_code, point_code, quantity, kind, period, series_id, start, end, *rest in _stream(conn, "series_versions"):
        meter_no, unit, multiplier = rest
        keep = kept.setdefault
        key: tuple[str, str, str, str] = (
            keep(point_code, point_code),
            keep(quantity, quantity),
            keep(kind, kind),
            keep(period, period),
        )
        series[unit_code][key].append(
            SeriesVersion(
                series_id=series_id,
                valid_from=None if start is None else keep(start, _utc(start)),
                valid_to=None if end is None else keep(end, _utc(end)),
                meter_no=keep(meter_no, meter_no),
                unit=keep(unit, unit),
                # Equal decimals may have different digits, of which refusals speak.
                multiplier=keep(("multiplier", str(multiplier)), multiplier),
            )
        )
    return RegisterSnapshot(
        mark=mark,
        trust_mark=trust_mark,
        trust=read_trust(conn),
        units={
            unit_code: UnitRegister(
                gateways=gateways[unit_code],
                point_codes=frozenset(points[unit_code]),
                series={key: tuple(versions) for key, versions in series[unit_code].items()},
                division_code=division_code,
                points_by_data_code=dict(data_codes[unit_code]),
            )
            for unit_code, division_code in conn.execute(_QUERIES["unit_codes"])
        },
    )
