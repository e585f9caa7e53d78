"""Hides the sums of an aggregate that tell too much about one unit, and as many others as it takes to keep them hidden.

Every sum, of this release and of others of the month, is a set of atoms: what one unit used of one variety. Whoever
reads the shown sums knows a linear equation each, and that nobody uses less than nothing. A linear program finds the
smallest and the largest value that these leave to a hidden sum; where they come too near to it, the shown sum that the
program's dual values hold responsible is hidden too. Who sees less cannot bound closer, so each sensitive sum is looked
at until it is protected, and stays so.

The difference of two sums is looked at as a sum is: a table with one unit more tells that unit beside the other table.

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
#: What linprog calls a program whose end is not bounded.
_UNBOUNDED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSum:
    """A sum in another release of the same month, shown or hidden there."""

    atoms: frozenset[Atom]
    is_shown: bool


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
    attack = _Attack(sums, values, rule, others)
    hidden = dict.fromkeys(sorted(sensitive), "primary")
    hidden |= {key: "secondary" for key in sorted(hidden_before) if key in sums and key not in hidden}
    between = attack.sensitive_differences()
    targets = [*(sums[key] for key in sorted(sensitive)), *attack.sensitive_elsewhere(), *between]
    for target in targets:
        while (blamed := attack.find_leak(target, hidden)) is not None:
            hidden[blamed] = "secondary"
    fewer = _show_needless(sums, sensitive, between, hidden_before, attack, hidden)
    return hidden if any(attack.find_leak(target, fewer) is not None for target in targets) else fewer


def _show_needless(
    sums: Mapping[SumKey, frozenset[Atom]],
    sensitive: set[SumKey],
    between: Sequence[frozenset[Atom]],
    hidden_before: frozenset[SumKey],
    attack: "_Attack",
    hidden: Mapping[SumKey, str],
) -> dict[SumKey, str]:
    """The pattern without what seems to protect nothing, the largest first: later sums make earlier ones needless.

    Only sensitive sums of the same part or row are looked at, so the whole has to be looked at after it.
    """
    needless = [key for key, why in hidden.items() if why == "secondary" and key not in hidden_before]
    for key in sorted(needless, key=lambda key: (attack.losses[key], key), reverse=True):
        fewer = {other: why for other, why in hidden.items() if other != key}
        near = [sums[one] for one in sorted(sensitive) if one[0] == key[0] or one[1] == key[1]]
        near += [one for one in between if not one.isdisjoint(sums[key])]
        if all(attack.find_leak(one, fewer) is None for one in near):
            hidden = fewer
    return dict(hidden)


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
    attack = _Attack(sums, values, rule, others)
    targets = [*(sums[key] for key in sensitive), *attack.sensitive_elsewhere(), *attack.sensitive_differences()]
    return sensitive <= hidden.keys() and all(attack.find_leak(target, hidden) is None for target in targets)


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


class _Attack:
    """What somebody can do who knows every shown sum: bound a hidden one by linear programs.

    Atoms that no sum tells apart are one unknown. One that is in no shown sum is bounded by nothing, which protects.
    """

    def __init__(
        self,
        sums: Mapping[SumKey, frozenset[Atom]],
        values: Mapping[Atom, Decimal],
        rule: DisclosureRule,
        others: Sequence[OtherSum],
    ) -> None:
        self._rule, self._values, self._others = rule, values, others
        self._classes = _classes([*sums.values(), *(one.atoms for one in others)])
        count = max(self._classes.values(), default=-1) + 1
        self._sizes, is_free = np.zeros(count), np.zeros(count, dtype=bool)
        for atom, place in self._classes.items():
            self._sizes[place] += float(values[atom])
            is_free[place] |= values[atom] < 0
        self._limits = [(None, None) if free else (0, None) for free in is_free]
        self._scale = float(np.max(np.abs(self._sizes), initial=0.0)) or 1.0
        self._keys, self._sums = list(sums), list(sums.values())
        self._elsewhere = {one.atoms for one in others if one.is_shown}
        known = [*self._sums, *sorted(self._elsewhere, key=sorted)]
        self._rows = np.array([self._row(atoms) for atoms in known]).reshape(len(known), count)
        #: How much goes out of sight with a sum: the smaller, the sooner it is hidden; totals come last by themselves.
        self.losses = {key: sum((abs(values[atom]) for atom in atoms), Decimal(0)) for key, atoms in sums.items()}

    def sensitive_elsewhere(self) -> list[frozenset[Atom]]:
        """What other releases hide because it tells too much."""
        hidden = [one.atoms for one in self._others if not one.is_shown]
        return [atoms for atoms in hidden if is_sensitive(contributions(atoms, self._values), self._rule)]

    def sensitive_differences(self) -> list[frozenset[Atom]]:
        """What lies between a sum of this release and a shown one of another, where the one has the other in it.

        Left out is what the others tell without this release, which cannot be unsaid.
        """
        found = {mine ^ one for mine in self._sums for one in self._elsewhere if mine < one or one < mine}
        sensitive = [one for one in found if is_sensitive(contributions(one, self._values), self._rule)]
        rows = self._rows[len(self._keys) :]
        return [one for one in sorted(sensitive, key=sorted) if self._bound(rows, self._row(one)) is None]

    def find_leak(self, target: frozenset[Atom], hidden: Mapping[SumKey, str]) -> SumKey | None:
        """The shown sum that lets a hidden one be bounded too closely; None where it is protected.

        Raises: DataRefused where only sums of other releases do.
        """
        # What others show too would be hidden here for nothing.
        shown = [
            number
            for number, (key, atoms) in enumerate(zip(self._keys, self._sums, strict=True))
            if key not in hidden and atoms not in self._elsewhere
        ]
        rows = self._rows[[*shown, *range(len(self._keys), len(self._rows))]]
        blame = self._bound(rows, self._row(target))
        if blame is None:
            return None
        blamed = [self._keys[number] for place, number in enumerate(shown) if blame[place] > _SLACK]
        if not blamed:
            raise DataRefused("other releases of this month show what this one would have to hide: it cannot be made")
        return min(blamed, key=lambda key: (self.losses[key], key))

    def _bound(self, rows: np.ndarray[Any, Any], target: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
        """The dual values of the shown sums at an end of the interval that is too near; None where neither is."""
        real = float(target @ self._sizes) / self._scale
        width = float(self._rule.protected_share) * abs(real) * (1 - 1e-6)
        known: dict[str, Any] = {"A_eq": csr_array(rows), "b_eq": rows @ self._sizes / self._scale} if len(rows) else {}
        for sign in (1.0, -1.0):
            solved = linprog(sign * target, bounds=self._limits, method="highs", **known)
            if solved.status == _UNBOUNDED:
                continue
            if solved.status != 0:
                raise DataRefused(f"the protection of a hidden sum could not be computed: {solved.message}")
            if abs(solved.fun * sign - real) < width:
                return np.abs(solved.eqlin.marginals) if len(rows) else np.zeros(0)
        return None

    def _row(self, atoms: frozenset[Atom]) -> np.ndarray[Any, Any]:
        line = np.zeros(len(self._sizes))
        line[sorted({self._classes[atom] for atom in atoms})] = 1.0
        return line


def _classes(sets: Sequence[frozenset[Atom]]) -> dict[Atom, int]:
    """A number for each atom, the same for those that are in the same sums."""
    member_of: dict[Atom, list[int]] = {}
    for number, atoms in enumerate(sets):
        for atom in atoms:
            member_of.setdefault(atom, []).append(number)
    numbers: dict[tuple[int, ...], int] = {}
    return {atom: numbers.setdefault(tuple(found), len(numbers)) for atom, found in sorted(member_of.items())}
