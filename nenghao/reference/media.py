"""Reads the media that consume energy (耗能工质): what they are measured in, and what making them takes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from nenghao.domain.coal import CoalCoefficient
from nenghao.domain.varieties import Variety, VarietyEdition
from nenghao.reference.editions import edition_of
from nenghao.reference.files import read_rows


@dataclass(frozen=True, slots=True)
class MediaEdition:
    """The media of one edition with their coefficients, one each."""

    media: VarietyEdition
    coefficients: tuple[CoalCoefficient, ...]


@cache
def load_media(month_on: date | None = None) -> MediaEdition:
    """Table B in the edition of a month; without a month, in the newest.

    Raises: DataRefused where the month has no edition.
    """
    table = edition_of(read_rows("media.toml")["edition"], month_on)
    media = tuple(
        Variety(
            code=row["code"],
            form_unit=row["form_unit"],
            parent=None,
            source=table["source"],
            confidence=row["confidence"],
        )
        for row in table["medium"]
    )
    coefficients = tuple(
        CoalCoefficient(
            code=f"{table['code_prefix']}.{row['code']}",
            edition=table["edition"],
            variety_code=row["code"],
            basis="equal",
            form_unit=row["form_unit"],
            tce_per_form_unit=Decimal(row["kgce_per_unit"]) / 1000,
            valid_from=table["valid_from"],
            valid_to=table.get("valid_to"),
            source=table["source"],
            confidence=row["confidence"],
        )
        for row in table["medium"]
    )
    return MediaEdition(
        VarietyEdition(table["edition"], media, table["valid_from"], table.get("valid_to")), coefficients
    )


def all_media_editions() -> tuple[MediaEdition, ...]:
    """Every edition, old ones too: figures name their rows."""
    return tuple(load_media(row["valid_from"]) for row in read_rows("media.toml")["edition"])
