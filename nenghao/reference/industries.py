"""Reads the sections and divisions of the national classification of industries."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from nenghao.reference.files import read_rows


@dataclass(frozen=True, slots=True)
class IndustryEdition:
    """One edition of GB/T 4754: the letter of the section (门类) of each division (大类, two digits)."""

    edition: str
    section_of: Mapping[str, str]


@cache
def load_industries() -> IndustryEdition:
    """The edition in force."""
    table = read_rows("industries.toml")
    section_of = {
        f"{number:02d}": row["letter"] for row in table["section"] for number in range(row["first"], row["last"] + 1)
    }
    return IndustryEdition(table["edition"], section_of)
