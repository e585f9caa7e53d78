"""Days in a row, and the candidates that channels' detectors make of them."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Kind
from nenghao.detection.naming import name_kind
from nenghao.detection.patterns import Stretch

#: Metering work is done within this many declared days; a longer event is a shutdown, and channels agree during one.
WORK_DAYS: Final = 2


def stretches(days: Bools, *, over: Bools | None = None) -> list[tuple[int, int]]:
    """First and last of days in a row; days of `over` that lie between two of them hold a stretch together."""
    numbers = np.flatnonzero(days)
    found: list[tuple[int, int]] = []
    for number in numbers.tolist():
        if found and (number == found[-1][1] + 1 or (over is not None and over[found[-1][1] + 1 : number].all())):
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def is_metering_work(block: Block) -> Bools:
    """[S, D] days of short declared events, in which meters, transformers or multipliers change honestly."""
    work = np.zeros(block.is_explained.shape, dtype=np.bool_)
    for meter in np.flatnonzero(block.is_explained.any(axis=1)).tolist():
        for first, last in stretches(block.is_explained[meter]):
            if last - first < WORK_DAYS:
                work[meter, first : last + 1] = True
    return work


def candidate_of(
    block: Block,
    meter: int,
    days: tuple[int, int],
    *,
    truth: Floats,
    tolerance: Floats,
    statistics: Mapping[str, float],
    score: float,
    kind: Kind | None = None,
    others: Sequence[int] = (),
    notes: Mapping[str, float | str] | None = None,
) -> Candidate:
    """A candidate for days of a meter whose true curve [D, T] other channels imply, named by what changed it.

    Its energies are those of the slots that both know.
    """
    first, last = days
    span = slice(first, last + 1)
    reported, implied = block.values[meter, span], truth[span]
    stretch = Stretch(
        reported=reported,
        truth=implied,
        tolerance=tolerance[span],
        earlier=block.values[meter, :first],
        peers=np.delete(block.values[:, span], meter, axis=0),
        quantum=float(block.quantum[meter]),
    )
    both = np.isfinite(reported) & np.isfinite(implied)
    changed = np.flatnonzero(stretch.changed.any(axis=0)) if first == last else np.zeros(0, dtype=np.int64)
    return Candidate(
        meter=meter,
        first_day=first,
        last_day=last,
        kind=kind or name_kind(stretch),
        statistics=statistics,
        score=score,
        first_slot=int(changed[0]) if len(changed) else None,
        last_slot=int(changed[-1]) if len(changed) else None,
        expected_energy=float(implied[both].sum()) if both.any() else None,
        observed_energy=float(reported[both].sum()) if both.any() else None,
        others=others,
        notes=notes or {},
    )
