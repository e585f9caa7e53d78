"""Whether a sum of units says too much about one of them: 少于规定家数, or one unit dominates it.

Source: practice 2: cells of fewer than 3 units or with one dominant unit are suppressed, with secondary suppression.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from nenghao.domain.quantities import EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRule:
    """When a sum is hidden, and how uncertain a hidden sum must stay to whoever reads all that is shown."""

    edition: str
    #: A sum of fewer units than this is hidden.
    min_units: int
    #: A sum in which one unit has more than this share is hidden.
    dominance_share: Decimal
    #: Nobody may be able to bound a hidden sum closer than this share of it, on either side.
    protected_share: Decimal
    source: str
    confidence: str


def is_sensitive(contributions: Sequence[Decimal], rule: DisclosureRule) -> bool:
    """Whether a sum of the contributions, one a unit, is to be hidden; a unit that adds nothing hides nobody.

    >>> rule = DisclosureRule(edition="", min_units=3, dominance_share=Decimal("0.85"),
    ...                       protected_share=Decimal("0.1"), source="", confidence="")
    >>> [is_sensitive([Decimal(n) for n in ns], rule) for ns in ((5, 5), (5, 5, 0), (5, 5, 5), (98, 1, 1), ())]
    [True, True, False, True, False]
    """
    sizes = [abs(value) for value in contributions if value]
    if not sizes:
        return False
    whole = sum(sizes, Decimal(0))
    return len(sizes) < rule.min_units or max(sizes) > EXACT.multiply(rule.dominance_share, whole)
