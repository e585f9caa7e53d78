"""Lays a file's series side by side as blocks for the detectors: meters of a network together, memory bounded.

Before: `file_readings`, `file_context`. After: `nenghao.detection.judging`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from expectations.file_context import Context, Point
from expectations.file_readings import DAY_S, LEAST_SLOT_MINUTES, Readings
from nenghao.detection.alignment import align_register
from nenghao.detection.block import Block, Bools, Floats, Ints, Term

#: Slots of a block, all meters together: an array of it is 48 MB, and detectors hold some tens of them.
MAX_SLOTS: Final = 6_000_000
#: Meters whose readings end this much earlier than the last have ended: what comes after is no gap of theirs.
ENDED_DAYS: Final = 14
#: Channels that are amounts and add up over slots; others are means.
AMOUNTS: Final = ("kvarh", "kwh", "energy")
#: The finest last digit that is looked for, as powers of ten.
FINEST_DIGIT: Final = 5
#: Share of a meter's values that must be whole steps, for the step to be its own.
WHOLE_SHARE: Final = 0.995
#: Days from which a meter's last digit is learnt.
DIGIT_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Batch:
    """Meters (numbers in the readings) of a block, and its days."""

    meters: tuple[int, ...]
    slot_minutes: int
    first_day: int
    days: int


def plan_batches(readings: Readings, points: Mapping[str, Point]) -> list[Batch]:
    """Which meters go together: equal slots, one network, about the same end; as many as memory bears."""
    first_day, last_day = _spans(readings)
    ends_at = int(last_day.max())
    groups: defaultdict[tuple[int, int], list[list[int]]] = defaultdict(list)
    for network in _networks(readings, points):
        by_slot: defaultdict[int, list[int]] = defaultdict(list)
        for meter in network:
            by_slot[block_minutes(int(readings.slot_minutes[meter]))].append(meter)
        for minutes, meters in by_slot.items():
            ended = (ends_at - int(max(last_day[meter] for meter in meters))) // ENDED_DAYS
            groups[minutes, ended].append(meters)
    return [
        batch
        for (minutes, _), networks in sorted(groups.items())
        for batch in _fill(
            sorted(networks, key=lambda one: (int(first_day[one].min()), one)), minutes, first_day, last_day
        )
    ]


def _fill(networks: Sequence[list[int]], minutes: int, first_day: Ints, last_day: Ints) -> Iterator[Batch]:
    chosen: list[int] = []
    for network in networks:
        grown = [*chosen, *network]
        days = int(last_day[grown].max() - first_day[grown].min()) + 1
        if chosen and len(grown) * days * (1440 // minutes) > MAX_SLOTS:
            yield _batch(chosen, minutes, first_day, last_day)
            grown = list(network)
        chosen = grown
    if chosen:
        yield _batch(chosen, minutes, first_day, last_day)


def _batch(meters: Sequence[int], minutes: int, first_day: Ints, last_day: Ints) -> Batch:
    first = int(first_day[list(meters)].min())
    return Batch(tuple(meters), minutes, first, int(last_day[list(meters)].max()) - first + 1)


def block_minutes(slot_minutes: int) -> int:
    """The slots that shorter ones are summed to: the shortest of 15, 20, 30, 60 minutes that holds them whole."""
    return next(long for long in (LEAST_SLOT_MINUTES, 20, 30, 60) if long >= slot_minutes and long % slot_minutes == 0)


def build_block(
    readings: Readings, context: Context, batch: Batch, is_day_off: Callable[[date], bool], judge_from_on: date | None
) -> Block:
    """The block of a batch."""
    names = [readings.meters[meter] for meter in batch.meters]
    points = [context.points.get(name, Point()) for name in names]
    scale = np.array([point.kwh_a_unit for point in points])
    grid = _Grid(readings, batch)
    to_kwh = scale[:, None, None]
    values = grid.summed(readings.value) * to_kwh
    multiplier = np.array([point.multiplier for point in points])
    first_on = date(1970, 1, 1) + timedelta(days=batch.first_day)
    is_cut = not np.isfinite(values[:, -1, -1]).any() and batch.days > 1
    days = batch.days - 1 if is_cut else batch.days
    return Block(
        meters=tuple(names),
        first_on=first_on,
        slot_minutes=batch.slot_minutes,
        values=values[:, :days],
        judged_from=0 if judge_from_on is None else min(max(0, (judge_from_on - first_on).days), days),
        quantum=_quanta(values, points, scale),
        capacity=scale * np.array([point.capacity for point in points]) * batch.slot_minutes / 60,
        advance=None
        if readings.register is None
        else (grid.advances(readings.register, multiplier) * to_kwh)[:, :days],
        channels={
            name: (grid.summed(array) if name.startswith(AMOUNTS) else grid.mean(array))[:, :days]
            for name, array in readings.channels.items()
        },
        replaced=(grid.first_values() * to_kwh)[:, :days] if readings.has_versions else None,
        delay_h=None if readings.delay_h is None else grid.latest(readings.delay_h)[:, :days],
        terms=_terms(names, points),
        is_day_off=np.array([is_day_off(first_on + timedelta(days=day)) for day in range(days)], dtype=np.bool_),
        is_explained=_explained(names, context, batch)[:, :days],
        zone=_zones(points),
    )


class _Grid:
    """Puts columns of rows into [S, D, T], first by the slots that each meter sends."""

    def __init__(self, readings: Readings, batch: Batch) -> None:
        self.readings, self.batch = readings, batch
        self.groups: list[tuple[int, Ints, Ints, Ints]] = []
        minutes_of = readings.slot_minutes[list(batch.meters)]
        for minutes in np.unique(minutes_of):
            places = np.flatnonzero(minutes_of == minutes)
            rows = np.concatenate(
                [np.arange(*readings.bounds[batch.meters[place] :][:2]) for place in places] or [np.empty(0, np.int64)]
            )
            counts = [int(np.diff(readings.bounds[batch.meters[place] :][:2])[0]) for place in places]
            owner = np.repeat(np.arange(len(places)), counts)
            slot = (readings.start_s[rows] - batch.first_day * DAY_S) // (int(minutes) * 60)
            per_meter = batch.days * (1440 // int(minutes))
            self.groups.append((int(minutes), places, rows, owner * per_meter + slot))

    def _fine(self, array: Floats) -> Iterator[tuple[int, Ints, Floats]]:
        """Groups of meters with equal slots: places in the block, and [S', D, T', k], k sent in each of the block's."""
        for minutes, places, rows, cell in self.groups:
            parts = self.batch.slot_minutes // minutes
            flat = np.full(len(places) * self.batch.days * (1440 // minutes), np.nan)
            flat[cell] = array[rows]
            yield minutes, places, flat.reshape(len(places), self.batch.days, 1440 // self.batch.slot_minutes, parts)

    def _coarse(self, array: Floats, reduce: Callable[[Floats], Floats]) -> Floats:
        found = np.full((len(self.batch.meters), self.batch.days, 1440 // self.batch.slot_minutes), np.nan)
        for _, places, fine in self._fine(array):
            found[places] = reduce(fine)
        return found

    def summed(self, array: Floats) -> Floats:
        """Sums; unknown where a part is."""
        return self._coarse(array, lambda fine: fine[..., 0] if fine.shape[-1] == 1 else fine.sum(axis=-1))

    def mean(self, array: Floats) -> Floats:
        """Means; unknown where a part is."""
        return self._coarse(array, lambda fine: fine[..., 0] if fine.shape[-1] == 1 else fine.mean(axis=-1))

    def latest(self, array: Floats) -> Floats:
        """The largest of what is known."""
        return self._coarse(array, lambda fine: np.fmax.reduce(fine, axis=-1))

    def first_values(self) -> Floats:
        """What stood first in slots of which a part was replaced, else NaN."""
        first = np.where(np.isfinite(self.readings.replaced), self.readings.replaced, self.readings.value)
        sums, is_replaced = self.summed(first), self.latest(self.readings.replaced)
        return np.where(np.isfinite(is_replaced), sums, np.nan)

    def advances(self, register: Floats, multiplier: Floats) -> Floats:
        """What registers advanced in each slot."""
        found = np.full((len(self.batch.meters), self.batch.days, 1440 // self.batch.slot_minutes), np.nan)
        values = {minutes: fine for minutes, _, fine in self._fine(self.readings.value)}
        for minutes, places, faces in self._fine(register):
            shape = (len(places), self.batch.days, -1)
            aligned = align_register(
                values[minutes].reshape(shape), faces.reshape(shape), multiplier=multiplier[places]
            )
            found[places] = aligned.reshape(faces.shape).sum(axis=-1)
        return found


def _spans(readings: Readings) -> tuple[Ints, Ints]:
    """First and last day of each meter, by its known values."""
    last = readings.bounds[1:] - 1
    return readings.start_s[readings.bounds[:-1]] // DAY_S, readings.start_s[last] // DAY_S


def _networks(readings: Readings, points: Mapping[str, Point]) -> list[list[int]]:
    """Meters that hang together by their parents."""
    number = {name: place for place, name in enumerate(readings.meters)}
    root = list(range(len(readings.meters)))

    def find(place: int) -> int:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for name, place in number.items():
        parent = number.get(points[name].parent) if name in points else None
        if parent is not None:
            root[find(place)] = find(parent)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(len(root)):
        found[find(place)].append(place)
    return list(found.values())


def _terms(names: Sequence[str], points: Sequence[Point]) -> tuple[Term, ...]:
    place_of = {name: place for place, name in enumerate(names)}
    return tuple(
        Term(whole=place_of[point.parent], part=part, sign=point.sign)
        for part, point in enumerate(points)
        if point.parent in place_of
    )


def _zones(points: Sequence[Point]) -> Ints:
    names = sorted({point.zone for point in points})
    return np.array([names.index(point.zone) for point in points], dtype=np.int64)


def _explained(names: Sequence[str], context: Context, batch: Batch) -> Bools:
    found = np.zeros((len(names), batch.days), dtype=np.bool_)
    place_of = {name: place for place, name in enumerate(names)}
    for event in context.events:
        first = max(0, event.start_s // DAY_S - batch.first_day)
        until = max(0, -(-event.end_s // DAY_S) - batch.first_day)
        if not event.meter:
            found[:, first:until] = True
        elif event.meter in place_of:
            found[place_of[event.meter], first:until] = True
    return found


def _quanta(values: Floats, points: Sequence[Point], scale: Floats) -> Floats:
    """Steps of the meters: as given, or learnt from the last digits of the first weeks; NaN where no step fits."""
    given = np.array([point.quantum for point in points])
    for place in np.flatnonzero(~np.isfinite(given)):
        given[place] = learn_quantum(values[place] / scale[place])
    return given * scale


def learn_quantum(values: Floats) -> float:
    """The step that the values [D, T] of a meter's first known days are whole multiples of; NaN without one."""
    rows = values[np.isfinite(values).any(axis=1)][:DIGIT_DAYS]
    some = rows[np.isfinite(rows) & (rows != 0)]
    if len(some) < 2:
        return float("nan")
    for digits in range(FINEST_DIGIT + 1):
        scaled = some * 10.0**digits
        whole = np.rint(scaled)
        if (np.abs(scaled - whole) <= 1e-6 * np.maximum(1, np.abs(whole))).mean() >= WHOLE_SHARE:
            steps = np.abs(whole[whole != 0]).astype(np.int64)
            return float(np.gcd.reduce(steps) / 10.0**digits) if len(steps) else float("nan")
    return float("nan")
