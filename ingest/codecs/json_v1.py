"""The canonical JSON body, schema `nenghao/1` (docs/ingest-protocol.md).

A message is decoded in one typed pass; only where that fails is it read a second time, reading by reading, to refuse
the wrong ones alone and to say why.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from ingest.codecs.decoded import Decoded, SourcedReading
from ingest.topics import TopicKind
from nenghao.domain.acceptance import Reason, Refused, Source, storable

SCHEMA: Final = "nenghao/1"
MAX_SEQ: Final = 2**63 - 1
MAX_REASON_CHARS: Final = 500

Instant = Annotated[datetime, Meta(tz=True)]
_SOURCES: Final = {"live": Source.LIVE, "backfill": Source.BACKFILL, "manual": Source.MANUAL}


class _Corrects(msgspec.Struct, frozen=True, gc=False):
    value: str
    reason: Annotated[str, Meta(max_length=MAX_REASON_CHARS)]


class _Reading(msgspec.Struct, frozen=True, gc=False):
    point: str
    quantity: str
    kind: str
    period: str
    at: Instant
    value: str
    unit: str
    sent_source: Literal["live", "backfill", "manual"] | None = msgspec.field(name="source", default=None)
    meter: str | None = None
    multiplier: str | None = None
    corrects: _Corrects | None = None

    @property
    def source(self) -> Source | None:
        return None if self.sent_source is None else _SOURCES[self.sent_source]


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    schema: str
    boot_id: UUID
    seq: Annotated[int, Meta(ge=0, le=MAX_SEQ)]
    msg_id: Annotated[str, Meta(max_length=64)] | None = None
    sent_at: Instant
    prev_hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None


class _Message(_Envelope, frozen=True, kw_only=True):
    readings: list[_Reading]


class _MessageInParts(_Envelope, frozen=True, kw_only=True):
    readings: list[Raw]


class _Identity(msgspec.Struct, frozen=True):
    """What is tried where the envelope is wrong, so that a receipt can still name the message."""

    boot_id: UUID
    seq: Annotated[int, Meta(ge=0, le=MAX_SEQ)]


class _LooseReading(msgspec.Struct, frozen=True):
    """A reading whose fields may be anything, to find out which one is wrong."""

    point: Any = None
    at: Any = None
    value: Raw | UnsetType = UNSET
    corrects: Any = None


_message = msgspec.json.Decoder(_Message)
_in_parts = msgspec.json.Decoder(_MessageInParts)
_identity = msgspec.json.Decoder(_Identity)
_reading = msgspec.json.Decoder(_Reading)
_loose_reading = msgspec.json.Decoder(_LooseReading)


class JsonV1:
    """Codec of the canonical body."""

    name: Final = "json_v1"

    def recognises(self, kind: TopicKind, payload: bytes) -> bool:  # noqa: ARG002 - others look at them
        """It is the general format: every message of readings that no other codec wants."""
        return True

    def decode(self, payload: bytes, *, max_readings: int) -> Decoded:
        """Read a message; a reading that is wrong by itself becomes a refusal in its place."""
        if not payload.isascii():
            try:
                payload.decode()
            except UnicodeDecodeError as error:
                return self._refused(Reason.PAYLOAD_NOT_UTF8, f"byte {error.start} is not UTF-8")
        try:
            message = _message.decode(payload)
        except msgspec.ValidationError:
            return self._decode_in_parts(payload, max_readings)
        except msgspec.DecodeError as error:
            return self._refused(Reason.PAYLOAD_NOT_JSON, str(error))
        except RecursionError:
            return self._refused(Reason.PAYLOAD_TOO_DEEP, "nested too deeply")
        return self._judge_envelope(message, message.readings, max_readings)

    def _decode_in_parts(self, payload: bytes, max_readings: int) -> Decoded:
        try:
            message = _in_parts.decode(payload)
        except msgspec.ValidationError as error:
            return self._refused_whole(payload, Reason.MESSAGE_MALFORMED, str(error))
        except msgspec.DecodeError as error:
            return self._refused(Reason.PAYLOAD_NOT_JSON, str(error))
        except RecursionError:
            return self._refused(Reason.PAYLOAD_TOO_DEEP, "nested too deeply")
        is_read = len(message.readings) <= max_readings
        readings = [_read_alone(raw) if is_read else _NOT_READ for raw in message.readings]
        return self._judge_envelope(message, readings, max_readings)

    def _judge_envelope(
        self, message: _Envelope, readings: Sequence[SourcedReading | Refused], max_readings: int
    ) -> Decoded:
        refused = None
        if message.schema != SCHEMA:
            refused = Refused(reason=Reason.SCHEMA_UNKNOWN, detail=f"not {SCHEMA}")
        elif len(readings) > max_readings:
            refused = Refused(
                reason=Reason.TOO_MANY_READINGS, detail=f"{len(readings)} readings, at most {max_readings}"
            )
        return Decoded(
            codec=self.name,
            boot_id=message.boot_id,
            seq=message.seq,
            msg_id=message.msg_id,
            sent_at=storable(message.sent_at),
            prev_hash=None if message.prev_hash is None else bytes.fromhex(message.prev_hash),
            readings=readings,
            refused=refused,
        )

    def _refused_whole(self, payload: bytes, reason: Reason, detail: str) -> Decoded:
        try:
            identity = _identity.decode(payload)
        except (msgspec.DecodeError, RecursionError):
            return self._refused(reason, detail)
        refused = Refused(reason=reason, detail=detail)
        return Decoded(codec=self.name, boot_id=identity.boot_id, seq=identity.seq, refused=refused)

    def _refused(self, reason: Reason, detail: str) -> Decoded:
        return Decoded(codec=self.name, refused=Refused(reason=reason, detail=detail))


_NOT_READ: Final = Refused(reason=Reason.TOO_MANY_READINGS, detail="not read")


def _read_alone(raw: Raw) -> SourcedReading | Refused:
    try:
        return _reading.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        return _explain(raw, str(error))


def _explain(raw: Raw, complaint: str) -> Refused:
    """Which field of a reading is wrong; the codec's own complaint stays as the detail."""
    try:
        loose = _loose_reading.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return Refused(reason=Reason.READING_MALFORMED, detail=complaint)
    value_text = None if isinstance(loose.value, UnsetType) else bytes(loose.value).decode()
    at, reason = _explain_time(loose.at)
    if reason is None and value_text is not None and not value_text.startswith('"'):
        reason = Reason.VALUE_NOT_DECIMAL_STRING
    if reason is None and "$.corrects" in complaint:
        reason = Reason.CORRECTION_MALFORMED
    return Refused(
        reason=reason or Reason.READING_MALFORMED,
        detail=complaint,
        point_code=loose.point if isinstance(loose.point, str) else None,
        at=at,
        value_text=None if value_text is None else value_text.strip('"'),
    )


def _explain_time(at: object) -> tuple[datetime | None, Reason | None]:
    if at is None:
        return None, None
    try:
        instant = msgspec.convert(at, datetime)
    except msgspec.ValidationError:
        return None, Reason.TIME_MALFORMED
    if instant.tzinfo is None:
        return None, Reason.TIME_WITHOUT_ZONE
    return storable(instant), None
