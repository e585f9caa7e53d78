"""Reads receipts and proofs as somebody hands them in, years later, without a network or a database."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nenghao.errors import SealBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReceipt:
    """A receipt: which messages of which gateway were committed, by seq and hash."""

    topic: str
    sent_at: datetime
    boot_id: str
    hashes: dict[int, bytes]
    refusals: list[dict[str, Any]]
    readings: dict[str, int]

    @property
    def unit_code(self) -> str:
        """统一社会信用代码 of the gateway's unit."""
        return self.topic.split("/")[3]

    @property
    def gateway_code(self) -> str:
        """The gateway's name within the unit."""
        return self.topic.split("/")[4]


def read_receipt(body: bytes) -> KeptReceipt:
    """Read the body of a receipt.

    Raises: SealBroken where it is none.
    """
    try:
        fields: dict[str, Any] = json.loads(body)
        receipt = KeptReceipt(
            topic=str(fields["topic"]),
            sent_at=datetime.fromisoformat(fields["sent_at"]),
            boot_id=str(fields["boot_id"]),
            hashes={int(seq): bytes.fromhex(digest) for seq, digest in fields["hashes"].items()},
            refusals=[dict(one) for one in fields["refusals"]],
            readings={str(name): int(count) for name, count in fields["readings"].items()},
        )
        is_whole = receipt.topic.endswith("/receipts") and receipt.topic.count("/") == 5
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise SealBroken("not a receipt") from error
    if not is_whole or receipt.sent_at.tzinfo is None:
        raise SealBroken("not a receipt")
    return receipt
