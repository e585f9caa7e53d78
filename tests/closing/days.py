"""Series, and their days closed by the kernel as the job does it, without a database."""

import struct
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from nenghao.closing.chunk import Chunk, exact_rows, find_wide, measure
from nenghao.closing.columns import UNFIT, load_decimals_of, sorted_rows
from nenghao.closing.donors import Donors
from nenghao.domain.periods import day_start
from nenghao.domain.registers import Exclusion
from nenghao.domain.series_day import DayRun, SeriesDay
from nenghao.domain.series_version import Series, SeriesVersion, decimals_of
from tests.closing.oracle import Reading

DAY = date(2026, 10, 5)
BEGIN = int(day_start(DAY).timestamp())
SLOT_S = 900
DAYS = 3


def version(**changes: object) -> SeriesVersion:
    fields: dict[str, object] = {
        "valid_from": None, "valid_until": None, "meter_id": 1, "unit": "kWh", "slot_minutes": 15,
        "multiplier": Decimal(1), "is_multiplied_here": True, "decimals": 2, "register_modulus": Decimal(100_000),
    }  # fmt: skip
    return SeriesVersion(**{**fields, **changes})  # type: ignore[arg-type]


def series(number: int, *versions: SeriesVersion, kind: str = "register") -> Series:
    period = "instant" if kind != "interval" else "15min"
    quantity = "voltage" if kind == "gauge" else "active_energy"
    return Series(
        series_id=number, point_id=number, quantity=quantity, kind=kind, period=period, versions=tuple(versions)
    )


def slots_of(packed: bytes) -> tuple[int | None, ...]:
    """The elements of PostgreSQL's binary bigint[]."""
    _, _, _, count, _ = struct.unpack(">iiiii", packed[:20])
    found: list[int | None] = []
    place = 20
    for _ in range(count):
        (size,) = struct.unpack_from(">i", packed, place)
        found.append(None if size < 0 else struct.unpack_from(">q", packed, place + 4)[0])
        place += 4 + max(0, size)
    assert place == len(packed)
    return tuple(found)


def close(
    all_series: Sequence[Series],
    readings: dict[int, list[Reading]],
    exclusions: dict[int, list[Exclusion]] | None = None,
    *,
    count: int = DAYS,
    donors: Donors | None = None,
    is_wide: bool = False,
    **more: object,
) -> dict[int, list[SeriesDay]]:
    """Days of series, as the job closes them: wide runs in Python integers, the others in 64 bits."""
    runs = [DayRun(one.series_id, DAY, DAY + timedelta(days=count)) for one in all_series]
    chunk = Chunk(series=all_series, runs=runs, exclusions=exclusions or {}, **more)  # type: ignore[arg-type]
    flat = [(n, r.at, r.value) for n, one in enumerate(all_series) for r in readings[one.series_id]]
    load = [load_decimals_of(one) for one in all_series]
    scaled = [
        (n, at, int(value.scaleb(load[n])) if decimals_of(value) <= load[n] and abs(value) < 10**12 else UNFIT)
        for n, at, value in flat
    ]
    rows = sorted_rows(*(np.array([item[k] for item in scaled], dtype=np.int64) for k in range(3)))
    wide = find_wide(rows, chunk)
    if is_wide or wide:
        finest = [
            max([load[n], *(decimals_of(value) for m, _, value in flat if m == n)]) for n in range(len(all_series))
        ]
        rows = exact_rows([(n, at, int(value.scaleb(finest[n]))) for n, at, value in flat])
        load = finest
    found: dict[int, list[SeriesDay]] = {one.series_id: [] for one in all_series}
    for day in measure(chunk, rows, load).days(donors or Donors()):
        found[day.series_id].append(day)
    return found
