"""Units of measure, and the only conversion between them."""

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Final

from nenghao.errors import DataRefused

#: Wide enough that multiplying and scaling decimals of the system is always exact (a numeric here has < 40 digits).
EXACT: Final = Context(prec=120)


class UnitMismatch(DataRefused):
    """Two units measure different things, or one of them is not known."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: what it measures, and its size as a power of ten of the smallest unit of that kind."""

    dimension: str
    exponent: int


#: Unit codes as they stand in registers, messages and forms. Electricity and heat are kinds of their own: a kWh of
#: electricity is never silently a MJ of heat, and the trap of GJ against 10^6 kJ (equal) stays visible as two codes.
UNITS: Final[dict[str, Unit]] = {
    "Wh": Unit("electricity", 0),
    "kWh": Unit("electricity", 3),
    "MWh": Unit("electricity", 6),
    "10^4kWh": Unit("electricity", 7),
    "varh": Unit("reactive", 0),
    "kvarh": Unit("reactive", 3),
    "m3": Unit("volume", 0),
    "10^4m3": Unit("volume", 4),
    "kg": Unit("mass", 0),
    "t": Unit("mass", 3),
    "10^4t": Unit("mass", 7),
    "kJ": Unit("heat", 0),
    "MJ": Unit("heat", 3),
    "GJ": Unit("heat", 6),
    "10^6kJ": Unit("heat", 6),
    "kgce": Unit("standard_coal", 0),
    "tce": Unit("standard_coal", 3),
    "V": Unit("voltage", 0),
    "A": Unit("current", 0),
    "1": Unit("ratio", 0),
}


def convert(value: Decimal, unit_from: str, unit_to: str) -> Decimal:
    """`value` in another unit of the same kind, exactly (all factors are powers of ten).

    >>> convert(Decimal("1.25"), "MWh", "kWh")
    Decimal('1250')
    >>> convert(Decimal("12290"), "kWh", "10^4kWh")
    Decimal('1.2290')

    Raises: UnitMismatch where a unit is unknown or the two measure different things.
    """
    if unit_from == unit_to and unit_from in UNITS:
        return value
    source, target = UNITS.get(unit_from), UNITS.get(unit_to)
    if source is None or target is None or source.dimension != target.dimension:
        raise UnitMismatch(f"{unit_from!r} cannot be converted to {unit_to!r}")
    with localcontext(EXACT):
        shifted = value.scaleb(source.exponent - target.exponent)
        return shifted if shifted.as_tuple().exponent <= 0 else shifted.quantize(Decimal(1))  # type: ignore[operator]
