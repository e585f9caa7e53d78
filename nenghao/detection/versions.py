"""Values that were replaced by a later version, and stretches that never arrived.

Before: `Block.replaced`, unknown slots. After: rules `late_correction` and `gap`.
"""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.stretches import stretches

#: A gap is usual for a meter if this share of its earlier days had one as long.
USUAL_SHARE: Final = 0.05
#: A meter that delivered less than this share of its slots before is one that is not read in every slot.
DELIVERS: Final = 0.8
#: Earlier days that say how a meter delivers.
LEARNT_DAYS: Final = 28
LEAST_DAYS: Final = 5
#: A factor this close to a power of ten between first and last version is a conversion of the unit.
UNIT_TOLERANCE: Final = 1e-3


def late_correction(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days on which values were replaced by other ones.

    Statistics: `changed_share`, the share of the replaced slots' energy that the change is (lowering counts in full,
    raising `raised_weight`); `changed_quanta`, the largest change in the meter's steps. Uses `raised_weight`.
    """
    if block.replaced is None:
        return []
    quantum = np.where(np.isfinite(block.quantum) & (block.quantum > 0), block.quantum, 1e-9)
    both = np.isfinite(block.replaced) & np.isfinite(block.values)
    change = np.where(both, block.values - block.replaced, 0.0)
    changed = np.abs(change) > thresholds["rounding_quanta"] * quantum[:, None, None]
    changed &= ~_is_conversion(block.replaced, block.values)
    days = np.asarray(changed.any(axis=2), dtype=np.bool_)
    days[:, : block.judged_from] = False
    found = []
    for meter in np.flatnonzero(days.any(axis=1)).tolist():
        for first, last in stretches(days[meter]):
            span = slice(first, last + 1)
            here = changed[meter, span]
            before = float(block.replaced[meter, span][here].sum())
            after = float(block.values[meter, span][here].sum())
            moved = float(np.abs(change[meter, span][here]).sum())
            lowered = max(before - after, 0.0)
            share = (lowered + thresholds["raised_weight"] * (moved - lowered)) / max(abs(before), quantum[meter])
            slots = np.flatnonzero(here.any(axis=0)) if first == last else np.zeros(0, dtype=np.int64)
            largest = float(np.abs(change[meter, span][here]).max() / quantum[meter])
            found.append(
                Candidate(
                    meter=meter,
                    first_day=first,
                    last_day=last,
                    kind=Kind.REVISION,
                    statistics={"changed_share": share, "changed_quanta": largest},
                    score=float(200 + min(100 * share, 100)),
                    first_slot=int(slots[0]) if len(slots) else None,
                    last_slot=int(slots[-1]) if len(slots) else None,
                    expected_energy=before,
                    observed_energy=after,
                    notes={"slots": int(here.sum())} | _delay_of(block, meter, first, last, here),
                )
            )
    return found


def _is_conversion(before: Floats, after: Floats) -> Bools:
    """[S, D, T] slots of days on which every value was replaced by itself times one power of ten."""
    with np.errstate(invalid="ignore", divide="ignore"):
        power = np.log10(np.where((before > 0) & (after > 0), after / before, np.nan))
    known = np.isfinite(power)
    number = np.maximum(known.sum(axis=2, keepdims=True), 1)
    mean = np.where(known, power, 0.0).sum(axis=2, keepdims=True) / number
    near = np.abs(power - np.round(mean)) < UNIT_TOLERANCE
    unequal = known & (np.round(mean) != 0)
    share = (near & unequal).sum(axis=2, keepdims=True) / number
    return np.asarray(np.broadcast_to((share > 0.9) & known.any(axis=2, keepdims=True), before.shape), dtype=np.bool_)


def _delay_of(block: Block, meter: int, first: int, last: int, here: Bools) -> dict[str, float | str]:
    if block.delay_h is None:
        return {}
    delays = block.delay_h[meter, first : last + 1][here]
    delays = delays[np.isfinite(delays)]
    return {"delay_h": round(float(np.median(delays)), 1)} if len(delays) else {}


def gap(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Stretches without values of a meter that usually delivers, and that no event explains.

    Statistics: `missing_h`, how long; `unusual`, how many times the longest gap that the meter usually has. Uses
    `missing_h_min`.
    """
    slots = block.shape[2]
    missing = ~np.isfinite(block.values)
    hours = 24 / slots
    longest = _longest_runs(missing) * hours
    delivered = 1 - missing.mean(axis=2)
    present = _is_present(block.values)
    found = []
    due = np.asarray(missing.any(axis=2) & present & ~block.is_explained, dtype=np.bool_)
    due[:, : block.judged_from] = False
    for meter in np.flatnonzero(due.any(axis=1)).tolist():
        for first, last in stretches(due[meter]):
            before = slice(max(0, first - LEARNT_DAYS), first)
            known = present[meter, before]
            if known.sum() < LEAST_DAYS or np.median(delivered[meter, before][known]) < DELIVERS:
                continue
            ever = longest[meter, :first][present[meter, :first]]
            usual = float(np.quantile(ever, 1 - USUAL_SHARE))
            run = float(_longest_runs(missing[meter, first : last + 1].reshape(1, 1, -1))[0, 0] * hours)
            places = (
                np.flatnonzero(missing[meter, first : last + 1].any(axis=0))
                if first == last
                else np.zeros(0, dtype=int)
            )
            if run < thresholds["missing_h_min"]:
                continue
            expected = _usual_energy(block, meter, first, last)
            found.append(
                Candidate(
                    meter=meter,
                    first_day=first,
                    last_day=last,
                    kind=Kind.GAP,
                    statistics={"missing_h": run, "unusual": run / max(usual, hours)},
                    score=float(min(5 + 5 * run, 120)),
                    first_slot=int(places[0]) if len(places) else None,
                    last_slot=int(places[-1]) if len(places) else None,
                    expected_energy=expected,
                    observed_energy=float(np.nansum(block.values[meter, first : last + 1])),
                )
            )
    return found


def _is_present(values: Floats) -> Bools:
    """[S, D] days between the first and the last that a meter delivered anything: before and after it is not due."""
    some = np.asarray(np.isfinite(values).any(axis=2))
    began = np.maximum.accumulate(some, axis=1)
    ends = np.maximum.accumulate(some[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(began & ends, dtype=np.bool_)


def _longest_runs(missing: Bools) -> Floats:
    """[S, D] most slots in a row that are missing on each day."""
    run = np.zeros(missing.shape[:2])
    longest = np.zeros(missing.shape[:2])
    for slot in range(missing.shape[2]):
        run = np.where(missing[:, :, slot], run + 1, 0)
        longest = np.maximum(longest, run)
    return longest


def _usual_energy(block: Block, meter: int, first: int, last: int) -> float | None:
    """What days like these usually hold: the median of known days of the four weeks before, times the days."""
    totals = block.values[meter, max(0, first - LEARNT_DAYS) : first].sum(axis=1)
    known = totals[np.isfinite(totals)]
    return float(np.median(known) * (last - first + 1)) if len(known) else None
