"""Reads the coefficients to standard coal, by edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from nenghao.domain.coal import CoalCoefficient, Policy
from nenghao.reference.editions import edition_of
from nenghao.reference.files import read_rows
from nenghao.reference.varieties import load_varieties


@dataclass(frozen=True, slots=True)
class CoefficientEdition:
    """The coefficients of one edition: all its rows, for each variety the one that is used, and what goes before it."""

    edition: str
    rows: tuple[CoalCoefficient, ...]
    in_use: Mapping[str, CoalCoefficient]
    policy: Policy


@cache
def load_coefficients(month_on: date | None = None) -> CoefficientEdition:
    """The reference coefficients in the edition of a month; without a month, in the newest.

    Where the standard gives a range, the edition's `range_policy` names the end in use.

    Raises: DataRefused where the month has no edition.
    """
    table = edition_of(read_rows("coefficients.toml")["edition"], month_on)
    varieties = load_varieties(month_on).by_code
    rows, in_use = [], {}
    for row in table["coefficient"]:
        range_end = row.get("range_end")
        coefficient = CoalCoefficient(
            code=".".join(filter(None, (table["code_prefix"], table["basis"], row["variety"], range_end))),
            edition=table["edition"],
            variety_code=row["variety"],
            basis=table["basis"],
            form_unit=varieties[row["variety"]].form_unit,
            tce_per_form_unit=Decimal(row["tce_per_form_unit"]),
            valid_from=table["valid_from"],
            valid_to=table.get("valid_to"),
            source=row["source"],
            confidence=row["confidence"],
        )
        rows.append(coefficient)
        if range_end in (None, table["range_policy"]):
            in_use[coefficient.variety_code] = coefficient
    return CoefficientEdition(table["edition"], tuple(rows), in_use, table["policy"])


def all_coefficient_editions() -> tuple[CoefficientEdition, ...]:
    """Every edition, old ones too: figures name their rows."""
    return tuple(load_coefficients(row["valid_from"]) for row in read_rows("coefficients.toml")["edition"])


def coefficient_validity() -> tuple[tuple[str, date, date | None], ...]:
    """(edition, valid from, valid to) of every edition."""
    table = read_rows("coefficients.toml")["edition"]
    return tuple((row["edition"], row["valid_from"], row.get("valid_to")) for row in table)
