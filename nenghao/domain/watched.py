"""What is registered of the series that detectors read: pure rows, from the database to the arrays.

Before: registers of points, series, networks and events (db). After: blocks (`nenghao.detection.assembly`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from nenghao.domain.quantities import UNITS
from nenghao.domain.totals import BASE_UNITS, DIMENSIONS


@dataclass(frozen=True, slots=True)
class WatchedSeries:
    """A series with its meter's constants on the last day that is read."""

    unit_id: int
    division_code: str
    point_id: int
    series_id: int
    quantity: str
    kind: str
    slot_minutes: int
    unit: str
    #: Highest power by the ratings, in `unit` an hour.
    rated_capacity: float | None


@dataclass(frozen=True, slots=True)
class WatchedTerm:
    """One term of a signed network formula between points."""

    whole_point_id: int
    part_point_id: int
    sign: int


@dataclass(frozen=True, slots=True)
class ReplacedValue:
    """An interval reading that a later version replaced or asks to replace; values are as sent."""

    series_id: int
    at: datetime
    first_value: float
    last_value: float
    #: Energy of one unit of the values.
    factor: float


@dataclass(frozen=True, slots=True)
class ExplainedDays:
    """Days, both ends included, that something declared explains; of the whole unit without a point."""

    unit_id: int
    point_id: int | None
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """All that stands beside the days of some units."""

    series: Sequence[WatchedSeries]
    terms: Sequence[WatchedTerm] = ()
    replaced: Sequence[ReplacedValue] = ()
    explained: Sequence[ExplainedDays] = ()
    #: Rows of stored curves by minutes of slot, as PostgreSQL's binary COPY sends them.
    curves: Mapping[int, bytes] = field(default_factory=dict)


def base_unit(quantity: str) -> str:
    """The unit that energies of a quantity are compared in; of a gauge none."""
    dimension = DIMENSIONS.get(quantity)
    return "1" if dimension is None else BASE_UNITS[dimension]


def base_exponent(unit: str, quantity: str) -> int:
    """The power of ten that brings `unit` to the base unit of a quantity; 0 where the two do not measure the same."""
    source, base = UNITS.get(unit), UNITS[base_unit(quantity)]
    return 0 if source is None or source.dimension != base.dimension else source.exponent - base.exponent
