"""Completeness of points in counts: received of due, and the line that it is held against."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

#: Source: domain 1.4 Q2, completeness of uploaded data: at least 90 % of what was due [found S4].
LEAST_SHARE: Final = Decimal("0.90")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotShare:
    """Slots that arrived of those that were due."""

    due: int
    received: int

    @property
    def share(self) -> Decimal | None:
        """Received ÷ due; None where nothing was due, which is not all of it."""
        return None if not self.due else Decimal(self.received) / Decimal(self.due)

    @property
    def is_short(self) -> bool:
        """Whether it lies below the line."""
        share = self.share
        return share is not None and share < LEAST_SHARE

    @property
    def missing(self) -> int:
        """Slots that did not arrive."""
        return max(self.due - self.received, 0)

    def __add__(self, other: "SlotShare") -> "SlotShare":
        return SlotShare(due=self.due + other.due, received=self.received + other.received)


NOTHING_DUE: Final = SlotShare(due=0, received=0)
