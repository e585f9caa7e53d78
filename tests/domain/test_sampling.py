"""Chance names units by their size, and what is checked says of all within its interval."""

import random
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.proportions import wilson
from nenghao.domain.sampling import draw, error_rate, horvitz_thompson, probabilities

sizes = st.dictionaries(st.integers(1, 60), st.decimals(0, 10**6, places=2), min_size=1, max_size=40)


def codes(units: dict[int, Decimal]) -> dict[int, str]:
    return {unit: f"U{unit:04}" for unit in units}


@settings(max_examples=80, deadline=None)
@given(sizes, st.integers(1, 12))
def test_probabilities_are_proportional_to_size_and_add_up(found: dict[int, Decimal], count: int) -> None:
    shares = probabilities(found, count)
    drawable = sum(size > 0 for size in found.values())
    assert sum(shares.values()) == min(count, drawable)
    assert all(0 <= share <= 1 for share in shares.values())
    assert all((share == 0) == (found[unit] == 0) for unit, share in shares.items())
    uncertain = [unit for unit, share in shares.items() if 0 < share < 1]
    assert len({Fraction(found[unit]) / shares[unit] for unit in uncertain}) <= 1


@settings(max_examples=80, deadline=None)
@given(sizes, st.integers(1, 12), st.binary(min_size=32, max_size=32))
def test_as_many_are_drawn_as_wanted_and_the_same_seed_names_the_same(
    found: dict[int, Decimal], count: int, seed: bytes
) -> None:
    chances = draw(found, codes(found), count, seed)
    drawn = [one.unit_id for one in chances if one.is_drawn]
    assert len(drawn) == min(count, sum(size > 0 for size in found.values()))
    assert all(one.is_drawn for one in chances if one.probability == 1)
    again = draw(dict(reversed(found.items())), codes(found), count, seed)
    assert drawn == [one.unit_id for one in again if one.is_drawn]


def test_over_many_seeds_units_are_named_as_often_as_their_probability_says() -> None:
    found = {unit: Decimal(unit) for unit in range(1, 21)}
    named = dict.fromkeys(found, 0)
    rounds = 1500
    for number in range(rounds):
        for one in draw(found, codes(found), 5, number.to_bytes(32)):
            named[one.unit_id] += one.is_drawn
    shares = probabilities(found, 5)
    assert all(abs(named[unit] / rounds - float(shares[unit])) < 0.06 for unit in found)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = random.Random(7)  # noqa: S311
    found = {unit: Decimal(rng.randint(50, 500)) for unit in range(1, 201)}
    wrong = {unit: rng.random() < 0.3 for unit in found}
    error = {unit: float(found[unit]) * (0.2 if wrong[unit] else 0) for unit in found}
    truth, rate = sum(error.values()), sum(wrong.values()) / len(wrong)
    hits = [0, 0]
    rounds = 250
    for number in range(rounds):
        drawn = [one for one in draw(found, codes(found), 40, number.to_bytes(32)) if one.is_drawn]
        total = horvitz_thompson([(error[one.unit_id], one.probability) for one in drawn])
        share = error_rate([(wrong[one.unit_id], one.probability) for one in drawn])
        hits[0] += total.low <= truth <= total.high
        hits[1] += share.low <= rate <= share.high
    assert all(hit >= 0.9 * rounds for hit in hits), hits


def test_nothing_checked_says_nothing_and_certain_units_leave_no_doubt() -> None:
    assert error_rate([]).high == 1
    assert horvitz_thompson([(3.0, Fraction(1, 2))]).high == float("inf")
    sure = horvitz_thompson([(3.0, Fraction(1)), (4.0, Fraction(1))])
    assert (sure.low, sure.value, sure.high) == (7.0, 7.0, 7.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 50), st.integers(0, 50))
def test_a_proportion_lies_within_its_interval(hits: int, misses: int) -> None:
    found = wilson(hits, hits + misses)
    assert 0 <= found.low <= (found.share or 0) <= found.high + 1e-12 <= 1 + 1e-9
