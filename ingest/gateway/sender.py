"""Sends a spool until every message is receipted: in order, bounded in flight, again where a receipt does not come."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ingest.gateway.account import GatewayAccount
from ingest.gateway.heartbeat import ClockOffset, Heartbeat, config_hash
from ingest.gateway.inbox import Inbox
from ingest.gateway.link import Link
from ingest.gateway.pace import Pace
from ingest.gateway.place import Place
from ingest.gateway.sender_lock import only_sender
from ingest.gateway.spool import Spool, SpooledMessage
from ingest.gateway.traffic import Traffic
from ingest.topics import TopicKind
from nenghao.errors import RetryableError

_log = logging.getLogger(__name__)

MAX_IN_FLIGHT: Final = 500
#: What is new waits behind no more back-fill than this, which the broker takes in a moment.
MAX_BACKFILL_IN_FLIGHT: Final = 100
FIRST_WAIT_S: Final = 0.25
LONGEST_WAIT_S: Final = 60.0
LOOP_S: Final = 0.05
FIRST_RESEND_S: Final = 300.0
LONGEST_RESEND_S: Final = 3600.0
PRUNE_EVERY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSettings:
    """How a gateway sends; part of its configuration hash."""

    #: Sent again where no receipt came for so long, which then doubles up to an hour.
    resend_after_s: float = FIRST_RESEND_S
    heartbeat_s: float = 180.0
    #: Messages of back-fill a second, None for no limit: a month of quarter-hours takes half a minute, and a thousand
    #: gateways that come back together stay within what one collector stores.
    backfill_per_s: float | None = 100.0
    #: How long receipted messages stay, for the day when the platform asks for them again.
    keep_days: int = 183


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
    #: Readings that the broker has taken in this call and that had no receipt at its end.
    readings_taken_only: int
    #: What was refused, by reason, as far as the receipts list it; and how much more they only count.
    refusals: Mapping[str, int]
    unlisted_refusals: int
    #: Receipts, heads and requests that no trusted key had signed.
    disbelieved: int

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
    settings: SendSettings | None = None,
    may_more_come: Callable[[], bool] = lambda: False,
    is_stopped: Callable[[], bool] = lambda: False,
) -> SendReport:
    """Send what has no receipt; return when all is receipted (or taken) and no more may come, or after `timeout_s`.

    New readings go before back-fill, each in order of seq. A broker that is away is waited for. Messages are sent
    again after a reconnect, where a later receipt passed them over, where the platform asks for them, and where no
    receipt came for `resend_after_s`, which then doubles up to an hour.

    Raises: ConfigError where the spool belongs to another gateway, is being sent already or is damaged.
    """
    settings = settings or SendSettings(resend_after_s=resend_after_s)
    with only_sender(spool.path):
        spool.bind(Place.of(account))
        sender = _Sender(spool, account, settings, until_receipted=until_receipted)
        deadline_s = time.monotonic() + timeout_s
        sender.run(may_more_come, lambda: is_stopped() or time.monotonic() >= deadline_s)
        return sender.report()


class _Sender:
    def __init__(self, spool: Spool, account: GatewayAccount, settings: SendSettings, *, until_receipted: bool) -> None:
        self._spool = spool
        self._account = account
        self._settings = settings
        self._until_receipted = until_receipted
        self._inbox = Inbox(spool, account)
        self._heartbeat = Heartbeat(spool, account, config_hash(account, spool, asdict(settings)))
        self._clock = ClockOffset()
        self._traffic = Traffic()
        self._pace = Pace(settings.backfill_per_s)
        self._resend_after_s = settings.resend_after_s
        self._beat_at_s = self._prune_at_s = float("-inf")
        self._start_over()

    def run(self, may_more_come: Callable[[], bool], is_over: Callable[[], bool]) -> None:
        """Use one connection after the other until all is done or it is over."""
        wait_s = FIRST_WAIT_S
        while (may_more_come() or not self._is_done()) and not is_over():
            link = Link(self._account, self._heartbeat.will(), self._take)
            try:
                link.open()
                wait_s, self._beat_at_s = FIRST_WAIT_S, float("-inf")
                self._serve(link, may_more_come, is_over)
                link.close(self._state(online=False))
            except RetryableError as error:
                _log.warning("gateway %s waits: %s", self._account.name, error)
                self._start_over()
                _sleep(wait_s, is_over)
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _serve(self, link: Link, may_more_come: Callable[[], bool], is_over: Callable[[], bool]) -> None:
        self._start_over()
        while not is_over():
            self._tend(link)
            sent = self._fill(link)
            link.loop(0.0 if sent else LOOP_S)
            self._traffic.note_taken(link.taken_seqs)
            link.taken_seqs.clear()
            if not sent and not link.in_flight_count and not may_more_come() and self._is_done():
                return

    def _start_over(self) -> None:
        """Everything without a receipt is to be sent, whether it was before or not."""
        self._cursors = dict.fromkeys((TopicKind.READINGS, TopicKind.BACKFILL), -1)
        self._traffic.forget_connection()

    def _tend(self, link: Link) -> None:
        """What is due now and then: a heartbeat, old messages, messages whose receipt does not come."""
        now_s = time.monotonic()
        if now_s >= self._beat_at_s + self._settings.heartbeat_s:
            self._beat_at_s = now_s
            link.publish_state(self._state(online=True))
        if now_s >= self._prune_at_s + PRUNE_EVERY_S:
            self._prune_at_s = now_s
            self._spool.prune(datetime.now(UTC) - timedelta(days=self._settings.keep_days))
        if self._traffic.is_silent_for(self._resend_after_s):
            self._start_over()
            self._resend_after_s = min(LONGEST_RESEND_S, self._resend_after_s * 2)

    def _fill(self, link: Link) -> int:
        """Send the next messages as far as the limits allow: what is new, else what was missed, else back-fill."""
        room = MAX_IN_FLIGHT - link.in_flight_count
        if room < MAX_IN_FLIGHT // 2:
            return 0
        messages = self._next(TopicKind.READINGS, room)
        if not messages:
            messages = self._spool.unreceipted_of(self._traffic.passed_over()[:room])
        if not messages:
            room = MAX_BACKFILL_IN_FLIGHT - link.in_flight_count
            messages = self._next(TopicKind.BACKFILL, self._pace.allowance(max(0, room)))
            self._pace.use(len(messages))
        for message in messages:
            link.publish(message.seq, message.kind, message.payload)
            self._traffic.note_sent(message)
        return len(messages)

    def _next(self, kind: TopicKind, limit: int) -> list[SpooledMessage]:
        if not limit:
            return []
        messages = self._spool.unreceipted(after_seq=self._cursors[kind], limit=limit, kind=kind)
        if messages:
            self._cursors[kind] = messages[-1].seq
        return [message for message in messages if not self._traffic.waits_for(message.seq)]

    def _take(self, topic: str, payload: bytes) -> None:
        heard = self._inbox.take(topic, payload)
        is_ours = self._traffic.note_receipted(heard.receipted)
        if is_ours and heard.written_at is not None:
            self._clock.note(heard.written_at, datetime.now(UTC))
        if heard.resend_from is not None:
            before = heard.resend_from - 1
            self._cursors = {kind: min(cursor, before) for kind, cursor in self._cursors.items()}

    def _is_done(self) -> bool:
        if self._until_receipted:
            return not self._traffic.is_waiting and self._spool.waiting_count() == 0
        return not any(
            self._spool.unreceipted(after_seq=cursor, limit=1, kind=kind) for kind, cursor in self._cursors.items()
        )

    def _state(self, *, online: bool) -> bytes:
        return self._heartbeat.state(online=online, clock_offset_ms=self._clock.offset_ms)

    def report(self) -> SendReport:
        """What was done so far."""
        return SendReport(
            messages_sent=self._traffic.messages_sent,
            readings_sent=self._traffic.readings_sent,
            messages_taken=self._traffic.messages_taken,
            messages_receipted=self._traffic.messages_receipted,
            readings_receipted=self._traffic.readings_receipted,
            messages_sent_again=self._traffic.messages_sent_again,
            messages_waiting=self._spool.waiting_count(),
            readings_taken_only=self._traffic.readings_taken_only,
            refusals=dict(self._inbox.refusals),
            unlisted_refusals=self._inbox.unlisted_refusals,
            disbelieved=self._inbox.disbelieved,
        )


def _sleep(seconds: float, is_over: Callable[[], bool]) -> None:
    until_s = time.monotonic() + seconds
    while not is_over() and (left_s := until_s - time.monotonic()) > 0:
        time.sleep(min(LOOP_S, left_s))
