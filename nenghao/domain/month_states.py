"""What a unit's month has come to, on both sides of it: its filing, and the balance that meters give.

Before: rows of filings, balances and releases. After: the bureau's page of the month, its counts and its export.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

FilingProgress = Literal[
    "not_owed", "not_open", "due", "late", "filed", "queried", "answered", "accepted_county", "accepted_city",
    "accepted_province", "locked",
]  # fmt: skip
BalanceProgress = Literal["none", "held", "ready", "sealed", "changed", "restated"]

#: In the order in which a month goes through them; label keys below `console.bureau.filing`.
FILING_PROGRESS: Final[tuple[FilingProgress, ...]] = (
    "late", "due", "not_open", "filed", "queried", "answered", "accepted_county", "accepted_city", "accepted_province",
    "locked", "not_owed",
)  # fmt: skip
#: Label keys below `console.bureau.balance`.
BALANCE_PROGRESS: Final[tuple[BalanceProgress, ...]] = ("none", "held", "ready", "changed", "sealed", "restated")


@dataclass(frozen=True, slots=True)
class Due:
    """What the calendar says of the month: None where it says nothing, or the month is not surveyed."""

    is_surveyed: bool
    opens_at: datetime | None
    due_at: datetime | None


def filing_progress(*, state: str | None, is_in_panel: bool, due: Due | None, now: datetime) -> FilingProgress:
    """Where the filing of a unit's month stands. What was filed is told as it is, whether it was owed or not.

    >>> filing_progress(state=None, is_in_panel=True, due=None, now=datetime(2026, 11, 1))
    'not_owed'
    """
    if state is not None:
        return state  # type: ignore[return-value]  # the database's own words, which are among ours
    if not is_in_panel or due is None or not due.is_surveyed or due.due_at is None or due.opens_at is None:
        return "not_owed"
    if now < due.opens_at:
        return "not_open"
    return "due" if now <= due.due_at else "late"


def balance_progress(
    *,
    balance_id: int | None,
    sealed_balance_id: int | None,
    sealed_version: int | None,
    is_held: bool,
) -> BalanceProgress:
    """Where the monitored balance of a unit's month stands.

    >>> balance_progress(balance_id=2, sealed_balance_id=1, sealed_version=1, is_held=False)
    'changed'
    """
    if balance_id is None:
        return "none"
    if sealed_balance_id == balance_id:
        return "sealed" if sealed_version == 1 else "restated"
    if is_held:
        return "held"
    return "ready" if sealed_balance_id is None else "changed"


def held_by_checks(
    *, is_checked: bool | None, mandatory_broken: int | None, is_undecided: bool
) -> Literal["not_checked", "mandatory_broken"] | None:
    """Why a balance may not be sealed by what its relations said; label keys below `release.refused`."""
    if not is_checked:
        return "not_checked"
    return "mandatory_broken" if mandatory_broken and is_undecided else None


def is_late(first_at: datetime | None, due: Due | None) -> bool:
    """Whether what was filed came after its deadline; the attempt counts where one earned a receipt."""
    return first_at is not None and due is not None and due.due_at is not None and first_at > due.due_at
