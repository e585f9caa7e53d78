"""Which series speaks for a point, and the unit in which its totals are kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from nenghao.domain.quantities import UNITS, convert

#: What a series of each quantity measures, as a dimension of `quantities.UNITS`. Only these make days and totals.
DIMENSIONS: Final[dict[str, str]] = {
    "active_energy": "electricity",
    "reactive_energy": "reactive",
    "volume": "volume",
    "mass": "mass",
    "heat": "heat",
}
#: The unit of hour, day and month totals of each dimension.
BASE_UNITS: Final[dict[str, str]] = {
    "electricity": "kWh",
    "reactive": "kvarh",
    "volume": "m3",
    "mass": "t",
    "heat": "GJ",
}
#: Periods whose readings fill slots; a day's or month's interval has no slot of its own.
SLOT_PERIODS: Final = frozenset({"instant", "15min", "30min", "1h"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSeries:
    """A series of a point, as far as totals care."""

    point_id: int
    series_id: int
    quantity: str
    kind: str
    period: str
    #: The unit in which the form wants the point's variety, None where the variety is not a row of it.
    form_unit: str | None


def makes_days(*, quantity: str, kind: str, period: str) -> bool:
    """Whether a series has SeriesDays: registers and intervals of at most an hour for their energy, gauges for what
    they showed.
    """
    return kind == "gauge" or makes_energy(quantity=quantity, kind=kind, period=period)


def makes_energy(*, quantity: str, kind: str, period: str) -> bool:
    """Whether a series has energy to be added up: from registers or from intervals of at most an hour."""
    return quantity in DIMENSIONS and kind in ("register", "interval") and period in SLOT_PERIODS


def rank_leading(series: Iterable[PointSeries]) -> list[PointSeries]:
    """The series that can speak for their point, the best first: registers, then the finest interval.

    It has to measure what the form wants of the point's variety; a point outside the form is spoken for by any quantity
    but reactive energy, which is no energy used.
    """
    fitting = [
        one
        for one in series
        if makes_energy(quantity=one.quantity, kind=one.kind, period=one.period)
        and (
            DIMENSIONS[one.quantity] == UNITS[one.form_unit].dimension
            if one.form_unit
            else one.quantity != "reactive_energy"
        )
    ]
    order = ("instant", "15min", "30min", "1h")
    ranked = sorted(fitting, key=lambda one: (one.kind != "register", order.index(one.period), one.series_id))
    # One quantity only: the days of a month are added up, and cubic metres do not add to tonnes.
    return [one for one in ranked if one.quantity == ranked[0].quantity]


def base_unit_factors() -> list[tuple[str, str, Decimal]]:
    """(unit, base unit, what to multiply by), exact, for every unit that totals can come in."""
    return [
        (unit, BASE_UNITS[measure.dimension], convert(Decimal(1), unit, BASE_UNITS[measure.dimension]))
        for unit, measure in UNITS.items()
        if measure.dimension in BASE_UNITS
    ]
