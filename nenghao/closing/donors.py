"""What estimates may draw on: measured days of the series itself, of its check meter, and of the register beside it.

Only measured slots give anything: an estimate never comes from an estimate.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from nenghao.closing.columns import Exact, Ints
from nenghao.domain.estimation import LIKE_DAYS_BACK
from nenghao.domain.quantities import UNITS
from nenghao.domain.series_day import ESTIMATED, VALIDATED, StandingEstimate, StoredDay

#: A day of a series.
SeriesOn = tuple[int, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Donors:
    """All that the gaps of a chunk may draw on."""

    #: Days of the same series, and of others.
    days: Mapping[SeriesOn, StoredDay] = field(default_factory=dict)
    #: The series that checks a series on a day.
    checks: Mapping[SeriesOn, int] = field(default_factory=dict)
    #: The register beside an interval series.
    registers: Mapping[int, int] = field(default_factory=dict)
    standing: Mapping[SeriesOn, tuple[StandingEstimate, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DonorDay:
    """Slots of a stored day: energies x 10^-scale of its unit, where they are known, and how good they are."""

    unit: str
    scale: int
    slot_minutes: int
    energy: Ints
    is_known: Exact
    is_measured: Exact
    is_estimated: Exact


def read_day(day: StoredDay) -> DonorDay:
    """A stored day as arrays."""
    quality = np.frombuffer(day.quality.encode(), dtype=np.uint8)
    count, body = len(quality), np.frombuffer(day.energy[20:], dtype=np.uint8)
    energy, is_known = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
    if len(body) == 12 * count:
        energy[:] = body.reshape(count, 12)[:, 4:].copy().view(">i8").ravel()
        is_known[:] = True
    else:
        place = 0
        for slot in range(count):
            is_null = body[place] == 255  # a size of -1
            if not is_null:
                energy[slot] = int.from_bytes(body[place + 4 : place + 12].tobytes(), "big", signed=True)
                is_known[slot] = True
            place += 4 if is_null else 12
    return DonorDay(
        day.unit, day.scale, day.slot_minutes, energy, is_known,
        (quality == ord(VALIDATED)) & is_known, (quality == ord(ESTIMATED)) & is_known,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LikeDays:
    """The mean of like days: twelfths of energy a slot, so that one to four days give whole numbers."""

    days: tuple[date, ...]
    unit: str
    scale: int
    twelfths: Ints


def like_days(donors: Donors, series_id: int, day_on: date, unit: str, slot_minutes: int) -> LikeDays | None:
    """The same weekday of the last four weeks, days with measured slots only; None where there is none."""
    found: list[tuple[date, DonorDay]] = []
    for back in LIKE_DAYS_BACK:
        donor_on = date.fromordinal(day_on.toordinal() - back)
        stored = donors.days.get((series_id, donor_on))
        if stored is None or (stored.unit, stored.slot_minutes) != (unit, slot_minutes):
            continue
        if stored.quality.strip(VALIDATED) == "":
            found.append((donor_on, read_day(stored)))
    if not found:
        return None
    scale = max(day.scale for _, day in found)
    total = sum((day.energy * 10 ** (scale - day.scale) for _, day in found), np.zeros(1, dtype=np.int64))
    return LikeDays(tuple(day_on for day_on, _ in found), unit, scale, total * (12 // len(found)))


def same_kind(unit: str, other: str) -> bool:
    """Whether two units measure the same."""
    return UNITS[unit].dimension == UNITS[other].dimension


def days_back(day_on: date) -> Iterable[date]:
    """The days that could be donors of a day of the same series."""
    return (date.fromordinal(day_on.toordinal() - back) for back in (1, *LIKE_DAYS_BACK))
