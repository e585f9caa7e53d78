"""A day of a series: slots with energy, quality and method.

Before: advances between registers, or received intervals (registers). After: totals (sql/queries/totals).
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from nenghao.domain.estimation import apportion
from nenghao.domain.periods import MINUTES_PER_DAY, day_start, slots_per_day
from nenghao.domain.quantities import EXACT, UNITS
from nenghao.domain.registers import Advance, Chain, Span
from nenghao.domain.series_version import Seconds, SeriesVersion

DAY_S = MINUTES_PER_DAY * 60
#: Slots are stored as 64-bit integers; a slot beyond that is no meter's and stays unknown.
MAX_SLOT = 2**63 - 1

VALIDATED, ESTIMATED, EXCLUDED, MISSING = "VEXN"
#: REVERSE: missing, because a register ran backwards or an interval was negative.
NOT_ESTIMATED, APPORTIONED, REVERSE = "-3r"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDay:
    """Energy of a series in each slot of a Shanghai day, exact.

    Every day counts all its slots as due, also today: a day is complete when it is over. A slot's own reading is the
    one at its start, whose day it shares. Measured is what lies between a slot's own two registers or came as its
    interval; energy apportioned over a gap is not, though its sum is known.
    """

    series_id: int
    day_on: date
    slot_minutes: int
    unit: str
    #: Energy counts in 10^-scale of `unit`, face in 10^-face_scale of what the meter shows.
    scale: int
    energy: tuple[int | None, ...]
    face_scale: int
    face: tuple[int | None, ...]
    quality: str
    method: str
    received_slots: int
    #: Whether the series was in force all day; a day that it was not, and that knows nothing, needs no row. Not stored.
    is_due: bool

    @property
    def due_slots(self) -> int:
        """Slots of the day."""
        return len(self.energy)

    @property
    def total_energy(self) -> Decimal | None:
        """Sum over known slots; None where no slot is known, for missing is never zero."""
        known = [energy for energy in self.energy if energy is not None]
        return EXACT.scaleb(Decimal(sum(known)), -self.scale) if known else None

    @property
    def measured_energy(self) -> Decimal:
        """Sum over validated slots."""
        measured = sum(e for e, q in zip(self.energy, self.quality, strict=True) if e is not None and q == VALIDATED)
        return EXACT.scaleb(Decimal(measured), -self.scale)

    @property
    def content_hash(self) -> bytes:
        """SHA-256 of the whole content: an unchanged day is not written again."""
        parts = (
            self.series_id, self.day_on, self.slot_minutes, self.unit, self.scale, self.energy,
            self.face_scale, self.face, self.quality, self.method, self.received_slots,
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).digest()


@dataclass(slots=True)
class _Slot:
    """A slot while its advances are collected: seconds and energy covered so far."""

    covered_s: int = 0
    energy: int = 0
    face: int | None = None
    pieces: int = 0
    is_estimated: bool = False
    is_reverse: bool = False


@dataclass(frozen=True, slots=True)
class SeriesHistory:
    """All that days of one series are made from, over a run of days and the registers around it."""

    series_id: int
    is_register: bool
    versions: Sequence[SeriesVersion]
    chains: Sequence[Chain]
    #: In order of time, from `register_advances` or `interval_advances`.
    advances: Sequence[Advance]
    exclusions: Sequence[Span] = field(default=())

    def build_day(self, day_on: date) -> SeriesDay | None:
        """The day of the series, None where no version was in force on it."""
        begin = int(day_start(day_on).timestamp())
        end = begin + DAY_S
        version = next(
            (v for v in reversed(self.versions) if (v.valid_from or begin) < end and (v.valid_until or end) > begin),
            None,
        )
        if version is None:
            return None
        touching = self._advances_between(begin, end)
        exponent = UNITS[version.unit].exponent
        scale = max([version.energy_scale, *(_scale_in(advance, exponent) for advance in touching)])
        face_scale = max([version.decimals, *(advance.face_scale for advance in touching)])
        slots = [_Slot() for _ in range(slots_per_day(version.slot_minutes))]
        for advance in touching:
            own_scale = _scale_in(advance, exponent)
            face_factor = 10 ** (face_scale - advance.face_scale) if advance.unit == version.unit else None
            _pour(advance, slots, begin, version.slot_s, 10 ** (scale - own_scale), face_factor)
        judged = [self._judge(slot, begin + n * version.slot_s, version.slot_s) for n, slot in enumerate(slots)]
        return SeriesDay(
            series_id=self.series_id, day_on=day_on, slot_minutes=version.slot_minutes, unit=version.unit,
            scale=scale, energy=tuple(energy for energy, _, _, _ in judged),
            face_scale=face_scale, face=tuple(face for _, face, _, _ in judged),
            quality="".join(quality for _, _, quality, _ in judged),
            method="".join(method for _, _, _, method in judged),
            received_slots=sum(
                any(begin + n * version.slot_s in chain for chain in self.chains) for n in range(len(slots))
            ),
            is_due=self._covers(begin, end),
        )  # fmt: skip

    def _covers(self, begin: Seconds, end: Seconds) -> bool:
        """Whether versions follow one another without a break over `[begin, end)`."""
        for version in self.versions:
            if version.holds(begin):
                if version.valid_until is None or version.valid_until >= end:
                    return True
                begin = version.valid_until
        return False

    def _advances_between(self, begin: Seconds, end: Seconds) -> Sequence[Advance]:
        first = bisect_right(self.advances, begin, key=lambda advance: advance.end)
        last = bisect_left(self.advances, end, key=lambda advance: advance.begin)
        return self.advances[first:last]

    def _judge(self, slot: _Slot, begin: Seconds, slot_s: int) -> tuple[int | None, int | None, str, str]:
        """Energy, face, quality and method of a slot whose advances are collected."""
        is_excluded = bool(self.exclusions) and any(span.overlaps(begin, begin + slot_s) for span in self.exclusions)
        is_known = slot.covered_s == slot_s and abs(slot.energy) <= MAX_SLOT
        if is_known and not slot.is_estimated and not is_excluded:
            face = slot.face if slot.pieces == 1 and slot.face is not None and abs(slot.face) <= MAX_SLOT else None
            return slot.energy, face, VALIDATED, NOT_ESTIMATED
        if is_known and (self.is_register or not is_excluded):
            return slot.energy, None, ESTIMATED, APPORTIONED
        return None, None, EXCLUDED if is_excluded else MISSING, REVERSE if slot.is_reverse else NOT_ESTIMATED


def _scale_in(advance: Advance, exponent: int) -> int:
    """The advance's decimals when it is counted in a unit of another size."""
    return advance.scale - (UNITS[advance.unit].exponent - exponent)


