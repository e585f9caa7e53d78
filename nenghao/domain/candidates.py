"""A reading as acceptance wants to see it, whatever wire format it came in."""

from datetime import datetime
from typing import Protocol


class CorrectionCandidate(Protocol):
    """What a sender says about a value it takes back: the earlier value, in the reading's unit, and why."""

    @property
    def value(self) -> str:
        """Decimal string."""
        ...

    @property
    def reason(self) -> str:
        """Why the earlier value is taken back."""
        ...


class ReadingCandidate(Protocol):
    """A reading as a codec decoded it: texts as sent, only the instant already parsed."""

    @property
    def point(self) -> str:
        """The unit's own code of the point."""
        ...

    @property
    def quantity(self) -> str:
        """What is measured, as in table series."""
        ...

    @property
    def kind(self) -> str:
        """Register, interval or gauge."""
        ...

    @property
    def period(self) -> str:
        """Length of an interval, else `instant`."""
        ...

    @property
    def at(self) -> datetime:
        """Instant, or start of the interval; aware."""
        ...

    @property
    def value(self) -> str:
        """Decimal string."""
        ...

    @property
    def unit(self) -> str:
        """Unit of measure as sent."""
        ...

    @property
    def meter(self) -> str | None:
        """Number of the meter, where the sender names it."""
        ...

    @property
    def multiplier(self) -> str | None:
        """Decimal string, where the sender names it."""
        ...

    @property
    def corrects(self) -> CorrectionCandidate | None:
        """What this value takes back, if anything."""
        ...
