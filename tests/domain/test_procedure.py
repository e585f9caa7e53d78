"""The procedure of a case: whatever order people try, another person reviews, and what was ordered is rechecked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nenghao.domain.procedure import Actor, Ruling, Standing, Step, may, refuse, told_of
from nenghao.domain.procedure_content import refuse_content
from nenghao.domain.procedure_steps import stand
from nenghao.reference.procedure import load_acts, referral_bodies
from nenghao.review.cases import OUTCOMES

ACTS = load_acts()
START = datetime(2026, 11, 2, 2, tzinfo=UTC)
OFFICERS = [Actor(name=name, account_id=number) for number, name in enumerate(("Bai", "Chen", "Dong", "Erdun"))]
UNIT = Actor(name="Li", side="unit", account_id=9)
OFFICER_LIST = [{"name": "Bai", "number": "15001"}, {"name": "Fu", "number": "15002"}]
CONFIRMED = {
    "place": "site", "basis": "site_reading", "document": "现场核查记录 7", "officers": OFFICER_LIST,
    "statement": "attached", "proposal": "confirm", "outcome": "instrument_fault",
}  # fmt: skip


class History:
    """Steps as they would be stored: taken only where the domain lets them."""

    def __init__(self, **before: Any) -> None:
        self.before, self.steps, self.rulings = Standing(**before), list[Step](), list[Ruling]()
        self.now = START

    @property
    def standing(self) -> Standing:
        return stand(self.before, self.steps, self.rulings)

    def refusal(self, act: str, actor: Actor, **content: Any) -> str | None:
        today = self.now.date()
        return refuse(ACTS, self.standing, act, actor, today) or refuse_content(
            act, content, self.standing, outcomes=dict(OUTCOMES), bodies=referral_bodies(), empty_phrases=("核实无误",)
        )

    def take(self, act: str, actor: Actor, due_on: date | None = None, **content: Any) -> str | None:
        if (refusal := self.refusal(act, actor, **content)) is not None:
            return refusal
        if act == "review":
            content |= {name: self.standing.proposal.get(name) for name in ("proposal", "outcome")}
        self.now += timedelta(minutes=1)
        step = Step(
            step_id=len(self.steps) + 1, act=act, actor=actor, acted_at=self.now, recorded_at=self.now, text="t",
            content=content, due_on=due_on, decision_id=None,
        )  # fmt: skip
        self.steps.append(step)
        return None

    def must(self, act: str, actor: Actor, due_on: date | None = None, **content: Any) -> None:
        assert self.take(act, actor, due_on, **content) is None, act


BAI, CHEN, DONG, ERDUN = OFFICERS
SAID = {"cause": "3号炉停炉检修21天", "quantity": "少用 1200 t", "document": "检修工单 2026-09-117"}


def asked() -> History:
    history = History()
    history.must("assign", CHEN, handler="Bai", handler_account_id=0)
    history.must("notify", BAI, date(2026, 11, 12), form="informal")
    return history


def confirmed() -> History:
    history = asked()
    history.must("explain", UNIT, **SAID)
    history.must("verify", BAI, **CONFIRMED)
    history.must("review", CHEN, verdict="agree")
    return history


def test_a_case_goes_from_notice_to_its_end() -> None:
    history = confirmed()
    assert (history.standing.stage, history.standing.decision) == ("decided", "confirm")
    history.must("rectify", BAI, date(2026, 12, 20))
    history.must("report_rectified", UNIT, document="整改报告 3")
    assert history.take("close", BAI) == "not_now"
    history.must("recheck", BAI, verdict="failed")
    assert history.take("close", BAI) == "not_now"
    history.must("rectify", BAI, date(2026, 12, 30))
    history.must("recheck", DONG, verdict="passed", document="复核记录 1")
    history.must("close", BAI)
    assert history.standing.stage == "closed"
    assert may(ACTS, history.standing, UNIT, START.date()) == ("object",)


def test_who_had_a_case_in_hand_never_reviews_it_whatever_was_assigned_since() -> None:
    history = asked()
    history.must("explain", UNIT, **SAID)
    assert history.take("verify", CHEN, **CONFIRMED) == "not_handler"
    history.must("verify", BAI, **CONFIRMED)
    assert history.take("review", BAI, verdict="agree") == "handled_it"
    history.must("assign", CHEN, handler="Chen", handler_account_id=1)
    assert history.take("review", BAI, verdict="agree") == "handled_it"
    assert history.take("review", CHEN, verdict="agree") == "handled_it"
    # The second officer who verified is no other officer either; nor is one who writes a name another way.
    assert history.take("review", Actor(name="Fu"), verdict="agree") == "handled_it"
    assert history.take("review", Actor(name="b ai"), verdict="agree") == "handled_it"
    assert history.take("review", DONG, verdict="agree") is None


def test_a_statutory_inquiry_takes_three_people() -> None:
    history = History()
    history.must("assign", BAI, handler="Bai", handler_account_id=0)
    history.must("draft_inquiry", BAI)
    assert history.take("check_inquiry", BAI, verdict="agree") == "handled_it"
    history.must("check_inquiry", CHEN, verdict="agree")
    assert history.take("issue_inquiry", BAI, document_no="统查〔2026〕7号") == "handled_it"
    assert history.take("issue_inquiry", CHEN, document_no="统查〔2026〕7号") == "checked_it"
    assert history.take("issue_inquiry", DONG) == "no_document"
    history.must("issue_inquiry", DONG, date(2026, 11, 20), document_no="统查〔2026〕7号")
    assert history.standing.stage == "asked"


@pytest.mark.parametrize(
    ("before", "refusal"), [({"is_lead": True}, "lead"), ({"is_common_cause": True}, "common_cause")]
)
def test_a_lead_or_a_common_cause_is_never_asked_of_a_unit(before: dict[str, bool], refusal: str) -> None:
    history = History(**before)
    history.must("assign", BAI, handler="Bai")
    assert history.take("notify", BAI) == refusal
    assert history.take("draft_inquiry", BAI) == refusal
    dismissal = {"place": "desk", "officers": OFFICER_LIST[:1], "proposal": "dismiss", "outcome": "explainable"}
    history.must("verify", BAI, **dismissal)
    history.must("review", CHEN, verdict="agree")
    assert history.standing.decision == "dismiss"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"officers": OFFICER_LIST[:1]}, "two_officers"),
        ({"officers": [OFFICER_LIST[0], {"name": "BAI ", "number": "15009"}]}, "two_officers"),
        ({"officers": [{"name": "Bai"}, OFFICER_LIST[1]]}, "no_officer"),
        ({"basis": None}, "no_basis"),
        ({"document": " "}, "no_basis"),
        ({"statement": "none"}, "no_statement"),
        ({"outcome": "explainable"}, "outcome_unfit"),
        ({"proposal": "guilty"}, "no_proposal"),
        ({"colour": "red"}, "unknown_field"),
        ({"site": {"mood": "bad"}}, "unknown_field"),
    ],
)
def test_confirming_takes_two_officers_a_record_and_the_units_word(changed: dict[str, Any], refusal: str) -> None:
    history = asked()
    history.must("explain", UNIT, **SAID)
    assert history.take("verify", BAI, **(CONFIRMED | changed)) == refusal


def test_a_unit_that_was_not_asked_or_still_has_time_is_not_judged() -> None:
    history = asked()
    assert history.take("verify", BAI, **CONFIRMED) == "clock_runs"
    history.now = datetime(2026, 11, 13, 2, tzinfo=UTC)
    assert history.take("verify", BAI, **CONFIRMED) == "no_statement"
    assert history.take("request_extension", UNIT) == "too_late"
    history.must("verify", BAI, **(CONFIRMED | {"statement": "refused"}))
    unasked = History()
    unasked.must("assign", BAI, handler="Bai")
    assert unasked.take("verify", BAI, **(CONFIRMED | {"statement": "refused"})) == "no_statement"


def test_time_is_given_once() -> None:
    history = asked()
    assert history.take("extend", BAI) == "no_request"
    history.must("request_extension", UNIT)
    history.must("extend", BAI, date(2026, 11, 20))
    assert history.standing.due_on == date(2026, 11, 20)
    assert history.take("request_extension", UNIT) == "extension_asked"


def test_an_empty_phrase_explains_nothing() -> None:
    assert asked().take("explain", UNIT, **(SAID | {"cause": "核实无误。"})) == "empty_phrase"


def test_an_explanation_before_review_has_the_case_verified_again() -> None:
    history = asked()
    history.must("explain", UNIT, **SAID)
    history.must("verify", BAI, **CONFIRMED)
    history.must("explain", UNIT, **(SAID | {"cause": "另有电表检定记录"}))
    assert history.take("review", CHEN, verdict="agree") == "not_now"


def test_who_stepped_aside_does_nothing_more_and_the_case_needs_another() -> None:
    history = asked()
    history.must("recuse", CHEN, officer="Bai", officer_account_id=0)
    assert history.standing.handler is None
    assert history.take("comment", BAI) == "recused"
    assert history.take("assign", CHEN, handler="Bai") == "recused"
    assert history.take("extend", CHEN) == "no_handler"


def test_an_objection_keeps_a_case_open_and_one_that_is_upheld_has_it_judged_again() -> None:
    history = confirmed()
    history.must("object", UNIT, ground="outcome")
    assert history.take("close", BAI) == "objection_open"
    assert history.take("answer_objection", BAI, verdict="rejected") == "handled_it"
    history.must("answer_objection", DONG, verdict="upheld")
    assert (history.standing.stage, history.standing.decision) == ("explained", None)


def test_what_is_for_another_body_is_referred_before_the_case_closes() -> None:
    history = asked()
    history.must("explain", UNIT, **SAID)
    history.must("verify", BAI, **(CONFIRMED | {"outcome": "interference_referred"}))
    history.must("review", CHEN, verdict="agree")
    assert history.take("close", BAI) == "not_referred"
    assert history.take("refer", BAI, body="police", document_no="1") == "no_body"
    history.must("refer", BAI, body="market_supervision", document_no="移送函 1")
    history.must("close", BAI)


def test_a_decision_by_command_counts() -> None:
    history = History()
    history.rulings.append(Ruling(decision_id=1, kind="inquire", outcome=None, decided_by="x", decided_at=START))
    history.must("explain", UNIT, **SAID)
    history.rulings.append(
        Ruling(decision_id=2, kind="dismiss", outcome="omission", decided_by="x", decided_at=START + timedelta(hours=1))
    )
    assert (history.standing.stage, history.standing.outcome) == ("decided", "omission")


def test_the_unit_is_told_its_own_part_only() -> None:
    history = confirmed()
    assert [step.act for step in told_of(ACTS, history.steps)] == ["notify", "explain", "review"]
    # What it is told says the same of where it stands.
    told = stand(Standing(), told_of(ACTS, history.steps), ())
    assert (told.stage, told.decision, told.outcome) == ("decided", "confirm", "instrument_fault")


CONTENTS: dict[str, list[dict[str, Any]]] = {
    "assign": [{"handler": one.name, "handler_account_id": one.account_id} for one in OFFICERS],
    "recuse": [{"officer": one.name, "officer_account_id": one.account_id} for one in OFFICERS[3:]],
    "check_inquiry": [{"verdict": "agree"}, {"verdict": "send_back"}],
    "issue_inquiry": [{"document_no": "7"}],
    "explain": [SAID],
    "verify": [
        CONFIRMED,
        CONFIRMED | {"statement": "refused"},
        {"place": "desk", "officers": OFFICER_LIST[1:], "proposal": "dismiss", "outcome": "explainable"},
    ],
    "review": [{"verdict": "agree"}, {"verdict": "send_back"}],
    "recheck": [{"verdict": "passed", "document": "d"}, {"verdict": "failed"}],
    "report_rectified": [{"document": "d"}],
    "object": [{"ground": "facts"}],
    "answer_objection": [{"verdict": "upheld"}, {"verdict": "rejected"}],
    "refer": [{"body": "market_supervision", "document_no": "1"}],
}


class AnyOrder(RuleBasedStateMachine):
    """People who try every act in every order; what got through is held against the rules, read off the history."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History()

    @rule(actor=st.sampled_from([*OFFICERS, UNIT]), data=st.data(), days=st.integers(0, 4))
    def act(self, actor: Actor, data: st.DataObject, days: int) -> None:
        # Acts that may be taken are tried more often, or no case would ever be decided.
        fitting = may(ACTS, self.history.standing, actor, self.history.now.date())
        act = data.draw(st.sampled_from([*fitting, *fitting, *fitting, *ACTS]))
        content = data.draw(st.sampled_from(CONTENTS.get(act, [{}])))
        self.history.now += timedelta(days=days)
        due_on = (
            (self.history.now + timedelta(days=5)).date() if act in ("notify", "issue_inquiry", "rectify") else None
        )
        self.history.take(act, actor, due_on, **content)

    @invariant()
    def nobody_reviews_what_they_handled(self) -> None:
        had: set[str] = set()
        checked: set[str] = set()
        handler: str | None = None
        for step in self.history.steps:
            name = step.actor.name
            if step.act in ("review", "answer_objection", "check_inquiry", "issue_inquiry"):
                assert name not in had | {handler}
            if step.act == "issue_inquiry":
                assert name not in checked
            if step.act == "check_inquiry":
                checked.add(name)
            if step.act in ("notify", "draft_inquiry", "verify", "extend", "decline_extension"):
                had.add(name)
            if step.act == "verify":
                had |= {one["name"] for one in step.content["officers"]}
            if step.act == "assign":
                handler = step.content["handler"]
            if step.act == "recuse" and step.content["officer"] == handler:
                handler = None

    @invariant()
    def nothing_is_decided_without_verification_and_review(self) -> None:
        acts = [step.act for step in self.history.steps]
        if self.history.standing.decision is not None:
            last = max(index for index, act in enumerate(acts) if act == "review")
            assert "verify" in acts[:last]

    @invariant()
    def what_was_ordered_is_rechecked_before_the_end(self) -> None:
        waits = False
        for step in self.history.steps:
            match step.act:
                case "rectify":
                    waits = True
                case "recheck":
                    waits = waits and step.content["verdict"] != "passed"
                case "reopen":
                    waits = False
                case "answer_objection":
                    waits = waits and step.content["verdict"] != "upheld"
                case "close":
                    assert not waits
                case _:
                    pass


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
