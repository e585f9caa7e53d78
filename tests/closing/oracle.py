"""Closes one series slot by slot in plain Python: what the array kernel of nenghao.closing is proven against; over 300
lines, because it is one thing.

It knows registers, intervals, versions, excluded readings and gaps apportioned by time; no donors and no agreements.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from enum import Enum
from itertools import pairwise

from nenghao.domain.estimation import ADVANCE, LINEAR, LINEAR_MAX_S
from nenghao.domain.periods import DAY_S, day_start, slots_per_day
from nenghao.domain.quantities import EXACT, UNITS
from nenghao.domain.registers import MAX_GAP_S, ROLLOVER_FROM, ROLLOVER_MAX_ADVANCE, Span
from nenghao.domain.series_day import ESTIMATED, EXCLUDED, MAX_SLOT, MISSING, NOT_ESTIMATED, REVERSE, VALIDATED
from nenghao.domain.series_version import Seconds, SeriesVersion, align, decimals_of


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split a whole number by weights into whole numbers that add up to it exactly, by largest remainder.

    Equal remainders are served in order, so the same input always gives the same parts.

    >>> apportion(10, [1, 1, 1])
    [4, 3, 3]

    Raises: ValueError where the weights are negative or all zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be at least 0 and not all 0")
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in by_remainder[:left]:
        parts[place] += 1
    return parts


class Step(Enum):
    """What lies between two neighbouring registers."""

    FORWARD = "forward"
    ROLLED_OVER = "rolled_over"
    #: The register fell without a rollover: what was consumed is not known (domain V17).
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading in force: when, and what was shown, in the unit of the version in force then."""

    at: Seconds
    value: Decimal


#: Value by aligned instant, within one version.
Chain = dict[Seconds, Decimal]


@dataclass(frozen=True, slots=True)
class Advance:
    """Energy in `[begin, end)`: `energy` x 10^-scale of `unit`, None where the register ran backwards or the interval
    was negative.

    `face` is what the meter itself counted, x 10^-face_scale, before the multiplier.
    """

    begin: Seconds
    end: Seconds
    unit: str
    scale: int
    energy: int | None
    face_scale: int
    face: int | None


def align_readings(readings: Iterable[Reading], versions: Sequence[SeriesVersion]) -> list[Chain]:
    """For each version, the value by aligned instant; of several readings for one instant the nearest counts.

    `readings` in any order; of two equally near ones the earlier counts. A reading too far from the grid is left out.
    """
    nearest: list[dict[Seconds, tuple[int, Seconds, Decimal]]] = [{} for _ in versions]
    for reading in readings:
        number = next((n for n, version in enumerate(versions) if version.holds(reading.at)), None)
        if number is None or (instant := align(reading.at, versions[number])) is None:
            continue
        candidate = (abs(reading.at - instant), reading.at, reading.value)
        standing = nearest[number].get(instant)
        if standing is None or candidate[:2] < standing[:2]:
            nearest[number][instant] = candidate
    return [{instant: value for instant, (_, _, value) in chain.items()} for chain in nearest]


def leave_out(chains: Sequence[Chain], spans: Sequence[Span]) -> list[Chain]:
    """The chains without the registers strictly inside a span that a decision excluded; those at its ends are kept."""
    if not spans:
        return list(chains)
    return [
        {instant: value for instant, value in chain.items() if not any(span.has_inside(instant) for span in spans)}
        for chain in chains
    ]


