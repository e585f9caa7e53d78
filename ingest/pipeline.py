"""Turns an arrived message into rows: `RawMessage` -> (codec) `Reading` -> (domain/acceptance) `Accepted | Refused`.

`read_arrival` needs only the bytes and runs as they come; `judge` needs the registers and runs when a batch is stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from ingest.codecs import Decoded, choose_codec
from ingest.codecs.decoded import SourcedReading, UnlocatedReading
from ingest.codecs.state_v1 import CODEC as STATE_CODEC
from ingest.codecs.state_v1 import State, decode_state
from ingest.signatures import Seal, assure, check_boot, unseal
from ingest.topics import Topic, TopicKind, parse_topic
from nenghao.db.ingest_registers import Gateway, GatewayTrust, RegisterSnapshot, UnitRegister
from nenghao.db.ingest_rows import IncomingMessage, IncomingState
from nenghao.domain.acceptance import (
    Accepted,
    Assurance,
    Limits,
    Reason,
    Refused,
    Source,
    Times,
    accept,
    refuse_reading,
)

#: What may be known by now: worth a look whether the registers have grown.
UNKNOWN: Final = frozenset(
    (
        Reason.UNIT_UNKNOWN,
        Reason.GATEWAY_UNKNOWN,
        Reason.SHARD_MISMATCH,
        Reason.SIGNATURE_UNKNOWN_KEY,
        Reason.BOOT_UNKNOWN,
        Reason.POINT_UNKNOWN,
        Reason.SERIES_UNKNOWN,
        Reason.SERIES_NOT_VALID,
        Reason.METER_MISMATCH,
        Reason.MULTIPLIER_MISMATCH,
    )
)
#: A year of readings by the day; more would need more locks in one transaction than the server has.
MAX_DAYS: Final = 366
#: What is refused before its signature is looked at: nothing of it was read.
UNOPENED: Final = frozenset((Reason.PAYLOAD_TOO_LARGE, Reason.ENVELOPE_MALFORMED))
NO_TRUST: Final = GatewayTrust()
NO_DUTY: Final = "unknown"
UNREAD: Final = "none"

_DEFAULT_SOURCE: Final = {TopicKind.READINGS: Source.LIVE, TopicKind.BACKFILL: Source.BACKFILL}


class Arrival(NamedTuple):
    """A message as the broker delivered it; a replay is one that the broker kept (retained) or sends again."""

    topic: str
    payload: bytes
    received_at: datetime
    is_replay: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeLimits:
    """What is refused before it is looked at closely."""

    message_bytes: int
    message_readings: int


class ReadMessage(NamedTuple):
    """An arrival with what could be read of it."""

    arrival: Arrival
    topic: Topic | None
    content: Decoded | State
    seal: Seal | None = None

    @property
    def reading_count(self) -> int:
        """How many readings it brings."""
        return len(self.content.readings) if isinstance(self.content, Decoded) else 0


def read_arrival(arrival: Arrival, limits: SizeLimits) -> ReadMessage:
    """Read a message as far as its bytes go; never raises."""
    topic = parse_topic(arrival.topic)
    if isinstance(topic, Refused):
        return _unread(arrival, None, topic)
    if len(arrival.payload) > limits.message_bytes:
        detail = f"{len(arrival.payload)} bytes, at most {limits.message_bytes}"
        return _unread(arrival, topic, Refused(reason=Reason.PAYLOAD_TOO_LARGE, detail=detail))
    opened = unseal(arrival.topic, arrival.payload)
    if isinstance(opened, Refused):
        return _unread(arrival, topic, opened)
    body, seal = opened
    return ReadMessage(arrival=arrival, topic=topic, content=_read_body(topic, body, limits), seal=seal)


def judge(read: ReadMessage, registers: RegisterSnapshot, limits: Limits) -> IncomingMessage | IncomingState:
    """Decide about a message and each of its readings."""
    content, topic = read.content, read.topic
    if topic is None:
        assert isinstance(content, Decoded)  # noqa: S101 - a topic that is no topic has no state
        return _incoming(read, content, None, (), content.refused)
    found = _find_gateway(topic, registers)
    if isinstance(found, Refused):
        codec = content.codec if isinstance(content, Decoded) else STATE_CODEC
        return _incoming(read, Decoded(codec=codec), None, (), found)
    unit, gateway = found
    trusted = _trust(read, registers.trust.get(gateway.gateway_id, NO_TRUST))
    if isinstance(trusted, _Distrusted):
        return _incoming_distrusted(read, gateway, trusted)
    if isinstance(content, State):
        return _incoming_state(read, content, gateway)
    message = _judge_content(read, content, topic, unit, gateway, limits)
    return message if trusted is Assurance.PASSWORD else message._replace(assurance=trusted)


def _judge_content(
    read: ReadMessage, content: Decoded, topic: Topic, unit: UnitRegister, gateway: Gateway, limits: Limits
) -> IncomingMessage:
    if content.refused is not None:
        return _incoming(read, content, gateway, _all_refused(content), content.refused)
    if content.unit_code not in (None, topic.unit_code):
        other = Refused(reason=Reason.UNIT_MISMATCH, detail=f"the body does not name unit {topic.unit_code}")
        return _incoming(read, content, gateway, [other] * len(content.readings), other)
    source = _DEFAULT_SOURCE[topic.kind]
    times = Times.of(gateway.window, now=read.arrival.received_at, limits=limits)
    readings = [_judge_reading(one, unit, times, source) for one in content.readings]
    days = {one.at.date() for one in readings if isinstance(one, Accepted)} if len(readings) > MAX_DAYS else ()
    if len(days) > MAX_DAYS:
        refused = Refused(reason=Reason.TOO_MANY_DAYS, detail=f"{len(days)} days, at most {MAX_DAYS}")
        return _incoming(read, content, gateway, readings, refused)
    return _incoming(read, content, gateway, readings, None)


def has_unknown(read: ReadMessage, message: IncomingMessage | IncomingState) -> bool:
    """Whether a newer copy of the registers may know what was refused in it, or the key that signed it."""
    if isinstance(message, IncomingState):
        return False
    if read.seal is not None and message.assurance is Assurance.PASSWORD:
        return True
    if message.refused is not None:
        return message.refused.reason in UNKNOWN
    return any(isinstance(one, Refused) and one.reason in UNKNOWN for one in message.readings)


def first_boots(reads: Iterable[ReadMessage], registers: RegisterSnapshot) -> dict[int, UUID]:
    """By gateway the boot_id that enrols itself: the first one signed by a gateway that has none enrolled."""
    found: dict[int, UUID] = {}
    for read in reads:
        content = read.content
        if read.seal is None or read.topic is None or isinstance(content, State) or content.boot_id is None:
            continue
        place = _find_gateway(read.topic, registers)
        trust = NO_TRUST if isinstance(place, Refused) else registers.trust.get(place[1].gateway_id, NO_TRUST)
        if isinstance(place, Refused) or trust.boot_ids or place[1].gateway_id in found:
            continue
        if assure(read.seal, trust, read.arrival.received_at) is Assurance.SIGNED:
            found[place[1].gateway_id] = content.boot_id
    return found


@dataclass(frozen=True, slots=True)
class _Distrusted:
    """Why a message is not taken for its gateway's own, and how far its sender was proven all the same."""

    refused: Refused
    assurance: Assurance


