"""A day of a series: slots with energy, quality, method and reason.

Before: readings in force, by nenghao.closing. After: totals (sql/queries/totals).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from nenghao.domain.series_version import Seconds

#: Slots are stored as 64-bit integers; a slot beyond that is no meter's and stays unknown.
MAX_SLOT = 2**63 - 1

#: QUESTIONABLE: counted as the meter told it, but not measured: somebody has to look.
VALIDATED, QUESTIONABLE, ESTIMATED, EXCLUDED, MISSING = "VQEXN"
#: REVERSE: missing, because a register ran backwards or an interval was negative.
NOT_ESTIMATED, REVERSE = "-r"
#: Why a slot is not as the meter told it, with the check of domain.md 11.1.
NO_REASON: Final = "-"
REASONS: Final = {
    "g": "missing",  # V05
    "i": "off_grid",  # V06
    "c": "above_capacity",  # V09
    "n": "negative",  # V11
    "r": "reverse",  # V17
    "s": "used_while_stopped",  # V20
    "p": "outside_range",  # V29
    "x": "exclusion",
}


@dataclass(frozen=True, slots=True)
class DayRun:
    """Days `[first_on, end_on)` of a series."""

    series_id: int
    first_on: date
    end_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A run of slots of a day that was estimated: how, from what, and why."""

    #: Counted from 1.
    first_slot: int
    slot_count: int
    #: A character of nenghao.domain.estimation.
    method: str
    donor_days: tuple[date, ...]
    donor_series_id: int | None
    exclusion_id: int | None
    agreed_value_id: int | None
    decision_id: int | None
    #: Characters of REASONS.
    reasons: str
    #: All that was estimated at once, over days.
    gap_begin: Seconds
    gap_end: Seconds
    #: What the gap's parts add up to, in the unit of the day; None where the amount is a guess.
    known_energy: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDay:
    """Energy of a series in each slot of a Shanghai day, exact.

    Every day counts all its slots as due, also today: a day is complete when it is over. A slot's own reading is the
    one at its start, whose day it shares. Measured is what lies between a slot's own two registers or came as its
    interval; energy apportioned over a gap is not, though its sum is known. A gauge has no energy, its face is what it
    showed.
    """

    series_id: int
    day_on: date
    slot_minutes: int
    unit: str
    #: Energy counts in 10^-scale of `unit`, face in 10^-face_scale of what the meter shows.
    scale: int
    #: Slots as PostgreSQL sends a bigint[] in binary, so that no slot becomes an object on its way.
    energy: bytes
    face_scale: int
    face: bytes
    quality: str
    method: str
    #: None where no slot has a reason.
    reason: str | None
    due_slots: int
    received_slots: int
    #: Sum over known slots; None where no slot is known, for missing is never zero.
    total_energy: Decimal | None
    #: Sum over validated slots.
    measured_energy: Decimal
    #: Whether the series was in force all day; a day that it was not, and that knows nothing, needs no row. Not stored.
    is_due: bool
    #: SHA-256 of the whole content: an unchanged day is not written again.
    content_hash: bytes
    estimates: tuple[Estimate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDay:
    """A series day as it stands in the database."""

    series_id: int
    day_on: date
    slot_minutes: int
    unit: str
    scale: int
    #: PostgreSQL's binary bigint[].
    energy: bytes
    quality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingEstimate:
    """An estimate as it stands in the database."""

    series_id: int
    day_on: date
    first_slot: int
    slot_count: int
    method: str
    donor_days: tuple[date, ...]
    donor_series_id: int | None
    gap_begin: Seconds
    gap_end: Seconds
    known_energy: Decimal | None
