"""The JSON body of the `config` topic: what the platform asks of a gateway."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from ingest.codecs.json_v1 import MAX_SEQ, SCHEMA

RESEND: Final = "resend"

_Seq = Annotated[int, Meta(ge=0, le=MAX_SEQ)]


class ResendRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Send these messages of one spool again, receipted or not; ranges are closed."""

    schema: str
    kind: str
    boot_id: UUID
    seq_ranges: list[tuple[_Seq, _Seq]]
    requested_at: Annotated[datetime, Meta(tz=True)]


class OtherRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request of a kind that is not known here."""

    schema: str
    kind: str


_resend = msgspec.json.Decoder(ResendRequest)
_other = msgspec.json.Decoder(OtherRequest)


def encode_resend(boot_id: UUID, seq_ranges: list[tuple[int, int]], requested_at: datetime) -> bytes:
    """The bytes of a request to send messages again."""
    return msgspec.json.encode(
        ResendRequest(schema=SCHEMA, kind=RESEND, boot_id=boot_id, seq_ranges=seq_ranges, requested_at=requested_at)
    )


def decode_request(body: bytes) -> ResendRequest | OtherRequest | None:
    """Read a request; None where it is none."""
    try:
        request = _other.decode(body)
        if request.schema != SCHEMA:
            return None
        return _resend.decode(body) if request.kind == RESEND else request
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
