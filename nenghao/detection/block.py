"""What detectors read: days of many meters side by side as arrays, with all that is known beside the values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a signed network formula: `whole = Σ sign · part` (both are numbers of meters in the block)."""

    whole: int
    part: int
    sign: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Days of meters whose slots are equally long, side by side; S meters, D days, T slots a day.

    Meters of one network are always in the same block. Days are whole days of the meters' local time, without holes.
    """

    #: What a finding names: `meter` of a file, or the id of a series as text.
    meters: tuple[str, ...]
    first_on: date
    slot_minutes: int
    #: [S, D, T] energy of each slot as metered; NaN where unknown or estimated: missing is never zero.
    values: Floats
    #: Days before this one are history only; candidates lie on days from it on, and may begin before it.
    judged_from: int = 0
    #: [S] smallest step that `values` can make (last digit of the face × multiplier); NaN where unknown.
    quantum: Floats
    #: [S] most energy that one slot can hold by the ratings of meter, transformer or pipe; NaN where unknown.
    capacity: Floats
    #: [S, D, T] what the register advanced in each slot, in the unit of `values`; None without any register, NaN where
    #: unknown. Negative where the face went backwards.
    advance: Floats | None = None
    #: [S, D, T] of other channels at the same point (`kvarh`, `pf`, `volt`, `amp`, …); NaN where unknown.
    channels: Mapping[str, Floats] = field(default_factory=dict)
    #: [S, D, T] the value that stood first where a later version replaced it, else NaN; None without versions.
    replaced: Floats | None = None
    #: [S, D, T] hours from the slot's end to its arrival, NaN where unknown; None without times of arrival.
    delay_h: Floats | None = None
    terms: tuple[Term, ...] = ()
    #: [D] public holidays and weekends of the calendar.
    is_day_off: Bools
    #: [S, D] days that a declared or public event explains (a shutdown, restricted use, metering work).
    is_explained: Bools
    #: [S] groups of meters that see the same weather and calendar (a zone, a file); -1 for none.
    zone: Ints
    #: What `kept_with_block` has worked out; a block made by `replace` begins without.
    kept: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many meters, days and slots a day it holds."""
        meters, days, slots = self.values.shape
        return meters, days, slots

    @property
    def is_rich(self) -> Bools:
        """[S] meters that are more than values alone: a register, another channel, or a network around them.

        The operating point follows it: thresholds named `…_rich` hold for these.
        """
        rich = np.zeros(len(self.meters), dtype=np.bool_)
        for term in self.terms:
            rich[[term.whole, term.part]] = True
        others = [*self.channels.values()] + ([] if self.advance is None else [self.advance])
        for array in others:
            rich |= np.isfinite(array).any(axis=(1, 2))
        return rich


def kept_with_block(work: Callable[[Block], _Result]) -> Callable[[Block], _Result]:
    """A function of a block that is worked out once a block: many detectors ask for it, and none changes it."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def kept(block: Block) -> _Result:
        if name not in block.kept:
            block.kept[name] = work(block)
        return cast(_Result, block.kept[name])

    return kept
