"""What `verify store` looked at and what does not fit."""

from dataclasses import dataclass, field
from typing import Final

#: Of one kind no more are listed; all are counted.
LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A head or receipt that somebody kept outside of the store: where it came from, and its payload."""

    name: str
    payload: bytes


@dataclass(slots=True)
class StoreReport:
    """What was looked at, and what does not fit: label key -> the places, of which `LISTED` are named."""

    messages: int = 0
    readings: int = 0
    batches: int = 0
    rows: int = 0
    trees: int = 0
    heads: int = 0
    receipts: int = 0
    #: Chunks that were dropped lawfully, whose rows were read from the archive.
    archived_chunks: int = 0
    messages_before_trees: int = 0
    messages_since_last_tree: int = 0
    findings: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def found(self, kind: str, place: str) -> None:
        """Note that something does not fit."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        places = self.findings.setdefault(kind, [])
        if len(places) < LISTED:
            places.append(place)

    @property
    def is_sound(self) -> bool:
        """Whether everything fits."""
        return not self.counts
