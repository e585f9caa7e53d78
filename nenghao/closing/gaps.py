"""Finds what has to be estimated: gaps with a known total, and gaps whose amount nobody knows.

Before: slots (slots). After: estimates (estimates).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nenghao.closing.advances import Advances, Aligned
from nenghao.closing.columns import Bools, Exact, Ints, RunColumns, VersionColumns, keys
from nenghao.closing.slots import Pieces, Slots, powers_of_ten
from nenghao.domain.estimation import LINEAR_MAX_S
from nenghao.domain.registers import MAX_GAP_S


@dataclass(frozen=True, slots=True)
class Gap:
    """Slots `first:end` that are estimated at once, over days of a run."""

    series: int
    first: int
    end: int
    begin_s: int
    end_s: int
    #: Whether the energy over it is known, because registers stand at both of its ends.
    is_total_known: bool
    #: Place of its pieces, where it is known.
    pieces: slice

    @property
    def seconds(self) -> int:
        """How long it is."""
        return self.end_s - self.begin_s


def known_gaps(slots: Slots, pieces: Pieces, advances: Advances, *, has_check: Bools) -> list[Gap]:
    """Advances that wait for a shape: over two hours, or with a check meter, and with all their days in the run.

    Shorter ones, and those that reach out of the run, stay apportioned by time.
    """
    if not len(pieces.advance):
        return []
    of, first, count = np.unique(pieces.advance, return_index=True, return_counts=True)
    seconds = np.add.reduceat(pieces.seconds, first)
    length = (advances.end - advances.begin)[of]
    series = slots.days.series[slots.row[pieces.slot[first]]]
    chosen = np.flatnonzero((seconds == length) & ((length > LINEAR_MAX_S) | has_check[series]))
    return [
        Gap(int(series[n]), int(pieces.slot[first[n]]), int(pieces.slot[first[n] + count[n] - 1]) + 1,
            int(advances.begin[of[n]]), int(advances.end[of[n]]), True, slice(int(first[n]), int(first[n] + count[n])))
        for n in chosen
        if slots.is_known[pieces.slot[first[n]] : pieces.slot[first[n] + count[n] - 1] + 1].all()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holes:
    """Unknown slots between readings, as ranges of slots `first:end`."""

    first: Ints
    end: Ints
    begin_s: Ints
    end_s: Ints

    def gaps(self, slots: Slots, chosen: Any) -> list[Gap]:
        """Some of them as gaps."""
        return [
            Gap(
                int(slots.days.series[slots.row[first]]),
                int(first),
                int(end),
                int(begin_s),
                int(end_s),
                False,
                slice(0),
            )
            for first, end, begin_s, end_s in zip(
                self.first[chosen], self.end[chosen], self.begin_s[chosen], self.end_s[chosen], strict=True
            )
        ]


def find_holes(slots: Slots, aligned: Aligned, runs: RunColumns, versions: VersionColumns) -> Holes:
    """Runs of unknown slots with a reading before and after them, shorter than a quarter.

    What lies before the first reading or after the last is not a gap: there, nothing is over yet.
    """
    days = slots.days
    end = slots.begin + days.slot_s[slots.row]
    place = np.flatnonzero(~slots.is_known)
    series = days.series[slots.row[place]]
    is_due = (versions.at(series, slots.begin[place]) >= 0) & (versions.at(series, end[place] - 1) >= 0)
    place = place[is_due]
    if not len(place):
        nothing = np.zeros(0, dtype=np.int64)
        return Holes(nothing, nothing, nothing, nothing)
    run = days.run[slots.row[place]]
    is_first = np.ones(len(place), dtype=np.bool_)
    is_first[1:] = (place[1:] != place[:-1] + 1) | (run[1:] != run[:-1]) | (slots.begin[place[1:]] != end[place[:-1]])
    starts = np.flatnonzero(is_first)
    lasts = np.append(starts[1:], len(place)) - 1
    begin_s, end_s, run = slots.begin[place[starts]], end[place[lasts]], run[starts]
    earliest, latest = _outer_readings(aligned, len(runs.series))
    is_between = (earliest[run] <= begin_s) & (latest[run] >= end_s) & (end_s - begin_s < MAX_GAP_S)
    return Holes(place[starts][is_between], place[lasts][is_between] + 1, begin_s[is_between], end_s[is_between])


def _outer_readings(aligned: Aligned, run_count: int) -> tuple[Ints, Ints]:
    """First and last reading of each run."""
    earliest = np.full(run_count, np.iinfo(np.int64).max)
    latest = np.full(run_count, np.iinfo(np.int64).min)
    np.minimum.at(earliest, aligned.run, aligned.instant)
    np.maximum.at(latest, aligned.run, aligned.instant)
    return earliest, latest


def straight_lines(
    slots: Slots, holes: Holes, may: Bools, advances: Advances, versions: VersionColumns
) -> tuple[Bools, Ints, Exact]:
    """Straight lines between the intervals around holes of at most two hours (E2): which of those that may have one do,
    the slots, and their energies. The intervals on both sides must be known and of one version.
    """
    length = holes.end_s - holes.begin_s
    run = slots.days.run[slots.row[holes.first]]
    left = _interval_at(advances, run, holes.begin_s, is_end=True)
    right = _interval_at(advances, run, holes.end_s, is_end=False)
    has_line = may & (length <= LINEAR_MAX_S) & (left >= 0) & (right >= 0)
    has_line[has_line] &= advances.version[left[has_line]] == advances.version[right[has_line]]
    has_line[has_line] &= slots.days.version[slots.row[holes.first[has_line]]] == advances.version[left[has_line]]
    first, count = holes.first[has_line], (holes.end - holes.first)[has_line]
    owner = np.repeat(np.arange(len(first)), count)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    slot = first[owner] + nth
    low = _in_day(slots, slot, advances, left[has_line][owner], versions)
    high = _in_day(slots, slot, advances, right[has_line][owner], versions)
    steps = count[owner] + 1
    doubled = 2 * (low * steps + (high - low) * (nth + 1)) + steps
    return has_line, slot, doubled // (2 * steps)


def _interval_at(advances: Advances, run: Ints, instants: Ints, *, is_end: bool) -> Ints:
    """The known interval of a run that ends or begins at an instant, -1 where there is none."""
    side = advances.end if is_end else advances.begin
    known = np.flatnonzero(advances.reason == ord("-"))
    key = keys(advances.run[known], side[known])
    wanted = keys(run, instants)
    if not len(key):
        return np.full(len(run), -1)
    place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return np.where(key[place] == wanted, known[place], -1)


def _in_day(slots: Slots, slot: Ints, advances: Advances, of: Ints, versions: VersionColumns) -> Exact:
    """Energies of advances in the decimals of the days of slots, of the same unit."""
    finer = slots.days.scale[slots.row[slot]] - versions.energy_scale[advances.version[of]] - advances.extra[of]
    energy = advances.energy[of]
    up = energy * powers_of_ten(np.maximum(finer, 0), energy.dtype)
    down = powers_of_ten(np.maximum(-finer, 0), energy.dtype)
    return up // down
