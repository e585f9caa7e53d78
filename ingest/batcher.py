"""Collects messages until a batch is worth a transaction: `RawMessage` -> `ArrivedBatch` (to ingest/committer)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.pipeline import Arrival
from nenghao.config import Settings

#: Oversized messages are kept with their bytes, up to the 2 MB that the broker lets through: many must not fill memory.
MAX_BYTES: Final = 8 * 1024 * 1024
#: Readings are counted when they are decoded; until then, a reading of the canonical body has about so many bytes.
BYTES_A_READING: Final = 120


@dataclass(frozen=True, slots=True)
class ArrivedBatch:
    """Messages of one connection in order of arrival, with the packet ids that are owed an acknowledgement."""

    packet_ids: Sequence[int]
    arrivals: Sequence[Arrival]


class Batcher:
    """Full by messages, by bytes (a batch of readings has so many) or by age, whichever comes first."""

    def __init__(self, settings: Settings) -> None:
        self._max_messages = settings.batch_max_messages
        self._max_bytes = min(MAX_BYTES, settings.batch_max_readings * BYTES_A_READING)
        self._max_age_s = settings.batch_max_age_s
        self.drop()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to hand over."""
        return not self._arrivals

    @property
    def is_full(self) -> bool:
        """Whether nothing more may be taken before the batch is handed over."""
        return len(self._arrivals) >= self._max_messages or self._byte_count >= self._max_bytes

    def add(self, packet_id: int, arrival: Arrival) -> None:
        """Take a message in."""
        if not self._arrivals:
            self._first_at_s = time.monotonic()
        self._packet_ids.append(packet_id)
        self._arrivals.append(arrival)
        self._byte_count += len(arrival.payload)

    def due_in_s(self) -> float:
        """Seconds until the batch is due: 0 where it is due now, infinite where it is empty."""
        if not self._arrivals:
            return float("inf")
        return 0.0 if self.is_full else max(0.0, self._first_at_s + self._max_age_s - time.monotonic())

    def take(self) -> ArrivedBatch:
        """Hand the batch over and begin a new one."""
        batch = ArrivedBatch(self._packet_ids, self._arrivals)
        self.drop()
        return batch

    def drop(self) -> None:
        """Forget everything: the broker still has what was not acknowledged."""
        self._packet_ids: list[int] = []
        self._arrivals: list[Arrival] = []
        self._byte_count = 0
        self._first_at_s = 0.0