def _trust(read: ReadMessage, trust: GatewayTrust) -> Assurance | _Distrusted:
    content = read.content
    if isinstance(content, Decoded) and content.refused is not None and content.refused.reason in UNOPENED:
        return Assurance.PASSWORD
    assurance = assure(read.seal, trust, read.arrival.received_at)
    if isinstance(assurance, Refused):
        return _Distrusted(assurance, Assurance.PASSWORD)
    if assurance is Assurance.SIGNED and isinstance(content, Decoded):
        refused = check_boot(content.boot_id, trust)
        if refused is not None:
            return _Distrusted(refused, assurance)
    return assurance


def _incoming_distrusted(read: ReadMessage, gateway: Gateway, distrusted: _Distrusted) -> IncomingMessage:
    """A refusal without identity: whoever wrote it must not take the place of what the gateway itself sends."""
    content = read.content
    refused = distrusted.refused
    if isinstance(content, State):
        return _incoming(read, Decoded(codec=STATE_CODEC), gateway, (), refused)
    nameless = content._replace(boot_id=None, seq=None, prev_hash=None)
    message = _incoming(read, nameless, gateway, [refused] * len(content.readings), refused)
    return message._replace(assurance=distrusted.assurance)


def _unread(arrival: Arrival, topic: Topic | None, refused: Refused) -> ReadMessage:
    return ReadMessage(arrival=arrival, topic=topic, content=Decoded(codec=UNREAD, refused=refused))


