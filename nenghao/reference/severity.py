"""Reads the steps of severity of an error rate, and the tolerances of what should have been reported."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from nenghao.domain.due_figure import Band
from nenghao.reference.files import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """One edition: the bands, and how far a counted figure may be off."""

    edition: str
    valid_from: date
    source: str
    confidence: str
    bands: tuple[Band, ...]
    register_quanta: int
    class_percent: Decimal
    transformer_percent: Decimal
    tolerance_source: str
    tolerance_confidence: str


@cache
def load_severity() -> Severity:
    """The edition in force."""
    row = read_rows("severity.toml")
    tolerance = row["tolerance"]
    return Severity(
        edition=row["edition"],
        valid_from=row["valid_from"],
        source=row["source"],
        confidence=row["confidence"],
        bands=tuple(Band(band["code"], Decimal(band["from_rate"])) for band in row["band"]),
        register_quanta=tolerance["register_quanta"],
        class_percent=Decimal(tolerance["class_percent"]),
        transformer_percent=Decimal(tolerance["transformer_percent"]),
        tolerance_source=tolerance["source"],
        tolerance_confidence=tolerance["confidence"],
    )
