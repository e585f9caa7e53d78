"""Pours energy between instants into the slots of days, and judges each slot.

Before: advances (advances). After: gaps to be estimated (gaps), rows to be written (packing).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.closing.advances import KNOWN, Advances, Aligned, SpanRow
from nenghao.closing.apportioning import apportion, expand
from nenghao.closing.columns import Bools, Exact, Ints, Letters, RunColumns, VersionColumns, keys
from nenghao.closing.days import DayColumns, day_columns, day_rows, scale_in_day
from nenghao.domain.estimation import ADVANCE, LINEAR, LINEAR_MAX_S
from nenghao.domain.periods import DAY_S
from nenghao.domain.series_day import (
    ESTIMATED,
    EXCLUDED,
    MAX_SLOT,
    MISSING,
    NO_REASON,
    NOT_ESTIMATED,
    REVERSE,
    VALIDATED,
)

V, E, X, N = (ord(letter) for letter in (VALIDATED, ESTIMATED, EXCLUDED, MISSING))
_MISSING, _OFF_GRID, _EXCLUSION = (ord(letter) for letter in "gix")
_NO_ADVANCE: Final = -1


@dataclass(slots=True)
class Slots:
    """Slots of all days, flat; estimation fills them further."""

    days: DayColumns
    #: Day row of each slot, and its first instant.
    row: Ints
    begin: Ints
    energy: Exact
    is_known: Bools
    face: Exact
    is_face_known: Bools
    quality: Letters
    method: Letters
    reason: Letters
    #: The advance that was apportioned over the slot, -1 where none or several were.
    advance: Ints
    #: A reading or interval whose energy is not known touches the slot.
    is_reverse: Bools
    received: Ints


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of advances in slots, in order of advance."""

    advance: Ints
    slot: Ints
    seconds: Ints
    #: In the decimals of the slot's day.
    energy: Exact


def pour(aligned: Aligned, advances: Advances, runs: RunColumns, versions: VersionColumns) -> tuple[Slots, Pieces]:
    """Slots with what fell into them, and the pieces of the advances that were apportioned by time.

    A slot is validated where one advance, or several that meet in it, cover it and reach no farther.
    """
    days = day_columns(runs, versions, advances)
    row = np.repeat(np.arange(len(days.run)), days.count)
    total = len(row)
    begin = days.begin[row] + (np.arange(total) - days.offset[row]) * days.slot_s[row]
    pieces = _pieces(advances, days, runs, versions)
    kind = advances.energy.dtype
    energy = np.zeros(total, dtype=kind)
    covered, count = np.zeros(total, dtype=np.int64), np.zeros(total, dtype=np.int64)
    is_known = advances.reason[pieces.advance] == KNOWN
    np.add.at(energy, pieces.slot[is_known], pieces.energy[is_known])
    np.add.at(covered, pieces.slot[is_known], pieces.seconds[is_known])
    np.add.at(count, pieces.slot, 1)
    is_long = _touches_several(advances, days, runs)
    slots = Slots(
        days=days, row=row, begin=begin, energy=energy,
        is_known=(covered == days.slot_s[row]) & (np.abs(energy) <= MAX_SLOT).astype(np.bool_),
        face=np.zeros(total, dtype=kind), is_face_known=np.zeros(total, dtype=np.bool_),
        quality=np.full(total, N, dtype=np.uint8), method=np.full(total, ord(NOT_ESTIMATED), dtype=np.uint8),
        reason=np.full(total, _MISSING, dtype=np.uint8), advance=np.full(total, _NO_ADVANCE, dtype=np.int64),
        is_reverse=np.zeros(total, dtype=np.bool_), received=_received(aligned, days, runs),
    )  # fmt: skip
    _judge(slots, pieces, advances, versions, is_long, count)
    _mark_off_grid(slots, aligned, runs)
    chosen = is_long[pieces.advance] & is_known
    return slots, Pieces(pieces.advance[chosen], pieces.slot[chosen], pieces.seconds[chosen], pieces.energy[chosen])


