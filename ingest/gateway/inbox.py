"""What a gateway hears from the platform: believed where a trusted key signed it, kept, and followed."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ingest.codecs.config_v1 import OtherRequest, decode_request
from ingest.codecs.head_v1 import decode_head
from ingest.codecs.receipt_v1 import ReceiptBody, decode_receipt
from ingest.gateway.account import GatewayAccount
from ingest.gateway.evidence import Evidence, KeptHead, KeptRefusal
from ingest.gateway.keys import trusted_of
from ingest.gateway.spool import Spool
from ingest.topics import ROOT, TopicKind
from nenghao.crypto import check_signature
from nenghao.domain.acceptance import Reason
from nenghao.envelope import Envelope, open_envelope, signed_bytes
from nenghao.errors import SealBroken
from nenghao.trust import KEYS_TOPIC, pinned, with_rotations

_log = logging.getLogger(__name__)

HEADS_FILTER: Final = f"{ROOT}/heads/#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What follows from one message of the platform."""

    #: Reading counts of the messages that are receipted now, by seq.
    receipted: Mapping[int, int] = field(default_factory=dict)
    #: When the platform wrote the receipt, where it says so.
    written_at: datetime | None = None
    #: The first seq of those that the platform wants to have again.
    resend_from: int | None = None


@dataclass(frozen=True, slots=True)
class _Covered:
    """The hashes of the messages that a receipt covers, with their seq and without."""

    by_seq: dict[int, bytes]
    without_seq: list[bytes]


def _covered(receipt: ReceiptBody) -> _Covered | None:
    """None where a hash or seq is none."""
    try:
        return _Covered(
            {int(seq): bytes.fromhex(digest) for seq, digest in receipt.hashes.items()},
            [bytes.fromhex(one.hash) for one in receipt.refusals if isinstance(one.hash, str)],
        )
    except ValueError:
        return None


