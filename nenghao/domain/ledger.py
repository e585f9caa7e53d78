"""The ledger of a unit's day, counted in readings: what was due, what came, what is missing.

Every sum that has to add up is checked when its row is made: a ledger that does not balance is never shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from nenghao.domain.periods import MINUTES_PER_DAY, Month, day_start
from nenghao.domain.series_version import Seconds, SeriesVersion, align, version_at
from nenghao.errors import NenghaoError

DAY_S: Final = MINUTES_PER_DAY * 60
#: An hour is the longest back-off of a sender (docs/ingest-protocol.md): what comes within it came by itself, what
#: comes later was held up. The national system's own deadline is not published.
LATE_AFTER_S: Final = 3600

Place = Literal["on_grid", "off_grid", "outside"]


class LedgerBroken(NenghaoError):  # noqa: N818 - the name says what happened to the ledger
    """Sums that have to be equal are not: a fault of the ledger, never of what was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesKey:
    """What a series is, for people and programs."""

    series_id: int
    point_code: str
    quantity: str
    kind: str
    period: str


@dataclass(frozen=True, slots=True)
class DueSlot:
    """A slot that was due, by its start, and the distance to the next one."""

    at: Seconds
    step_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRange:
    """Slots one after the other: `first_at`, `first_at` + slot_minutes … `last_at`, the last one included."""

    first_at: Seconds
    last_at: Seconds
    slot_minutes: int

    @property
    def slots(self) -> int:
        """How many."""
        return (self.last_at - self.first_at) // (self.slot_minutes * 60) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReading:
    """When a stored reading stands, when and from which gateway it first came, and whether that one's commissioning
    window was open then.
    """

    at: Seconds
    received_at: Seconds
    gateway_id: int
    is_commissioning: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedReading:
    """A stored reading of the day: on which instant of the grid it stands, and by how much it came too late."""

    reading: StoredReading
    place: Place
    instant: Seconds
    is_late: bool

    @property
    def is_commissioning_backfill(self) -> bool:
        """Whether it is late because its gateway was sending what it held from before."""
        return self.is_late and self.reading.is_commissioning


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesAccount:
    """The day of one series. received + missing = due, in slots; received + extra + off_grid = stored, in readings."""

    series: SeriesKey
    due: int
    received: int
    missing: int
    missing_ranges: tuple[SlotRange, ...]
    stored: int
    extra: int
    off_grid: int
    late: int
    commissioning_backfill: int
    conflicting: int
    corrections: int

    def __post_init__(self) -> None:
        named = sum(one.slots for one in self.missing_ranges)
        _equal(f"series {self.series.series_id}: received + missing, due", self.received + self.missing, self.due)
        _equal(f"series {self.series.series_id}: missing, named as missing", self.missing, named)
        _equal(
            f"series {self.series.series_id}: received + extra + off grid, stored",
            self.received + self.extra + self.off_grid,
            self.stored,
        )


def due_slots(
    kind: str, period: str, versions: Sequence[SeriesVersion], day_on: date, now: Seconds
) -> tuple[DueSlot, ...]:
    """The slots of a day that were due by `now`, in order of time.

    A slot is due where it lies inside the validity of the series: a register's by its instant, the start of the slot;
    an interval's from start to end, so the one that is still running is not due yet.
    """
    begin = int(day_start(day_on).timestamp())
    found = [
        DueSlot(at, step_s)
        for version in versions
        for at, step_s in _grid(begin, period, version, day_on)
        if version.holds(at)
        and (end := at + _length_s(kind, period, version, at, day_on)) <= now
        and _covers(versions, at, end)
    ]
    return tuple(sorted(found, key=lambda slot: slot.at))


