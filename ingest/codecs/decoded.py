"""What every codec gives: the parts of a message that storage, identity and receipts need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ingest.topics import TopicKind
from nenghao.domain.acceptance import Refused, Source
from nenghao.domain.candidates import ReadingCandidate


class SourcedReading(ReadingCandidate, Protocol):
    """A reading that may name its source; without, the topic says it."""

    @property
    def source(self) -> Source | None:
        """As the sender says, else None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A message as read: its identity where it could be read, and its readings or the reason why there are none.

    A place in `readings` is a reading's ordinal; one that is wrong by itself stands there as its refusal.
    """

    codec: str
    boot_id: UUID | None = None
    seq: int | None = None
    msg_id: str | None = None
    sent_at: datetime | None = None
    readings: Sequence[SourcedReading | Refused] = ()
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
