"""Reads when a sum of units is hidden."""

from decimal import Decimal
from functools import cache

from nenghao.domain.disclosure import DisclosureRule
from nenghao.reference.files import read_rows


@cache
def load_disclosure_rule() -> DisclosureRule:
    """The rule in force."""
    row = read_rows("suppression.toml")
    return DisclosureRule(
        edition=row["edition"],
        min_units=row["min_units"],
        dominance_share=Decimal(row["dominance_share"]),
        protected_share=Decimal(row["protected_share"]),
        source=row["source"],
        confidence=row["confidence"],
    )
