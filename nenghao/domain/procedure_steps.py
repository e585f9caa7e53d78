"""Where a case stands after its steps: a fold over what was written, in the order it came in.

Before: rows of `case_step` and decisions that no step wrote. After: `nenghao.domain.procedure` says what may follow.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from nenghao.domain.procedure import DECIDED, HANDLING, Actor, Ruling, Standing, Step


def stand(before: Standing, steps: Iterable[Step], rulings: Iterable[Ruling]) -> Standing:
    """Where a case stands after its steps, and after decisions that no step wrote, in the order they came in."""
    steps = list(steps)
    written = {step.decision_id for step in steps}
    # Of one instant a decision that no step wrote goes first: it was there before the step could see it.
    events: list[tuple[Any, int, int, Step | Ruling]] = [
        (one.decided_at, 0, one.decision_id, one) for one in rulings if one.decision_id not in written
    ]
    events += [(step.recorded_at, 1, step.step_id, step) for step in steps]
    standing = before
    for *_, event in sorted(events, key=lambda item: item[:3]):
        standing = _after_step(standing, event) if isinstance(event, Step) else _after_ruling(standing, event)
    return standing


def named(content: Mapping[str, Any], key: str) -> Actor:
    """The officer that a step names, with the account where one is known."""
    return Actor(name=content[key], account_id=content.get(f"{key}_account_id"))


def _after_step(now: Standing, step: Step) -> Standing:
    if step.act in HANDLING:
        now = replace(now, handled_by=(*now.handled_by, step.actor))
    return _EFFECTS[step.act](now, step)


def _recused(now: Standing, step: Step) -> Standing:
    aside = named(step.content, "officer")
    stays = now.handler is None or not now.handler.is_same(aside)
    return replace(now, recused=(*now.recused, aside), handler=now.handler if stays else None)


def _inquiry_checked(now: Standing, step: Step) -> Standing:
    stage = "checked" if step.content["verdict"] == "agree" else now.asked_stage
    return replace(now, checked_by=(*now.checked_by, step.actor), stage=stage)


def _asked(now: Standing, step: Step) -> Standing:
    return replace(now, stage="asked", is_asked=True, acknowledged_at=None, extension="none", due_on=step.due_on)


def _explained(now: Standing, step: Step) -> Standing:
    received_at = now.acknowledged_at or step.acted_at
    return replace(now, stage="explained", is_explained=True, acknowledged_at=received_at)


def _verified(now: Standing, step: Step) -> Standing:
    officers = tuple(Actor(name=one["name"]) for one in step.content["officers"])
    return replace(now, stage="verified", handled_by=(*now.handled_by, *officers), proposal=step.content)


def _reviewed(now: Standing, step: Step) -> Standing:
    is_agreed = step.content["verdict"] == "agree"
    return _decided(now, step.content) if is_agreed else replace(now, stage=now.asked_stage, proposal={})


def _ordered(now: Standing, step: Step) -> Standing:
    return replace(
        now, stage="rectifying", is_rectification_ordered=True, is_rectification_reported=False, due_on=step.due_on
    )


def _objection_answered(now: Standing, step: Step) -> Standing:
    heard = replace(now, has_objection=False)
    return _reopened(heard) if step.content["verdict"] == "upheld" else heard


def _decided(now: Standing, proposal: Mapping[str, Any]) -> Standing:
    return replace(now, stage="decided", decision=proposal["proposal"], outcome=proposal["outcome"])


def _reopened(now: Standing) -> Standing:
    """A case that is judged again, where it was judged; what was ordered on the old decision is void."""
    if now.stage not in DECIDED and now.stage != "verified":
        return now
    return replace(
        now,
        stage=now.asked_stage,
        proposal={},
        decision=None,
        outcome=None,
        is_rectification_ordered=False,
        is_rectification_reported=False,
        referred_to=(),
        closed_at=None,
    )


#: What an act changes; who wrote it and when stands in the history.
_EFFECTS: Final[dict[str, Callable[[Standing, Step], Standing]]] = {
    "assign": lambda now, step: replace(now, handler=named(step.content, "handler")),
    "recuse": _recused,
    "draft_inquiry": lambda now, _: replace(now, stage="drafted"),
    "check_inquiry": _inquiry_checked,
    "notify": _asked,
    "issue_inquiry": _asked,
    "acknowledge": lambda now, step: replace(now, acknowledged_at=step.acted_at, due_on=step.due_on or now.due_on),
    "request_extension": lambda now, _: replace(now, extension="asked"),
    "extend": lambda now, step: replace(now, extension="granted", due_on=step.due_on),
    "decline_extension": lambda now, _: replace(now, extension="declined"),
    "explain": _explained,
    "verify": _verified,
    "review": _reviewed,
    "rectify": _ordered,
    "report_rectified": lambda now, _: replace(now, is_rectification_reported=True),
    "recheck": lambda now, step: replace(
        now, stage="rechecked" if step.content["verdict"] == "passed" else "rectifying"
    ),
    "object": lambda now, _: replace(now, has_objection=True),
    "answer_objection": _objection_answered,
    "refer": lambda now, step: replace(now, referred_to=(*now.referred_to, step.content["body"])),
    "close": lambda now, step: replace(now, stage="closed", closed_at=step.acted_at),
    "reopen": lambda now, _: _reopened(now),
    "comment": lambda now, _: now,
}


def _after_ruling(now: Standing, ruling: Ruling) -> Standing:
    match ruling.kind:
        case "inquire":
            return replace(now, stage="asked", is_asked=True)
        case "explain":
            return replace(now, stage="explained", is_explained=True)
        case "reopen":
            return _reopened(now)
        case _:
            return _decided(now, {"proposal": ruling.kind, "outcome": ruling.outcome})
