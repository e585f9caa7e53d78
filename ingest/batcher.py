"""Collects messages until a batch is worth a transaction: `Accepted | Refused` in the making -> `ReadingBatch`."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.pipeline import ReadMessage
from nenghao.config import Settings

#: Oversized messages are kept with their bytes, up to the 2 MB that the broker lets through: many must not fill memory.
MAX_BYTES: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """Messages of one connection in order of arrival, with the packet ids that are owed an acknowledgement."""

    packet_ids: Sequence[int]
    messages: Sequence[ReadMessage]


class Batcher:
    """Full by messages, by readings, by bytes or by age, whichever comes first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.drop()

    def add(self, packet_id: int, message: ReadMessage) -> None:
        """Take a message in."""
        if not self._messages:
            self._first_at_s = time.monotonic()
        self._packet_ids.append(packet_id)
        self._messages.append(message)
        self._reading_count += message.reading_count
        self._byte_count += len(message.arrival.payload)

    def due_in_s(self) -> float:
        """Seconds until the batch is due: 0 where it is due now, infinite where it is empty."""
        if not self._messages:
            return float("inf")
        if (
            len(self._messages) >= self._settings.batch_max_messages
            or self._reading_count >= self._settings.batch_max_readings
            or self._byte_count >= MAX_BYTES
        ):
            return 0.0
        return max(0.0, self._first_at_s + self._settings.batch_max_age_s - time.monotonic())

    def take(self) -> ReadingBatch:
        """Hand the batch over and begin a new one."""
        batch = ReadingBatch(self._packet_ids, self._messages)
        self.drop()
        return batch

    def drop(self) -> None:
        """Forget everything: the broker still has what was not acknowledged."""
        self._packet_ids: list[int] = []
        self._messages: list[ReadMessage] = []
        self._reading_count = 0
        self._byte_count = 0
        self._first_at_s = 0.0
