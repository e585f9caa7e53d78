"""The upload body of the national system, as provinces take it (docs/ingest-protocol.md, "The provincial body").

`data[{dataCode, dataValue, inputType, statType, statDate, uploadDate, scope, valid}]` below `deviceId` and
`enterpriseCode`. This module reads the syntax; what an item means is known with its unit (provincial_item).
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from ingest.codecs.decoded import Decoded
from ingest.codecs.provincial_item import ProvincialItem, read_date
from ingest.topics import TopicKind
from nenghao.domain.acceptance import MAX_DIGITS, Reason, Refused, Source
from nenghao.domain.data_code import parse_data_code
from nenghao.errors import DataRefused
from nenghao.reference.provinces import NATION, load_body_rules

#: 手工填报, of the five values of inputType. Source: domain 1.6, S1.
TYPED_IN: Final = 5


class _Front(msgspec.Struct, frozen=True, rename="camel"):
    """What tells this body from others."""

    schema: Raw | UnsetType = UNSET
    device_id: Raw | UnsetType = UNSET
    data: Raw | UnsetType = UNSET


class _Body(msgspec.Struct, frozen=True, rename="camel"):
    device_id: Annotated[str, Meta(min_length=1, max_length=64)]
    enterprise_code: Annotated[str, Meta(max_length=64)]
    data: list[Raw]


class _Item(msgspec.Struct, frozen=True, rename="camel"):
    data_code: str
    data_value: Raw
    input_type: Annotated[int, Meta(ge=1, le=TYPED_IN)]
    stat_type: Annotated[int, Meta(ge=0, le=3)]
    stat_date: str
    upload_date: str
    scope: Annotated[int, Meta(ge=1, le=4)]
    valid: Raw


class _LooseItem(msgspec.Struct, frozen=True, rename="camel"):
    """An item whose fields may be anything, to say which one it was."""

    data_code: Any = None
    data_value: Raw | UnsetType = UNSET


_front = msgspec.json.Decoder(_Front)
_body = msgspec.json.Decoder(_Body)
#: Not strict: numbers may come as strings, as programs that keep them as text send them.
_item = msgspec.json.Decoder(_Item, strict=False)
_loose_item = msgspec.json.Decoder(_LooseItem)


class ProvincialV1:
    """Codec of the provincial upload body."""

    name: Final = "provincial_v1"

    def recognises(self, kind: TopicKind, payload: bytes) -> bool:  # noqa: ARG002 - both topics take it
        """A JSON object with `deviceId` and `data`, without `schema`."""
        if b'"deviceId"' not in payload:
            return False
        try:
            front = _front.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        return front.schema is UNSET and front.device_id is not UNSET and front.data is not UNSET

    def decode(self, payload: bytes, *, max_readings: int) -> Decoded:
        """Read a message; an item that is wrong by itself becomes a refusal in its place."""
        try:
            payload.decode()
            body = _body.decode(payload)
        except UnicodeDecodeError as error:
            return self._refused(Reason.PAYLOAD_NOT_UTF8, f"byte {error.start} is not UTF-8")
        except msgspec.ValidationError as error:
            return self._refused(Reason.MESSAGE_MALFORMED, str(error))
        except msgspec.DecodeError as error:
            return self._refused(Reason.PAYLOAD_NOT_JSON, str(error))
        except RecursionError:
            return self._refused(Reason.PAYLOAD_TOO_DEEP, "nested too deeply")
        if len(body.data) > max_readings:
            refused = Refused(
                reason=Reason.TOO_MANY_READINGS, detail=f"{len(body.data)} readings, at most {max_readings}"
            )
            return Decoded(
                codec=self.name, unit_code=body.enterprise_code, readings=[refused] * len(body.data), refused=refused
            )
        readings = [_read(raw) for raw in body.data]
        return Decoded(
            codec=self.name, unit_code=body.enterprise_code, sent_at=_latest_upload(readings), readings=readings
        )

    def _refused(self, reason: Reason, detail: str) -> Decoded:
        return Decoded(codec=self.name, refused=Refused(reason=reason, detail=detail))


# --- one item ---


def _read(raw: Raw) -> ProvincialItem | Refused:
    try:
        item = _item.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        return _explain(raw, str(error))
    value = _value_of(item.data_value)
    if value is None:
        return _refuse(Reason.READING_MALFORMED, "dataValue is neither number nor string", item)
    try:
        code = parse_data_code(item.data_code)
    except DataRefused as error:
        return _refuse(Reason.DATA_CODE_MALFORMED, str(error), item)
    if code.scope != item.scope:
        return _refuse(Reason.SCOPE_MISMATCH, f"scope is {item.scope}, but the code says {code.scope}", item)
    return ProvincialItem(
        data_code=code.digits,
        value=value,
        source=Source.MANUAL if item.input_type == TYPED_IN else None,
        stat_type=item.stat_type,
        stat_date=item.stat_date,
        upload_date=item.upload_date,
        valid=_text_of(item.valid),
    )


def _explain(raw: Raw, complaint: str) -> Refused:
    try:
        loose = _loose_item.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return Refused(reason=Reason.READING_MALFORMED, detail=complaint)
    return Refused(
        reason=Reason.READING_MALFORMED,
        detail=complaint,
        point_code=loose.data_code if isinstance(loose.data_code, str) else None,
        value_text=None if isinstance(loose.data_value, UnsetType) else _text_of(loose.data_value),
    )


def _refuse(reason: Reason, detail: str, item: _Item) -> Refused:
    return Refused(reason=reason, detail=detail, point_code=item.data_code, value_text=_text_of(item.data_value))


def _text_of(raw: Raw) -> str:
    """A JSON value as written, a string without its quotes."""
    text = bytes(raw).decode()
    try:
        return msgspec.json.decode(raw, type=str) if text.startswith('"') else text
    except msgspec.DecodeError:
        return text


def _value_of(raw: Raw) -> str | None:
    """A string as it is, for acceptance to judge, and a number as the plain decimal that it stands for, exactly.

    Programs write floats from 10^7 on with an exponent. None where the JSON value is neither.
    """
    text = bytes(raw).decode()
    if text.startswith('"'):
        return _text_of(raw)
    if text[0] not in "-0123456789":
        return None
    if "e" not in text and "E" not in text:
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    exponent = number.as_tuple().exponent
    # An exponent of a few characters can stand for gigabytes of zeros; such a number stays as it is and is refused.
    return f"{number:f}" if isinstance(exponent, int) and abs(exponent) <= MAX_DIGITS else text


def _latest_upload(readings: Sequence[ProvincialItem | Refused]) -> datetime | None:
    """When the message was made: its newest uploadDate."""
    national = load_body_rules(NATION).date
    uploads = (read_date(one.upload_date, national) for one in readings if isinstance(one, ProvincialItem))
    return max((at for at in uploads if at is not None), default=None)
