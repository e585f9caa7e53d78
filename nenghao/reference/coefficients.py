"""Reads the coefficients to standard coal in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from nenghao.domain.coal import CoalCoefficient
from nenghao.reference.files import read_rows
from nenghao.reference.varieties import load_varieties


@dataclass(frozen=True, slots=True)
class CoefficientEdition:
    """The coefficients of one edition: all its rows, and for each variety the one that is used."""

    edition: str
    rows: tuple[CoalCoefficient, ...]
    in_use: Mapping[str, CoalCoefficient]


@cache
def load_coefficients() -> CoefficientEdition:
    """The reference coefficients; where the standard gives a range, its policy field names the end in use."""
    table = read_rows("coefficients.toml")
    varieties = load_varieties().by_code
    rows, in_use = [], {}
    for row in table["coefficient"]:
        range_end = row.get("range_end")
        coefficient = CoalCoefficient(
            code=".".join(filter(None, ("2589-2020", table["basis"], row["variety"], range_end))),
            edition=table["edition"],
            variety_code=row["variety"],
            basis=table["basis"],
            form_unit=varieties[row["variety"]].form_unit,
            tce_per_form_unit=Decimal(row["tce_per_form_unit"]),
            valid_from=table["valid_from"],
            valid_to=None,
            source=row["source"],
            confidence=row["confidence"],
        )
        rows.append(coefficient)
        if range_end in (None, table["range_policy"]):
            in_use[coefficient.variety_code] = coefficient
    return CoefficientEdition(table["edition"], tuple(rows), in_use)
