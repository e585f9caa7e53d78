"""What a series means between two dates: its unit, slot, multiplier and register."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from nenghao.domain.quantities import EXACT

#: Instants inside the domain of slots are whole seconds since 1970-01-01 UTC: exact, and cheap by the million.
Seconds = int

#: A reading this near to the grid belongs to the grid's instant (architecture: the key of a reading).
GRID_TOLERANCE_S = 60
#: Energy has at least this many decimals, so that apportioning a whole-numbered register still has a shape to give.
MIN_ENERGY_SCALE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesVersion:
    """One row of the register of series versions; valid in `[valid_from, valid_until)`, None meaning open."""

    valid_from: Seconds | None
    valid_until: Seconds | None
    meter_id: int
    unit: str
    slot_minutes: int
    multiplier: Decimal
    #: Whether we multiply; otherwise the gateway has and its values count in primary-side units.
    is_multiplied_here: bool
    decimals: int
    register_modulus: Decimal | None
    #: What circuit or pipe can carry in an hour, in `unit`, after the multiplier; None where not known.
    rated_capacity: Decimal | None = None
    #: What a gauge can show; None where there is no bound.
    lowest_value: Decimal | None = None
    highest_value: Decimal | None = None

    @property
    def slot_s(self) -> int:
        """Distance of readings on the grid, seconds."""
        return self.slot_minutes * 60

    @property
    def factor(self) -> Decimal:
        """What a value has to be multiplied by to be energy."""
        return self.multiplier if self.is_multiplied_here else Decimal(1)

    @property
    def modulus(self) -> Decimal | None:
        """The value as sent at which the register shows 0 again, None where it never does."""
        if self.register_modulus is None or self.is_multiplied_here:
            return self.register_modulus
        return self.register_modulus * self.multiplier

    @property
    def energy_scale(self) -> int:
        """Decimals that energy of this version is kept with."""
        return max(MIN_ENERGY_SCALE, self.decimals + decimals_of(self.factor))

    def holds(self, at: Seconds) -> bool:
        """Whether the version is in force at an instant."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_until is None or at < self.valid_until
        )

    def continues(self, other: "SeriesVersion") -> bool:
        """Whether `other` follows at once on the same register, so that one reading at the change serves both."""
        return (
            self.valid_until is not None
            and self.valid_until == other.valid_from
            and self.meter_id == other.meter_id
            and self.unit == other.unit
            and self.is_multiplied_here
            and other.is_multiplied_here
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series with all its versions, in order of time."""

    series_id: int
    point_id: int
    quantity: str
    kind: str
    period: str
    versions: tuple[SeriesVersion, ...]


@lru_cache(maxsize=4096)
def decimals_of(value: Decimal) -> int:
    """How many decimals a number needs.

    >>> decimals_of(Decimal("2.50")), decimals_of(Decimal("14000"))
    (1, 0)
    >>> decimals_of(Decimal("123456789012345678.123456789012"))
    12
    """
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def align(at: Seconds, version: SeriesVersion) -> Seconds | None:
    """The instant that a reading stands for: the grid's, or the version's first or last if that is nearer.

    None where all of them are more than a minute away: such a reading belongs to no slot.
    """
    slot_s = version.slot_s
    grid = (at + slot_s // 2) // slot_s * slot_s
    best, distance = grid, abs(at - grid)
    for border in (version.valid_from, version.valid_until):
        if border is not None and abs(at - border) < distance:
            best, distance = border, abs(at - border)
    return best if distance <= GRID_TOLERANCE_S else None


def version_at(versions: Sequence[SeriesVersion], at: Seconds) -> SeriesVersion | None:
    """The version in force at an instant."""
    return next((version for version in versions if version.holds(at)), None)
