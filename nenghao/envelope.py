r"""The signed envelope of messages, receipts and heads: one header line before the bytes that it signs.

    nenghao-signed/1 {algorithm} {key_id} {signature in base64}\n{body}

The signature covers the topic too, so that a message cannot be moved to another gateway or day. The header is ASCII and
the body is untouched, so that MQTT 3.1.1 carries it as it carries the body alone.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from nenghao.crypto import Signature, SigningKey

MARK: Final = b"nenghao-signed/1 "
#: What every signature begins with, so that no other use of the same key can be taken for a message.
CONTEXT: Final = b"nenghao/v1\n"
MAX_HEADER_BYTES: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A payload taken apart; without a signature the body is the payload."""

    body: bytes
    signature: Signature | None


def signed_bytes(topic: str, body: bytes) -> bytes:
    """What a signature of a body under a topic covers."""
    return b"%b%b\n%b" % (CONTEXT, topic.encode(), body)


def enclose(key: SigningKey, topic: str, body: bytes) -> bytes:
    """The payload that carries a body with its signature; the same for the same key, topic and body."""
    return payload_of(key.sign(signed_bytes(topic, body)), body)


def payload_of(signature: Signature, body: bytes) -> bytes:
    """The payload of a body whose signature was made elsewhere."""
    value = base64.b64encode(signature.value).decode()
    return f"{MARK.decode()}{signature.algorithm} {signature.key_id} {value}\n".encode() + body


def open_envelope(payload: bytes) -> Envelope | None:
    """Take a payload apart; None where it begins as an envelope and is none. Checks no signature."""
    if not payload.startswith(MARK):
        return Envelope(body=payload, signature=None)
    end = payload.find(b"\n", 0, MAX_HEADER_BYTES)
    fields = payload[len(MARK) : end].split(b" ") if end >= 0 else []
    if len(fields) != 3:
        return None
    try:
        algorithm, key_id = fields[0].decode("ascii"), fields[1].decode("ascii")
        value = base64.b64decode(fields[2], validate=True)
    except (UnicodeDecodeError, binascii.Error):
        return None
    # Base64 may hold bits that say nothing: with them one message would have several hashes.
    if base64.b64encode(value) != fields[2]:
        return None
    return Envelope(body=payload[end + 1 :], signature=Signature(algorithm=algorithm, key_id=key_id, value=value))
