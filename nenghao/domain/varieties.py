"""Varieties of energy as rows of the form."""

from dataclasses import dataclass
from datetime import date
from typing import Final

#: The form's row of the total; it is not a variety that anybody meters.
TOTAL_ROW: Final = "40"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variety:
    """A row of 205-1: its code (丙), its unit (乙), and the row that it is part of."""

    code: str
    form_unit: str
    #: The row that already contains this one, so that the total does not count it again.
    parent: str | None
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class VarietyEdition:
    """The rows of one edition of the form, in the form's order."""

    edition: str
    varieties: tuple[Variety, ...]
    #: Its months: `[valid_from, valid_to)`.
    valid_from: date
    valid_to: date | None

    @property
    def by_code(self) -> dict[str, Variety]:
        """The rows by code."""
        return {variety.code: variety for variety in self.varieties}

    @property
    def in_total(self) -> tuple[str, ...]:
        """Codes of the rows that the total is the sum of."""
        return tuple(v.code for v in self.varieties if v.parent is None and v.code != TOTAL_ROW)