def _pour(
    advance: Advance, slots: list[_Slot], begin: Seconds, slot_s: int, factor: int, face_factor: int | None
) -> None:
    """Add an advance to the slots of the day that begins at `begin`.

    Over more than one slot it is apportioned by time, first to days, then to the day's slots: so the parts add up to
    the advance whatever the slots of the days are.
    """
    first = max(0, (advance.begin - begin) // slot_s)
    last = min(len(slots), -((begin - advance.end) // slot_s))
    is_whole = last - first == 1 and begin + first * slot_s <= advance.begin and advance.end <= begin + last * slot_s
    weights = [
        min(advance.end, begin + (n + 1) * slot_s) - max(advance.begin, begin + n * slot_s) for n in range(first, last)
    ]
    parts: Sequence[int | None] = [None] * len(weights)
    if advance.energy is not None:
        parts = [advance.energy] if is_whole else apportion(_part_of_day(advance, begin), weights)
    for slot, seconds, part in zip(slots[first:last], weights, parts, strict=True):
        slot.pieces += 1
        if part is None:
            slot.is_reverse = True
            continue
        slot.covered_s += seconds
        slot.energy += part * factor
        slot.is_estimated |= not is_whole
        if is_whole and face_factor is not None and advance.face is not None:
            slot.face = advance.face * face_factor


def _part_of_day(advance: Advance, begin: Seconds) -> int:
    """What of an advance falls to the day that begins at `begin`."""
    if advance.energy is None or (begin <= advance.begin and advance.end <= begin + DAY_S):
        return advance.energy or 0
    first = (advance.begin - begin) // DAY_S
    last = -((begin - advance.end) // DAY_S)
    weights = [
        min(advance.end, begin + (n + 1) * DAY_S) - max(advance.begin, begin + n * DAY_S) for n in range(first, last)
    ]
    return apportion(advance.energy, weights)[-first]
