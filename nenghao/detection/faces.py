"""Learns by what steps the face of a register moves, in the unit of the values.

Before: `Block.advance`. After: `registers` holds a register against its values within that resolution.
"""

from typing import Final

import numpy as np

from nenghao.detection.block import Block, Floats

#: A register's step is the value's one or it times one of these, if it divides this share of the advances.
STEPS: Final = (1.0, 10.0, 100.0, 1000.0)
ON_STEP_SHARE: Final = 0.98


def register_step_of(block: Block) -> Floats:
    """[S] the smallest step of each register's face in the unit of the values; 0 where nothing is known of it."""
    if block.advance is None:
        return np.zeros(len(block.meters))
    quantum = np.where(np.isfinite(block.quantum) & (block.quantum > 0), block.quantum, _printed_step(block.values))
    flat = block.advance.reshape(len(block.meters), -1)
    with np.errstate(invalid="ignore"):
        moves = np.abs(flat) > 0.5 * quantum[:, None]
    number = moves.sum(axis=1)
    found = quantum.copy()
    for times in STEPS[1:]:
        step = (times * quantum)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            times_step = np.round(flat / step)
            on_step = moves & (times_step != 0) & (np.abs(flat / step - times_step) < 0.02)
        found = np.where((number > 0) & (on_step.sum(axis=1) >= ON_STEP_SHARE * number), times * quantum, found)
    # A face before a multiplier of 40 makes steps of 0.4: the smallest by which advances differ, or a part of it.
    least = _least_move(np.diff(flat, axis=1), quantum)
    for parts in (3.0, 2.0, 1.0):
        step = (least / parts)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            on_step = moves & (np.abs(flat / step - np.round(flat / step)) < 0.02)
        is_step = (least > 0) & (number > 0) & (on_step.sum(axis=1) >= ON_STEP_SHARE * number)
        found = np.where(is_step & (step[:, 0] > found), step[:, 0], found)
    return np.nan_to_num(found)


def _least_move(moves: Floats, quantum: Floats) -> Floats:
    """[S] the smallest of all moves but for the rarest two of a hundred; NaN where nothing moves."""
    size = np.where(np.abs(moves) > 0.5 * quantum[:, None], np.abs(moves), np.nan)
    size.sort(axis=1)
    number = np.isfinite(size).sum(axis=1)
    return np.where(number > 0, size[np.arange(len(size)), (0.02 * number).astype(np.int64)], np.nan)


def _printed_step(values: Floats) -> Floats:
    """[S] the last decimal that values show, where nobody says what their step is."""
    flat = values.reshape(len(values), -1)
    step = np.full(len(values), 1e-3)
    for decimals in (3, 2, 1, 0):
        with np.errstate(invalid="ignore"):
            on_step = np.abs(flat * 10.0**decimals - np.round(flat * 10.0**decimals)) < 1e-6
        share = on_step.sum(axis=1) / np.maximum(np.isfinite(flat).sum(axis=1), 1)
        step = np.where(share >= ON_STEP_SHARE, 10.0**-decimals, step)
    return step
