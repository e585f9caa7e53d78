"""How bytes become readings: one module a wire format, each with a folder of golden cases (tests/ingest/cases).

To add a format, write a module with a class that fits `Codec`, and add it to `CODECS` (docs/ingest-protocol.md, "Adding
a codec"). A codec reads syntax only: it knows neither clock nor database, answers with a `Refused` what it could not
read, and leaves unlocated what only the registers can tell. Typed structs of the wire stay in its module. The first
codec that recognises a message takes it; the last one recognises everything.
"""

from typing import Final

from ingest.codecs.decoded import Codec, Decoded
from ingest.codecs.json_v1 import JsonV1
from ingest.codecs.provincial_v1 import ProvincialV1
from ingest.topics import TopicKind

__all__ = ["CODECS", "Codec", "Decoded", "choose_codec"]

CODECS: Final[tuple[Codec, ...]] = (ProvincialV1(), JsonV1())


def choose_codec(kind: TopicKind, payload: bytes) -> Codec:
    """The codec for a message of readings."""
    for codec in CODECS:
        if codec.recognises(kind, payload):
            return codec
    return CODECS[-1]
