"""Lays stored curves of a chunk of units side by side as blocks: registers beside intervals, channels beside energies.

Before: `nenghao.db.features` read the curves and registers. After: detectors (`judging`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats, Ints, Term
from nenghao.detection.curves import Curves, read_curves
from nenghao.domain.periods import day_start
from nenghao.domain.totals import DIMENSIONS
from nenghao.domain.watched import Watched, WatchedSeries, base_exponent

#: Quantities of a point that are channels of its active energy, by the names that detectors know.
CHANNELS: Final = {"reactive_energy": "kvarh", "power_factor": "pf", "voltage": "volt", "current": "amp"}


@dataclass(slots=True)
class _Meter:
    """One row of a block: the energy of a point in one quantity."""

    head: WatchedSeries
    values: WatchedSeries | None = None
    register: WatchedSeries | None = None
    channels: dict[str, WatchedSeries] = field(default_factory=dict)

    @property
    def told_by(self) -> WatchedSeries:
        """The series that findings are about: intervals where there are any."""
        return self.values or self.register or self.head


@dataclass(frozen=True, slots=True)
class WatchedBlock:
    """A block, and the series that each of its meters is."""

    block: Block
    series: tuple[WatchedSeries, ...]


def assemble(
    watched: Watched, first_on: date, days: int, judged_from: int, is_day_off: Sequence[bool]
) -> list[WatchedBlock]:
    """Blocks of units, one a length of slot."""
    by_minutes: defaultdict[int, dict[tuple[int, str], _Meter]] = defaultdict(dict)
    for one in watched.series:
        if one.kind != "gauge" and one.quantity in DIMENSIONS:
            meter = by_minutes[one.slot_minutes].setdefault((one.point_id, one.quantity), _Meter(one))
            if one.kind == "interval":
                meter.values = one
            else:
                meter.register = one
    for one in watched.series:
        active = by_minutes[one.slot_minutes].get((one.point_id, "active_energy"))
        if active is not None and one.quantity in CHANNELS:
            # A register before an interval would be as good; the later one in order of kind wins, always the same.
            active.channels[CHANNELS[one.quantity]] = one
    return [
        _Assembly(watched, list(meters.values()), minutes, first_on, days).block(judged_from, is_day_off)
        for minutes, meters in sorted(by_minutes.items())
        if meters
    ]


class _Assembly:
    """One block in the making."""

    def __init__(self, watched: Watched, meters: list[_Meter], minutes: int, first_on: date, days: int) -> None:
        self.watched, self.meters, self.minutes, self.first_on = watched, meters, minutes, first_on
        self.shape = (len(meters), days, 1440 // minutes)
        curves = read_curves(watched.curves.get(minutes, b""), self.shape[2])
        day = curves.day - np.datetime64(first_on).astype("datetime64[D]").astype(np.int64)
        self.curves, self.day = curves, day
        self.values = curves.values() * self._factors(curves)[:, None]

    def _factors(self, curves: Curves) -> Floats:
        """What brings each row to the base unit of its series' quantity."""
        quantity = {one.series_id: one.quantity for one in self.watched.series}
        names, place = np.unique(curves.unit, return_inverse=True)
        found = np.ones(len(curves.series_id))
        for number, name in enumerate(names):
            rows = np.flatnonzero(place == number)
            unit = bytes(name).decode().strip()
            of = np.array([base_exponent(unit, quantity[series_id]) for series_id in curves.series_id[rows].tolist()])
            found[rows] = 10.0**of
        return found

    def block(self, judged_from: int, is_day_off: Sequence[bool]) -> WatchedBlock:
        told_by = tuple(meter.told_by for meter in self.meters)
        with_both = any(meter.values and meter.register for meter in self.meters)
        channels = sorted({name for meter in self.meters for name in meter.channels})
        place = {(meter.head.point_id, meter.head.quantity): row for row, meter in enumerate(self.meters)}
        zones = sorted({meter.head.division_code for meter in self.meters})
        block = Block(
            meters=tuple(str(one.series_id) for one in told_by),
            first_on=self.first_on,
            slot_minutes=self.minutes,
            values=self._filled([one.series_id for one in told_by]),
            judged_from=judged_from,
            quantum=self._quanta([one.series_id for one in told_by]),
            capacity=np.array([self._capacity(one) for one in told_by]),
            advance=self._filled([m.register.series_id if m.values and m.register else None for m in self.meters])
            if with_both
            else None,
            channels={
                name: self._filled([m.channels[name].series_id if name in m.channels else None for m in self.meters])
                for name in channels
            },
            replaced=self._replaced(told_by) if self.watched.replaced else None,
            terms=tuple(self._terms(place)),
            is_day_off=np.asarray(is_day_off, dtype=np.bool_),
            is_explained=self._explained(told_by),
            zone=np.array([zones.index(meter.head.division_code) for meter in self.meters], dtype=np.int64),
        )
        return WatchedBlock(block, told_by)

    def _filled(self, series_ids: Sequence[int | None]) -> Floats:
        found = np.full(self.shape, np.nan)
        row = self._rows(series_ids)
        chosen = row >= 0
        found[row[chosen], self.day[chosen]] = self.values[chosen]
        return found

    def _rows(self, series_ids: Sequence[int | None]) -> Ints:
        """The row of the block that each stored curve belongs to; -1 for none."""
        known = np.array([-1 if one is None else one for one in series_ids], dtype=np.int64)
        order = np.argsort(known)
        found = np.searchsorted(known[order], self.curves.series_id)
        found = order[np.minimum(found, len(order) - 1)]
        return np.where(known[found] == self.curves.series_id, found, -1)

    def _quanta(self, series_ids: Sequence[int]) -> Floats:
        """The coarsest step of the days."""
        found = np.full(len(series_ids), -np.inf)
        row = self._rows(series_ids)
        chosen = row >= 0
        np.maximum.at(found, row[chosen], (self.curves.quantum * self._factors(self.curves))[chosen])
        return np.where(np.isfinite(found), found, np.nan)

    def _capacity(self, one: WatchedSeries) -> float:
        if one.rated_capacity is None:
            return float("nan")
        return one.rated_capacity * 10.0 ** base_exponent(one.unit, one.quantity) * self.minutes / 60

    def _terms(self, place: Mapping[tuple[int, str], int]) -> list[Term]:
        quantities = {quantity for _, quantity in place}
        return [
            Term(place[term.whole_point_id, quantity], place[term.part_point_id, quantity], term.sign)
            for term in self.watched.terms
            for quantity in sorted(quantities)
            if (term.whole_point_id, quantity) in place and (term.part_point_id, quantity) in place
        ]

    def _replaced(self, told_by: Sequence[WatchedSeries]) -> Floats:
        found = np.full(self.shape, np.nan)
        row_of = {one.series_id: row for row, one in enumerate(told_by) if one.kind == "interval"}
        begin = day_start(self.first_on)
        for one in self.watched.replaced:
            if one.series_id in row_of:
                minute = int((one.at - begin).total_seconds() // 60)
                day, slot = divmod(minute, 1440)
                unit = told_by[row_of[one.series_id]]
                energy = one.first_value * one.factor * 10.0 ** base_exponent(unit.unit, unit.quantity)
                if 0 <= day < self.shape[1]:
                    found[row_of[one.series_id], day, slot // self.minutes] = energy
        return found

    def _explained(self, told_by: Sequence[WatchedSeries]) -> Bools:
        found = np.zeros(self.shape[:2], dtype=np.bool_)
        rows_of: defaultdict[tuple[int, int | None], list[int]] = defaultdict(list)
        for row, one in enumerate(told_by):
            rows_of[one.unit_id, None].append(row)
            rows_of[one.unit_id, one.point_id].append(row)
        for span in self.watched.explained:
            first, last = ((on - self.first_on).days for on in (span.first_on, span.last_on))
            found[rows_of[span.unit_id, span.point_id], max(0, first) : max(0, last + 1)] = True
        return found
