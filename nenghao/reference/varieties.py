"""Reads the varieties of energy: the rows of the form, by edition."""

from datetime import date
from functools import cache

from nenghao.domain.varieties import Variety, VarietyEdition
from nenghao.reference.editions import edition_of
from nenghao.reference.files import read_rows


@cache
def load_varieties(month_on: date | None = None) -> VarietyEdition:
    """The rows of form 205-1 in the edition of a month; without a month, in the newest.

    Raises: DataRefused where the month has no edition.
    """
    table = edition_of(read_rows("varieties.toml")["edition"], month_on)
    rows = tuple(
        Variety(
            code=row["code"],
            form_unit=row["form_unit"],
            parent=row.get("parent"),
            source=table["source"],
            confidence=row["confidence"],
        )
        for row in table["variety"]
    )
    return VarietyEdition(table["edition"], rows, table["valid_from"], table.get("valid_to"))


def all_variety_editions() -> tuple[VarietyEdition, ...]:
    """Every edition, old ones too: figures name them."""
    return tuple(load_varieties(row["valid_from"]) for row in read_rows("varieties.toml")["edition"])
