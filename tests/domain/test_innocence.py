"""The innocence checklist: each check says what it saw, and nothing known is never a result."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.catalogue import load_rules
from nenghao.domain.innocence import CHECKS, Event, Facts, Neighbour, run_checks
from nenghao.labels import load_labels
from nenghao.reference.files import read_rows
from nenghao.reference.innocence import answer_to

D = Decimal


def result_of(check: str, facts: Facts) -> tuple[str, str]:
    found = CHECKS[check](facts)
    assert found.check == check
    return found.result, found.outcome


def neighbour(before: object = 100, during: object = 100, share: object = 1, flow: str = "internal") -> Neighbour:
    known = [None if one is None else D(str(one)) for one in (before, during, share)]
    return Neighbour(code="E9", flow=flow, before_per_day=known[0], during_per_day=known[1], received_share=known[2])


def halved(**others: object) -> Facts:
    return replace(Facts(before_per_day=D(100), during_per_day=D(50)), **others)  # type: ignore[arg-type]


CASES = [
    ("declared_event", Facts(), ("excluded", "none")),
    ("declared_event", Facts(events=[Event(title="大修", is_before_the_fact=True)]), ("supports", "before")),
    ("declared_event", Facts(events=[Event(title="x", is_before_the_fact=False)]), ("supports", "after")),
    ("declared_event", Facts(events=[Event(title="x", is_before_the_fact=True, is_outage=True)]), ("excluded", "none")),
    ("outage", Facts(events=[Event(title="x", is_before_the_fact=True, is_outage=True)]), ("supports", "filed")),
    ("declared_change", Facts(changes=[Event(title="x", is_before_the_fact=False)]), ("supports", "after")),
    ("link", Facts(), ("unchecked", "no_neighbours")),
    ("link", Facts(received_share=D(1), neighbours=[neighbour()]), ("excluded", "complete")),
    ("link", Facts(received_share=D(0), neighbours=[neighbour(share=0), neighbour(share=0)]), ("supports", "together")),
    (
        "link",
        Facts(received_share=D(0), neighbours=[neighbour(), neighbour(), neighbour(share=0)]),
        ("excluded", "alone"),
    ),
    ("siblings", halved(neighbours=[neighbour()]), ("unchecked", "too_few")),
    ("siblings", halved(neighbours=[neighbour(), neighbour(100, 101)]), ("excluded", "unmoved")),
    ("siblings", halved(neighbours=[neighbour(100, 60), neighbour(100, 70)]), ("supports", "along")),
    ("siblings", halved(neighbours=[neighbour(100, 140), neighbour(100, 160)]), ("excluded", "unmoved")),
    ("siblings", halved(during_per_day=D(99), neighbours=[neighbour(), neighbour()]), ("unchecked", "no_change")),
    ("network", halved(), ("unchecked", "no_network")),
    ("network", halved(residual_before=D(1), residual_during=D(51)), ("excluded", "whole_kept_it")),
    ("network", halved(residual_before=D(1), residual_during=D(2)), ("supports", "whole_missed_it")),
    ("network", halved(residual_before=D(1), residual_during=D(-49)), ("supports", "whole_missed_it")),
    ("register", Facts(reported=D(9)), ("unchecked", "no_register")),
    ("register", Facts(reported=D(9), register_advance=D(10), register_tolerance=D(1)), ("supports", "agrees")),
    ("register", Facts(reported=D(8), register_advance=D(10), register_tolerance=D(1)), ("excluded", "differs")),
    ("own_energy", Facts(neighbours=[neighbour()]), ("excluded", "none")),
    ("own_energy", Facts(neighbours=[neighbour(0, 40, flow="generation")]), ("excluded", "unmoved")),
    ("own_energy", Facts(neighbours=[neighbour(10, 40, flow="generation")]), ("supports", "moved")),
    ("common_cause", Facts(zone_units=2, zone_units_found=2), ("unchecked", "too_few")),
    ("common_cause", Facts(zone_units=20, zone_units_found=3), ("supports", "many")),
    ("common_cause", Facts(zone_units=100, zone_units_found=3), ("excluded", "alone")),
    ("calendar", Facts(days=7, days_off=2), ("excluded", "working")),
    ("calendar", Facts(days=7, days_off=5), ("supports", "off")),
    ("resolution", Facts(quantum=D("140"), median_slot=D(500)), ("supports", "coarse")),
    ("resolution", Facts(quantum=D("0.01"), median_slot=D(500)), ("excluded", "fine")),
    ("our_estimate", Facts(slots=96, estimated_slots=4), ("supports", "some")),
    ("buffered", Facts(readings=96, buffered_readings=0), ("excluded", "none")),
    ("clock", Facts(clock_offset_ms=60_000), ("excluded", "right")),
    ("clock", Facts(clock_offset_ms=60_001), ("supports", "off")),
    ("configuration", Facts(configurations=1), ("excluded", "unchanged")),
    ("configuration", Facts(configurations=2), ("excluded", "undeclared")),
    (
        "configuration",
        Facts(configurations=2, changes=[Event(title="x", is_before_the_fact=True)]),
        ("supports", "declared"),
    ),
    ("verification", Facts(is_verification_due=True), ("supports", "overdue")),
    ("verification", Facts(is_verification_due=False), ("excluded", "valid")),
    ("verification", Facts(is_verification_due=False, is_meter_stopped=True), ("supports", "stopped")),
]


@pytest.mark.parametrize(("check", "facts", "wanted"), CASES)
def test_a_check_says_what_it_saw(check: str, facts: Facts, wanted: tuple[str, str]) -> None:
    assert result_of(check, facts) == wanted


def test_without_any_facts_nothing_measured_is_held_against_anybody() -> None:
    by_ledger = {"declared_event", "declared_change", "outage", "own_energy"}
    assert {one.check for one in run_checks(Facts()) if one.result != "unchecked"} == by_ledger


AMOUNT = st.none() | st.decimals(-1000, 1000, places=2)


@settings(max_examples=60, deadline=None)
@given(
    before=AMOUNT,
    during=AMOUNT,
    residual=st.tuples(AMOUNT, AMOUNT),
    others=st.lists(st.tuples(AMOUNT, AMOUNT, st.none() | st.decimals(0, 1, places=2)), max_size=4),
    quantum=AMOUNT,
)
def test_whatever_is_known_every_check_has_words_in_both_languages(
    before: D | None,
    during: D | None,
    residual: tuple[D | None, D | None],
    others: list[tuple[D, D, D]],
    quantum: D | None,
) -> None:
    facts = Facts(
        before_per_day=before,
        during_per_day=during,
        residual_before=residual[0],
        residual_during=residual[1],
        neighbours=[neighbour(*one) for one in others],
        received_share=D("0.4"),
        quantum=None if quantum is None else abs(quantum),
        median_slot=before,
    )
    for one in run_checks(facts):
        for language in ("zh", "en"):
            assert load_labels(language)[f"evidence.check.{one.check}.{one.outcome}"].format(**one.values)


def test_every_answer_names_checks_and_papers_that_exist() -> None:
    labels = load_labels("zh")
    for row in read_rows("innocence.toml")["item"]:
        assert set(row["strong"]) <= set(row["checks"]) <= CHECKS.keys()
        assert f"evidence.ask.{row['ask']}" in labels
    assert f"evidence.ask.{answer_to('rule.x.innocence.zzz').ask}" in labels


def test_questions_that_a_row_names_are_questions_of_rules() -> None:
    asked = {key for rule in load_rules() for key in rule.innocence}
    named = [key for row in read_rows("innocence.toml")["item"] for key in row.get("keys", ())]
    assert {f"rule.{rule}.innocence.{word}" for rule, word in (key.split(".") for key in named)} <= asked


def test_most_questions_of_the_rules_are_answered_by_the_store() -> None:
    keys = [key for rule in load_rules() for key in rule.innocence]
    answered = [key for key in keys if answer_to(key).checks]
    assert len(answered) >= 0.6 * len(keys), sorted(set(keys) - set(answered))
