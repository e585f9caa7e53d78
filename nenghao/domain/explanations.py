"""Structured explanations (说明): cause, quantity and document; an empty phrase is none.

Before: a broken 核实性 relation, or a query of the bureau. After: `filing` stores it with the filing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from nenghao.domain.filed_cells import Key
from nenghao.domain.rounding import exact_text

#: Why an explanation says nothing.
Emptiness = Literal["empty", "empty_phrase", "no_quantity", "too_short"]
#: Anything shorter names no cause and no document.
MIN_LENGTH: Final = 4
_NOISE: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the unit says: why, how much, and by which document."""

    cause: str
    quantity: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An explanation of one relation at one cell, for the values that stood there."""

    relation: str
    key: Key
    left: Decimal
    right: Decimal
    explanation: Explanation
    noted_by: str

    def explains(self, relation: str, key: Key, left: Decimal, right: Decimal) -> bool:
        """Whether it speaks of these very values: another figure wants another word."""
        return (self.relation, self.key, self.left, self.right) == (relation, key, left, right)


def refuse_explanation(explanation: Explanation, empty_phrases: Iterable[str]) -> Emptiness | None:
    """Why an explanation says nothing; None where it says something.

    `empty_phrases`: what stands alone in too many explanations; text made of nothing else is empty.
    """
    phrases = sorted((_plain(phrase) for phrase in empty_phrases), key=len, reverse=True)
    for text in (explanation.cause, explanation.document):
        plain = _plain(text)
        if not plain:
            return "empty"
        for phrase in phrases:
            plain = plain.replace(phrase, "")
        if not plain:
            return "empty_phrase"
        if len(_plain(text)) < MIN_LENGTH:
            return "too_short"
    if not any(character.isdecimal() for character in explanation.quantity):
        return "no_quantity"
    return None


def note_json(note: Note) -> dict[str, str]:
    """A note as a draft holds it."""
    form, row, column = note.key
    return {
        "relation": note.relation,
        "form": form,
        "row": row,
        "column": column,
        "left": exact_text(note.left),
        "right": exact_text(note.right),
        "cause": note.explanation.cause,
        "quantity": note.explanation.quantity,
        "document": note.explanation.document,
        "noted_by": note.noted_by,
    }


def parse_note(content: Mapping[str, Any]) -> Note:
    """A note that `note_json` wrote."""
    return Note(
        relation=content["relation"],
        key=(content["form"], content["row"], content["column"]),
        left=Decimal(content["left"]),
        right=Decimal(content["right"]),
        explanation=Explanation(cause=content["cause"], quantity=content["quantity"], document=content["document"]),
        noted_by=content["noted_by"],
    )


def _plain(text: str) -> str:
    return _NOISE.sub("", text).casefold()
