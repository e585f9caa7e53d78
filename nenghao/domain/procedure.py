"""The procedure of a case (办案程序): what anybody may do next, and why something else may not be done.

Before: `nenghao.domain.procedure_steps` says where a case stands. After: `nenghao.review.procedure` writes the next
step. The database refuses by its triggers what would get round another person (sql/migrations/0059); this says why, in
a person's words. Source: practice 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

Side = Literal["officer", "unit"]
#: open: nobody was asked; asked: the unit has a notice; drafted, checked: a statutory inquiry on its way.
Stage = Literal[
    "open", "drafted", "checked", "asked", "explained", "verified", "decided", "rectifying", "rechecked", "closed"
]
Who = Literal["handler", "other", "third", "any"]
#: Why an act is not taken; label keys below `procedure.refused`.
Refusal = Literal[
    "merged", "lead", "common_cause", "not_yours", "recused", "not_now", "no_handler", "not_handler", "handled_it",
    "checked_it", "acknowledged", "extension_asked", "too_late", "no_request", "clock_runs", "objection_open",
    "no_objection", "not_referred", "not_confirmed",
]  # fmt: skip

#: Acts of whoever has the case in hand; who took one of them never reviews the case (经办 ≠ 审核).
HANDLING: Final = frozenset({"notify", "draft_inquiry", "extend", "decline_extension", "verify"})
#: Acts that ask the unit.
ASKING: Final = frozenset({"notify", "draft_inquiry", "issue_inquiry"})
#: Stages after a decision.
DECIDED: Final = frozenset({"decided", "rectifying", "rechecked", "closed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: by account where one signed in, else by name."""

    name: str
    side: Side = "officer"
    account_id: int | None = None

    def is_same(self, other: "Actor") -> bool:
        """Whether two are one person: one account, or one name, since two of a name must not review each other."""
        if self.account_id is not None and self.account_id == other.account_id:
            return True
        return _plain(self.name) == _plain(other.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRule:
    """Who takes an act, and when (nenghao/reference/procedure.toml)."""

    code: str
    by: frozenset[str]
    who: Who
    stages: frozenset[str]
    is_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An act as it was taken."""

    step_id: int
    act: str
    actor: Actor
    #: When it was done, and when it came into the store: later, where it was taken down without network.
    acted_at: datetime
    recorded_at: datetime
    text: str
    content: Mapping[str, Any]
    due_on: date | None
    decision_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision on the case; by a step, or by command."""

    decision_id: int
    kind: str
    outcome: str | None
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a case stands."""

    is_lead: bool = False
    is_common_cause: bool = False
    is_merged: bool = False
    stage: Stage = "open"
    handler: Actor | None = None
    #: Who was 经办 of anything in this case, now or before; who checked a statutory inquiry; who stepped aside.
    handled_by: tuple[Actor, ...] = ()
    checked_by: tuple[Actor, ...] = ()
    recused: tuple[Actor, ...] = ()
    is_asked: bool = False
    is_explained: bool = False
    acknowledged_at: datetime | None = None
    extension: Literal["none", "asked", "granted", "declined"] = "none"
    #: By when the unit answers, or has put things right.
    due_on: date | None = None
    #: What verification proposes: kind, outcome, values, reason.
    proposal: Mapping[str, Any] = field(default_factory=dict)
    decision: str | None = None
    outcome: str | None = None
    is_rectification_ordered: bool = False
    is_rectification_reported: bool = False
    has_objection: bool = False
    referred_to: tuple[str, ...] = ()
    closed_at: datetime | None = None

    @property
    def asked_stage(self) -> Stage:
        """Where a case is before it is verified."""
        return "explained" if self.is_explained else "asked" if self.is_asked else "open"

    def days_left(self, on: date) -> int | None:
        """Days until the clock runs out, negative after it; None where none runs."""
        return None if self.due_on is None or self.stage not in ("asked", "rectifying") else (self.due_on - on).days

    def is_overdue(self, on: date) -> bool:
        """Whether the clock ran out."""
        left = self.days_left(on)
        return left is not None and left < 0


def refuse(rules: Mapping[str, ActRule], standing: Standing, act: str, actor: Actor, on: date) -> Refusal | None:
    """Why somebody may not take an act now; None where they may."""
    rule = rules[act]
    if standing.is_merged:
        return "merged"
    if actor.side not in rule.by:
        return "not_yours"
    if any(actor.is_same(one) for one in standing.recused):
        return "recused"
    if standing.stage not in rule.stages:
        return "not_now"
    if actor.side == "officer" and (refusal := _refuse_person(rule.who, standing, actor)) is not None:
        return refusal
    return _refuse_act(standing, act, on)


def may(rules: Mapping[str, ActRule], standing: Standing, actor: Actor, on: date) -> tuple[str, ...]:
    """The acts that somebody may take now, in the order of the reference rows."""
    return tuple(act for act in rules if refuse(rules, standing, act, actor, on) is None)


def _refuse_person(who: Who, standing: Standing, actor: Actor) -> Refusal | None:
    if who == "handler":
        if standing.handler is None:
            return "no_handler"
        return None if actor.is_same(standing.handler) else "not_handler"
    handlers = [*standing.handled_by, *([standing.handler] if standing.handler else [])]
    if who in ("other", "third") and any(actor.is_same(one) for one in handlers):
        return "handled_it"
    if who == "third" and any(actor.is_same(one) for one in standing.checked_by):
        return "checked_it"
    return None


def _refuse_act(standing: Standing, act: str, on: date) -> Refusal | None:
    if act in ASKING and (standing.is_common_cause or standing.is_lead):
        return "common_cause" if standing.is_common_cause else "lead"
    if act == "verify":
        return "clock_runs" if standing.stage == "asked" and not standing.is_overdue(on) else None
    if act in ("rectify", "refer"):
        return None if standing.decision == "confirm" else "not_confirmed"
    if act == "close":
        return _refuse_close(standing)
    return _refuse_answering(standing, act, on)


def _refuse_answering(standing: Standing, act: str, on: date) -> Refusal | None:
    if act == "request_extension" and standing.is_overdue(on):
        return "too_late"
    unfit: dict[str, tuple[bool, Refusal]] = {
        "acknowledge": (standing.acknowledged_at is not None, "acknowledged"),
        "request_extension": (standing.extension != "none", "extension_asked"),
        "extend": (standing.extension != "asked", "no_request"),
        "decline_extension": (standing.extension != "asked", "no_request"),
        "object": (standing.has_objection, "objection_open"),
        "answer_objection": (not standing.has_objection, "no_objection"),
    }
    is_unfit, refusal = unfit.get(act, (False, "not_now"))
    return refusal if is_unfit else None


def _refuse_close(standing: Standing) -> Refusal | None:
    if standing.has_objection:
        return "objection_open"
    if standing.outcome == "interference_referred" and not standing.referred_to:
        return "not_referred"
    return None


def told_of(rules: Mapping[str, ActRule], steps: Sequence[Step]) -> list[Step]:
    """The steps that the unit is told: of a review only that it agreed, since what was sent back was nobody's word."""
    return [
        step
        for step in steps
        if rules[step.act].is_told and not (step.act == "review" and step.content.get("verdict") != "agree")
    ]


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
