"""The monthly random sample: whom chance names, by size, and what the checked ones say of all.

Before: the units of a month with their consumption, and a seed that nobody could choose. After: named units, checked by
officers, and from their results the rate of units in error and the error of the total, each with an interval.

Systematic selection over units in random order: Hartley & Rao 1962, Ann. Math. Statist. 33(2). Estimates: Horvitz &
Thompson 1952, JASA 47; their variance without joint probabilities: Deville 1999, by Hájek's c = (1 − π) n / (n − 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import sqrt
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95
#: A place in the unit interval is read from this many bytes of the hash.
PLACE_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Chance:
    """A unit of the frame: its size, how probable it was that chance names it, and whether it did."""

    unit_id: int
    size: Decimal
    probability: Fraction
    is_drawn: bool


def probabilities(sizes: Mapping[int, Decimal], count: int) -> dict[int, Fraction]:
    """Inclusion probabilities proportional to size that add up to `count`; who would get more than 1 is certain.

    Units without consumption cannot be drawn; where there are no more units than are wanted, all are certain.

    >>> {unit: str(one) for unit, one in probabilities({1: Decimal(90), 2: Decimal(5), 3: Decimal(5)}, 2).items()}
    {1: '1', 2: '1/2', 3: '1/2'}
    """
    open_sizes = {unit: Fraction(size) for unit, size in sizes.items() if size > 0}
    certain: set[int] = set()
    while True:
        wanted = count - len(certain)
        total = sum((size for unit, size in open_sizes.items() if unit not in certain), Fraction(0))
        over = {
            unit for unit, size in open_sizes.items() if unit not in certain and wanted > 0 and size * wanted >= total
        }
        if not over:
            break
        certain |= over
    found = {unit: Fraction(0) for unit in sizes}
    for unit, size in open_sizes.items():
        found[unit] = Fraction(1) if unit in certain else size * wanted / total
    return found


def draw(sizes: Mapping[int, Decimal], codes: Mapping[int, str], count: int, seed: bytes) -> list[Chance]:
    """Name units by chance, in the order in which chance put them; the same seed names the same units.

    The seed orders the units by the hash of their codes, and gives the place where the steps of 1 begin.
    """
    shares = probabilities(sizes, count)
    ordered = sorted(sizes, key=lambda unit: sha256(seed + codes[unit].encode()).digest())
    start = Fraction(int.from_bytes(sha256(seed + b"start").digest()[:PLACE_BYTES]), 256**PLACE_BYTES)
    chances: list[Chance] = []
    below = Fraction(0)
    for unit in ordered:
        above = below + shares[unit]
        # A step start, start + 1, … lies in [below, above).
        is_drawn = _steps_before(above, start) > _steps_before(below, start)
        chances.append(Chance(unit, sizes[unit], shares[unit], is_drawn))
        below = above
    return chances


def _steps_before(place: Fraction, start: Fraction) -> int:
    """How many of the steps start, start + 1, … lie below a place."""
    return max(0, -((start - place) // 1))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sample says of all, with the ends of the 95 % interval."""

    value: float
    low: float
    high: float


def horvitz_thompson(observed: Sequence[tuple[float, Fraction]]) -> Estimate:
    """The total of a value over all units, from (value, probability) of those that were named and checked."""
    count = len(observed)
    total = sum(value / float(share) for value, share in observed)
    if count < 2:
        return Estimate(total, float("-inf"), float("inf"))
    weights = [(1 - float(share)) * count / (count - 1) for _, share in observed]
    expanded = [value / float(share) for value, share in observed]
    spread = sum(weights)
    middle = sum(w * x for w, x in zip(weights, expanded, strict=True)) / spread if spread else 0.0
    variance = sum(w * (x - middle) ** 2 for w, x in zip(weights, expanded, strict=True))
    half = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * sqrt(variance)
    return Estimate(total, total - half, total + half)


def error_rate(is_wrong: Sequence[tuple[bool, Fraction]]) -> Estimate:
    """The share of units in error among all that chance could name: the ratio to their estimated number (Hájek).

    Its variance is that of the residuals, by which each unit is off the share.
    """
    expected = sum(1 / float(share) for _, share in is_wrong)
    if not expected:
        return Estimate(float("nan"), 0.0, 1.0)
    rate = sum(1 / float(share) for wrong, share in is_wrong if wrong) / expected
    residual = horvitz_thompson([((float(wrong) - rate) / expected, share) for wrong, share in is_wrong])
    half = residual.high - residual.value
    return Estimate(rate, max(0.0, rate - half), min(1.0, rate + half))
