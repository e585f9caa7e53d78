"""The account of what one call of `send` has sent, what was taken and receipted of it, and what has to go again."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ingest.gateway.spool import SpooledMessage

#: A message that a later receipt passed over is missing; receipts of one round may come in any order, hence the wait.
PASSED_OVER_AFTER_S: Final = 15.0


@dataclass(slots=True)
class _Sent:
    """When a message was sent last: the how-manieth of all, and at what time."""

    turn: int
    at_s: float


class Traffic:
    """Counts over all connections; only what is not receipted is remembered one by one, so that it runs for years."""

    def __init__(self) -> None:
        self._turn = 0
        self._receipted_turn = 0
        self._progress_at_s = time.monotonic()
        #: What this connection has sent; forgotten with it.
        self._waiting: dict[int, _Sent] = {}
        #: Reading counts of what any connection has sent, and which of these the broker took.
        self._unreceipted: dict[int, int] = {}
        self._unreceipted_taken: set[int] = set()
        self._messages_done = 0
        self._readings_done = 0
        self.messages_receipted = 0
        self.readings_receipted = 0
        self.messages_sent_again = 0

    @property
    def messages_sent(self) -> int:
        """Different messages, however often each went."""
        return self._messages_done + len(self._unreceipted)

    @property
    def readings_sent(self) -> int:
        """Readings of these messages."""
        return self._readings_done + sum(self._unreceipted.values())

    @property
    def messages_taken(self) -> int:
        """Messages that the broker has taken; one that is receipted was."""
        return self._messages_done + len(self._unreceipted_taken)

    @property
    def readings_taken_only(self) -> int:
        """Readings that the broker has taken and that are not receipted."""
        return sum(self._unreceipted[seq] for seq in self._unreceipted_taken)

    @property
    def is_waiting(self) -> bool:
        """Whether anything sent by this connection has no receipt yet."""
        return bool(self._waiting)

    def waits_for(self, seq: int) -> bool:
        """Whether this message was sent by this connection and has no receipt yet."""
        return seq in self._waiting

    def forget_connection(self) -> None:
        """What was sent and is not receipted counts as not sent: for a new connection, and after a long silence."""
        self._waiting = {}
        self._progress_at_s = time.monotonic()

    def note_sent(self, message: SpooledMessage) -> None:
        """A message was given to the broker."""
        self._turn += 1
        self.messages_sent_again += message.seq in self._unreceipted
        self._unreceipted[message.seq] = message.reading_count
        self._progress_at_s = time.monotonic()
        self._waiting[message.seq] = _Sent(self._turn, self._progress_at_s)

    def note_taken(self, seqs: Iterable[int]) -> None:
        """The broker has acknowledged messages."""
        self._unreceipted_taken.update(seq for seq in seqs if seq in self._unreceipted)

    def note_receipted(self, reading_counts: Mapping[int, int]) -> bool:
        """Messages are receipted, by seq with their reading counts; returns whether this connection sent one."""
        is_ours = False
        for seq, reading_count in reading_counts.items():
            self.messages_receipted += 1
            self.readings_receipted += reading_count
            self._progress_at_s = time.monotonic()
            if self._unreceipted.pop(seq, None) is not None:
                self._messages_done += 1
                self._readings_done += reading_count
            self._unreceipted_taken.discard(seq)
            sent = self._waiting.pop(seq, None)
            if sent is not None:
                self._receipted_turn = max(self._receipted_turn, sent.turn)
                is_ours = True
        return is_ours

    def passed_over(self) -> list[int]:
        """Messages that were sent before one that is receipted, and have waited long enough."""
        before_s = time.monotonic() - PASSED_OVER_AFTER_S
        return [seq for seq, sent in self._waiting.items() if sent.turn < self._receipted_turn and sent.at_s < before_s]

    def is_silent_for(self, seconds: float) -> bool:
        """Whether something waits for its receipt, and nothing was sent or receipted for so long."""
        return self.is_waiting and time.monotonic() - self._progress_at_s > seconds
