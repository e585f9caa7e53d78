"""A share of few cases with its interval.

Source: Wilson 1927; recommended for small numbers by Brown, Cai & DasGupta 2001, Statistical Science 16(2).
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Proportion:
    """`hits` of `total`, with the ends of the 95 % interval; without any total nothing is known."""

    hits: int
    total: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """The share itself."""
        return self.hits / self.total if self.total else None


def wilson(hits: int, total: int, confidence: float = CONFIDENCE) -> Proportion:
    """The share of `hits` in `total` with Wilson's interval.

    >>> [round(x, 3) for x in (wilson(9, 10).low, wilson(9, 10).high, wilson(0, 10).high)]
    [0.596, 0.982, 0.278]
    """
    if total == 0:
        return Proportion(0, 0, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return Proportion(hits, total, max(0.0, middle - half), min(1.0, middle + half))
