"""Statistical periods: half-open spans in Asia/Shanghai whose label is their start."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from nenghao.errors import DataRefused

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
#: China had summer time in 1986-1991; from 1992 on every day has 24 hours and every quarter-hour its place.
FIRST_DAY: Final = date(1992, 1, 1)
#: Later days are slips of the pen, and the last of all have no instant in another zone and no day after them.
LAST_DAY: Final = date(2199, 12, 31)
#: The same from then on, ten times as fast: batches ask for the day of each reading.
SHANGHAI_SINCE_1992: Final = timezone(timedelta(hours=8))
MINUTES_PER_DAY: Final = 1440
DAY_S: Final = MINUTES_PER_DAY * 60


def day_of(at: datetime) -> date:
    """The Shanghai day that holds the instant `at`."""
    return at.astimezone(SHANGHAI).date()


def day_start(day_on: date) -> datetime:
    """The instant at which a Shanghai day begins, in UTC."""
    return datetime.combine(day_on, time(), SHANGHAI).astimezone(UTC)


def day_bounds(day_on: date) -> tuple[datetime, datetime]:
    """`[start, end)` of a Shanghai day, in UTC."""
    return day_start(day_on), day_start(day_on + timedelta(days=1))


def slots_per_day(slot_minutes: int) -> int:
    """How many slots of `slot_minutes` a day holds: 96, 48 or 24."""
    return MINUTES_PER_DAY // slot_minutes


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in Asia/Shanghai."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read `2026-10`.

        Raises: DataRefused where the text is not a month from 1992 to 2199.
        """
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            raise DataRefused(f"{text!r} is not a month like 2026-10") from None
        if first < FIRST_DAY:
            raise DataRefused(f"{text!r} lies before {FIRST_DAY:%Y-%m}: days had summer time then")
        if first > LAST_DAY:
            raise DataRefused(f"{text!r} lies after {LAST_DAY:%Y-%m}")
        return cls(first.year, first.month)

    @classmethod
    def of(cls, day_on: date) -> "Month":
        """The month of a day."""
        return cls(day_on.year, day_on.month)

    @property
    def start_on(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def end_on(self) -> date:
        """The first day of the next month."""
        return date(self.year + self.month // 12, self.month % 12 + 1, 1)

    def days(self) -> Iterator[date]:
        """Its days, in order."""
        day_on = self.start_on
        while day_on < self.end_on:
            yield day_on
            day_on += timedelta(days=1)

    def __str__(self) -> str:
        """`2026-10`."""
        return f"{self.year:04d}-{self.month:02d}"