def register_advances(chains: Sequence[Chain], versions: Sequence[SeriesVersion]) -> list[Advance]:
    """Energy between each two neighbouring registers that one version, or one meter, connects, in order of time.

    No advance reaches over a change of the meter: what the old one counted after its last reading is not known. A
    changed multiplier on the same meter is bridged by a reading at the change.

    An advance over MAX_GAP_S or more is left out: no day or month of it can be told, and a figure for it is agreed on
    with the unit (domain E8), not computed.
    """
    joined = [dict(chain) for chain in chains]
    for number, (old, new) in enumerate(pairwise(versions)):
        border = old.valid_until
        if border is None or not old.continues(new):
            continue
        shared = joined[number + 1].get(border, joined[number].get(border))
        if shared is not None:
            joined[number][border] = joined[number + 1][border] = shared
    with localcontext(EXACT):
        return [
            advance
            for version, chain in zip(versions, joined, strict=True)
            for advance in _chain_advances(chain, version)
            if advance.end - advance.begin < MAX_GAP_S
        ]


def interval_advances(chains: Sequence[Chain], versions: Sequence[SeriesVersion]) -> list[Advance]:
    """Energy of each interval received, `[at, at + slot)`, in order of time.

    An interval in which the version changes is left out: nobody can say which multiplier its energy was counted with.
    The energy of a negative one is not known, as where a register fell (domain V11): export has a point of its own.
    """
    with localcontext(EXACT):
        return [
            _make_advance(measure, instant, instant + version.slot_s, value if value >= 0 else None)
            for version, chain in zip(versions, chains, strict=True)
            for measure in (_measure_of(version),)
            for instant, value in sorted(chain.items())
            if version.valid_until is None or instant + version.slot_s <= version.valid_until
        ]


def classify_step(before: Decimal, after: Decimal, modulus: Decimal | None) -> Step:
    """How a register got from one value to the next.

    Source: domain V17.
    """
    if after >= before:
        return Step.FORWARD
    if modulus is None or before <= ROLLOVER_FROM * modulus or before >= modulus:
        return Step.REVERSE
    return Step.ROLLED_OVER if after - before + modulus <= ROLLOVER_MAX_ADVANCE * modulus else Step.REVERSE


@dataclass(frozen=True, slots=True)
class _Measure:
    """What of a version each advance needs: worked out once, because there are millions of advances."""

    unit: str
    face_scale: int
    scale: int
    factor: Decimal


def _measure_of(version: SeriesVersion) -> _Measure:
    return _Measure(version.unit, version.decimals, version.energy_scale, version.factor)


def _chain_advances(chain: Chain, version: SeriesVersion) -> Iterator[Advance]:
    measure, modulus = _measure_of(version), version.modulus
    for (begin, before), (end, after) in pairwise(sorted(chain.items())):
        counted: Decimal | None = after - before
        match classify_step(before, after, modulus):
            case Step.ROLLED_OVER:
                counted = after - before + (modulus or 0)
            case Step.REVERSE:
                counted = None
        yield _make_advance(measure, begin, end, counted)


def _make_advance(measure: _Measure, begin: Seconds, end: Seconds, counted: Decimal | None) -> Advance:
    face_scale, scale = measure.face_scale, measure.scale
    if counted is None:
        return Advance(begin, end, measure.unit, scale, None, face_scale, None)
    face = counted.scaleb(face_scale)
    if face != (whole := int(face)):  # a value converted from a smaller unit has more decimals than the meter's face
        decimals = decimals_of(counted)
        scale, face_scale = scale + decimals - face_scale, decimals
        whole = int(counted.scaleb(face_scale))
    return Advance(begin, end, measure.unit, scale, int((counted * measure.factor).scaleb(scale)), face_scale, whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainDay:
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


@dataclass(slots=True)
class _Slot:
    """A slot while its advances are collected: seconds and energy covered so far."""

    covered_s: int = 0
    energy: int = 0
    face: int | None = None
    pieces: int = 0
    is_estimated: bool = False
    is_reverse: bool = False
    is_long: bool = False


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

    def build_day(self, day_on: date) -> PlainDay | None:
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
        return PlainDay(
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
            return slot.energy, None, ESTIMATED, LINEAR if slot.is_estimated and not slot.is_long else ADVANCE
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
        slot.is_long |= advance.end - advance.begin > LINEAR_MAX_S
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
