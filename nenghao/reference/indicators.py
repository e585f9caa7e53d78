"""Reads what indicators declare, by edition."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from nenghao.domain.balance_inputs import IndicatorDefinition
from nenghao.reference.editions import edition_of
from nenghao.reference.files import read_rows


@dataclass(frozen=True, slots=True)
class IndicatorEdition:
    """The indicators of one edition, in the order in which they are printed."""

    edition: str
    indicators: tuple[IndicatorDefinition, ...]


@cache
def load_indicators(month_on: date | None = None) -> IndicatorEdition:
    """The indicators in the edition of a month; without a month, in the newest.

    Raises: DataRefused where the month has no edition.
    """
    table = edition_of(read_rows("indicators.toml")["edition"], month_on)
    rows = tuple(IndicatorDefinition(**{**row, "codes": tuple(row.get("codes", ()))}) for row in table["indicator"])
    return IndicatorEdition(table["edition"], rows)
