"""Readings, runs of days and versions of many series as columns.

A column of values or energies is `int64` or, where a figure could leave 64 bits, an array of Python integers: the same
code runs on both, and both are exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nenghao.domain.periods import DAY_S, day_start
from nenghao.domain.quantities import EXACT, UNITS
from nenghao.domain.series_day import DayRun
from nenghao.domain.series_version import Series, SeriesVersion, decimals_of

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Letters: TypeAlias = NDArray[np.uint8]
#: int64, or Python integers.
Exact: TypeAlias = NDArray[Any]

#: A (number, instant) pair as one sortable integer: instants in seconds need 33 bits until 2242.
INSTANT_BITS: Final = 34
FAR: Final = (1 << INSTANT_BITS) - 1
#: Figures above this go the way of Python integers: room for a day's sum of slots, and for a product by 100.
WIDE: Final = 4 * 10**16
#: What the query sends for a value that is not a whole number of the decimals asked for.
UNFIT: Final = -(2**63)
_PG_EPOCH_S: Final = 946_684_800


def keys(numbers: Ints, instants: Ints) -> Ints:
    """(number, instant) pairs as sortable integers."""
    return (numbers << INSTANT_BITS) | instants


def first_of_groups(*columns: NDArray[Any]) -> Bools:
    """Where rows that are sorted by the columns begin a new group."""
    is_first = np.zeros(len(columns[0]), dtype=np.bool_)
    is_first[:1] = True
    for column in columns:
        is_first[1:] |= column[1:] != column[:-1]
    return is_first


@dataclass(frozen=True, slots=True)
class Rows:
    """Readings in force, sorted by run and instant; values count in 10^-decimals of their series."""

    run: Ints
    at: Ints
    value: Exact

    def of_runs(self, kept: Sequence[int]) -> "Rows":
        """The rows of some runs, in ascending order, numbered anew."""
        run = np.full(max([*kept, *self.run[-1:].tolist()], default=0) + 1, -1)
        run[list(kept)] = np.arange(len(kept))
        run = run[self.run]
        return Rows(run[run >= 0], self.at[run >= 0], self.value[run >= 0])


def unpack_bigints(bodies: Sequence[bytes]) -> tuple[Ints, Ints]:
    """All elements of PostgreSQL's binary bigint[] (or timestamptz[]) without nulls, and how many each array has."""
    counts = np.fromiter((max(0, len(body) - 20) // 12 for body in bodies), dtype=np.int64, count=len(bodies))
    elements = np.frombuffer(b"".join([body[20:] for body in bodies]), dtype=[("size", ">i4"), ("value", ">i8")])
    return elements["value"].astype(np.int64), counts


def unpack_rows(run_numbers: Sequence[int], ats: Sequence[bytes], values: Sequence[bytes]) -> Rows:
    """Readings of runs as the database sends them: instants in microseconds since 2000, values as scaled integers."""
    at_us, counts = unpack_bigints(ats)
    value, _ = unpack_bigints(values)
    return sorted_rows(
        np.repeat(np.asarray(run_numbers, dtype=np.int64), counts), at_us // 1_000_000 + _PG_EPOCH_S, value
    )


def sorted_rows(run: Ints, at: Ints, value: Exact) -> Rows:
    """Rows in order of run and instant."""
    key = keys(run, at)
    if not bool(np.all(key[1:] >= key[:-1])):
        order = np.argsort(key, kind="stable")
        run, at, value = run[order], at[order], value[order]
    return Rows(run, at, value)


def merge_rows(rows: Rows, more: Rows, more_from: int, order: Sequence[int]) -> Rows:
    """Rows of two lists of runs, the second numbered from `more_from`, as `order` puts their runs."""
    number = np.empty(len(order), dtype=np.int64)
    number[list(order)] = np.arange(len(order))
    return sorted_rows(
        number[np.concatenate([rows.run, more.run + more_from])],
        np.concatenate([rows.at, more.at]),
        np.concatenate([rows.value, more.value]),
    )


@dataclass(frozen=True, slots=True)
class VersionColumns:
    """The versions of a list of series, in order of series and validity."""

    #: Versions of series number s are `first[s]:first[s + 1]`.
    first: Ints
    series: Ints
    valid_from: Ints
    valid_until: Ints
    slot_s: Ints
    decimals: Ints
    energy_scale: Ints
    #: What a face of 10^-decimals is multiplied by to be energy of 10^-energy_scale.
    multiplier: Exact
    #: In the decimals of the series; -1 where it never rolls over.
    modulus: Exact
    exponent: Ints
    #: Whether the next version goes on with the same register.
    is_continued: Bools
    #: In the unit an hour; nan where not known.
    capacity: Floats
    lowest: Floats
    highest: Floats
    #: Decimals in which values of a series count.
    load_decimals: Ints
    key: Ints

    def at(self, series: Ints, instants: Ints) -> Ints:
        """The version of each series that is in force at an instant, -1 where there is none."""
        found: Ints = np.searchsorted(self.key, keys(series, instants), side="right") - 1
        is_in_force = (found >= 0) & (self.series[found] == series) & (instants < self.valid_until[found])
        return np.where(is_in_force, found, -1)


@lru_cache(maxsize=4096)
def _measures(
    unit: str, factor: Decimal, modulus: Decimal | None, decimals: int, scale: int, load: int
) -> tuple[int, int, int]:
    """Multiplier, modulus and exponent of a version as integers."""
    with localcontext(EXACT):
        scaled = -1 if modulus is None else int(modulus.scaleb(load))
        return int(factor.scaleb(scale - decimals)), scaled, UNITS[unit].exponent


def load_decimals_of(series: Series) -> int:
    """Decimals in which the values of a series can be expected to be whole."""
    return max(max(v.decimals, decimals_of(v.modulus) if v.modulus else 0) for v in series.versions)


def version_columns(series: Sequence[Series], load_decimals: Sequence[int]) -> VersionColumns:
    """Columns of the versions of a list of series."""
    flat: list[tuple[int, SeriesVersion, int]] = [
        (number, version, load)
        for number, (one, load) in enumerate(zip(series, load_decimals, strict=True))
        for version in one.versions
    ]
    measures = [_measures(v.unit, v.factor, v.modulus, v.decimals, v.energy_scale, load) for _, v, load in flat]
    counts = [len(one.versions) for one in series]
    numbers = np.fromiter((number for number, _, _ in flat), dtype=np.int64, count=len(flat))
    valid_from = np.fromiter((max(0, v.valid_from or 0) for _, v, _ in flat), dtype=np.int64, count=len(flat))
    return VersionColumns(
        first=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)]),
        series=numbers,
        valid_from=valid_from,
        valid_until=np.fromiter(
            (FAR if v.valid_until is None else v.valid_until for _, v, _ in flat), dtype=np.int64, count=len(flat)
        ),
        slot_s=_column(flat, "slot_s"),
        decimals=_column(flat, "decimals"),
        energy_scale=_column(flat, "energy_scale"),
        multiplier=exact_column([multiplier for multiplier, _, _ in measures]),
        modulus=exact_column([modulus for _, modulus, _ in measures]),
        exponent=np.fromiter((exponent for _, _, exponent in measures), dtype=np.int64, count=len(flat)),
        is_continued=np.fromiter(
            (
                one == other and v.continues(w)
                for (one, v, _), (other, w, _) in zip(flat, [*flat[1:], flat[0]], strict=True)
            ),
            dtype=np.bool_,
            count=len(flat),
        ),
        capacity=_bounds(flat, "rated_capacity"),
        lowest=_bounds(flat, "lowest_value"),
        highest=_bounds(flat, "highest_value"),
        load_decimals=np.asarray(load_decimals, dtype=np.int64),
        key=keys(numbers, valid_from),
    )


