"""Estimates energy where readings are missing.

One method so far: E3, register-advance apportionment. The registers on both sides of a gap are real, so their advance
is known; only its shape over the gap is estimated, here as uniform. An interval series has nothing that its missing
slots must add up to: there, missing stays missing.
Source: NAESB UBP and AEMO Metrology Part B by way of domain.md 11.2 (E3: scale to the known total).
"""

from collections.abc import Sequence


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split a whole number by weights into whole numbers that add up to it exactly, by largest remainder.

    Equal remainders are served in order, so the same input always gives the same parts.

    >>> apportion(10, [1, 1, 1])
    [4, 3, 3]

    Raises: ValueError where the weights are negative or all zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be at least 0 and not all 0")
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in by_remainder[:left]:
        parts[place] += 1
    return parts
