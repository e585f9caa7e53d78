"""The JSON body of the `receipts` topic: what the platform has committed of a gateway's messages."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType


class ReceiptCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the readings."""

    stored: int
    duplicate: int
    conflict: int
    revision: int
    refused: int


class ReceiptRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """A refused message (ordinal null) or reading; one whose seq could not be read is named by its hash."""

    seq: int | None
    ordinal: int | None
    reason: str
    hash: str | UnsetType = UNSET


class ReceiptBody(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt; `hashes` gives the SHA-256 of each message it covers, by seq, and `sent_at` when it was written."""

    schema: str
    topic: str
    sent_at: datetime
    gateway: str
    boot_id: str | None
    seq_ranges: list[tuple[int, int]]
    readings: ReceiptCounts
    refusal_count: int
    refusals: list[ReceiptRefusal]
    hashes: dict[str, str]


_decoder = msgspec.json.Decoder(ReceiptBody)


def encode_receipt(receipt: ReceiptBody) -> bytes:
    """The bytes of a receipt."""
    return msgspec.json.encode(receipt)


def decode_receipt(payload: bytes) -> ReceiptBody | None:
    """Read a receipt; None where it is none."""
    try:
        return _decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
