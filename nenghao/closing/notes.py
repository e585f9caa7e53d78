"""What is written beside estimates: of which gap they are, and what they rest on."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from nenghao.closing.columns import Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """How a gap was estimated, for all of its slots."""

    begin_s: int
    end_s: int
    known_energy: Decimal | None
    donor_days: tuple[date, ...] = ()
    donor_series_id: int | None = None
    agreed_value_id: int | None = None
    decision_id: int | None = None


@dataclass(slots=True)
class Notes:
    """Notes on gaps, and the note of each slot, -1 where it has none."""

    of_slot: Ints
    notes: list[Note] = field(default_factory=list)

    def add(self, place: Ints | slice, note: Note) -> None:
        """Note something of slots."""
        self.of_slot[place] = len(self.notes)
        self.notes.append(note)
