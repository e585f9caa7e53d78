"""What is believed of registers: how one rolls over, how long a gap can be told, and spans that were taken out.

Before: readings in force (db.series_days). After: slots of a day (nenghao.closing).
"""

from dataclasses import dataclass
from decimal import Decimal

from nenghao.domain.series_version import Seconds

#: A register that fell stood in its last tenth before it rolled over (domain V17) ...
ROLLOVER_FROM = Decimal("0.9")
#: ... and cannot have gone on for more than another tenth. V17 asks for "plausible" only; the bound is ours: a register
#: that counts a tenth of its range between two readings was misread or changed, not rolled over.
ROLLOVER_MAX_ADVANCE = Decimal("0.1")
#: Registers farther apart than a quarter tell no day of what lies between them.
MAX_GAP_S = 93 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Span:
    """`[begin, end)` of a series that a decision excluded; None means open."""

    begin: Seconds | None
    end: Seconds | None

    def has_inside(self, at: Seconds) -> bool:
        """Whether an instant lies strictly inside."""
        return (self.begin is None or self.begin < at) and (self.end is None or at < self.end)

    def overlaps(self, begin: Seconds, end: Seconds) -> bool:
        """Whether the span shares time with `[begin, end)`."""
        return (self.begin is None or self.begin < end) and (self.end is None or begin < self.end)


@dataclass(frozen=True, slots=True)
class Exclusion(Span):
    """A span that a confirmed case took out."""

    exclusion_id: int
    decision_id: int
    #: Whether the meter's counting itself is wrong, so that the registers at the ends do not tell the span's energy.
    covers_counting: bool
