"""A unit's metering network over a month: what each point comes to, and what is counted inside another point.

A point that a series measures speaks for itself; one that none measures is the signed sum of its parts. Formulas have
validity, so the month is cut where a term begins or ends, and each piece is summed by the formula of its days.
Source: practice 4, a plant is a network of signed formulas per period.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from nenghao.domain.balance_inputs import BalanceInputs, NetworkTerm, PointFacts, PointMonth
from nenghao.domain.periods import Month
from nenghao.domain.quantities import EXACT, UnitMismatch, convert

Span = tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A measured point behind a figure, with the sign it comes with and what it measured in its days there."""

    point_id: int
    sign: int
    #: None where nothing of it is known.
    energy: Decimal | None
    measured_energy: Decimal
    unit: str
    due_slots: int
    received_slots: int
    known_slots: int


def network_spans(terms: Iterable[NetworkTerm], month_on: date) -> list[Span]:
    """The pieces of a month in which no formula changes."""
    month = Month.of(month_on)
    cuts = {month.start_on, month.end_on}
    for term in terms:
        cuts |= {on for on in (term.valid_from, term.valid_to) if on and month.start_on < on < month.end_on}
    return list(pairwise(sorted(cuts)))


class Network:
    """The points of one unit's month, their formulas and their totals."""

    def __init__(self, inputs: BalanceInputs) -> None:
        self._points = {point.point_id: point for point in inputs.points}
        self._totals = {(total.point_id, total.first_on): total for total in inputs.months}
        self._spans = network_spans(inputs.terms, inputs.month_on)
        self._parts = {span: _by_whole(inputs.terms, span) for span in self._spans}
        apart = [point for point in inputs.points if point.use == "non_industrial"]
        self._inside = {span: self._below(apart, span) for span in self._spans}

    def leaves(self, point: PointFacts) -> list[Leaf]:
        """The measured points that a point comes to, itself where it is measured."""
        return _merge(leaf for span in self._spans for leaf in self._resolve(point.point_id, span, 1, frozenset()))

    def leaves_apart(self, point: PointFacts) -> list[Leaf]:
        """The same, for the days on which the point is not inside one that is non-industrial already."""
        return _merge(
            leaf
            for span in self._spans
            if point.point_id not in self._inside[span]
            for leaf in self._resolve(point.point_id, span, 1, frozenset())
        )

    def _resolve(self, point_id: int, span: Span, sign: int, above: frozenset[int]) -> Iterator[Leaf]:
        point = self._points.get(point_id)
        if point is not None and not point.is_metered and point_id not in above:
            for part_id, part_sign in self._parts[span].get(point_id, ()):
                yield from self._resolve(part_id, span, sign * part_sign, above | {point_id})
            return
        # A part that nothing measures, or a formula that leads back to itself, is a leaf of which nothing is known.
        yield _leaf(point_id, sign, self._totals.get((point_id, span[0])))

    def outermost(self, points: Iterable[PointFacts]) -> list[PointFacts]:
        """The points that no other of them holds on any day of the month: what they come to adds up."""
        points = list(points)
        inside = {point_id for span in self._spans for point_id in self._below(points, span)}
        return [point for point in points if point.point_id not in inside]

    def _below(self, wholes: Iterable[PointFacts], span: Span) -> set[int]:
        """Points that one of the wholes of the same variety holds already, however deep."""
        inside: set[int] = set()
        for whole in wholes:
            below = [part for part, sign in self._parts[span].get(whole.point_id, ()) if sign == 1]
            seen: set[int] = set()
            while below:
                part_id = below.pop()
                if part_id not in seen:
                    seen.add(part_id)
                    below += [part for part, sign in self._parts[span].get(part_id, ()) if sign == 1]
            inside |= {
                part_id
                for part_id in seen - {whole.point_id}
                if part_id in self._points and self._points[part_id].variety_code == whole.variety_code
            }
        return inside


def amount_of(leaf: Leaf, unit: str) -> Decimal | None:
    """What a leaf adds to a figure in this unit, signed; None where nothing of it is known.

    Raises: UnitMismatch where the point measures something else.
    """
    if leaf.energy is None:
        return None
    amount = convert(leaf.energy, leaf.unit, unit)
    return amount.copy_negate() if leaf.sign < 0 else amount


def _by_whole(terms: Iterable[NetworkTerm], span: Span) -> dict[int, list[tuple[int, int]]]:
    parts: dict[int, list[tuple[int, int]]] = {}
    for term in terms:
        if term.valid_from <= span[0] and (term.valid_to is None or term.valid_to >= span[1]):
            parts.setdefault(term.whole_point_id, []).append((term.part_point_id, term.sign))
    return parts


def _leaf(point_id: int, sign: int, total: PointMonth | None) -> Leaf:
    return Leaf(
        point_id=point_id,
        sign=sign,
        energy=total.energy if total else None,
        measured_energy=total.measured_energy if total else Decimal(0),
        unit=total.unit if total else "",
        due_slots=total.due_slots if total else 0,
        received_slots=total.received_slots if total else 0,
        known_slots=total.known_slots if total else 0,
    )


def _merge(leaves: Iterable[Leaf]) -> list[Leaf]:
    """One leaf a point and sign: the pieces of the month add up, and what is unknown in one is not in the sum."""
    merged: dict[tuple[int, int], Leaf] = {}
    for leaf in leaves:
        key = (leaf.point_id, leaf.sign)
        merged[key] = _add(merged[key], leaf) if key in merged else leaf
    return [merged[key] for key in sorted(merged)]


def _add(first: Leaf, second: Leaf) -> Leaf:
    known = [leaf for leaf in (first, second) if leaf.energy is not None]
    unit = known[0].unit if known else first.unit
    if any(leaf.unit != unit for leaf in known):
        raise UnitMismatch(f"point {first.point_id} has totals in {first.unit} and in {second.unit}")
    energy = Decimal(0)
    for leaf in known:
        energy = EXACT.add(energy, leaf.energy or Decimal(0))
    return Leaf(
        point_id=first.point_id,
        sign=first.sign,
        energy=energy if known else None,
        measured_energy=EXACT.add(first.measured_energy, second.measured_energy),
        unit=unit,
        due_slots=first.due_slots + second.due_slots,
        received_slots=first.received_slots + second.received_slots,
        known_slots=first.known_slots + second.known_slots,
    )
