"""Turns what registers showed into energy advances.

Before: readings in force of one series (db.series_days). After: slots of a day (series_day).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import Enum
from itertools import pairwise

from nenghao.domain.quantities import EXACT
from nenghao.domain.series_version import Seconds, SeriesVersion, align, decimals_of

#: A register that fell stood in its last tenth before it rolled over (domain V17) ...
ROLLOVER_FROM = Decimal("0.9")
#: ... and cannot have gone on for more than another tenth. V17 asks for "plausible" only; the bound is ours: a register
#: that counts a tenth of its range between two readings was misread or changed, not rolled over.
ROLLOVER_MAX_ADVANCE = Decimal("0.1")
#: Registers farther apart than a quarter tell no day of what lies between them.
MAX_GAP_S = 93 * 24 * 3600


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