def place_readings(
    kind: str, period: str, versions: Sequence[SeriesVersion], day_on: date, readings: Iterable[StoredReading]
) -> list[PlacedReading]:
    """Those of the readings that belong to the day: by the instant of the grid that they stand for, within a minute.

    One too far from the grid belongs to the day of its own instant, as does one outside every version.
    """
    begin = int(day_start(day_on).timestamp())
    placed: list[PlacedReading] = []
    for reading in readings:
        version = version_at(versions, reading.at)
        instant = None if version is None else align(reading.at, version)
        place: Place = "outside" if version is None else "off_grid" if instant is None else "on_grid"
        stands_at = reading.at if instant is None else instant
        if not begin <= stands_at < begin + DAY_S:
            continue
        length_s = 0 if version is None else _length_s(kind, period, version, stands_at, day_on)
        is_late = reading.received_at > reading.at + length_s + LATE_AFTER_S
        placed.append(PlacedReading(reading=reading, place=place, instant=stands_at, is_late=is_late))
    return placed


def account_series(
    series: SeriesKey,
    due: Sequence[DueSlot],
    placed: Sequence[PlacedReading],
    *,
    conflicting: int,
    corrections: int,
) -> SeriesAccount:
    """The day of one series; a reading that fills no due slot of its own is extra.

    Raises: LedgerBroken where its sums do not add up.
    """
    instants = {one.instant for one in placed if one.place == "on_grid"}
    received = sum(slot.at in instants for slot in due)
    ranges = missing_ranges(due, instants)
    off_grid = sum(one.place == "off_grid" for one in placed)
    return SeriesAccount(
        series=series,
        due=len(due),
        received=received,
        missing=sum(one.slots for one in ranges),
        missing_ranges=ranges,
        stored=len(placed),
        extra=sum(one.place != "off_grid" for one in placed) - received,
        off_grid=off_grid,
        late=sum(one.is_late and not one.is_commissioning_backfill for one in placed),
        commissioning_backfill=sum(one.is_commissioning_backfill for one in placed),
        conflicting=conflicting,
        corrections=corrections,
    )


def missing_ranges(due: Sequence[DueSlot], received: set[Seconds]) -> tuple[SlotRange, ...]:
    """The due slots, in order of time, that nothing was received for, put together where they follow one another."""
    ranges: list[SlotRange] = []
    for slot in due:
        if slot.at in received:
            continue
        minutes = slot.step_s // 60
        last = ranges[-1] if ranges else None
        if last is not None and last.slot_minutes == minutes and last.last_at + slot.step_s == slot.at:
            ranges[-1] = SlotRange(first_at=last.first_at, last_at=slot.at, slot_minutes=minutes)
        else:
            ranges.append(SlotRange(first_at=slot.at, last_at=slot.at, slot_minutes=minutes))
    return tuple(ranges)


def _grid(begin: Seconds, period: str, version: SeriesVersion, day_on: date) -> Iterator[tuple[Seconds, int]]:
    """Every instant of the day at which the version could have a slot, with the distance to the next."""
    if period == "month" and day_on.day != 1:
        return
    step_s = DAY_S if period in {"day", "month"} else version.slot_s
    for at in range(begin, begin + DAY_S, step_s):
        yield at, step_s


def _length_s(kind: str, period: str, version: SeriesVersion, at: Seconds, day_on: date) -> int:
    """How long after its instant a reading can first be sent: at once, or when its interval is over."""
    if kind != "interval":
        return 0
    if period == "month":
        return int(day_start(Month.of(day_on).end_on).timestamp()) - at
    return DAY_S if period == "day" else version.slot_s


def _covers(versions: Sequence[SeriesVersion], begin: Seconds, end: Seconds) -> bool:
    """Whether versions, in order of validity, follow one another without a break over `[begin, end)`."""
    for version in versions:
        if version.holds(begin):
            if version.valid_until is None or version.valid_until >= end:
                return True
            begin = version.valid_until
    return False


def _equal(what: str, left: int, right: int) -> None:
    if left != right:
        raise LedgerBroken(f"{what}: {left} is not {right}")
