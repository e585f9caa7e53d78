"""The JSON body of `nenghao/v1/heads/{day}`, as far as a gateway needs it: which root a day has."""

from typing import Annotated

import msgspec
from msgspec import Meta


class HeadBody(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a day's tree; `root` and `previous_root` are in hex."""

    schema: str
    day: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    root: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


_decoder = msgspec.json.Decoder(HeadBody)


def decode_head(body: bytes) -> HeadBody | None:
    """Read a head; None where it is none."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
