"""Reads the schemes for the index of data quality."""

from decimal import Decimal
from functools import cache

from nenghao.domain.quality_index import Component, Scheme
from nenghao.reference.files import read_rows


@cache
def load_schemes() -> dict[str, Scheme]:
    """Schemes by code, in the file's order."""
    return {
        table["code"]: Scheme(
            table["code"],
            table["edition"],
            tuple(
                Component(row["code"], row["formula"], Decimal(row["points"]), row["source"], row["confidence"])
                for row in table["component"]
            ),
        )
        for table in read_rows("quality_schemes.toml")["scheme"]
    }
