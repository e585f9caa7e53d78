"""What every codec gives: the parts of a message that storage, identity and receipts need."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from ingest.topics import TopicKind
from nenghao.domain.acceptance import Refused, SeriesVersion, Source
from nenghao.domain.candidates import ReadingCandidate


class SourcedReading(ReadingCandidate, Protocol):
    """A reading that may name its source; without, the topic says it."""

    @property
    def source(self) -> Source | None:
        """As the sender says, else None."""
        ...


class UnitWords(Protocol):
    """What the registers of one unit say to a format that has other words for points and series than we have."""

    @property
    def division_code(self) -> str:
        """行政区划代码: the unit's province is its first two digits."""
        ...

    @property
    def points_by_data_code(self) -> Mapping[str, Sequence[str]]:
        """The unit's own codes of its points, by data code in 16 digits; several points may share one."""
        ...

    @property
    def series(self) -> Mapping[tuple[str, str, str, str], Sequence[SeriesVersion]]:
        """Versions of each series by point, quantity, kind and period, never without one."""
        ...


class UnlocatedReading:
    """A reading in the words of its format, whose point or series only the registers can tell.

    Not an ABC: each reading is asked whether it is one of these, and an ABC's answer takes five times as long.
    """

    __slots__ = ()

    def locate(self, unit: UnitWords) -> SourcedReading | Refused:
        """The same reading in our words; must not raise, and must not choose where there is a choice."""
        raise NotImplementedError


class Decoded(NamedTuple):
    """A message as read: its identity where it could be read, and its readings or the reason why there are none.

    A place in `readings` is a reading's ordinal; one that is wrong by itself stands there as its refusal. A message
    without `boot_id` and `seq` is known by its topic and the hash of its bytes. Where the body names a unit, it stands
    in `unit_code`, and another one than the topic's refuses the message. `prev_hash` is what the message says of the
    one with the seq before.
    """

    codec: str
    unit_code: str | None = None
    boot_id: UUID | None = None
    seq: int | None = None
    msg_id: str | None = None
    sent_at: datetime | None = None
    prev_hash: bytes | None = None
    readings: Sequence[SourcedReading | UnlocatedReading | Refused] = ()
    refused: Refused | None = None


class Codec(Protocol):
    """One wire format of readings."""

    @property
    def name(self) -> str:
        """Stored with each message, so that its bytes can be read again in ten years."""
        ...

    def recognises(self, kind: TopicKind, payload: bytes) -> bool:
        """Whether a message is in this format, by its topic and first bytes; must be cheap."""
        ...

    def decode(self, payload: bytes, *, max_readings: int) -> Decoded:
        """Read a message; never raises, whatever the bytes are."""
        ...