def exact_column(values: Sequence[int]) -> Exact:
    """A column of integers: int64 where they fit with room to spare."""
    is_wide = any(abs(value) > WIDE for value in values)
    return np.array(values, dtype=object if is_wide else np.int64)


def _column(flat: Sequence[tuple[int, SeriesVersion, int]], name: str) -> Ints:
    return np.fromiter((getattr(v, name) for _, v, _ in flat), dtype=np.int64, count=len(flat))


def _bounds(flat: Sequence[tuple[int, SeriesVersion, int]], name: str) -> Floats:
    return np.fromiter(
        (float("nan") if (bound := getattr(v, name)) is None else float(bound) for _, v, _ in flat),
        dtype=np.float64,
        count=len(flat),
    )


@dataclass(frozen=True, slots=True)
class RunColumns:
    """Runs of days to close, in order of series and day."""

    series: Ints
    #: First instant of its first day.
    begin: Ints
    days: Ints

    @property
    def end(self) -> Ints:
        """The instant after its last day: days of Shanghai have 24 hours since 1992."""
        return self.begin + self.days * DAY_S


def run_columns(runs: Sequence[DayRun], series_numbers: Mapping[int, int]) -> RunColumns:
    """Columns of runs, with the numbers of their series."""
    starts = {day_on: int(day_start(day_on).timestamp()) for day_on in {run.first_on for run in runs}}
    return RunColumns(
        np.fromiter((series_numbers[run.series_id] for run in runs), dtype=np.int64, count=len(runs)),
        np.fromiter((starts[run.first_on] for run in runs), dtype=np.int64, count=len(runs)),
        np.fromiter(((run.end_on - run.first_on).days for run in runs), dtype=np.int64, count=len(runs)),
    )


def day_on_of(begin: int) -> date:
    """The Shanghai day that begins at an instant."""
    return date.fromordinal((begin + 8 * 3600) // DAY_S + date(1970, 1, 1).toordinal())
