"""Has what goes down to gateways signed: nothing leaves without the signer."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from ingest.receipts import Receipt
from ingest.topics import TopicKind
from nenghao.db.outbound import OutboundMessage
from nenghao.envelope import open_envelope, payload_of
from nenghao.errors import SealBroken
from nenghao.signer.client import SignerClient
from nenghao.trust import KEYS_TOPIC

#: Bounds a request to the signer: receipts have at most 64 kB.
ITEMS_AT_ONCE: Final = 200


def sign_receipts(signer: SignerClient, receipts: Sequence[Receipt]) -> list[Receipt]:
    """The receipts in their envelopes.

    Raises: RetryableError where the signer is away, SealBroken where it refuses.
    """
    signed: list[Receipt] = []
    for first in range(0, len(receipts), ITEMS_AT_ONCE):
        part = receipts[first : first + ITEMS_AT_ONCE]
        signatures = signer.sign_downward([(receipt.topic, receipt.payload) for receipt in part])
        signed += [
            Receipt(topic=receipt.topic, payload=payload_of(signature, receipt.payload))
            for receipt, signature in zip(part, signatures, strict=True)
        ]
    return signed


def sign_requests(signer: SignerClient, messages: Sequence[OutboundMessage], now: datetime) -> list[Receipt]:
    """Messages of jobs and console in their envelopes: a request to a gateway gets its topic and time and is signed, a
    head is signed already and stays as it is.

    Raises: as `sign_receipts`.
    """
    found: list[Receipt] = []
    for message in messages:
        payload = message.payload
        if message.topic.endswith(f"/{TopicKind.CONFIG}"):
            body = _dated_request(message, now)
            [signature] = signer.sign_downward([(message.topic, body)])
            payload = payload_of(signature, body)
        found.append(Receipt(topic=message.topic, payload=payload))
    return found


def _dated_request(message: OutboundMessage, now: datetime) -> bytes:
    try:
        fields = json.loads(message.payload) | {"topic": message.topic, "sent_at": now.isoformat()}
    except (ValueError, TypeError, RecursionError) as error:
        raise SealBroken(f"row {message.outbound_id} of table outbound is no JSON object") from error
    return json.dumps(fields).encode()


def rotations(trust_dir: Path) -> list[Receipt]:
    """The rotations of the signer's key with their topics, so that gateways learn of them.

    Raises: SealBroken where a file is none.
    """
    found: list[Receipt] = []
    for path in sorted(trust_dir.glob("*.rotation")):
        payload = path.read_bytes()
        envelope = open_envelope(payload)
        if envelope is None or envelope.signature is None:
            raise SealBroken(f"{path} is no signed rotation")
        found.append(Receipt(topic=KEYS_TOPIC + str(json.loads(envelope.body)["key_id"]), payload=payload))
    return found