def _read_body(topic: Topic, body: bytes, limits: SizeLimits) -> Decoded | State:
    if topic.kind is TopicKind.STATE:
        state = decode_state(body)
        return Decoded(codec=STATE_CODEC, refused=state) if isinstance(state, Refused) else state
    return choose_codec(topic.kind, body).decode(body, max_readings=limits.message_readings)


def _find_gateway(topic: Topic, registers: RegisterSnapshot) -> tuple[UnitRegister, Gateway] | Refused:
    unit = registers.units.get(topic.unit_code)
    if unit is None:
        return Refused(reason=Reason.UNIT_UNKNOWN, detail=f"unit {topic.unit_code} is not registered")
    gateway = unit.gateways.get(topic.gateway_code)
    if gateway is None:
        return Refused(reason=Reason.GATEWAY_UNKNOWN, detail=f"gateway {topic.gateway_code} is not registered")
    if gateway.shard != topic.shard:
        return Refused(reason=Reason.SHARD_MISMATCH, detail=f"the gateway belongs to shard {gateway.shard}")
    return unit, gateway


def _judge_reading(
    reading: SourcedReading | UnlocatedReading | Refused,
    unit: UnitRegister,
    times: Times,
    default_source: Source,
) -> Accepted | Refused:
    if isinstance(reading, UnlocatedReading):
        reading = reading.locate(unit)
    if isinstance(reading, Refused):
        return reading
    source = reading.source or default_source
    versions = unit.series.get((reading.point, reading.quantity, reading.kind, reading.period))
    if versions is not None:
        return accept(reading, versions, times, source=source)
    if reading.point not in unit.point_codes:
        return refuse_reading(reading, Reason.POINT_UNKNOWN, "the unit has no such point")
    return refuse_reading(reading, Reason.SERIES_UNKNOWN, "the point has no such series")


def _all_refused(content: Decoded) -> Sequence[Refused]:
    """The readings of a message that is refused as a whole: only their number matters."""
    return [content.refused] * len(content.readings) if content.refused is not None else ()


def _incoming(
    read: ReadMessage,
    content: Decoded,
    gateway: Gateway | None,
    readings: Sequence[Accepted | Refused],
    refused: Refused | None,
) -> IncomingMessage:
    arrival = read.arrival
    return IncomingMessage(
        gateway_id=None if gateway is None else gateway.gateway_id,
        boot_id=None if gateway is None else content.boot_id,
        seq=None if gateway is None else content.seq,
        msg_id=content.msg_id,
        topic=arrival.topic,
        codec=content.codec,
        hash=sha256(arrival.payload).digest(),
        payload=arrival.payload,
        sent_at=content.sent_at,
        received_at=arrival.received_at,
        collected_under=NO_DUTY if gateway is None else gateway.collected_under,
        readings=readings,
        refused=refused,
        prev_hash=None if gateway is None else content.prev_hash,
    )


def _incoming_state(read: ReadMessage, state: State, gateway: Gateway) -> IncomingState:
    return IncomingState(
        gateway_id=gateway.gateway_id,
        received_at=read.arrival.received_at,
        online=state.online,
        boot_id=state.boot_id,
        buffered_count=state.buffered_count,
        clock_offset_ms=state.clock_offset_ms,
        config_hash=state.config_hash,
        spool_head_seq=None if state.spool_head is None else state.spool_head.seq,
        spool_head_hash=None if state.spool_head is None else bytes.fromhex(state.spool_head.hash),
        head_day=None if state.head is None else state.head.day,
        head_root=None if state.head is None else bytes.fromhex(state.head.root),
        is_replay=read.arrival.is_replay,
    )
