"""Ranks cases by what they may move in the published total: suspicion × effect × weight.

Before: findings with what was expected and what was reported. After: the list of cases, the few that matter first.
Source: Hidiroglou & Berthelot 1986, Survey Methodology 12(1); SELEKT of Statistics Sweden (Nordberg 2010): the local
score of selective editing. The numbers are rows of nenghao/reference/cases.toml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from nenghao.domain.coal import CoalCoefficient
from nenghao.domain.quantities import EXACT, UnitMismatch, convert

#: Flows that no cell of the form adds up.
INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What suspicion and effect count for; see the reference rows."""

    score_half: Decimal
    suspicion_of_lead: Decimal
    suspicion_of_doubt: Decimal
    explained_factor: Decimal
    share_at_stake: Decimal
    weight_internal: Decimal
    weight_boundary: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What a case says of one point."""

    variety_code: str
    flow: str
    #: |expected − reported| of the finding that says most; None where no rule could say.
    moved: Decimal | None
    moved_unit: str | None
    #: What the point counted over the findings' days.
    counted: Decimal | None
    counted_unit: str | None
    #: The highest score of a finding, -log10 of a probability; None where no rule could say.
    score: Decimal | None
    level: str
    is_explained: bool


def suspicion(stake: Stake, weights: Weights) -> Decimal:
    """How much speaks against a point, from 0 to 1."""
    floor = weights.suspicion_of_doubt if stake.level == "doubt" else Decimal(0)
    if stake.score is None:
        found = weights.suspicion_of_lead
    else:
        score = max(stake.score, Decimal(0))
        found = score / (score + weights.score_half)
    return max(found, floor) * (weights.explained_factor if stake.is_explained else 1)


def effect_tce(stake: Stake, weights: Weights, coefficients: Mapping[str, CoalCoefficient]) -> Decimal | None:
    """What the point may be wrong by, in tons of standard coal; None where neither energy nor coefficient is known."""
    if stake.moved is not None:
        energy, unit = stake.moved, stake.moved_unit
    elif stake.counted is not None:
        energy, unit = stake.counted * weights.share_at_stake, stake.counted_unit
    else:
        return None
    coefficient = coefficients.get(stake.variety_code)
    if coefficient is None or unit is None:
        return None
    try:
        with localcontext(EXACT):
            return convert(abs(energy), unit, coefficient.form_unit) * coefficient.tce_per_form_unit
    except UnitMismatch:
        return None


def rank(
    stakes: list[Stake], weights: Weights, coefficients: Mapping[str, CoalCoefficient]
) -> tuple[Decimal, Decimal | None]:
    """(score, effect in tce) of a case: the sums over its points; without a known effect it ranks last of its level."""
    effects = [effect_tce(stake, weights, coefficients) for stake in stakes]
    weighed = [
        suspicion(stake, weights)
        * effect
        * (weights.weight_internal if stake.flow == INTERNAL else weights.weight_boundary)
        for stake, effect in zip(stakes, effects, strict=True)
        if effect is not None
    ]
    known = [effect for effect in effects if effect is not None]
    return sum(weighed, Decimal(0)), sum(known, Decimal(0)) if known else None
