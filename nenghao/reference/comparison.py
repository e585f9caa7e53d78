"""Reads how far two sources of one quantity may lie apart."""

from decimal import Decimal
from functools import cache

from nenghao.domain.comparison import Uncertainty
from nenghao.reference.files import read_rows


@cache
def load_uncertainty() -> Uncertainty:
    """The shares in force."""
    table = read_rows("comparison.toml")
    return Uncertainty(
        class_without_number=Decimal(table["class_without_number"]),
        transformer_percent=Decimal(table["transformer_percent"]),
        statement_percent=Decimal(table["statement_percent"]),
        estimate_error=Decimal(table["estimate_error"]),
        synchronism_percent=Decimal(table["synchronism_percent"]),
        known_share_min=Decimal(table["known_share_min"]),
        coverage_factor=Decimal(table["coverage_factor"]),
    )
