"""Closes the days of a chunk of series: first what the readings tell, then, with donors, what they do not.

Before: readings in force (db.series_days). After: series days to write (jobs.close_days).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from nenghao.closing.advances import (
    EXCLUDED,
    KNOWN,
    Advances,
    Aligned,
    SpanRow,
    align_rows,
    interval_advances,
    leave_out,
    register_advances,
)
from nenghao.closing.around import Around
from nenghao.closing.columns import (
    FAR,
    UNFIT,
    WIDE,
    Bools,
    Exact,
    Ints,
    Rows,
    RunColumns,
    VersionColumns,
    load_decimals_of,
    run_columns,
    sorted_rows,
    version_columns,
)
from nenghao.closing.donors import Donors, SeriesOn, days_back
from nenghao.closing.estimates import Estimator
from nenghao.closing.gaps import Gap, find_holes, known_gaps, straight_lines
from nenghao.closing.notes import Note, Notes
from nenghao.closing.packing import pack
from nenghao.closing.slots import E, Pieces, Slots, V, exclude, pour
from nenghao.domain.estimation import LINEAR, Agreed, Stop
from nenghao.domain.registers import Exclusion
from nenghao.domain.series_day import QUESTIONABLE, DayRun, SeriesDay
from nenghao.domain.series_version import Series

_STOPPED: Final = ord("s")
_OUTSIDE: Final = ord("p")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What the days of a few thousand series are made from."""

    #: In order of id; each has a version.
    series: Sequence[Series]
    #: In order of series and day.
    runs: Sequence[DayRun]
    exclusions: Mapping[int, Sequence[Exclusion]] = field(default_factory=dict)
    agreed: Sequence[Agreed] = ()
    stops: Sequence[Stop] = ()
    #: Series that have a check meter, and intervals with a register beside them: their gaps wait for donors.
    checked: frozenset[int] = frozenset()
    with_register: frozenset[int] = frozenset()

    def part(self, numbers: Sequence[int]) -> "Chunk":
        """Some of its runs, with their series."""
        runs = [self.runs[number] for number in numbers]
        ids = {run.series_id for run in runs}
        return replace(
            self,
            series=[one for one in self.series if one.series_id in ids],
            runs=runs,
            exclusions={series_id: found for series_id, found in self.exclusions.items() if series_id in ids},
            agreed=[one for one in self.agreed if one.series_id in ids],
            stops=[one for one in self.stops if one.series_id in ids],
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """Days as far as the readings tell them, and the gaps that wait for donors."""

    chunk: Chunk
    versions: VersionColumns
    advances: Advances
    estimator: Estimator
    known: Sequence[Gap]
    holes: Sequence[Gap]

    def wanted_days(self) -> set[SeriesOn]:
        """Days of the series themselves that are asked for: donors, and what stands of the gaps."""
        wanted: set[SeriesOn] = set()
        for gap in (*self.known, *self.holes):
            series_id = self.chunk.series[gap.series].series_id
            for day_on in (day.day_on for day in self.estimator.around.days(gap)):
                wanted.add((series_id, day_on))
                wanted.update((series_id, donor_on) for donor_on in days_back(day_on))
        return wanted

    def gap_days(self) -> set[SeriesOn]:
        """Days that have a gap."""
        return {
            (self.chunk.series[gap.series].series_id, day_on)
            for gap in (*self.known, *self.holes)
            for day_on in (day.day_on for day in self.estimator.around.days(gap))
        }

    def days(self, donors: Donors) -> list[SeriesDay]:
        """The closed days."""
        for gap in self.known:
            self.estimator.fill_known(gap, donors)
        for gap in self.holes:
            self.estimator.fill_hole(gap, donors)
        return list(
            pack(
                self.estimator.slots, self.estimator.notes, self.advances, self.versions, self.chunk.series,
                self.chunk.exclusions,
            )
        )  # fmt: skip


def find_wide(rows: Rows, chunk: Chunk) -> set[int]:
    """Numbers of the runs whose figures could leave 64 bits, or whose values are not whole in the decimals of their
    series: they are closed in Python integers.
    """
    versions = version_columns(chunk.series, [load_decimals_of(one) for one in chunk.series])
    runs = run_columns(chunk.runs, _numbers(chunk))
    reach = np.zeros(len(chunk.runs), dtype=np.float64)
    np.maximum.at(reach, rows.run, np.where(rows.value == UNFIT, np.inf, np.abs(rows.value.astype(np.float64))))
    exponents = versions.exponent - np.minimum.reduceat(versions.exponent, versions.first[:-1])[versions.series]
    finest = np.maximum.reduceat(versions.energy_scale + exponents, versions.first[:-1])[versions.series]
    growth = np.abs(versions.multiplier.astype(np.float64)) * 10.0 ** (finest - versions.energy_scale)
    modulus = np.abs(versions.modulus.astype(np.float64))
    growth = np.maximum.reduceat(growth, versions.first[:-1])[runs.series]
    reach = np.maximum(reach, np.maximum.reduceat(modulus, versions.first[:-1])[runs.series])
    return set(np.flatnonzero((reach * growth > WIDE) | (reach > WIDE)).tolist())


def measure(chunk: Chunk, rows: Rows, load_decimals: Sequence[int] | None = None) -> Measured:
    """Slots from readings; `load_decimals` says in which decimals each series' values count."""
    versions = version_columns(chunk.series, load_decimals or [load_decimals_of(one) for one in chunk.series])
    numbers = _numbers(chunk)
    runs = run_columns(chunk.runs, numbers)
    if rows.value.dtype == object:
        versions = replace(
            versions, multiplier=versions.multiplier.astype(object), modulus=versions.modulus.astype(object)
        )
    all_aligned = align_rows(rows, runs, versions)
    spans = [(numbers[series_id], one) for series_id, found in chunk.exclusions.items() for one in found]
    excluded = [SpanRow(number, one.begin or 0, FAR if one.end is None else one.end) for number, one in spans]
    counting = [row for row, (_, one) in zip(excluded, spans, strict=True) if one.covers_counting]
    aligned = leave_out(all_aligned, runs, excluded)
    kind = np.array([one.kind for one in chunk.series])
    advances = _advances(aligned, all_aligned, runs, versions, kind == "register", kind == "interval")
    advances = _forget_counted(advances, runs, counting)
    slots, pieces = pour(all_aligned, advances, runs, versions)
    exclude(slots, excluded, is_register=kind == "register")
    _question_stopped(slots, [(numbers[stop.series_id], stop) for stop in chunk.stops if stop.is_questioned])
    is_gauge = kind == "gauge"
    if bool(is_gauge.any()):
        _show_gauges(slots, all_aligned, runs, versions, is_gauge)
    return _estimate_alone(chunk, numbers, runs, versions, aligned, advances, slots, pieces, ~is_gauge)


def _numbers(chunk: Chunk) -> dict[int, int]:
    return {one.series_id: number for number, one in enumerate(chunk.series)}


def exact_rows(texts: Sequence[tuple[int, int, int]]) -> Rows:
    """Rows of Python integers: (run, instant, value)."""
    return sorted_rows(
        np.array([run for run, _, _ in texts], dtype=np.int64),
        np.array([at for _, at, _ in texts], dtype=np.int64),
        np.array([*(value for _, _, value in texts), None], dtype=object)[:-1],
    )


def _advances(
    aligned: Aligned, all_aligned: Aligned, runs: RunColumns, versions: VersionColumns, is_register: Bools,
    is_interval: Bools,
) -> Advances:  # fmt: skip
    """Advances of registers and intervals together, in order of run."""
    of_registers = register_advances(_of(aligned, is_register[runs.series[aligned.run]]), runs, versions)
    if not bool(is_interval.any()):
        return of_registers
    chosen = is_interval[runs.series[all_aligned.run]]
    of_intervals = interval_advances(_of(all_aligned, chosen), versions)
    both = Advances(
        *(np.concatenate([getattr(of_registers, name), getattr(of_intervals, name)]) for name in Advances.__slots__)
    )
    return both.take(np.argsort(both.run, kind="stable"))


def _of(aligned: Aligned, chosen: Bools) -> Aligned:
    return replace(
        aligned, chain=aligned.chain[chosen], run=aligned.run[chosen], version=aligned.version[chosen],
        instant=aligned.instant[chosen], value=aligned.value[chosen],
    )  # fmt: skip


def _forget_counted(advances: Advances, runs: RunColumns, spans: Sequence[SpanRow]) -> Advances:
    """What a meter counted in these spans is not known either."""
    if not spans:
        return advances
    reason, energy = advances.reason.copy(), advances.energy.copy()
    for span in spans:
        touches = (runs.series[advances.run] == span.series) & (advances.begin < span.end) & (advances.end > span.begin)
        reason[touches], energy[touches] = EXCLUDED, 0
    return replace(advances, reason=reason, energy=energy)


def _question_stopped(slots: Slots, stops: Sequence[tuple[int, Stop]]) -> None:
    """Energy that was measured while meter or unit stood still counts, but somebody has to look (V20)."""
    end = slots.begin + slots.days.slot_s[slots.row]
    for number, stop in stops:
        used = (
            (slots.days.series[slots.row] == number) & (slots.begin >= stop.begin) & (end <= stop.end)
            & (slots.quality == V) & (slots.energy > 0).astype(np.bool_)
        )  # fmt: skip
        slots.quality[used], slots.reason[used] = ord(QUESTIONABLE), _STOPPED


def _show_gauges(slots: Slots, aligned: Aligned, runs: RunColumns, versions: VersionColumns, is_gauge: Bools) -> None:
    """Slots of gauges hold what was shown at their start; one outside of the physical range is not believed."""
    days = slots.days
    row = days.row_at(aligned.run, aligned.instant, runs)
    place = np.flatnonzero((row >= 0) & is_gauge[runs.series[aligned.run]])
    place = place[(aligned.instant[place] - days.begin[row[place]]) % days.slot_s[row[place]] == 0]
    row, version, value = row[place], aligned.version[place], aligned.value[place]
    slot = days.offset[row] + (aligned.instant[place] - days.begin[row]) // days.slot_s[row]
    load = versions.load_decimals[versions.series[version]]
    days.face_scale[row] = load
    shown = value.astype(np.float64) * 10.0**-load
    is_outside = (shown < versions.lowest[version]) | (shown > versions.highest[version])
    slots.face[slot], slots.is_face_known[slot] = value, True
    slots.quality[slot] = np.where(is_outside, ord(QUESTIONABLE), V)
    slots.reason[slot] = np.where(is_outside, _OUTSIDE, KNOWN)


def _estimate_alone(
    chunk: Chunk, numbers: Mapping[int, int], runs: RunColumns, versions: VersionColumns, aligned: Aligned,
    advances: Advances, slots: Slots, pieces: Pieces, has_energy: Bools,
) -> Measured:  # fmt: skip
    """Everything that needs no donors; the gaps that do are left."""
    notes = Notes(np.full(len(slots.row), -1, dtype=np.int64))
    estimator = Estimator(Around(chunk.series, versions, slots), pieces, notes)
    for agreed in chunk.agreed:
        estimator.fill_agreed(agreed, numbers[agreed.series_id])
    for stop in chunk.stops:
        if stop.is_proven:
            estimator.fill_stop(stop, numbers[stop.series_id])
    waits = np.array([one.series_id in chunk.checked or one.series_id in chunk.with_register for one in chunk.series])
    known = known_gaps(
        slots, pieces, advances, has_check=np.array([one.series_id in chunk.checked for one in chunk.series])
    )
    holes = find_holes(slots, aligned, runs, versions)
    series = slots.days.series[slots.row[holes.first]]
    kind = np.array([one.kind == "interval" for one in chunk.series])
    may_have_line = kind[series] & ~waits[series]
    has_line, place, line = straight_lines(slots, holes, may_have_line, advances, versions)
    _draw(slots, notes, holes.first[has_line], holes.end[has_line], place, line)
    left = np.flatnonzero(~has_line & has_energy[series])
    return Measured(chunk, versions, advances, estimator, known, holes.gaps(slots, left))


def _draw(slots: Slots, notes: Notes, first: Ints, end: Ints, place: Ints, line: Exact) -> None:
    """Fill holes with straight lines."""
    slots.energy[place], slots.is_known[place] = line, True
    slots.quality[place], slots.method[place] = E, ord(LINEAR)
    for low, high in zip(first.tolist(), end.tolist(), strict=True):
        end_s = int(slots.begin[high - 1] + slots.days.slot_s[slots.row[high - 1]])
        notes.add(slice(low, high), Note(begin_s=int(slots.begin[low]), end_s=end_s, known_energy=None))
