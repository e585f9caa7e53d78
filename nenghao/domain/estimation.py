"""How energy is estimated where no meter tells it: the methods E1 to E8 and their bounds.

What is known comes before what is guessed, whatever the number: a register's advance over a gap (E1, E2 and E3 only
shape it), then what people agreed on (E8), then a proven stop (E7), then a check meter (E1), a line between neighbours
(E2), like days (E4), the day before (E5) and production (E6). Donors are measured slots only, never estimates.
Source: NAESB UBP and AEMO Metrology Part B by way of domain.md 11.2; the order is argued in docs/decisions/0008.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from nenghao.domain.series_version import Seconds

#: Characters of `series_day.method`.
CHECK_METER, LINEAR, ADVANCE, LIKE_DAYS, DAY_BEFORE, PRODUCTION, STOP, AGREED = "12345678"
#: A gap up to two hours is a straight line; a longer one has the shape of like days (UBP; AEMO type 17).
LINEAR_MAX_S: Final = 2 * 3600
#: Like days are the same weekday of the last four weeks (E4: three to four weeks back).
LIKE_DAYS_BACK: Final = (7, 14, 21, 28)
#: A slot may lie a fifth above what circuit or pipe can carry, then it is not believed (V09: Elexon).
CAPACITY_TOLERANCE: Final = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """An agreed value in force (E8)."""

    agreed_value_id: int
    series_id: int
    begin: Seconds
    end: Seconds
    energy: Decimal
    unit: str
    decision_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A time in which a series is said to stand still."""

    series_id: int
    begin: Seconds
    end: Seconds
    #: Whether a document proves that nothing was used, so that a gap is zero (E7).
    is_proven: bool
    #: Whether energy that is measured all the same is questionable (V20); a whole unit's standby load is not.
    is_questioned: bool
