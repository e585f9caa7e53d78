"""What detectors return: a stretch of a meter's days that looks like one kind of falsification or fault."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from nenghao.detection.block import Block

Thresholds: TypeAlias = Mapping[str, float]


class Kind(StrEnum):
    """What a stretch looks like, the most telling first: where two kinds claim a stretch, the first names it."""

    REVISION = "revision"
    REGISTER = "register"
    GAP = "gap"
    UNIT = "unit"
    ZERO = "zero"
    CONSTANT = "constant"
    REPEAT = "repeat"
    COPY = "copy"
    FILL = "fill"
    CLIP = "clip"
    ROUND = "round"
    REVERSAL = "reversal"
    CLOCK = "clock"
    SPIKE = "spike"
    NOISE = "noise"
    DRIFT = "drift"
    SCALE = "scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A stretch that a detector points at; a rule's thresholds decide whether it becomes a finding."""

    #: Number of the meter in the block.
    meter: int
    #: First and last day of the stretch in the block, both included.
    first_day: int
    last_day: int
    kind: Kind
    #: What was measured; a rule's thresholds `<name>_min` and `<name>_max` are held against the figures of these names.
    statistics: Mapping[str, float]
    #: How unlikely an honest meter shows this, as -log10 of a probability: comparable between detectors, roughly.
    score: float
    #: The stretch within its first and last day, where it is not of whole days: [first_slot, last_slot], both included.
    first_slot: int | None = None
    last_slot: int | None = None
    #: Energy that was to be expected in the stretch, and that was reported; None where the detector cannot say.
    expected_energy: float | None = None
    observed_energy: float | None = None
    #: Meters that speak against this one (the whole, the copied one).
    others: Sequence[int] = ()
    #: More evidence, in words or numbers that no threshold holds.
    notes: Mapping[str, float | str] = field(default_factory=dict)


#: Finds candidates in a block. Thresholds are those of its rule; see `judging.passes` for how they are compared.
Detector: TypeAlias = Callable[[Block, Thresholds], list[Candidate]]