def _touches_several(advances: Advances, days: DayColumns, runs: RunColumns) -> Bools:
    """Whether an advance reaches over more than one slot, so that its parts are estimates."""
    # The day before a meter came: its first register lies at midnight, but no version tells of it.
    if not len(days.run):
        return np.ones(len(advances.run), dtype=np.bool_)
    row = days.row_at(advances.run, advances.begin, runs)
    last_row = days.row_at(advances.run, advances.end - 1, runs)
    slot_s = days.slot_s[np.maximum(row, 0)]
    begin = days.begin[np.maximum(row, 0)]
    first, last = (advances.begin - begin) // slot_s, (advances.end - 1 - begin) // slot_s
    is_several: Bools = (row < 0) | (row != last_row) | (first != last)
    return is_several


def _pieces(advances: Advances, days: DayColumns, runs: RunColumns, versions: VersionColumns) -> Pieces:
    """Every advance cut by time, first to days, then to the day's slots: so the parts add up to the advance whatever
    the slots of the days are.
    """
    if not len(advances.run) or not len(days.run):
        nothing = np.zeros(0, dtype=np.int64)
        return Pieces(nothing, nothing, nothing, advances.energy[:0])
    owner, row = day_rows(advances, days, runs)
    first_day = (advances.begin - runs.begin[advances.run]) // DAY_S
    nth = np.arange(len(owner)) - np.searchsorted(owner, owner)
    begin = runs.begin[advances.run[owner]] + (first_day[owner] + nth) * DAY_S
    seconds = np.minimum(advances.end[owner], begin + DAY_S) - np.maximum(advances.begin[owner], begin)
    several = np.flatnonzero(seconds != (advances.end - advances.begin)[owner])
    of_day = advances.energy[owner]
    if len(several):
        of_day[several] = apportion_of(advances.energy, owner[several], seconds[several])
    is_inside = row >= 0
    owner, row, begin, of_day = owner[is_inside], row[is_inside], begin[is_inside], of_day[is_inside]
    spread = scale_in_day(advances, owner, row, days, versions)
    factor = days.scale[row] - spread
    slot_s = days.slot_s[row]
    first = np.maximum(0, (advances.begin[owner] - begin) // slot_s)
    last = np.minimum(days.count[row], -((begin - advances.end[owner]) // slot_s))
    part, slot = expand(first, last - first)
    slot_begin = begin[part] + slot * slot_s[part]
    of = owner[part]
    seconds = np.minimum(advances.end[of], slot_begin + slot_s[part]) - np.maximum(advances.begin[of], slot_begin)
    energy = of_day[part]
    several = np.flatnonzero((last - first)[part] > 1)
    if len(several):
        energy[several] = apportion_of(of_day, part[several], seconds[several])
    finer = np.flatnonzero(factor[part] > 0)
    if len(finer):
        energy[finer] *= powers_of_ten(factor[part][finer], energy.dtype)
    return Pieces(of, days.offset[row][part] + slot, seconds, energy)


def apportion_of(totals: Exact, owner: Ints, weights: Ints) -> Exact:
    """Parts of the totals that `owner` names, which ascends but leaves some out."""
    named, group = np.unique(owner, return_inverse=True)
    return apportion(totals[named], group, weights)


def powers_of_ten(exponents: Ints, dtype: np.dtype[np.generic]) -> Exact:
    """10^exponent, exact."""
    kind = object if dtype.hasobject else np.int64
    return np.array([10 ** int(exponent) for exponent in range(int(exponents.max(initial=0)) + 1)], dtype=kind)[
        exponents
    ]


def _received(aligned: Aligned, days: DayColumns, runs: RunColumns) -> Ints:
    """Slots of each day whose own reading, the one at their start, arrived; at a change of version once."""
    row = days.row_at(aligned.run, aligned.instant, runs)
    own = np.flatnonzero(row >= 0)
    own = own[(aligned.instant[own] - days.begin[row[own]]) % days.slot_s[row[own]] == 0]
    # Two chains meet in one instant at a change of version only, where they are neighbours.
    place = keys(row[own], aligned.instant[own])
    is_once = np.ones(len(place), dtype=np.bool_)
    is_once[1:] = place[1:] != place[:-1]
    return np.bincount(row[own][is_once], minlength=len(days.run)).astype(np.int64)


def _judge(
    slots: Slots, pieces: Pieces, advances: Advances, versions: VersionColumns, is_long: Bools, count: Ints
) -> None:
    """Quality, method, reason and face of each slot from the pieces in it."""
    total = len(slots.row)
    reason = advances.reason[pieces.advance]
    fails = reason != KNOWN
    slots.reason[pieces.slot[fails]] = reason[fails]
    slots.is_reverse[pieces.slot[fails & ((reason == ord("r")) | (reason == ord("n")))]] = True
    slots.is_known[pieces.slot[fails]] = False
    is_part = is_long[pieces.advance] & ~fails
    is_estimated = np.zeros(total, dtype=np.bool_)
    is_estimated[pieces.slot[is_part]] = True
    slots.advance[pieces.slot[is_part]] = pieces.advance[is_part]
    length = (advances.end - advances.begin)[pieces.advance]
    is_over_linear = np.zeros(total, dtype=np.bool_)
    is_over_linear[pieces.slot[is_part & (length > LINEAR_MAX_S)]] = True
    is_apportioned = slots.is_known & is_estimated
    is_validated = slots.is_known & ~is_estimated
    slots.quality[is_apportioned] = E
    slots.method[is_apportioned] = np.where(is_over_linear[is_apportioned], ord(ADVANCE), ord(LINEAR))
    slots.quality[is_validated] = V
    slots.reason[is_validated] = ord(NO_REASON)
    slots.method[slots.is_reverse & ~slots.is_known] = ord(REVERSE)
    slots.energy[~slots.is_known] = 0
    # The face is the meter's own where one piece makes the whole slot and counts in the day's unit.
    of, row = pieces.advance, slots.row[pieces.slot]
    is_face = is_validated[pieces.slot] & (count[pieces.slot] == 1)
    is_face &= versions.exponent[advances.version[of]] == versions.exponent[slots.days.version[row]]
    of, row, place = of[is_face], row[is_face], pieces.slot[is_face]
    finer = slots.days.face_scale[row] - versions.decimals[advances.version[of]] - advances.extra[of]
    slots.face[place] = advances.face[of] * powers_of_ten(finer, slots.face.dtype) if finer.any() else advances.face[of]
    slots.is_face_known[place] = (np.abs(slots.face[place]) <= MAX_SLOT).astype(np.bool_)


def _mark_off_grid(slots: Slots, aligned: Aligned, runs: RunColumns) -> None:
    """Say of slots without a reading of their own that one came, off the grid."""
    row = slots.days.row_at(aligned.off_run, aligned.off_at, runs)
    at, row = aligned.off_at[row >= 0], row[row >= 0]
    slot = slots.days.offset[row] + (at - slots.days.begin[row]) // slots.days.slot_s[row]
    slots.reason[slot[slots.reason[slot] == _MISSING]] = _OFF_GRID


def exclude(slots: Slots, spans: Iterable[SpanRow], *, is_register: Bools) -> None:
    """Take excluded slots out: a register's are estimated from the registers around them, others are not known."""
    end = slots.begin + slots.days.slot_s[slots.row]
    series = slots.days.series[slots.row]
    for span in spans:
        inside = np.flatnonzero((series == span.series) & (slots.begin < span.end) & (end > span.begin))
        slots.reason[inside] = _EXCLUSION
        slots.is_face_known[inside] = False
        stays = inside[is_register[series[inside]] & slots.is_known[inside]]
        was_measured = stays[slots.quality[stays] == V]
        slots.quality[was_measured] = E
        slots.method[was_measured] = ord(ADVANCE)
        goes = inside[~(is_register[series[inside]] & slots.is_known[inside])]
        slots.is_known[goes], slots.energy[goes], slots.quality[goes] = False, 0, X
        slots.method[goes] = np.where(slots.is_reverse[goes], ord(REVERSE), ord(NOT_ESTIMATED))
