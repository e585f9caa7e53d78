"""Sends a spool until every message is receipted: in order, bounded in flight, again where a receipt does not come."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ingest.codecs.receipt_v1 import decode_receipt
from ingest.gateway.account import GatewayAccount
from ingest.gateway.link import Link
from ingest.gateway.spool import Spool, SpooledMessage
from nenghao.errors import RetryableError

_log = logging.getLogger(__name__)

MAX_IN_FLIGHT: Final = 500
FIRST_WAIT_S: Final = 0.25
LONGEST_WAIT_S: Final = 60.0
#: A message that a later receipt passed over is missing; receipts of one round may come in any order, hence the wait.
PASSED_OVER_AFTER_S: Final = 15.0
FIRST_RESEND_S: Final = 300.0
LONGEST_RESEND_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """What one call of `send` did. Taken means PUBACKed: only a receipt says that a message is stored."""

    messages_sent: int
    readings_sent: int
    messages_taken: int
    messages_receipted: int
    readings_receipted: int
    messages_sent_again: int
    messages_waiting: int

    @property
    def is_complete(self) -> bool:
        """Whether every message of the spool has its receipt."""
        return self.messages_waiting == 0


def send(
    spool: Spool,
    account: GatewayAccount,
    *,
    until_receipted: bool = True,
    timeout_s: float = 600.0,
    resend_after_s: float = FIRST_RESEND_S,
) -> SendReport:
    """Send what has no receipt, in order of seq; return when all is receipted (or taken), or after `timeout_s`.

    A broker that is away is waited for. Messages are sent again after a reconnect, where a later receipt passed them
    over, and where no receipt came for `resend_after_s`, which then doubles up to an hour.
    """
    return _Sender(spool, account, until_receipted, time.monotonic() + timeout_s, resend_after_s).run()


@dataclass(slots=True)
class _Sent:
    """When a message was sent last: the how-manieth of all, and at what time."""

    turn: int
    at_s: float


class _Sender:
    def __init__(
        self, spool: Spool, account: GatewayAccount, until_receipted: bool, deadline_s: float, resend_after_s: float
    ) -> None:
        self._spool = spool
        self._account = account
        self._until_receipted = until_receipted
        self._deadline_s = deadline_s
        self._resend_after_s = resend_after_s
        self._cursor = -1
        self._turn = 0
        self._receipted_turn = 0
        self._progress_at_s = time.monotonic()
        self._waiting: dict[int, _Sent] = {}
        self._sent_once: dict[int, int] = {}
        self._taken: set[int] = set()
        self._receipted: set[int] = set()
        self._readings_receipted = 0
        self._again = 0

    def run(self) -> SendReport:
        wait_s = FIRST_WAIT_S
        while not self._is_done() and not self._is_late():
            link = Link(self._account, self._spool.boot_id, self._take_receipt)
            try:
                link.open(self._spool.waiting_count())
                wait_s = FIRST_WAIT_S
                self._serve(link)
                link.close(self._spool.waiting_count())
            except RetryableError as error:
                _log.warning("gateway %s waits: %s", self._account.name, error)
                time.sleep(min(wait_s, max(0.0, self._deadline_s - time.monotonic())))
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)
        return self._report()

    def _serve(self, link: Link) -> None:
        """Use one connection until all is done or time is up."""
        self._cursor, self._waiting = -1, {}
        while not self._is_late():
            is_more = self._fill(link)
            link.loop(0.0 if is_more else 0.05)
            self._taken.update(link.taken_seqs)
            link.taken_seqs.clear()
            if not is_more and not link.in_flight_count and self._is_done():
                return
            self._send_again_when_silent()

    def _fill(self, link: Link) -> bool:
        """Send the next messages as far as the limit in flight allows; returns whether there may be more."""
        room = MAX_IN_FLIGHT - link.in_flight_count
        if room < MAX_IN_FLIGHT // 2:
            return True
        messages = self._spool.unreceipted(after_seq=self._cursor, limit=room)
        self._publish(link, messages)
        if messages:
            self._cursor = messages[-1].seq
            return True
        passed_over = self._passed_over()
        self._publish(link, self._spool.unreceipted_of(passed_over[:room]))
        return bool(passed_over)

    def _publish(self, link: Link, messages: Iterable[SpooledMessage]) -> None:
        now_s = time.monotonic()
        for message in messages:
            link.publish(message.seq, message.kind, message.payload)
            self._turn += 1
            self._again += message.seq in self._sent_once
            self._sent_once[message.seq] = message.reading_count
            self._waiting[message.seq] = _Sent(self._turn, now_s)
            self._progress_at_s = now_s

    def _passed_over(self) -> list[int]:
        """Messages that were sent before one that is receipted, and have waited long enough."""
        before_s = time.monotonic() - PASSED_OVER_AFTER_S
        return [seq for seq, sent in self._waiting.items() if sent.turn < self._receipted_turn and sent.at_s < before_s]

    def _send_again_when_silent(self) -> None:
        if self._waiting and time.monotonic() - self._progress_at_s > self._resend_after_s:
            self._cursor = -1
            self._progress_at_s = time.monotonic()
            self._resend_after_s = min(LONGEST_RESEND_S, self._resend_after_s * 2)

    def _take_receipt(self, payload: bytes) -> None:
        receipt = decode_receipt(payload)
        if receipt is None:
            _log.warning("gateway %s got a receipt that it cannot read", self._account.name)
            return
        hashes: dict[int, bytes] = {}
        if receipt.boot_id == self._spool.boot_id:
            hashes = {int(seq): bytes.fromhex(digest) for seq, digest in receipt.hashes.items()}
        unread = [bytes.fromhex(one.hash) for one in receipt.refusals if isinstance(one.hash, str)]
        hashes |= self._spool.seqs_of_hashes(unread)
        for seq, reading_count in self._spool.mark_receipted(hashes).items():
            self._receipted.add(seq)
            self._readings_receipted += reading_count
            self._progress_at_s = time.monotonic()
            sent = self._waiting.pop(seq, None)
            if sent is not None:
                self._receipted_turn = max(self._receipted_turn, sent.turn)

    def _is_done(self) -> bool:
        if self._until_receipted:
            return not self._waiting and self._spool.waiting_count() == 0
        return self._turn > 0 and not self._spool.unreceipted(after_seq=self._cursor, limit=1)

    def _is_late(self) -> bool:
        return time.monotonic() >= self._deadline_s

    def _report(self) -> SendReport:
        return SendReport(
            messages_sent=len(self._sent_once),
            readings_sent=sum(self._sent_once.values()),
            messages_taken=len(self._taken),
            messages_receipted=len(self._receipted),
            readings_receipted=self._readings_receipted,
            messages_sent_again=self._again,
            messages_waiting=self._spool.waiting_count(),
        )
