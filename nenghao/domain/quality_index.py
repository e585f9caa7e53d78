"""数据质量指数: how well a unit's online data were sent, by a published scheme of weighted shares.

Before: shares that jobs counted (jobs.quality). After: what the unit and the bureau are shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from nenghao.domain.rounding import round_fraction


@dataclass(frozen=True, slots=True)
class Share:
    """Something counted of what was due, with both counts, so that the share can be checked."""

    part: Decimal
    whole: Decimal

    @property
    def value(self) -> Fraction | None:
        """Between 0 and 1; None where nothing was due. A part above its whole is as far off as one below.

        Source: the published formula of the sum of processes ÷ the whole plant says nothing of sums above it; to give
        more than full points for them would reward counting twice.
        """
        part, whole = Fraction(self.part), Fraction(self.whole)
        if whole <= 0:
            return None
        share = max(part / whole, Fraction(0))
        return 1 / share if share > 1 else share


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a scheme: which share it is, and the points it gives when the share is whole."""

    code: str
    #: Name of a share that jobs count.
    formula: str
    points: Decimal
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """A published scheme."""

    code: str
    edition: str
    components: tuple[Component, ...]

    @property
    def points(self) -> Decimal:
        """Full points."""
        return sum((component.points for component in self.components), Decimal(0))


@dataclass(frozen=True, slots=True)
class ComponentScore:
    """A component with what it rests on; share and points are None where it is not available."""

    component: Component
    share: Share | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class QualityIndex:
    """The index of a unit's month: the points reached of those that could be judged, brought to full points."""

    scheme: Scheme
    scores: tuple[ComponentScore, ...]
    #: None where no component is available.
    score: Decimal | None
    #: Points of the components that are available: the weight over which the score stands.
    points_judged: Decimal


def score_quality(scheme: Scheme, shares: Mapping[str, Share | None]) -> QualityIndex:
    """The index by a scheme; a component whose share is not known is left out, never counted as zero.

    >>> known, unknown = (Component(f, f, p, "", "found") for f, p in (("x", Decimal(30)), ("y", Decimal(10))))
    >>> scheme = Scheme("s", "e", (known, unknown))
    >>> index = score_quality(scheme, {"x": Share(Decimal(9), Decimal(10)), "y": None})
    >>> index.score, index.points_judged
    (Decimal('36.00'), Decimal('30'))
    """
    scores: list[ComponentScore] = []
    reached, judged = Fraction(0), Decimal(0)
    for component in scheme.components:
        share = shares.get(component.formula)
        value = share.value if share is not None else None
        if value is None:
            scores.append(ComponentScore(component, share, None))
            continue
        reached += value * Fraction(component.points)
        judged += component.points
        scores.append(ComponentScore(component, share, round_fraction(value * Fraction(component.points), 2)))
    score = round_fraction(reached / Fraction(judged) * Fraction(scheme.points), 2) if judged else None
    return QualityIndex(scheme, tuple(scores), score, judged)
