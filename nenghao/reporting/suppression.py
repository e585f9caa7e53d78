"""Hides the sums of an aggregate that tell too much about one unit, and as many others as it takes to keep them hidden.

Every sum, of this release and of others of the month, is a set of atoms: what one unit used of one variety. Whoever
reads the shown sums knows a linear equation each, and that nobody uses less than nothing. A linear program finds the
smallest and the largest value that these leave to a hidden sum; where they come too near to it, the shown sum that the
program's dual values hold responsible is hidden too. It ends when no hidden sum can be bounded closely: the last pass
is the proof.

Before: sealed balances (reporting.aggregate). After: the content of the aggregate, without the hidden figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from nenghao.domain.disclosure import DisclosureRule, is_sensitive
from nenghao.errors import DataRefused

#: A unit's code and a variety: the smallest figure that any sum is made of.
Atom = tuple[str, str]
#: The name of a sum in this release: part and row.
SumKey = tuple[str, str]
#: How near a dual value is to none.
_SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSum:
    """A sum in another release of the same month, shown or hidden there."""

    atoms: frozenset[Atom]
    is_shown: bool


@dataclass(frozen=True, slots=True)
class _System:
    """The atoms in classes that no sum tells apart, and every sum as a row over the classes."""

    classes: Mapping[Atom, int]
    sizes: np.ndarray[Any, Any]
    is_free: np.ndarray[Any, Any]

    def row(self, atoms: frozenset[Atom]) -> np.ndarray[Any, Any]:
        line = np.zeros(len(self.sizes))
        line[sorted({self.classes[atom] for atom in atoms})] = 1.0
        return line


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What the shown sums leave to a hidden one, and how much each of them has to do with an end that is too near."""

    is_protected: bool
    blame: np.ndarray[Any, Any]


def hide_sums(
    sums: Mapping[SumKey, frozenset[Atom]],
    values: Mapping[Atom, Decimal],
    rule: DisclosureRule,
    *,
    others: Sequence[OtherSum] = (),
    hidden_before: frozenset[SumKey] = frozenset(),
    twins: Mapping[SumKey, SumKey] | None = None,
) -> dict[SumKey, str]:
    """The sums to hide, each "primary" (it is sensitive itself) or "secondary" (another one could be computed from it).

    `values` has every atom of the sums and of the others. `hidden_before`: what an earlier version of the release hid;
    it stays hidden, or the two would tell it together. `twins`: sums that are nearly the same as another one; where one
    of two is hidden, the other is.

    Raises: DataRefused where other releases of the month already show what would have to be hidden.
    """
    twins = twins or {}
    while True:
        hidden = _hide(sums, values, rule, others, hidden_before, twins)
        left = {twin for key, twin in twins.items() if key in hidden and twin not in hidden}
        if not left:
            return hidden
        hidden_before = hidden_before | hidden.keys() | left


def _hide(
    sums: Mapping[SumKey, frozenset[Atom]],
    values: Mapping[Atom, Decimal],
    rule: DisclosureRule,
    others: Sequence[OtherSum],
    hidden_before: frozenset[SumKey],
    twins: Mapping[SumKey, SumKey],
) -> dict[SumKey, str]:
    sensitive = sensitive_sums(sums, values, rule, twins)
    hidden = dict.fromkeys(sorted(sensitive), "primary")
    hidden |= {key: "secondary" for key in sorted(hidden_before) if key in sums and key not in hidden}
    while (blamed := _find_exposed(sums, values, rule, others, hidden, sensitive)) is not None:
        hidden[blamed] = "secondary"
    # Later ones may have made earlier ones needless: what protects nothing is shown again, the largest first.
    needless = [key for key, why in hidden.items() if why == "secondary" and key not in hidden_before]
    for key in sorted(needless, key=lambda key: (_loss(sums[key], values), key), reverse=True):
        fewer = {other: why for other, why in hidden.items() if other != key}
        if _find_exposed(sums, values, rule, others, fewer, sensitive) is None:
            hidden = fewer
    return hidden


def is_protected(
    sums: Mapping[SumKey, frozenset[Atom]],
    values: Mapping[Atom, Decimal],
    rule: DisclosureRule,
    hidden: Mapping[SumKey, str],
    *,
    others: Sequence[OtherSum] = (),
    twins: Mapping[SumKey, SumKey] | None = None,
) -> bool:
    """Whether every sensitive sum is hidden, and none of them can be bounded closely from what is shown."""
    sensitive = sensitive_sums(sums, values, rule, twins or {})
    return sensitive <= hidden.keys() and _find_exposed(sums, values, rule, others, hidden, sensitive) is None


