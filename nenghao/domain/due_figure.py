"""应报数: what should have been reported, as an interval, and how far what was reported lies from it.

Before: `nenghao.reporting.evidence_accounts` asks each document and channel. After: the evidence document of a case.
The end of the interval that is nearest to the reported figure is the one that is held against anybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Final, Literal

from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import floor_share


class Witness(StrEnum):
    """Who says what should have been reported, the strongest first."""

    SETTLEMENT = "settlement"
    METERED = "metered"
    REGISTER = "register"
    REPLACED_VALUE = "replaced_value"
    NETWORK = "network"
    RULE = "rule"
    LIKE_DAYS = "like_days"


#: What a meter or a supplier counted; the others are statistics of the meter's own past.
COUNTED: Final = frozenset(
    {Witness.SETTLEMENT, Witness.METERED, Witness.REGISTER, Witness.REPLACED_VALUE, Witness.NETWORK}
)

Direction = Literal["under", "over", "within"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one witness says should have been reported, with its uncertainty, in the unit of the series."""

    witness: Witness
    low: Decimal
    mid: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        """An account that is no interval is a mistake of ours."""
        if not self.low <= self.mid <= self.high:
            raise ValueError(f"{self.witness}: {self.low} <= {self.mid} <= {self.high} does not hold")


@dataclass(frozen=True, slots=True)
class Silence:
    """Why a witness says nothing: a code with a label `evidence.silence.<code>`."""

    witness: Witness
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFigure:
    """应报数 of a span: the interval, by whom, and the least and the likely amount that was reported otherwise."""

    low: Decimal
    mid: Decimal
    high: Decimal
    #: Whose interval it is; several where they contradict each other and the interval spans them all.
    witnesses: tuple[Witness, ...]
    reported: Decimal
    direction: Direction
    #: |reported - should| at the end nearest to what was reported, and at the middle.
    least_amount: Decimal
    likely_amount: Decimal
    #: 差错率 |reported - should| ÷ should, the least in the interval, cut off; None where nothing above zero was due.
    least_error_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Band:
    """A step of severity: from this error rate on."""

    code: str
    from_rate: Decimal


def account(witness: Witness, mid: Decimal, tolerance: Decimal) -> Account:
    """An account with the same tolerance on both sides; an amount that is not negative has no negative low."""
    with localcontext(EXACT):
        low, high = mid - abs(tolerance), mid + abs(tolerance)
    return Account(witness=witness, low=max(low, Decimal(0)) if mid >= 0 else low, mid=mid, high=high)


def due_figure(reported: Decimal, accounts: Iterable[Account]) -> DueFigure | None:
    """The figure that was due by the accounts of witnesses; None where nobody says anything.

    What was counted goes before what is likely. Where counted witnesses contradict each other the interval spans all of
    them, for nobody here can say which is right; otherwise it is the strongest one's.
    """
    order = list(Witness)
    ranked = sorted(accounts, key=lambda one: order.index(one.witness))
    if not ranked:
        return None
    counted = [one for one in ranked if one.witness in COUNTED]
    first, *others = counted or ranked
    held = [first, *(one for one in others if counted and (one.low > first.high or one.high < first.low))]
    low, high = min(one.low for one in held), max(one.high for one in held)
    nearest = min(max(reported, low), high)
    with localcontext(EXACT):
        least, likely = abs(reported - nearest), abs(reported - first.mid)
        # Of a report below zero the rate, unlike the amount, is least at the far end.
        rates = [floor_share(abs(reported - end), end) or Decimal(0) for end in (nearest, high) if end > 0]
    return DueFigure(
        low=low,
        mid=first.mid,
        high=high,
        witnesses=tuple(one.witness for one in held),
        reported=reported,
        direction="under" if reported < low else "over" if reported > high else "within",
        least_amount=least,
        likely_amount=likely,
        least_error_rate=Decimal(0) if least == 0 else min(rates, default=None),
    )


def band_of(rate: Decimal | None, bands: Sequence[Band]) -> Band | None:
    """The step of severity of an error rate; None below the first step, or without a rate."""
    reached = [band for band in bands if rate is not None and rate >= band.from_rate]
    return max(reached, key=lambda band: band.from_rate, default=None)
