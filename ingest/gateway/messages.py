"""Readings become messages: one a cycle for what is new, many readings at once for what is old."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

from ingest.gateway.spool import Reading
from ingest.topics import TopicKind

#: A quarter of what the platform takes; 75 kB at most, which any broker lets through.
READINGS_PER_MESSAGE: Final = 500
#: Of the 256 kB that the platform takes: readings may have fields of their own, which are sent as they are.
BYTES_PER_MESSAGE: Final = 200_000
#: Far below the 366 days of one message.
PACKED_SPAN: Final = timedelta(days=31)
BACKFILL_AFTER: Final = timedelta(hours=2)

#: An interval is dated by its start and complete at its end.
_LENGTHS: Final = {
    "15min": timedelta(minutes=15),
    "30min": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=31),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """Which readings are back-fill, and how they are put together."""

    now: datetime
    #: Readings that were complete so long ago go to the back-fill topic; zero sends all of them there.
    backfill_after: timedelta = BACKFILL_AFTER
    #: Whether old readings of many instants share a message, as the rows of a file may.
    is_packed: bool = False

    def kind(self, reading: Reading) -> TopicKind:
        """Where a reading goes; one whose time cannot be read goes where the platform refuses it soonest."""
        at = instant_of(reading)
        if not self.backfill_after:
            return TopicKind.BACKFILL
        if at is None:
            return TopicKind.READINGS
        complete_at = at + _LENGTHS.get(str(reading.get("period")), timedelta())
        return TopicKind.BACKFILL if complete_at < self.now - self.backfill_after else TopicKind.READINGS


@dataclass(slots=True)
class MessageBuilder:
    """Takes readings in their order and gives a message whenever one is full."""

    sorting: Sorting
    _readings: list[Reading] = field(default_factory=list)
    _kind: TopicKind = TopicKind.READINGS
    _byte_count: int = 0

    def add(self, reading: Reading) -> tuple[list[Reading], TopicKind] | None:
        """Take a reading; returns the message before it, where that ends here."""
        kind = self.sorting.kind(reading)
        byte_count = len(msgspec.json.encode(reading)) + 1
        full = None if self._fits(reading, kind, byte_count) else self.end()
        self._readings.append(reading)
        self._kind = kind
        self._byte_count += byte_count
        return full

    def end(self) -> tuple[list[Reading], TopicKind] | None:
        """What is left."""
        message = (self._readings, self._kind) if self._readings else None
        self._readings, self._byte_count = [], 0
        return message

    def _fits(self, reading: Reading, kind: TopicKind, byte_count: int) -> bool:
        if not self._readings:
            return True
        if kind is not self._kind or len(self._readings) >= READINGS_PER_MESSAGE:
            return False
        if self._byte_count + byte_count > BYTES_PER_MESSAGE:
            return False
        if reading["at"] == self._readings[0]["at"]:
            return True
        first, this = instant_of(self._readings[0]), instant_of(reading)
        is_packed = self.sorting.is_packed and kind is TopicKind.BACKFILL
        return is_packed and first is not None and this is not None and abs(this - first) <= PACKED_SPAN


def into_messages(readings: Iterable[Reading], sorting: Sorting) -> Iterator[tuple[list[Reading], TopicKind]]:
    """Messages in the order of the readings."""
    builder = MessageBuilder(sorting)
    for reading in readings:
        if (message := builder.add(reading)) is not None:
            yield message
    if (message := builder.end()) is not None:
        yield message


def instant_of(reading: Reading) -> datetime | None:
    """The instant of a reading; None where it is not an aware one."""
    try:
        at = datetime.fromisoformat(str(reading.get("at")))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
