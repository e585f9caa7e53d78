"""Witnesses of what should have been reported: each from its own source, and silent with a reason where it has none."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from nenghao.domain.due_figure import Account, Silence, Witness
from nenghao.domain.periods import day_start
from nenghao.reference.severity import load_severity
from nenghao.reporting.evidence_accounts import accounts, class_percent
from nenghao.reporting.evidence_curves import Day, Span, draw
from nenghao.reporting.evidence_store import Subject

D = Decimal
FIRST_ON = date(2026, 6, 1)
SPAN_ON = FIRST_ON + timedelta(days=30)
SPAN: Span = (day_start(SPAN_ON), day_start(SPAN_ON + timedelta(days=2)))
OWN, REGISTER, WHOLE = 1, 2, 3
SLOTS = 24


def day_of_level(on: date, level: str, *, quality: str = "V", gap: int | None = None) -> Day:
    # A little up and down by day, so that a band is a band.
    value = D(level) * (100 + on.day % 5) / 100
    energy = tuple(None if slot == gap else value for slot in range(SLOTS))
    return Day(day_on=on, slot_minutes=60, unit="kWh", energy=energy, quality=quality * SLOTS, content_hash="00")


def days(level: str, in_span: str, **others: Any) -> list[Day]:
    return [
        day_of_level(on, in_span if on >= SPAN_ON else level, **(others if on >= SPAN_ON else {}))
        for on in (FIRST_ON + timedelta(days=number) for number in range(32))
    ]


def subject(
    own: list[Day] | None = None,
    register: list[Day] | None = None,
    span: Span = SPAN,
    kind: str = "interval",
    findings: tuple[dict[str, Any], ...] = (),
    **beside: list[dict[str, Any]],
) -> Subject:
    version = {
        "series_id": OWN, "quantum": D("0.5"), "multiplier": D(40), "multiplier_applied_by": "platform",
        "valid_from": None, "valid_to": None,
    }  # fmt: skip
    rows = {"versions": [version], "replaced": [], "network": [], "siblings": [], "accuracy": []}
    return Subject(
        point={"point_id": 11, "kind": kind, "variety_code": "33"},
        quantity="active_energy",
        series_id=OWN,
        register_id=None if register is None else REGISTER,
        span=span,
        findings=findings,
        curve=draw(span, [], days("10", "5") if own is None else own, set(), lambda on: on.weekday() < 5),
        register_days=tuple(register or ()),
        beside={**rows, **beside},
    )


def said(one: Subject, witness: Witness) -> Account | Silence:
    return next(each for each in accounts(one, load_severity()) if each.witness == witness)


def reason(one: Subject, witness: Witness) -> str:
    found = said(one, witness)
    assert isinstance(found, Silence)
    return found.reason


def interval(one: Subject, witness: Witness) -> tuple[Decimal, Decimal, Decimal]:
    found = said(one, witness)
    assert isinstance(found, Account), found
    return found.low, found.mid, found.high


def energy_of(level: str) -> Decimal:
    return sum((value for day in days(level, level)[-2:] for value in day.energy if value is not None), D(0))


def test_a_register_tells_the_same_slots_within_two_of_its_steps() -> None:
    one = subject(register=days("10", "10"))
    mid = energy_of("10")
    assert interval(one, Witness.REGISTER) == (mid - 1, mid, mid + 1)
    assert reason(subject(), Witness.REGISTER) == "no_other_channel"
    assert reason(subject(register=days("10", "10", gap=3)), Witness.REGISTER) == "register_gaps"


def test_slots_that_were_not_reported_are_asked_of_nobody() -> None:
    one = subject(own=days("10", "5", gap=3), register=days("10", "10"))
    _, mid, _ = interval(one, Witness.REGISTER)
    assert mid == energy_of("10") * 23 / 24
    assert reason(one, Witness.NETWORK) == "no_network"


def replaced(kind: str, first: str, later: str, standing: str | None) -> dict[str, Any]:
    return {
        "series_id": OWN, "at": SPAN[0] + timedelta(hours=5), "kind": kind, "first_value": D(first),
        "later_value": D(later), "standing": standing,
    }  # fmt: skip


def test_a_replaced_value_is_put_back_with_its_multiplier() -> None:
    reported = energy_of("5")
    one = subject(replaced=[replaced("revision", "3", "1", "in_force")])
    assert interval(one, Witness.REPLACED_VALUE)[1] == reported + 2 * 40
    # A value that was not taken says only how far apart the two are.
    waiting = subject(replaced=[replaced("conflict", "3", "1", None)])
    assert interval(waiting, Witness.REPLACED_VALUE) == (reported - 80 - D("0.5"), reported, reported + D("0.5"))
    assert reason(subject(), Witness.REPLACED_VALUE) == "nothing_replaced"
    of_register = subject(kind="register", replaced=[replaced("revision", "3", "1", "in_force")])
    assert reason(of_register, Witness.REPLACED_VALUE) == "register_instant"


def test_a_changed_multiplier_silences_replaced_values() -> None:
    one = subject(replaced=[replaced("revision", "3", "1", "in_force")])
    two = [
        {**one.beside["versions"][0], "valid_to": SPAN[0] + timedelta(hours=1)},
        {**one.beside["versions"][0], "valid_from": SPAN[0] + timedelta(hours=1), "multiplier": D(80)},
    ]
    changed = replace(one, beside={**one.beside, "versions": two})
    assert reason(changed, Witness.REPLACED_VALUE) == "multiplier_changed"


def finding(kind: str, expected: float | None, unit: str = "kWh", span: Span = SPAN) -> dict[str, Any]:
    return {
        "kind": kind, "expected_energy": expected, "energy_unit": unit, "is_quiet": False, "span_from": span[0],
        "span_to": span[1],
    }  # fmt: skip


def test_a_rule_that_expects_a_stored_value_is_exact_and_one_that_guesses_has_the_band_of_like_days() -> None:
    exact = subject(findings=(finding("revision", 0.5, "MWh"),))
    assert interval(exact, Witness.RULE) == (499, 500, 501)
    guessed = subject(findings=(finding("scale", 500.0),))
    low, mid, high = interval(guessed, Witness.RULE)
    likely = interval(guessed, Witness.LIKE_DAYS)
    assert low < mid == 500 < high
    assert abs(low / mid - likely[0] / likely[1]) < D("1e-9")
    assert reason(subject(findings=(finding("scale", None),)), Witness.RULE) == "rule_expects_nothing"
    part = (SPAN[0], SPAN[0] + timedelta(hours=2))
    assert reason(subject(findings=(finding("scale", 5.0, span=part),)), Witness.RULE) == "rule_expects_nothing"
    assert reason(subject(findings=(finding("scale", 5.0, "m3"),)), Witness.RULE) == "other_unit"


def test_like_days_are_silent_without_a_history_and_everybody_without_a_report() -> None:
    short = subject(own=days("10", "5")[-4:], register=days("10", "10"))
    assert reason(short, Witness.LIKE_DAYS) == "too_few_like_days"
    none = subject(own=days("10", "5")[:-2])
    assert {each.reason for each in accounts(none, load_severity()) if isinstance(each, Silence)} == {
        "nothing_reported"
    }


def network(own: list[Day], whole: list[Day], other: list[Day]) -> dict[str, list[dict[str, Any]]]:
    terms = [
        {
            "whole_point_id": WHOLE, "part_point_id": part, "sign": 1, "valid_from": date(2026, 1, 1), "valid_to": None,
        }
        for part in (11, 12)
    ]  # fmt: skip
    rows = [
        {
            "point_id": point_id, "day_on": day.day_on, "unit": "kWh", "received_slots": SLOTS, "due_slots": SLOTS,
            "total_energy": sum((value for value in day.energy if value is not None), D(0)),
        }
        for point_id, of_point in ((11, own), (WHOLE, whole), (12, other))
        for day in of_point
    ]  # fmt: skip
    classes = [{"point_id": WHOLE, "accuracy_class": "0.5S"}, {"point_id": 12, "accuracy_class": None}]
    return {"network": terms, "siblings": rows, "accuracy": classes}


def test_the_whole_less_its_other_parts_is_what_a_part_should_tell_with_the_usual_loss() -> None:
    own, other, whole = days("10", "5"), days("20", "20"), days("31", "31")
    low, mid, high = interval(subject(own=own, **network(own, whole, other)), Witness.NETWORK)
    # The whole reads 1 kWh an hour more than its parts, always: that is loss, not energy of this part.
    assert abs(mid - energy_of("10")) < D("0.02") * mid
    assert low < energy_of("10") < high
    gap = network(own, whole[:-1], other)
    assert reason(subject(own=own, **gap), Witness.NETWORK) == "network_gaps"
    morning = (SPAN[0], SPAN[0] + timedelta(hours=8))
    assert reason(subject(own=own, span=morning, **network(own, whole, other)), Witness.NETWORK) == "part_of_a_day"
    late = [one[-4:] for one in (own, whole, other)]
    assert reason(subject(own=late[0], **network(*late)), Witness.NETWORK) == "no_history"


@pytest.mark.parametrize(
    ("text", "percent"), [("0.5S", "0.5"), ("1", "1"), ("2.0", "2.0"), ("", "2"), (None, "2"), ("Ⅱ", "2"), ("C", "2")]
)
def test_a_class_names_its_limit_and_an_unknown_one_is_the_widest(text: str | None, percent: str) -> None:
    assert class_percent(text, load_severity()) == D(percent)


def test_instants_of_the_span_are_whole_slots() -> None:
    half = (SPAN[0] + timedelta(minutes=30), SPAN[0] + timedelta(hours=3))
    one = subject(span=half)
    assert one.curve is not None
    assert one.curve.slots == 2
    assert isinstance(half[0], datetime)
