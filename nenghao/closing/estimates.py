"""Fills gaps by the first method that has what it takes.

Before: gaps (gaps) and donors (donors). After: rows to be written (packing).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import numpy as np

from nenghao.closing.apportioning import apportion
from nenghao.closing.around import Around, GapDay
from nenghao.closing.columns import Exact, Ints, first_of_groups
from nenghao.closing.donors import DonorDay, Donors, LikeDays, read_day
from nenghao.closing.gaps import Gap
from nenghao.closing.notes import Note, Notes
from nenghao.closing.slots import E, Pieces, Slots, powers_of_ten
from nenghao.domain.estimation import (
    ADVANCE,
    AGREED,
    CHECK_METER,
    DAY_BEFORE,
    LIKE_DAYS,
    LINEAR,
    LINEAR_MAX_S,
    STOP,
    Agreed,
    Stop,
)
from nenghao.domain.quantities import EXACT, UNITS, convert
from nenghao.domain.series_day import StandingEstimate

#: Weights of a shape are brought to this size: fine enough for a shape, small enough for 64 bits.
_SHAPE: int = 1 << 16


@dataclass(frozen=True, slots=True)
class Estimator:
    """Fills the gaps of a chunk of series."""

    around: Around
    pieces: Pieces
    notes: Notes

    @property
    def slots(self) -> Slots:
        """The slots that are filled."""
        return self.around.slots

    # --- what needs no donors ---

    def fill_agreed(self, agreed: Agreed, number: int) -> None:
        """Give the slots of an agreed span that no meter tells what was agreed on (E8)."""
        slots = self.slots
        end = slots.begin + slots.days.slot_s[slots.row]
        place = np.flatnonzero(
            (slots.days.series[slots.row] == number) & (slots.begin >= agreed.begin) & (end <= agreed.end)
            & ~slots.is_known
        )  # fmt: skip
        if not len(place):
            return
        unit, scale = self.around.unit(int(place[0])), self.around.scale(place)
        with localcontext(EXACT):
            energy = convert(agreed.energy, agreed.unit, unit)
            total = int(energy.scaleb(scale).to_integral_value(ROUND_HALF_EVEN))
        parts = self._apportion(total, np.ones(len(place), dtype=np.int64))
        self._set(place, parts, scale, AGREED)
        note = Note(
            begin_s=agreed.begin, end_s=agreed.end, known_energy=energy, agreed_value_id=agreed.agreed_value_id,
            decision_id=agreed.decision_id,
        )  # fmt: skip
        self.notes.add(place, note)

    def fill_stop(self, stop: Stop, number: int) -> None:
        """Nothing was used while a stop is proven (E7)."""
        slots = self.slots
        end = slots.begin + slots.days.slot_s[slots.row]
        place = np.flatnonzero(
            (slots.days.series[slots.row] == number) & (slots.begin >= stop.begin) & (end <= stop.end) & ~slots.is_known
        )
        if len(place):
            self._set(place, np.zeros(len(place), dtype=np.int64), 0, STOP)
            self.notes.add(place, Note(begin_s=stop.begin, end_s=stop.end, known_energy=None))

    # --- gaps with donors ---

    def fill_known(self, gap: Gap, donors: Donors) -> None:
        """Give an advance the shape of its check meter, else of like days; else it stays apportioned by time."""
        if self._keep_standing(gap, donors, self._known_energy(gap)):
            return
        found = self._check_shape(gap, donors) or (
            self._like_shape(gap, donors) if gap.seconds > LINEAR_MAX_S else None
        )
        if found is None:
            return
        method, shape, note = found
        pieces, slots = self.pieces, self.slots
        place, seconds = pieces.slot[gap.pieces], pieces.seconds[gap.pieces]
        weights = shape[place - gap.first]
        if (seconds != slots.days.slot_s[slots.row[place]]).any():
            weights = weights * seconds
        if not weights.any():
            return
        before = pieces.energy[gap.pieces]
        scale = self.around.scale(place)
        finer = self._powers(slots.days.scale[slots.row[place]] - scale)
        parts = self._by_days(sum((before // finer).tolist()), place, weights) * finer
        slots.energy[place] += parts - before
        slots.method[place] = ord(method)
        self.notes.add(place, note)

    def fill_hole(self, gap: Gap, donors: Donors) -> None:
        """Give a gap of unknown amount the register beside it, its check meter, like days, or the day before."""
        if self._fill_from_register(gap, donors) or self._keep_standing(gap, donors, None):
            return
        if (checked := self.around.check_days(gap, donors)) is not None:
            check_id, days = checked
            own = UNITS[self.around.unit(gap.first)].exponent
            rows = [(day.energy, 1, day.scale - UNITS[day.unit].exponent + own) for day in days]
            self._fill_by_days(gap, rows, CHECK_METER, self._note(gap, self._dates(gap), check_id))
        elif (likes := self.around.likes(gap, donors)) is not None:
            rows = [(like.twelfths, 12, like.scale) for like in likes]
            self._fill_by_days(gap, rows, LIKE_DAYS, self._note(gap, _days_of(likes), None))
        elif (before := self.around.days_before(gap, donors)) is not None:
            rows = [(day.energy, 1, day.scale) for _, day in before]
            note = self._note(gap, tuple(day_on for day_on, _ in before), None)
            self._fill_by_days(gap, rows, DAY_BEFORE, note)

    # --- shapes ---

    def _check_shape(self, gap: Gap, donors: Donors) -> tuple[str, Ints, Note] | None:
        found = self.around.check_days(gap, donors)
        if found is None:
            return None
        check_id, days = found
        shape = self._in_one_scale(gap, [(day.energy, day.scale - UNITS[day.unit].exponent) for day in days])
        return CHECK_METER, shape, self._note(gap, self._dates(gap), check_id)

    def _like_shape(self, gap: Gap, donors: Donors) -> tuple[str, Ints, Note] | None:
        likes = self.around.likes(gap, donors)
        if likes is None:
            return None
        rows = [(like.twelfths, like.scale - UNITS[like.unit].exponent) for like in likes]
        return ADVANCE, self._in_one_scale(gap, rows), self._note(gap, _days_of(likes), None)

    def _in_one_scale(self, gap: Gap, rows: Sequence[tuple[Ints, int]]) -> Ints:
        """Slots of the gap in one scale, brought to the size of a shape."""
        finest = max(scale for _, scale in rows)
        parts = [
            energy[day.own].astype(object) * 10 ** (finest - scale)
            for (energy, scale), day in zip(rows, self.around.days(gap), strict=True)
        ]
        return _shape(np.concatenate(parts))

    # --- amounts ---

    def _fill_by_days(self, gap: Gap, rows: Sequence[tuple[Ints, int, int]], method: str, note: Note) -> None:
        """Give each day's slots its donors' amounts, (energy, divisor, scale): rounded once a day."""
        for day, (energy, divisor, scale) in zip(self.around.days(gap), rows, strict=True):
            weights = energy[day.own].astype(object) * 10 ** max(0, day.scale - scale)
            divided = divisor * 10 ** max(0, scale - day.scale)
            total = (2 * sum(weights.tolist()) + divided) // (2 * divided)
            place = np.arange(day.place.start, day.place.stop)
            self._set(place, self._apportion(total, _shape(weights)), day.scale, method)
        self.notes.add(slice(gap.first, gap.end), note)

    def _fill_from_register(self, gap: Gap, donors: Donors) -> bool:
        """Scale missing intervals to what the register beside them advanced, where the gap's own registers are real."""
        register_id = donors.registers.get(self.around.series_id(gap))
        found = None if register_id is None else self.around.days_of(gap, donors, register_id)
        if found is None:
            return False
        parts = list(zip(found, self.around.days(gap), strict=True))
        if not all(one.is_known[day.own].all() for one, day in parts) or not _ends_are_real(parts):
            return False
        unit, place = self.around.unit(gap.first), np.arange(gap.first, gap.end)
        scale = self.around.scale(place)
        known = Decimal(0)
        with localcontext(EXACT):
            for one, day in parts:
                known += convert(Decimal(int(one.energy[day.own].sum())).scaleb(-one.scale), one.unit, unit)
            total = int(known.scaleb(scale).to_integral_value(ROUND_HALF_EVEN))
        if self._keep_standing(gap, donors, known):
            return True
        likes = self.around.likes(gap, donors) if gap.seconds > LINEAR_MAX_S else None
        shape = np.ones(len(place), dtype=np.int64)
        if likes is not None:
            shape = self._in_one_scale(gap, [(like.twelfths, like.scale - UNITS[like.unit].exponent) for like in likes])
        self._set(place, self._by_days(total, place, shape), scale, ADVANCE if gap.seconds > LINEAR_MAX_S else LINEAR)
        note = self._note(gap, _days_of(likes or ()), register_id)
        self.notes.add(place, replace(note, known_energy=known))
        return True

    # --- what stands ---

    def _keep_standing(self, gap: Gap, donors: Donors, known: Decimal | None) -> bool:
        """Keep the estimate that stands of the same gap with the same known total: it is not revised because a donor
        changed.
        """
        kept = []
        for day in self.around.days(gap):
            standing = self._standing_of(gap, day, donors, known)
            if standing is None:
                return False
            kept.append((day, *standing))
        for day, estimate, energy in kept:
            place = np.arange(day.place.start, day.place.stop)
            self._set(place, energy, day.scale, estimate.method[-1])
            note = self._note(gap, estimate.donor_days, estimate.donor_series_id)
            self.notes.add(place, replace(note, known_energy=known))
        return True

    def _standing_of(
        self, gap: Gap, day: GapDay, donors: Donors, known: Decimal | None
    ) -> tuple[StandingEstimate, Ints] | None:
        """What stands of a gap on one of its days, with its slots."""
        key = (self.around.series_id(gap), day.day_on)
        stored = donors.days.get(key)
        if stored is None or stored.scale != day.scale:
            return None
        wanted = (gap.begin_s, gap.end_s, known, day.low + 1, day.high - day.low)
        for one in donors.standing.get(key, ()):
            if (one.gap_begin, one.gap_end, one.known_energy, one.first_slot, one.slot_count) == wanted:
                return one, read_day(stored).energy[day.own]
        return None

    # --- arithmetic ---

    def _known_energy(self, gap: Gap) -> Decimal | None:
        if not gap.is_total_known:
            return None
        place = self.pieces.slot[gap.pieces]
        scales = self.slots.days.scale[self.slots.row[place]].tolist()
        with localcontext(EXACT):
            return sum(
                (Decimal(int(part)).scaleb(-scale)
                 for part, scale in zip(self.pieces.energy[gap.pieces].tolist(), scales, strict=True)),
                Decimal(0),
            )  # fmt: skip

    def _by_days(self, total: int, place: Ints, weights: Ints) -> Exact:
        """A total split to days, then to their slots."""
        if not weights.any():
            weights = np.ones(len(weights), dtype=np.int64)
        row = self.slots.row[place]
        starts = np.flatnonzero(first_of_groups(row))
        return apportion(self._apportion(total, np.add.reduceat(weights, starts)), row - row[0], weights)

    @staticmethod
    def _apportion(total: int, weights: Ints) -> Exact:
        kind = object if abs(total) > 2**62 else np.int64
        return apportion(np.array([total], dtype=kind), np.zeros(len(weights), dtype=np.int64), weights)

    def _powers(self, exponents: Ints) -> Exact:
        return powers_of_ten(exponents, self.slots.energy.dtype)

    def _set(self, place: Ints, parts: Exact, scale: int, method: str) -> None:
        """Fill slots with estimates that count in 10^-scale, no finer than their days."""
        slots = self.slots
        slots.energy[place] = parts * self._powers(slots.days.scale[slots.row[place]] - scale)
        slots.is_known[place] = True
        slots.quality[place] = E
        slots.method[place] = ord(method)

    def _dates(self, gap: Gap) -> tuple[date, ...]:
        return tuple(day.day_on for day in self.around.days(gap))

    def _note(self, gap: Gap, donor_days: tuple[date, ...], donor_series_id: int | None) -> Note:
        return Note(
            begin_s=gap.begin_s, end_s=gap.end_s, known_energy=self._known_energy(gap), donor_days=donor_days,
            donor_series_id=donor_series_id,
        )  # fmt: skip


def _days_of(likes: Sequence[LikeDays]) -> tuple[date, ...]:
    return tuple(sorted({day_on for like in likes for day_on in like.days}))


def _ends_are_real(parts: Sequence[tuple[DonorDay, GapDay]]) -> bool:
    """Whether no estimate of the register reaches over an end of the gap."""
    (first, from_day), (last, to_day) = parts[0], parts[-1]
    low, high = from_day.low, to_day.high
    begins = not first.is_estimated[low] or (low > 0 and not first.is_estimated[low - 1])
    ends = not last.is_estimated[high - 1] or (high < len(last.energy) and not last.is_estimated[high])
    return bool(begins and ends)


def _shape(weights: Exact) -> Ints:
    """Weights brought to a size that leaves room for a product, none below 0."""
    whole = np.maximum(weights, 0)
    largest = int(whole.max())
    shape: Ints = (whole * _SHAPE // largest if largest > _SHAPE else whole).astype(np.int64)
    return shape
