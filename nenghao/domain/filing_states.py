"""What may follow what, from draft to lock: states of a filing, kinds of its correction, order of its signers.

The database refuses the same things by its triggers (sql/migrations/0030); this says why, in a person's words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["filed", "queried", "answered", "accepted_county", "accepted_city", "accepted_province", "locked"]
Level = Literal["county", "city", "province"]
Signer = Literal["filler", "statistics_head", "unit_head"]
Kind = Literal["original", "amendment", "voluntary", "cumulative", "base_revision", "annual", "census"]
#: What a person may ask for on a locked month; the other kinds follow from where a filing stands.
Correction = Literal["cumulative", "base_revision", "annual", "census"]

LEVELS: Final[tuple[Level, ...]] = ("county", "city", "province")
SIGNERS: Final[tuple[Signer, ...]] = ("filler", "statistics_head", "unit_head")
#: Steps on the way to the lock, in their order.
STEPS: Final[tuple[State, ...]] = ("accepted_county", "accepted_city", "accepted_province", "locked")
#: Corrections of a month that is locked; its locked version stays as it is.
REVISIONS: Final[frozenset[str]] = frozenset({"base_revision", "annual", "census"})

#: Why a step may not be taken; label keys below `filing.refused`.
Refusal = Literal[
    "locked", "replaced", "open_queries", "not_next_level", "no_query", "still_open", "signed_it", "accepted_it",
    "not_locked", "signs_later", "signs_twice", "signed_already", "is_locked", "no_reason",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingStanding:
    """Where a filing stands."""

    state: State
    #: 县, 市, 省 that accepted it (0 to 3), and 4 with the lock.
    accepted_levels: int
    open_queries: int
    is_newest: bool
    #: 填表人, 统计负责人, 单位负责人.
    signers: tuple[str, ...]
    #: Who accepted it at a level so far.
    accepters: tuple[str, ...]


def refuse_event(standing: FilingStanding, event: State, acted_by: str) -> Refusal | None:
    """Why an event may not follow; None where it may. A query is asked before its event is written, and counts here."""
    if standing.state == "locked":
        return "locked"
    if not standing.is_newest:
        return "replaced"
    if event in STEPS:
        return _refuse_step(standing, event, acted_by)
    if event == "queried":
        return None if standing.open_queries else "no_query"
    if event == "answered" and standing.state == "queried":
        return "still_open" if standing.open_queries else None
    return "no_query"


def _refuse_step(standing: FilingStanding, step: State, acted_by: str) -> Refusal | None:
    if standing.open_queries:
        return "open_queries"
    if standing.accepted_levels != STEPS.index(step):
        return "not_next_level"
    if acted_by in standing.signers:
        return "signed_it"
    return "accepted_it" if step != "locked" and acted_by in standing.accepters else None


def kind_of_next(*, is_first: bool, is_locked: bool, was_asked: bool, correction: Correction | None) -> Kind | Refusal:
    """The kind of the filing that is about to be made of a month, or why none may.

    Before anybody asked, a change is 主动更正; afterwards it is an amendment. A month of which any version is locked
    takes revisions only.
    """
    if correction in REVISIONS:
        return correction if is_locked else "not_locked"
    if is_locked:
        return "is_locked"
    if correction == "cumulative":
        return "cumulative"
    if is_first:
        return "original"
    return "amendment" if was_asked else "voluntary"


def refuse_signature(signed: Sequence[tuple[Signer, str]], signer: Signer, person: str) -> Refusal | None:
    """Why a signature may not be added to those of a draft; None where it may."""
    there = [one for one, _ in signed]
    if signer in there:
        return "signed_already"
    if person in [by for _, by in signed]:
        return "signs_twice"
    return None if there == list(SIGNERS[: SIGNERS.index(signer)]) else "signs_later"
