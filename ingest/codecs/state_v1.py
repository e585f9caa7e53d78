"""The JSON body of the `state` topic: a gateway's heartbeat, and its will."""

from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from ingest.codecs.json_v1 import MAX_SEQ, SCHEMA
from nenghao.domain.acceptance import Reason, Refused

CODEC: Final = "state_v1"
_INT4: Final = 2**31 - 1


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a gateway is there, what it still holds, how far its clock is off and which configuration it runs."""

    schema: str
    online: bool
    boot_id: UUID | None = None
    buffered_count: Annotated[int, Meta(ge=0, le=MAX_SEQ)] | None = None
    clock_offset_ms: Annotated[int, Meta(ge=-_INT4, le=_INT4)] | None = None
    config_hash: Annotated[str, Meta(pattern="^[0-9a-f]{1,128}$")] | None = None


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
