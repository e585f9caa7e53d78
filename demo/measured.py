"""Measured load curves out of the two packages, cut to a window and shifted to it by whole weeks.

`energydata` holds the UCI "Individual household electric power consumption" data: one house near Paris, one-minute
active and reactive power and three sub-meters (the package filled the 1.25 % of missing minutes). `opendsm` holds
hourly and half-hourly electricity and hourly gas of UK customers. Their local clock is read as Shanghai's.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import accumulate, islice, pairwise
from pathlib import Path

from nenghao.errors import ConfigError

MINUTE = timedelta(minutes=1)
#: Gas is given as energy; a gas meter counts volume. 38.979 MJ/m3 is the upper end of the range of GB/T 2589 for
#: natural gas, so this is a stand-in volume, not a measured one.
GAS_MJ_PER_M3 = Decimal("38.979")
MJ_PER_KWH = Decimal("3.6")
METER_STEP = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Curve:
    """What a meter counted in each slot from `start` on, at its own side (before the multiplier).

    `steps[i]` belongs to `[start + i * slot, start + (i + 1) * slot)`; all are multiples of 0.001 of the unit.
    """

    start: datetime
    slot: timedelta
    steps: tuple[Decimal, ...]

    def registers(self, first: Decimal) -> tuple[Decimal, ...]:
        """The face of a register that shows `first` at `start`: one value more than there are slots."""
        return tuple(accumulate(self.steps, initial=first))


@dataclass(frozen=True, slots=True)
class Window:
    """The span the demo covers, as naive Shanghai wall time: `[start, end)`."""

    start: datetime
    end: datetime

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.end - self.start).days

    def source_starts(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """Where a source that covers `[first, last)` can be read from: whole weeks away, the same season first.

        No two of them overlap, so that units which send the same source at different times share no reading.
        """
        length = self.end - self.start
        latest = self.start - timedelta(weeks=-((last - length - self.start) // timedelta(weeks=1)))
        starts = [latest - timedelta(weeks=back) for back in range((latest - first) // timedelta(weeks=1) + 1)]
        half_year = timedelta(days=182)
        taken: list[datetime] = []
        for begins in sorted(
            starts, key=lambda begins: abs((self.start - begins + half_year) % timedelta(days=365.25) - half_year)
        ):
            if all(abs(begins - other) >= length for other in taken):
                taken.append(begins)
                yield begins


def house(root: Path, window: Window, take: int) -> dict[str, Curve]:
    """Quarter-hour curves of the UCI house: `main` and `reactive` (kWh, kvarh), `sub1`..`sub3` (kWh).

    `take` counts the spans of the source that share no reading, from 0.
    """
    first, last = (datetime.fromisoformat(day) for day in ("2006-12-17", "2010-11-26"))
    begins = next(islice(window.source_starts(first, last), take, None))
    minutes = (window.end - window.start) // MINUTE
    columns: dict[str, list[Decimal]] = {"main": [], "reactive": [], "sub1": [], "sub2": [], "sub3": []}
    for row in _house_minutes(root / "EnergyData" / "data" / "householdpower.csv", begins, minutes):
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
    return {
        name: Curve(window.start, timedelta(minutes=15), _metered(_sums(values, 15)))
        for name, values in columns.items()
    }


def uk_electricity(root: Path, sample: int, window: Window, take: int = 0) -> Curve:
    """Hourly electricity of UK customer `sample` (0, 1 or 2), kWh; `take` as in `house`."""
    hours = _uk_hours(root, f"electricity-hdd-only-hourly-sample-{sample}", window, take)
    return Curve(window.start, timedelta(hours=1), _metered(hours))


def uk_gas(root: Path, window: Window) -> Curve:
    """Hourly gas of UK customer 0, as a volume in m3 (see GAS_MJ_PER_M3)."""
    hours = _uk_hours(root, "gas-hdd-only-hourly-sample-0", window, 0)
    return Curve(window.start, timedelta(hours=1), _metered([kwh * MJ_PER_KWH / GAS_MJ_PER_M3 for kwh in hours]))


def _house_minutes(path: Path, begins: datetime, minutes: int) -> Iterator[tuple[Decimal, ...]]:
    """Per minute: kWh, kvarh, and kWh of the three sub-meters."""
    wanted = begins.isoformat(sep=" ").encode()
    with path.open("rb") as file:
        for line in file:
            if line.startswith(wanted):
                break
        for count in range(minutes):
            stamp, active_kw, reactive_kvar, _volt, _amp, *subs_wh = line.decode().rstrip().split(",")
            if count % 1440 == 0 and stamp != (begins + count * MINUTE).isoformat(sep=" "):
                raise ConfigError(f"{path.name}: expected {begins + count * MINUTE}, found {stamp}")
            yield (
                Decimal(active_kw) / 60,
                Decimal(reactive_kvar) / 60,
                *(Decimal(wh) / 1000 for wh in subs_wh),
            )
            line = file.readline()


def _uk_hours(root: Path, name: str, window: Window, take: int) -> list[Decimal]:
    path = root / "opendsm" / "eemeter" / "samples" / f"uk-{name}.csv.gz"
    by_hour: dict[datetime, Decimal] = {}
    with gzip.open(path, "rt", encoding="ascii", newline="") as file:
        for start, value in list(csv.reader(file))[1:]:
            at = datetime.fromisoformat(start).replace(tzinfo=None)
            hour = at.replace(minute=0)
            by_hour[hour] = by_hour.get(hour, Decimal(0)) + Decimal(value)
    first, last = min(by_hour) + timedelta(hours=1), max(by_hour)
    count = (window.end - window.start) // timedelta(hours=1)
    spans = (
        [begins + number * timedelta(hours=1) for number in range(count)]
        for begins in window.source_starts(first, last)
    )
    whole = (hours for hours in spans if all(hour in by_hour for hour in hours))
    if (hours := next(islice(whole, take, None), None)) is not None:
        return [by_hour[hour] for hour in hours]
    raise ConfigError(f"{path.name}: no {window.days} days without a missing hour")


def _sums(values: list[Decimal], per_slot: int) -> list[Decimal]:
    return [sum(values[at : at + per_slot], Decimal(0)) for at in range(0, len(values), per_slot)]


def _metered(steps: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """What a meter with a face of three decimals counts: differences of a rounded running total."""
    faces = [total.quantize(METER_STEP, ROUND_HALF_EVEN) for total in accumulate(steps, initial=Decimal(0))]
    return tuple(later - earlier for earlier, later in pairwise(faces))
