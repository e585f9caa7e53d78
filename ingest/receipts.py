"""Writes receipts: what was committed of a gateway's messages, coalesced. Pure, without database or broker."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec import UNSET

from ingest.codecs.json_v1 import SCHEMA
from ingest.codecs.receipt_v1 import ReceiptBody, ReceiptCounts, ReceiptRefusal, encode_receipt
from ingest.topics import TopicKind, gateway_topic
from nenghao.db.outbound import CommittedMessage, CommittedRefusal

#: Keeps a receipt below 64 kB, which every gateway can take in.
MESSAGES_PER_RECEIPT: Final = 500
REFUSALS_PER_RECEIPT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt and where it goes."""

    topic: str
    payload: bytes


def write_receipts(
    messages: Iterable[CommittedMessage], refusals: Iterable[CommittedRefusal], sent_at: datetime
) -> list[Receipt]:
    """One receipt a gateway and boot_id, several where one would be too long; unknown gateways get none.

    They are not signed yet.
    """
    refused: dict[int, list[CommittedRefusal]] = defaultdict(list)
    for refusal in refusals:
        refused[refusal.message_id].append(refusal)
    by_sender: dict[tuple[object, ...], list[CommittedMessage]] = defaultdict(list)
    for message in messages:
        if message.gateway_code is not None:
            by_sender[message.unit_code, message.gateway_code, message.boot_id].append(message)
    receipts: list[Receipt] = []
    for group in by_sender.values():
        # A message without a seq is named by its refusal only, so none of them may be left out.
        step = MESSAGES_PER_RECEIPT if group[0].seq is not None else REFUSALS_PER_RECEIPT
        receipts += (_receipt(group[first : first + step], refused, sent_at) for first in range(0, len(group), step))
    return receipts


def seq_ranges(seqs: Iterable[int]) -> list[tuple[int, int]]:
    """Closed ranges that hold exactly these numbers.

    >>> seq_ranges([5, 1, 2, 3, 2])
    [(1, 3), (5, 5)]
    """
    ranges: list[tuple[int, int]] = []
    for seq in sorted(set(seqs)):
        if ranges and ranges[-1][1] == seq - 1:
            ranges[-1] = (ranges[-1][0], seq)
        else:
            ranges.append((seq, seq))
    return ranges


def _receipt(
    messages: Sequence[CommittedMessage], refused: dict[int, list[CommittedRefusal]], sent_at: datetime
) -> Receipt:
    first = messages[0]
    assert first.unit_code is not None  # noqa: S101 - a gateway has a unit, and its messages were chosen for having one
    assert first.gateway_code is not None  # noqa: S101 - likewise
    assert first.gateway_shard is not None  # noqa: S101 - likewise
    lines = [_refusal(message, one) for message in messages for one in refused[message.message_id]]
    lines.sort(key=lambda line: line.ordinal is not None)  # by its refusal a message without a seq is known to be here
    topic = gateway_topic(first.gateway_shard, first.unit_code, first.gateway_code, TopicKind.RECEIPTS)
    body = ReceiptBody(
        schema=SCHEMA,
        topic=topic,
        sent_at=sent_at,
        gateway=first.gateway_code,
        boot_id=None if first.boot_id is None else str(first.boot_id),
        seq_ranges=seq_ranges(message.seq for message in messages if message.seq is not None),
        readings=ReceiptCounts(
            stored=sum(message.stored_count for message in messages),
            duplicate=sum(message.duplicate_count for message in messages),
            conflict=sum(message.conflict_count for message in messages),
            revision=sum(message.revision_count for message in messages),
            refused=sum(message.refused_count for message in messages),
        ),
        refusal_count=len(lines),
        refusals=lines[:REFUSALS_PER_RECEIPT],
        hashes={str(message.seq): message.hash.hex() for message in messages if message.seq is not None},
    )
    return Receipt(topic=topic, payload=encode_receipt(body))


def _refusal(message: CommittedMessage, refusal: CommittedRefusal) -> ReceiptRefusal:
    return ReceiptRefusal(
        seq=message.seq,
        ordinal=refusal.ordinal,
        reason=refusal.reason_code,
        hash=UNSET if message.seq is not None else message.hash.hex(),
    )