class Inbox:
    """Takes in receipts, heads and requests for one spool."""

    def __init__(self, spool: Spool, account: GatewayAccount) -> None:
        self._spool = spool
        self._account = account
        self._evidence = Evidence(spool.file)
        self._trust = with_rotations(pinned(trusted_of(account.trust_pems)), self._evidence.rotations())
        #: New refusals by reason, and how many more the receipts count than they list.
        self.refusals: Counter[str] = Counter()
        self.unlisted_refusals = 0
        #: Messages of the platform that were not believed.
        self.disbelieved = 0

    def take(self, topic: str, payload: bytes) -> Heard:
        """Follow one message; one that cannot be believed or read is logged, counted and changes nothing."""
        envelope = open_envelope(payload)
        complaint = None if topic.startswith(KEYS_TOPIC) else self._complaint(topic, envelope)
        if complaint is not None or envelope is None:
            self.disbelieved += 1
            _log.error("gateway %s does not believe what came on %s: %s", self._account.name, topic, complaint)
            return Heard()
        body = envelope.body
        if topic.startswith(KEYS_TOPIC):
            self._take_rotation(topic, payload)
            return Heard()
        if topic == self._account.topic(TopicKind.RECEIPTS):
            return self._take_receipt(topic, payload, body)
        if topic == self._account.topic(TopicKind.CONFIG):
            return self._take_request(topic, payload, body)
        self._take_head(topic, payload, body)
        return Heard()

    def _complaint(self, topic: str, envelope: Envelope | None) -> str | None:
        """Why a message is not believed; where no key is pinned at all, everything is that can be taken apart."""
        if envelope is None:
            return "its envelope is damaged"
        trusted = self._trust.keys_in_use
        if not trusted:
            return None
        signature = envelope.signature
        if signature is None:
            return "it is not signed"
        if signature.key_id not in trusted:
            return f"no trusted key is {signature.key_id[:64]}"
        try:
            is_right = check_signature(signature, signed_bytes(topic, envelope.body), trusted)
        except SealBroken as error:
            return str(error)
        return None if is_right else "its signature is wrong"

    def _take_rotation(self, topic: str, payload: bytes) -> None:
        """Believe the platform's new key, where one that is believed names it as its successor."""
        try:
            trust = self._trust.with_rotation(payload)
        except SealBroken as error:
            if self._trust.keys:
                self.disbelieved += 1
                _log.error("gateway %s does not believe the new key on %s: %s", self._account.name, topic, error)
            return
        if trust.keys.keys() != self._trust.keys.keys():
            _log.warning("gateway %s believes the platform's new key on %s", self._account.name, topic)
            self._evidence.keep_rotation(topic, payload)
            self._trust = trust

    def _take_receipt(self, topic: str, payload: bytes, body: bytes) -> Heard:
        receipt = decode_receipt(body)
        covered = None if receipt is None else _covered(receipt)
        if receipt is None or covered is None:
            _log.warning("gateway %s got a receipt that it cannot read", self._account.name)
            return Heard()
        is_new = self._evidence.keep_receipt(topic, payload)
        hashes = covered.by_seq if receipt.boot_id == self._spool.boot_id else {}
        named = self._spool.seqs_of_hashes(covered.without_seq)
        self._keep_refusals(receipt, hashes, {digest.hex(): seq for seq, digest in named.items()})
        if is_new:
            self.unlisted_refusals += receipt.refusal_count - len(receipt.refusals)
        return Heard(receipted=self._spool.mark_receipted(hashes | named), written_at=receipt.sent_at)

    def _keep_refusals(self, receipt: ReceiptBody, hashes: Mapping[int, bytes], named: Mapping[str, int]) -> None:
        refusals = []
        for one in receipt.refusals:
            seq = named.get(one.hash) if isinstance(one.hash, str) else one.seq
            if seq is not None and (seq in hashes or one.seq is None):
                refusals.append(KeptRefusal(seq=seq, ordinal=one.ordinal, reason=one.reason))
        for kept in self._evidence.keep_refusals(refusals):
            self.refusals[kept.reason] += 1
            if kept.reason == Reason.SEQ_REUSED:
                _log.error(
                    "gateway %s: the platform holds another message under seq %s of this spool, which must have been"
                    " copied or set back", self._account.name, kept.seq,
                )  # fmt: skip

    def _take_request(self, topic: str, payload: bytes, body: bytes) -> Heard:
        request = decode_request(body)
        if request is None or isinstance(request, OtherRequest):
            what = "that it cannot read" if request is None else f"of a kind it does not know: {request.kind[:32]!r}"
            _log.warning("gateway %s ignores a request %s", self._account.name, what)
            return Heard()
        if str(request.boot_id) != self._spool.boot_id:
            _log.warning("gateway %s cannot send again: the request is for another spool", self._account.name)
            return Heard()
        if not request.seq_ranges or self._evidence.has_request(payload):
            return Heard()  # delivered again: it was followed already
        count = self._spool.unmark_receipted(request.seq_ranges)
        # Only now: a process that ends in between gets the request again, and may follow it twice without harm.
        self._evidence.keep_request(topic, payload)
        _log.warning("gateway %s sends %s messages again: the platform asks for them", self._account.name, count)
        return Heard(resend_from=min(first for first, _ in request.seq_ranges))

    def _take_head(self, topic: str, payload: bytes, body: bytes) -> None:
        head = decode_head(body)
        if head is None or topic != f"{ROOT}/heads/{head.day}":
            _log.warning("gateway %s got a head that it cannot read", self._account.name)
            return
        others = self._evidence.keep_head(KeptHead(day=head.day, root=head.root, topic=topic, payload=payload))
        if others:
            _log.error(
                "gateway %s: the head of %s has root %s, but %s was published before; both are kept as evidence",
                self._account.name, head.day, head.root, ", ".join(others),
            )  # fmt: skip
