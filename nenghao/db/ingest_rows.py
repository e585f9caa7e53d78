"""What a batch stores: messages and states after judgement, and their rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from nenghao.domain.acceptance import Accepted, Assurance, Reason, Refused, Source

HASH_ALGORITHM: Final = "sha256"
MAX_TOPIC_CHARS: Final = 300
MAX_TEXT_CHARS: Final = 200


class IncomingMessage(NamedTuple):
    """A message after judgement; a place in `readings` is a reading's ordinal.

    `assurance` says how far its sender was proven, never manual; `prev_hash` is what it says of the message before it.
    """

    gateway_id: int | None
    boot_id: UUID | None
    seq: int | None
    msg_id: str | None
    topic: str
    codec: str
    hash: bytes
    payload: bytes
    sent_at: datetime | None
    received_at: datetime
    collected_under: str
    readings: Sequence[Accepted | Refused]
    refused: Refused | None
    assurance: Assurance = Assurance.PASSWORD
    prev_hash: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingState:
    """A gateway's state; a replay (kept by the broker, or sent before) adds nothing where it says nothing new."""

    gateway_id: int
    received_at: datetime
    online: bool
    boot_id: UUID | None
    buffered_count: int | None
    clock_offset_ms: int | None
    config_hash: str | None
    spool_head_seq: int | None
    spool_head_hash: bytes | None
    head_day: date | None
    head_root: bytes | None
    is_replay: bool


@dataclass(slots=True)
class Counts:
    """What became of the readings of a message, or of a batch."""

    stored: int = 0
    duplicate: int = 0
    conflict: int = 0
    revision: int = 0
    refused: int = 0

    def add(self, other: "Counts") -> None:
        """Sum up."""
        self.stored += other.stored
        self.duplicate += other.duplicate
        self.conflict += other.conflict
        self.revision += other.revision
        self.refused += other.refused

    @property
    def total(self) -> int:
        """All readings."""
        return self.stored + self.duplicate + self.conflict + self.revision + self.refused


@dataclass(slots=True)
class BatchOutcome:
    """What a committed batch added."""

    messages: int = 0
    received_again: int = 0
    refused_messages: int = 0
    readings: Counts = field(default_factory=Counts)
    #: Rows of table refusal by reason.
    refusals: Counter[Reason] = field(default_factory=Counter)

    @property
    def has_repeats(self) -> bool:
        """Whether a message or the key of a reading had come before."""
        return self.received_again + self.readings.duplicate + self.readings.conflict > 0

    def add(self, other: "BatchOutcome") -> None:
        """Sum up."""
        self.messages += other.messages
        self.received_again += other.received_again
        self.refused_messages += other.refused_messages
        self.readings.add(other.readings)
        self.refusals.update(other.refusals)


class FreshMessage(NamedTuple):
    """A message that is not stored yet, with its new id and what became of its readings."""

    message_id: int
    message: IncomingMessage
    counts: Counts


def message_row(shard: int, one: FreshMessage) -> tuple[object, ...]:
    """Its row of table message."""
    message, counts = one.message, one.counts
    return (
        one.message_id,
        shard,
        message.gateway_id,
        message.boot_id,
        message.seq,
        None if message.msg_id is None else clean_text(message.msg_id),
        stored_topic(message),
        message.codec,
        HASH_ALGORITHM,
        message.hash,
        message.sent_at,
        message.received_at,
        "accepted" if message.refused is None else "refused",
        counts.total,
        counts.stored,
        counts.duplicate,
        counts.conflict,
        counts.revision,
        counts.refused,
        message.collected_under,
        "signed" if message.assurance is Assurance.SIGNED else "password",
        message.prev_hash,
    )


def assurance_of(message: IncomingMessage, reading: Accepted) -> Assurance:
    """How far the sender of one reading is proven: no signature proves what a person typed in."""
    return Assurance.MANUAL if reading.source is Source.MANUAL else message.assurance


def refusals_of(message: IncomingMessage) -> Iterable[tuple[int | None, Refused]]:
    """The message's own refusal, without an ordinal, or that of each of its readings that was refused."""
    if message.refused is not None:
        yield None, message.refused
        return
    for ordinal, reading in enumerate(message.readings):
        if isinstance(reading, Refused):
            yield ordinal, reading


def refusal_rows(one: FreshMessage) -> Iterable[tuple[object, ...]]:
    """Its row of table refusal, or one for each of its readings that was refused."""
    return (_refusal_row(one, ordinal, refused) for ordinal, refused in refusals_of(one.message))


def _refusal_row(one: FreshMessage, ordinal: int | None, refused: Refused) -> tuple[object, ...]:
    return (
        one.message_id,
        ordinal,
        refused.reason.value,
        clean_text(refused.detail),
        None if refused.point_code is None else clean_text(refused.point_code),
        refused.at,
        None if refused.value_text is None else clean_text(refused.value_text),
        one.message.received_at,
    )


def stored_topic(message: IncomingMessage) -> str:
    """Topics of ours are short; a longer one would not fit an index."""
    return clean_text(message.topic, MAX_TOPIC_CHARS)


def clean_text(text: str, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Text that PostgreSQL can hold: without NUL, without lone surrogates, cut to size."""
    if text.isascii() and "\0" not in text:
        return text[:max_chars]
    return text[:max_chars].replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