def sensitive_sums(
    sums: Mapping[SumKey, frozenset[Atom]],
    values: Mapping[Atom, Decimal],
    rule: DisclosureRule,
    twins: Mapping[SumKey, SumKey],
) -> set[SumKey]:
    """The sums that tell too much about one unit, and the twins of such."""
    found = {key for key, atoms in sums.items() if is_sensitive(contributions(atoms, values), rule)}
    return found | {twin for key, twin in twins.items() if key in found and twin in sums}


def contributions(atoms: frozenset[Atom], values: Mapping[Atom, Decimal]) -> list[Decimal]:
    """What each unit adds to a sum."""
    by_unit: dict[str, Decimal] = {}
    for atom in sorted(atoms):
        by_unit[atom[0]] = by_unit.get(atom[0], Decimal(0)) + values[atom]
    return list(by_unit.values())


def _find_exposed(
    sums: Mapping[SumKey, frozenset[Atom]],
    values: Mapping[Atom, Decimal],
    rule: DisclosureRule,
    others: Sequence[OtherSum],
    hidden: Mapping[SumKey, str],
    sensitive: set[SumKey],
) -> SumKey | None:
    """A shown sum of this release that gives a sensitive one away; None where all are protected."""
    system = _system([*sums.values(), *(one.atoms for one in others)], values)
    shown = [key for key in sums if key not in hidden]
    rows = [system.row(sums[key]) for key in shown] + [system.row(one.atoms) for one in others if one.is_shown]
    elsewhere = [one.atoms for one in others if not one.is_shown]
    targets = [sums[key] for key in sums if key in sensitive and key in hidden]
    targets += [atoms for atoms in elsewhere if is_sensitive(contributions(atoms, values), rule)]
    for target in dict.fromkeys(targets):
        bounds = _bound(system, np.array(rows).reshape(len(rows), len(system.sizes)), system.row(target), rule)
        if bounds.is_protected:
            continue
        blamed = [key for number, key in enumerate(shown) if bounds.blame[number] > _SLACK]
        if not blamed:
            raise DataRefused("other releases of this month show what this one would have to hide: it cannot be made")
        return min(blamed, key=lambda key: (_loss(sums[key], values), key))
    return None


def _loss(atoms: frozenset[Atom], values: Mapping[Atom, Decimal]) -> Decimal:
    """How much goes out of sight with a sum: the smaller, the sooner it is hidden; totals come last by themselves."""
    return sum((abs(values[atom]) for atom in atoms), Decimal(0))


def _system(sets: Sequence[frozenset[Atom]], values: Mapping[Atom, Decimal]) -> _System:
    member_of: dict[Atom, list[int]] = {}
    for number, atoms in enumerate(sets):
        for atom in atoms:
            member_of.setdefault(atom, []).append(number)
    numbers: dict[tuple[int, ...], int] = {}
    classes = {atom: numbers.setdefault(tuple(found), len(numbers)) for atom, found in sorted(member_of.items())}
    sizes, is_free = np.zeros(len(numbers)), np.zeros(len(numbers), dtype=bool)
    for atom, place in classes.items():
        sizes[place] += float(values[atom])
        is_free[place] |= values[atom] < 0
    return _System(classes, sizes, is_free)


def _bound(system: _System, rows: np.ndarray[Any, Any], target: np.ndarray[Any, Any], rule: DisclosureRule) -> _Bounds:
    """Solve for the smallest and the largest value of a hidden sum under all that is shown.

    A class that is in no shown sum is bounded by nothing, so the program may be unbounded, which protects.
    """
    scale = float(np.max(np.abs(system.sizes))) or 1.0
    real = float(target @ system.sizes) / scale
    width = float(rule.protected_share) * abs(real) * (1 - 1e-6)
    limits = [(None, None) if is_free else (0, None) for is_free in system.is_free]
    for sign in (1.0, -1.0):
        solved = linprog(
            sign * target,
            A_eq=csr_array(rows) if len(rows) else None,
            b_eq=rows @ system.sizes / scale if len(rows) else None,
            bounds=limits,
            method="highs",
        )
        if solved.status == 3:  # unbounded
            continue
        if solved.status != 0:
            raise DataRefused(f"the protection of a hidden sum could not be computed: {solved.message}")
        if abs(solved.fun * sign - real) < width:
            return _Bounds(False, np.abs(solved.eqlin.marginals) if len(rows) else np.zeros(0))
    return _Bounds(True, np.zeros(len(rows)))
