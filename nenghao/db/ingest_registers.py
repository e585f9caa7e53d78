"""What the collector needs of the registers, read in one go."""

from collections import defaultdict
from dataclasses import dataclass, field

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
class RegisterSnapshot:
    """All units by code, and the mark that tells whether something was added since."""

    mark: tuple[int | None, ...]
    units: dict[str, UnitRegister]


def read_mark(conn: psycopg.Connection) -> tuple[int | None, ...]:
    """A value that differs once something was added to the registers."""
    row = conn.execute(_QUERIES["register_mark"]).fetchone()
    return () if row is None else tuple(row)


def read_snapshot(conn: psycopg.Connection) -> RegisterSnapshot:
    """The registers as they stand; the mark is read first, so that a later addition is never missed."""
    mark = read_mark(conn)
    gateways: dict[str, dict[str, Gateway]] = defaultdict(dict)
    points: dict[str, set[str]] = defaultdict(set)
    data_codes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    series: dict[str, dict[tuple[str, str, str, str], list[SeriesVersion]]] = defaultdict(lambda: defaultdict(list))
    for gateway_id, unit_code, gateway_code, shard, start, end, collected_under in conn.execute(_QUERIES["gateways"]):
        window = Window(backfill_from=start, backfill_until=end)
        gateways[unit_code][gateway_code] = Gateway(
            gateway_id=gateway_id, shard=shard, window=window, collected_under=collected_under
        )
    for unit_code, point_code, data_code in conn.execute(_QUERIES["point_codes"]):
        points[unit_code].add(point_code)
        data_codes[unit_code][data_code].append(point_code)
    for unit_code, *key, series_id, start, end, meter_no, unit, multiplier in conn.execute(_QUERIES["series_versions"]):
        point_code, quantity, kind, period = key
        series[unit_code][point_code, quantity, kind, period].append(
            SeriesVersion(
                series_id=series_id,
                valid_from=start,
                valid_to=end,
                meter_no=meter_no,
                unit=unit,
                multiplier=multiplier,
            )
        )
    return RegisterSnapshot(
        mark=mark,
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
