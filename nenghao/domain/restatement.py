"""Why a sealed month is restated, and what differs cell by cell.

Before: what came in since the version before was computed (db.releases). After: the content of the next version.
Source: practice 1: corrections after locking are of named kinds; a monthly release is never silently re-sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from nenghao.domain.quantities import EXACT

ReasonKind = Literal["decision", "correction", "filing_correction", "register_change", "late_data"]
#: The kind that a restatement with several causes is named after: what a person decided or filed before what came in.
PRECEDENCE: Final[tuple[ReasonKind, ...]] = (
    "decision", "correction", "filing_correction", "register_change", "late_data",
)  # fmt: skip
#: Form, row and column of a cell.
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that came after the version before: its kind, and what it refers to (rows, messages, a document)."""

    kind: ReasonKind
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a version restates the one before."""

    kind: ReasonKind
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellState:
    """What a version says in a cell; no value where it is hidden."""

    value: Decimal | None
    completeness: Decimal | None
    known_share: Decimal | None
    measured_share: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A cell that differs between two versions; None is a cell that one of them does not have."""

    place: Place
    old: CellState | None
    new: CellState | None

    @property
    def difference(self) -> Decimal | None:
        """New less old; None where one of them has no value."""
        if self.old is None or self.new is None or self.old.value is None or self.new.value is None:
            return None
        return EXACT.subtract(self.new.value, self.old.value)


def reason_of(causes: Iterable[Cause]) -> Reason | None:
    """The reason that the causes make together, None where there is none."""
    known = sorted(set(causes), key=lambda cause: (PRECEDENCE.index(cause.kind), cause.reference))
    return Reason(kind=known[0].kind, causes=tuple(known)) if known else None


def changes_between(old: Mapping[Place, CellState], new: Mapping[Place, CellState]) -> list[Change]:
    """Every cell whose value or one of its shares differs, in the order of the form.

    >>> one = CellState(value=Decimal(1), completeness=None, known_share=None, measured_share=None)
    >>> [change.difference for change in changes_between({("f", "1", "2"): one}, {("f", "1", "2"): one})]
    []
    """
    return [
        Change(place=place, old=old.get(place), new=new.get(place))
        for place in sorted({*old, *new})
        if old.get(place) != new.get(place)
    ]
