"""Looks around a gap: its days, and the donors that each of them has.

Before: gaps (gaps), donors (donors). After: estimates (estimates).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nenghao.closing.columns import Ints, VersionColumns, day_on_of
from nenghao.closing.donors import DonorDay, Donors, LikeDays, like_days, read_day, same_kind
from nenghao.closing.gaps import Gap
from nenghao.closing.slots import Slots
from nenghao.domain.series_version import Series


@dataclass(frozen=True, slots=True)
class GapDay:
    """A day that a gap touches, and the gap's slots there: `low:high` from the day's first, which is `offset`."""

    row: int
    day_on: date
    unit: str
    slot_minutes: int
    scale: int
    offset: int
    low: int
    high: int

    @property
    def place(self) -> slice:
        """The gap's slots among all."""
        return slice(self.offset + self.low, self.offset + self.high)

    @property
    def own(self) -> slice:
        """The gap's slots among those of the day."""
        return slice(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Around:
    """Days and donors of the gaps of a chunk of series."""

    series: Sequence[Series]
    versions: VersionColumns
    slots: Slots

    def series_id(self, gap: Gap) -> int:
        """The series of a gap."""
        return self.series[gap.series].series_id

    def unit(self, slot: int) -> str:
        """The unit of the day of a slot."""
        return self._unit_of_row(int(self.slots.row[slot]))

    def scale(self, place: Ints) -> int:
        """The coarsest scale of the days of some slots."""
        return int(self.slots.days.scale[self.slots.row[place]].min())

    def days(self, gap: Gap) -> list[GapDay]:
        """The days of a gap, in order."""
        days = self.slots.days
        return [
            GapDay(
                row=row,
                day_on=day_on_of(int(days.begin[row])),
                unit=self._unit_of_row(row),
                slot_minutes=int(days.slot_s[row]) // 60,
                scale=int(days.scale[row]),
                offset=int(days.offset[row]),
                low=max(0, gap.first - int(days.offset[row])),
                high=min(int(days.count[row]), gap.end - int(days.offset[row])),
            )
            for row in range(int(self.slots.row[gap.first]), int(self.slots.row[gap.end - 1]) + 1)
        ]

    def likes(self, gap: Gap, donors: Donors) -> list[LikeDays] | None:
        """Like days of every day of the gap, None where one has none."""
        found: list[LikeDays] = []
        for day in self.days(gap):
            one = like_days(donors, self.series_id(gap), day.day_on, day.unit, day.slot_minutes)
            if one is None:
                return None
            found.append(one)
        return found

    def days_before(self, gap: Gap, donors: Donors) -> list[tuple[date, DonorDay]] | None:
        """The day before each day of the gap, where the same slots of it are measured."""
        found = []
        for day in self.days(gap):
            donor_on = date.fromordinal(day.day_on.toordinal() - 1)
            stored = donors.days.get((self.series_id(gap), donor_on))
            if stored is None or (stored.unit, stored.slot_minutes) != (day.unit, day.slot_minutes):
                return None
            donor = read_day(stored)
            if not donor.is_measured[day.own].all():
                return None
            found.append((donor_on, donor))
        return found

    def check_days(self, gap: Gap, donors: Donors) -> tuple[int, list[DonorDay]] | None:
        """The check meter and its days, where all slots of the gap are measured there."""
        days = self.days(gap)
        ids = {donors.checks.get((self.series_id(gap), day.day_on)) for day in days}
        check_id = ids.pop()
        if ids or check_id is None:
            return None
        found = self.days_of(gap, donors, check_id)
        if found is None or not all(one.is_measured[day.own].all() for one, day in zip(found, days, strict=True)):
            return None
        return check_id, found

    def days_of(self, gap: Gap, donors: Donors, series_id: int) -> list[DonorDay] | None:
        """Another series' days beside those of the gap, of the same slots and kind of unit."""
        found = []
        for day in self.days(gap):
            stored = donors.days.get((series_id, day.day_on))
            if stored is None or stored.slot_minutes != day.slot_minutes or not same_kind(stored.unit, day.unit):
                return None
            found.append(read_day(stored))
        return found

    def _unit_of_row(self, row: int) -> str:
        version = int(self.slots.days.version[row])
        number = int(self.versions.series[version])
        return self.series[number].versions[version - int(self.versions.first[number])].unit
