"""Hidden sums stay hidden: an attacker who solves for them with all that is shown finds a wide interval."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.disclosure import DisclosureRule, is_sensitive
from nenghao.errors import DataRefused
from nenghao.reference.suppression import load_disclosure_rule
from nenghao.reporting.suppression import Atom, OtherSum, SumKey, contributions, hide_sums, is_protected

RULE: DisclosureRule = load_disclosure_rule()
VARIETIES = ("01", "15", "33")


def table(values: dict[Atom, Decimal], part_of: dict[str, str]) -> dict[SumKey, frozenset[Atom]]:
    """Every sum of a table of parts by varieties, with the totals of both."""
    sums: dict[SumKey, frozenset[Atom]] = {}
    for part, row in product(["total", *sorted(set(part_of.values()))], ["40", *VARIETIES]):
        atoms = frozenset(a for a in values if part in ("total", part_of[a[0]]) and row in ("40", a[1]))
        if atoms:
            sums[part, row] = atoms
    return sums


def units(*sizes: tuple[str, tuple[int, int, int]]) -> tuple[dict[Atom, Decimal], dict[str, str]]:
    values, part_of = {}, {}
    for number, (part, used) in enumerate(sizes):
        part_of[f"u{number}"] = part
        values |= {(f"u{number}", v): Decimal(n) for v, n in zip(VARIETIES, used, strict=True) if n}
    return values, part_of


def solvable(sums: dict[SumKey, frozenset[Atom]], hidden: dict[SumKey, str]) -> set[SumKey]:
    """The hidden sums that follow from the shown ones by linear algebra alone, in exact fractions: another attack."""
    atoms = sorted({atom for one in sums.values() for atom in one})
    rows = [[Fraction(int(a in one)) for a in atoms] for key, one in sums.items() if key not in hidden]
    pivots: dict[int, list[Fraction]] = {}

    def reduce(line: list[Fraction]) -> list[Fraction]:
        for column in sorted(pivots):
            if line[column]:
                factor = line[column]
                line = [x - factor * y for x, y in zip(line, pivots[column], strict=True)]
        return line

    for row in rows:
        left = reduce(row)
        lead = next((n for n, x in enumerate(left) if x), None)
        if lead is not None:
            pivots[lead] = [x / left[lead] for x in left]
    return {key for key in hidden if not any(reduce([Fraction(int(a in sums[key])) for a in atoms]))}


def test_a_part_of_two_units_is_hidden_and_the_total_does_not_give_it_away() -> None:
    values, part_of = units(
        ("C25", (10, 0, 5)), ("C25", (20, 0, 5)),
        ("C26", (30, 1, 6)), ("C26", (31, 2, 7)), ("C26", (32, 3, 8)),
        ("C31", (40, 4, 9)), ("C31", (41, 5, 9)), ("C31", (42, 6, 9)),
    )  # fmt: skip
    sums = table(values, part_of)
    hidden = hide_sums(sums, values, RULE)
    assert {key for key, why in hidden.items() if why == "primary"} == {("C25", "01"), ("C25", "33"), ("C25", "40")}
    assert {key for key, why in hidden.items() if why == "secondary"}, "a total less the rest would give it away"
    assert ("total", "40") not in hidden
    assert not solvable(sums, hidden) & {key for key, why in hidden.items() if why == "primary"}
    assert is_protected(sums, values, RULE, hidden)
    primary_only = {key: why for key, why in hidden.items() if why == "primary"}
    assert not is_protected(sums, values, RULE, primary_only)
    assert solvable(sums, primary_only)


def test_a_dominant_unit_is_hidden() -> None:
    values, part_of = units(("C25", (0, 0, 900)), ("C25", (0, 0, 10)), ("C25", (0, 0, 10)), ("C26", (0, 0, 5)))
    assert ("C25", "33") in hide_sums(table(values, part_of), values, RULE)


def test_what_is_hidden_only_by_a_tiny_neighbour_is_not_hidden_enough() -> None:
    """Linear algebra alone would be content: 100 is hidden beside 0.1, but 100 +- 0.1 is as good as known."""
    values, part_of = units(
        ("C25", (0, 0, 100)), ("C26", (0, 0, 1)), *[("C31", (0, 0, 50))] * 4, *[("C32", (0, 0, 60))] * 4
    )
    values["u1", "33"] = Decimal("0.1")
    sums = {key: atoms for key, atoms in table(values, part_of).items() if key[1] == "33"}
    hidden = hide_sums(sums, values, RULE)
    assert {("C25", "33"), ("C26", "33")} < set(hidden)


def test_a_release_of_the_same_month_that_cuts_otherwise_is_held_against_it() -> None:
    values, part_of = units(*[("C25", (0, 0, 10))] * 4, *[("C26", (0, 0, 11))] * 4)
    sums = {key: atoms for key, atoms in table(values, part_of).items() if key[1] == "33"}
    county = frozenset((f"u{n}", "33") for n in (0, 1, 2, 4, 5, 6, 7))  # all but u3
    assert hide_sums(sums, values, RULE) == {}
    rest = OtherSum(atoms=frozenset(values) - county, is_shown=False)
    hidden = hide_sums(sums, values, RULE, others=[OtherSum(atoms=county, is_shown=True), rest])
    assert ("total", "33") in hidden
    everything = OtherSum(atoms=frozenset(values), is_shown=True)
    with pytest.raises(DataRefused, match="other releases"):
        hide_sums(
            {("C26", "33"): sums["C26", "33"]},
            values,
            RULE,
            others=[OtherSum(atoms=county, is_shown=True), everything, rest],
        )


def test_the_difference_of_two_sums_tells_no_unit() -> None:
    """Neither table hides anything by itself; what is in the one and not in the other is one unit."""
    values, part_of = units(*[("C25", (7, 0, 10))] * 4, *[("C26", (5, 0, 11))] * 4)
    sums = table(values, part_of)
    without = {key: frozenset(atom for atom in atoms if atom[0] != "u3") for key, atoms in sums.items()}
    others = [OtherSum(atoms=atoms, is_shown=True) for atoms in without.values()]
    hidden = hide_sums(sums, values, RULE, others=others)
    assert {(part, row) for part in ("C25", "total") for row in ("40", "01", "33")} <= hidden.keys()
    assert {key for key in hidden if key[0] == "C26"} == set()
    assert is_protected(sums, values, RULE, hidden, others=others)
    assert not is_protected(sums, values, RULE, {}, others=others)
    # Three units more are no one's figure.
    three = {key: frozenset(atom for atom in atoms if atom[0] not in {"u1", "u2", "u3"}) for key, atoms in sums.items()}
    assert hide_sums({("total", "40"): sums["total", "40"]}, values, RULE, others=[
        OtherSum(atoms=three["total", "40"], is_shown=True)
    ]) == {}  # fmt: skip


def test_what_an_earlier_version_hid_stays_hidden() -> None:
    values, part_of = units(*[("C25", (0, 0, 10))] * 4, *[("C26", (0, 0, 11))] * 4, *[("C27", (0, 0, 12))] * 4)
    hidden = hide_sums(table(values, part_of), values, RULE, hidden_before=frozenset({("C25", "33"), ("gone", "33")}))
    assert hidden == {("C25", "33"): "secondary"}


def test_where_one_of_two_sums_that_are_nearly_the_same_is_hidden_the_other_is() -> None:
    values, part_of = units(("C25", (0, 0, 10)), *[("C26", (0, 0, 11))] * 4, *[("C27", (0, 0, 12))] * 4)
    sums = {key: atoms for key, atoms in table(values, part_of).items() if key[1] == "33"}
    parts = [part for part, _ in sums]
    values |= {(unit, "E"): value for (unit, _), value in dict(values).items()}
    sums |= {(part, "E"): frozenset((unit, "E") for unit, _ in sums[part, "33"]) for part in parts}
    twins = {(part, one): (part, two) for part in parts for one, two in (("33", "E"), ("E", "33"))}
    hidden = hide_sums(sums, values, RULE, twins=twins)
    assert {part for part, row in hidden if row == "33"} == {part for part, row in hidden if row == "E"}
    assert len({part for part, _ in hidden}) >= 2
    assert is_protected(sums, values, RULE, hidden, twins=twins)
    assert not is_protected(sums, values, RULE, {key: why for key, why in hidden.items() if key[1] != "E"}, twins=twins)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(("C25", "C26", "C27", "C31")), st.tuples(*[st.integers(0, 60)] * 3)),
        min_size=3,
        max_size=14,
    )
)
def test_no_sensitive_sum_can_be_solved_for(sizes: list[tuple[str, tuple[int, int, int]]]) -> None:
    values, part_of = units(*sizes)
    sums = table(values, part_of)
    hidden = hide_sums(sums, values, RULE)
    sensitive = {key for key, atoms in sums.items() if is_sensitive(contributions(atoms, values), RULE)}
    assert sensitive <= hidden.keys()
    assert not solvable(sums, hidden) & sensitive
