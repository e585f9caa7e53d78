"""Turns what registers showed, or intervals told, into energy between instants.

Before: readings in force as columns. After: slots of days (slots).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.closing.columns import Bools, Exact, Ints, Letters, Rows, RunColumns, VersionColumns, first_of_groups, keys
from nenghao.domain.estimation import CAPACITY_TOLERANCE
from nenghao.domain.registers import MAX_GAP_S
from nenghao.domain.series_version import GRID_TOLERANCE_S

KNOWN, REVERSE, NEGATIVE, CAPACITY, EXCLUDED = (ord(letter) for letter in "-rncx")
#: ROLLOVER_FROM and ROLLOVER_MAX_ADVANCE of nenghao.domain.registers, in tenths.
_FROM_TENTHS: Final = 9
_MAX_TENTHS: Final = 1


@dataclass(frozen=True, slots=True)
class Aligned:
    """The value of each chain (a run's part under one version) at each instant of the grid, in order."""

    chain: Ints
    run: Ints
    version: Ints
    instant: Ints
    value: Exact
    #: Readings that belong to no slot, because they lie too far from the grid.
    off_run: Ints
    off_at: Ints


@dataclass(frozen=True, slots=True)
class Advances:
    """Energy in `[begin, end)`, in order of run and version."""

    run: Ints
    version: Ints
    begin: Ints
    end: Ints
    #: x 10^-(energy_scale + extra) of the version's unit; 0 where it is not known.
    energy: Exact
    #: Decimals beyond the version's own: a converted value has more than the meter's face.
    extra: Ints
    #: What the meter itself counted, x 10^-(decimals + extra).
    face: Exact
    #: Why the energy is not known, KNOWN where it is.
    reason: Letters

    def take(self, chosen: Bools | Ints) -> "Advances":
        """Some of them."""
        return Advances(
            self.run[chosen], self.version[chosen], self.begin[chosen], self.end[chosen],
            self.energy[chosen], self.extra[chosen], self.face[chosen], self.reason[chosen],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpanRow:
    """`[begin, end)` of a series number."""

    series: int
    begin: int
    end: int


def align_rows(rows: Rows, runs: RunColumns, versions: VersionColumns) -> Aligned:
    """For each version the value by aligned instant; of several readings for one instant the nearest counts, of two
    equally near ones the earlier. A reading goes to the grid, or to its version's first or last instant if that is
    nearer; farther than a minute from all of them it belongs to no slot.
    """
    version = versions.at(runs.series[rows.run], rows.at)
    is_in_force = version >= 0
    run, at, value, version = rows.run[is_in_force], rows.at[is_in_force], rows.value[is_in_force], version[is_in_force]
    slot_s = versions.slot_s[version]
    instant = (at + slot_s // 2) // slot_s * slot_s
    distance = np.abs(at - instant)
    for border in (versions.valid_from[version], versions.valid_until[version]):
        is_nearer = np.abs(at - border) < distance
        instant = np.where(is_nearer, border, instant)
        distance = np.abs(at - instant)
    is_near = distance <= GRID_TOLERANCE_S
    off_run, off_at = run[~is_near], at[~is_near]
    run, value, version = run[is_near], value[is_near], version[is_near]
    instant, distance = instant[is_near], distance[is_near]
    is_first = first_of_groups(run, version, instant)
    if not bool(is_first.all()):
        group = np.cumsum(is_first) - 1
        chosen = np.lexsort((np.arange(len(run)), distance, group))[is_first]
        run, value, version, instant = run[chosen], value[chosen], version[chosen], instant[chosen]
    series = runs.series[run]
    # Chains of a run are numbered by its versions.
    counts = np.diff(versions.first)[runs.series]
    chain = (np.cumsum(counts) - counts)[run] + version - versions.first[series]
    return Aligned(chain, run, version, instant, value, off_run, off_at)


def leave_out(aligned: Aligned, runs: RunColumns, spans: Iterable[SpanRow]) -> Aligned:
    """Without the registers strictly inside a span that a decision excluded; those at its ends are kept."""
    is_kept = np.ones(len(aligned.run), dtype=np.bool_)
    series = runs.series[aligned.run]
    for span in spans:
        is_kept &= ~((series == span.series) & (aligned.instant > span.begin) & (aligned.instant < span.end))
    if bool(is_kept.all()):
        return aligned
    return Aligned(
        aligned.chain[is_kept], aligned.run[is_kept], aligned.version[is_kept], aligned.instant[is_kept],
        aligned.value[is_kept], aligned.off_run, aligned.off_at,
    )  # fmt: skip


def register_advances(aligned: Aligned, runs: RunColumns, versions: VersionColumns) -> Advances:
    """Energy between each two neighbouring registers that one version, or one meter, connects.

    No advance reaches over a change of the meter: what the old one counted after its last reading is not known. A
    changed multiplier on the same meter is bridged by a reading at the change. One over MAX_GAP_S or more is left out.
    A register that fell rolled over if it stood in its last tenth and went on for less than another; else it is
    reverse.

    Source: domain V17.
    """
    joined = _bridge(aligned, runs, versions)
    is_pair = (joined.chain[1:] == joined.chain[:-1]) & (joined.instant[1:] - joined.instant[:-1] < MAX_GAP_S)
    place = np.flatnonzero(is_pair)
    before, after = joined.value[place], joined.value[place + 1]
    version = joined.version[place]
    counted = after - before
    modulus = versions.modulus[version]
    reason = np.full(len(place), KNOWN, dtype=np.uint8)
    fell = np.flatnonzero(counted < 0)
    if len(fell):
        bound, stood = modulus[fell], before[fell]
        went_on = counted[fell] + bound
        is_rolled = (
            (bound >= 0) & (10 * stood > _FROM_TENTHS * bound) & (stood < bound) & (10 * went_on <= _MAX_TENTHS * bound)
        ).astype(np.bool_)
        counted[fell] = np.where(is_rolled, went_on, 0)
        reason[fell[~is_rolled]] = REVERSE
    return _advances(
        joined.run[place], version, joined.instant[place], joined.instant[place + 1], counted, reason, versions
    )


def interval_advances(aligned: Aligned, versions: VersionColumns) -> Advances:
    """Energy of each interval received, `[at, at + slot)`.

    An interval in which the version changes is left out: nobody can say which multiplier its energy was counted with.
    The energy of a negative one is not known (domain V11): export has a point of its own.
    """
    end = aligned.instant + versions.slot_s[aligned.version]
    is_whole = end <= versions.valid_until[aligned.version]
    counted = aligned.value[is_whole]
    is_negative = (counted < 0).astype(np.bool_)
    reason = np.where(is_negative, NEGATIVE, KNOWN).astype(np.uint8)
    return _advances(
        aligned.run[is_whole], aligned.version[is_whole], aligned.instant[is_whole], end[is_whole],
        np.where(is_negative, 0, counted), reason, versions,
    )  # fmt: skip


def _bridge(aligned: Aligned, runs: RunColumns, versions: VersionColumns) -> Aligned:
    """With the reading at each change of version on one meter in both chains; the new version's counts."""
    pairs = np.flatnonzero(versions.is_continued)
    if not len(pairs):
        return aligned
    series_pairs = versions.series[pairs]
    counts = np.diff(versions.first)[runs.series]
    first_chain = np.cumsum(counts) - counts
    # Every run of a series that has such a pair, with the pair.
    left, right = (
        np.searchsorted(series_pairs, runs.series, "left"),
        np.searchsorted(series_pairs, runs.series, "right"),
    )
    run = np.repeat(np.arange(len(runs.series)), right - left)
    if not len(run):
        return aligned
    nth = np.arange(len(run)) - np.repeat(np.cumsum(right - left) - (right - left), right - left)
    version = pairs[left[run] + nth]
    border = versions.valid_until[version]
    old = keys(first_chain[run] + version - versions.first[runs.series[run]], border)
    new = keys(first_chain[run] + version + 1 - versions.first[runs.series[run]], border)
    key = keys(aligned.chain, aligned.instant)
    old_at, has_old = _find(key, old)
    new_at, has_new = _find(key, new)
    is_shared = has_old | has_new
    value = aligned.value.copy()
    shared = np.where(has_new, _safe_take(value, new_at), _safe_take(value, old_at))
    value[old_at[has_old & has_new]] = shared[has_old & has_new]
    adds_old, adds_new = is_shared & ~has_old, is_shared & ~has_new
    places = np.concatenate([old_at[adds_old], new_at[adds_new]])
    order = np.argsort(np.concatenate([old[adds_old], new[adds_new]]), kind="stable")

    def with_added(column: Exact, added: Exact) -> Exact:
        return np.insert(column, places[order], added[order])

    both = np.concatenate([np.flatnonzero(adds_old), np.flatnonzero(adds_new)])
    is_new = np.concatenate([np.zeros(adds_old.sum(), dtype=np.int64), np.ones(adds_new.sum(), dtype=np.int64)])
    chain = (first_chain[run] + version - versions.first[runs.series[run]])[both] + is_new
    return Aligned(
        with_added(aligned.chain, chain), with_added(aligned.run, run[both]),
        with_added(aligned.version, version[both] + is_new), with_added(aligned.instant, border[both]),
        with_added(value, shared[both]), aligned.off_run, aligned.off_at,
    )  # fmt: skip


def _find(sorted_keys: Ints, wanted: Ints) -> tuple[Ints, Bools]:
    """Where each wanted key stands or would stand, and whether it stands there."""
    place: Ints = np.searchsorted(sorted_keys, wanted)
    return place, _safe_take(sorted_keys, place) == wanted


def _safe_take(column: Exact, place: Ints) -> Exact:
    if not len(column):
        return np.full(len(place), -1, dtype=column.dtype)
    return column[np.minimum(place, len(column) - 1)]


def _advances(
    run: Ints, version: Ints, begin: Ints, end: Ints, counted: Exact, reason: Letters, versions: VersionColumns,
) -> Advances:  # fmt: skip
    """Counted in the decimals of the series, made energy in those of the version, or in more where it takes them."""
    extra = versions.load_decimals[versions.series[version]] - versions.decimals[version]
    face = counted
    while True:
        shorter = np.flatnonzero((extra > 0) & (face % 10 == 0))
        if not len(shorter):
            break
        face = face.copy() if face is counted else face
        face[shorter] //= 10
        extra[shorter] -= 1
    energy = face * versions.multiplier[version]
    # A threshold, not a figure: floats tell it well enough.
    hours = (end - begin) / 3600
    believed = versions.capacity[version] * CAPACITY_TOLERANCE * hours
    is_over = energy.astype(np.float64) * 10.0 ** -(versions.energy_scale[version] + extra) > believed
    reason = np.where(is_over & (reason == KNOWN), CAPACITY, reason).astype(np.uint8)
    return Advances(run, version, begin, end, np.where(reason == KNOWN, energy, 0), extra, face, reason)
