"""Reads the edition of varieties in force."""

from functools import cache

from nenghao.domain.varieties import Variety, VarietyEdition
from nenghao.reference.files import read_rows


@cache
def load_varieties() -> VarietyEdition:
    """The rows of form 205-1."""
    table = read_rows("varieties.toml")
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
    return VarietyEdition(table["edition"], rows)
