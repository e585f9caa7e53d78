"""Checks of the metering network: no point is part of itself, terms measure one thing, validities do not overlap."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from nenghao.domain.quantities import UNITS
from nenghao.reference.varieties import load_varieties
from nenghao.registers.columns import Cell
from nenghao.registers.reader import Fault, Key, Row

Cells = Mapping[str, Cell]
#: Quantities that balances are made of; a point's voltage says nothing of what a formula adds up.
_ENERGY: Final = ("active_energy", "volume", "mass", "heat")


@dataclass(frozen=True, slots=True)
class _Term:
    """One signed term of a formula, while it is valid; `row` is None for a registered one."""

    whole: Key
    part: Key
    valid_from: date
    valid_to: date | None
    row: Row | None

    def holds(self, day_on: date) -> bool:
        """Whether the term is in force on a day."""
        return self.valid_from <= day_on and (self.valid_to is None or day_on < self.valid_to)


def network_faults(
    rows: Iterable[Row], known: Mapping[str, Mapping[Key, Cells]], dimension_of: Mapping[str, str]
) -> Iterator[tuple[Row, Fault]]:
    """Faults of new or ended terms beside each other and beside the registered ones, both ways of time."""
    given = {row.key: row for row in rows}
    units = {key[0] for key in given}
    terms = [_term(key, cells, None) for key, cells in known.get("network", {}).items() if key[0] in units - {None}]
    terms = [term for term in terms if (*term.whole, term.part[1], term.valid_from) not in given]
    terms += [_term(key, row.cells, row) for key, row in given.items()]
    measured = _dimensions(known, units, dimension_of)
    for term in terms:
        if term.row is not None and not measured(term.whole) & measured(term.part):
            yield term.row, term.row.fault("part_point_code", "network_dimension")
    yield from _overlaps(terms)
    yield from _loops(terms)


def _term(key: Key, cells: Cells, row: Row | None) -> _Term:
    valid_from, valid_to = cells["valid_from"], cells["valid_to"]
    if not isinstance(valid_from, date):
        raise TypeError("a term of a network begins")
    ends = valid_to if isinstance(valid_to, date) else None
    return _Term((key[0], key[1]), (key[0], key[2]), valid_from, ends, row)


def _dimensions(
    known: Mapping[str, Mapping[Key, Cells]], units: set[Cell], dimension_of: Mapping[str, str]
) -> Callable[[Key], set[str]]:
    """What a point measures: by its series, before it has any by its variety's form unit, else anything."""
    points, found = known.get("points", {}), dict[Key, set[str]]()
    for key, cells in known.get("series", {}).items():
        if key[0] in units and cells["quantity"] in _ENERGY:
            found.setdefault((key[0], key[1]), set()).add(dimension_of[str(cells["quantity"])])

    def of(point: Key) -> set[str]:
        if point in found:
            return found[point]
        variety = load_varieties().by_code.get(str(points.get(point, {}).get("variety_code")))
        return {UNITS[variety.form_unit].dimension} if variety else {unit.dimension for unit in UNITS.values()}

    return of


def _overlaps(terms: Iterable[_Term]) -> Iterator[tuple[Row, Fault]]:
    of_pair: dict[tuple[Key, Key], list[_Term]] = {}
    for term in terms:
        of_pair.setdefault((term.whole, term.part), []).append(term)
    for same in of_pair.values():
        same.sort(key=lambda term: term.valid_from)
        for number, later in enumerate(same[1:], start=1):
            for earlier in same[:number]:
                row = later.row or earlier.row
                if row is not None and earlier.holds(later.valid_from):
                    yield row, row.fault("valid_from", "term_overlaps")


def _loops(terms: Iterable[_Term]) -> Iterator[tuple[Row, Fault]]:
    """Terms by which a point is part of itself on some day: a network changes only where a term begins."""
    of_unit: dict[Cell, list[_Term]] = {}
    for term in terms:
        of_unit.setdefault(term.whole[0], []).append(term)
    for own in of_unit.values():
        at_fault: dict[int, _Term] = {}
        for day_on in sorted({term.valid_from for term in own}):
            valid = [term for term in own if term.holds(day_on)]
            parts: dict[Key, set[Key]] = {}
            for term in valid:
                parts.setdefault(term.whole, set()).add(term.part)
            for term in valid:
                if term.row is not None and id(term) not in at_fault and term.whole in _all_below(term.part, parts):
                    at_fault[id(term)] = term
        for term in at_fault.values():
            if term.row is not None:
                yield term.row, term.row.fault("part_point_code", "network_loop")


def _all_below(point: Key, parts: Mapping[Key, set[Key]]) -> set[Key]:
    """The point itself, its parts, their parts and so on."""
    below: set[Key] = set()
    ahead = {point}
    while ahead:
        at = ahead.pop()
        if at not in below:
            below.add(at)
            ahead |= parts.get(at, set())
    return below
