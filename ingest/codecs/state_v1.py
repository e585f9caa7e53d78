"""The JSON body of the `state` topic: a gateway's heartbeat, and its will."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from ingest.codecs.json_v1 import MAX_SEQ, SCHEMA
from nenghao.domain.acceptance import Reason, Refused

CODEC: Final = "state_v1"
_INT4: Final = 2**31 - 1


Sha256Hex = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class SpoolHead(msgspec.Struct, frozen=True):
    """The newest message of the gateway's spool, sent or not: its seq, and the SHA-256 of its payload in hex."""

    seq: Annotated[int, Meta(ge=0, le=MAX_SEQ)]
    hash: Sha256Hex


class SeenHead(msgspec.Struct, frozen=True):
    """The last head of a day tree that the gateway saw: its day, and the root in hex."""

    day: date
    root: Sha256Hex


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a gateway is there, what it still holds, how far its clock is off and which configuration it runs.

    Where spool and trees stood for it shows afterwards that either was changed.
    """

    schema: str
    online: bool
    boot_id: UUID | None = None
    buffered_count: Annotated[int, Meta(ge=0, le=MAX_SEQ)] | None = None
    clock_offset_ms: Annotated[int, Meta(ge=-_INT4, le=_INT4)] | None = None
    config_hash: Annotated[str, Meta(pattern="^[0-9a-f]{1,128}$")] | None = None
    spool_head: SpoolHead | None = None
    head: SeenHead | None = None


_state = msgspec.json.Decoder(State)


def decode_state(payload: bytes) -> State | Refused:
    """Read a state; never raises, whatever the bytes are."""
    try:
        state = _state.decode(payload)
    except msgspec.ValidationError as error:
        return Refused(reason=Reason.MESSAGE_MALFORMED, detail=str(error))
    except UnicodeDecodeError:
        return Refused(reason=Reason.PAYLOAD_NOT_UTF8, detail="not UTF-8")
    except msgspec.DecodeError as error:
        return Refused(reason=Reason.PAYLOAD_NOT_JSON, detail=str(error))
    except RecursionError:
        return Refused(reason=Reason.PAYLOAD_TOO_DEEP, detail="nested too deeply")
    if state.schema != SCHEMA:
        return Refused(reason=Reason.SCHEMA_UNKNOWN, detail=f"not {SCHEMA}")
    return state
