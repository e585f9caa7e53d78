"""Cells of a balance: a figure with how much of it was seen, is known and was measured, and what converted it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from nenghao.domain.coal import MEASURED_DECIMALS, UsedCoefficient
from nenghao.domain.network import Leaf
from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import floor_share, round_fraction
from nenghao.domain.varieties import TOTAL_ROW


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of the balance, exact and unrounded, with how much of it was seen, is known and was measured."""

    form_code: str = "205-1"
    row_code: str
    column_code: str
    value: Decimal
    unit: str
    #: Received / due slots of the points behind the cell.
    completeness: Decimal
    #: Slots whose energy is in the value / due slots. Readings may come and tell nothing: a register that fell, a
    #: changed meter, an interval that a decision took out. None in cells of before it was counted.
    known_share: Decimal | None
    #: Energy between real registers / energy published; None where no energy is.
    measured_share: Decimal | None
    #: The one reference row that it was converted with; None where none was, where several were, or lots.
    coefficient_code: str | None
    source_point_ids: tuple[int, ...]
    #: Every reference row, and every measured lot, that it was converted with.
    coefficient_codes: tuple[str, ...] = ()
    heating_value_ids: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """(form, row, column)."""
        return self.form_code, self.row_code, self.column_code


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSum:
    """A quantity of one row: by the varieties that are part of it, each with its own coefficient."""

    by_part: Mapping[str, Decimal]
    leaves: tuple[Leaf, ...]
    #: None where a part has no coefficient.
    coefficients: tuple[UsedCoefficient, ...] | None

    @property
    def value(self) -> Decimal:
        """The quantity in the form's unit."""
        return _sum(self.by_part.values())

    @property
    def tce(self) -> Decimal:
        """The quantity in tonnes of coal equivalent, unrounded."""
        used = {one.variety_code: one.tce_per_form_unit for one in self.coefficients or ()}
        return _sum(EXACT.multiply(amount, used[part]) for part, amount in self.by_part.items())

    def less(self, other: "RowSum") -> "RowSum":
        """What is left of it without the other."""
        parts = dict(self.by_part)
        for part, amount in other.by_part.items():
            parts[part] = EXACT.subtract(parts.get(part, Decimal(0)), amount)
        known = self.coefficients is not None and other.coefficients is not None
        used = {one.variety_code: one for one in (*(self.coefficients or ()), *(other.coefficients or ()))}
        return RowSum(
            by_part=parts,
            leaves=self.leaves + other.leaves,
            coefficients=tuple(used[code] for code in sorted(used)) if known else None,
        )

    def shown_coefficient(self, own: UsedCoefficient | None) -> Decimal | None:
        """Column 10: the variety's own coefficient; the weighted mean of its parts where others are in it.

        Source: domain 3.7 A3, column 10 of row 01 is a weighted mean.
        """
        if own is not None and set(self.by_part) == {own.variety_code}:
            return own.tce_per_form_unit
        if self.value == 0:
            return None
        return round_fraction(Fraction(self.tce) / Fraction(self.value), MEASURED_DECIMALS)


def cell_of(
    form_code: str,
    row_code: str,
    column_code: str,
    value: Decimal,
    unit: str,
    leaves: Sequence[Leaf],
    coefficients: Sequence[UsedCoefficient] = (),
) -> Cell:
    """A cell and the shares of the points behind it, each counted once."""
    # A point may be there for the whole month and for some of its days: the longest counts.
    behind = list({leaf.point_id: leaf for leaf in sorted(leaves, key=lambda leaf: leaf.due_slots)}.values())
    # Shares add magnitudes: an export that was estimated weighs as much as a purchase that was.
    published = _sum(abs(leaf.energy) for leaf in behind if leaf.energy is not None)
    measured = _sum(abs(leaf.measured_energy) for leaf in behind)
    due = sum(leaf.due_slots for leaf in behind)
    codes = tuple(sorted(one.reference_code for one in coefficients if one.reference_code))
    lots = {lot for one in coefficients for lot in one.heating_value_ids}
    return Cell(
        form_code=form_code,
        row_code=row_code,
        column_code=column_code,
        value=value,
        unit=unit,
        completeness=floor_share(sum(leaf.received_slots for leaf in behind), due) or Decimal(0),
        known_share=floor_share(sum(leaf.known_slots for leaf in behind), due) or Decimal(0),
        measured_share=floor_share(measured, published),
        coefficient_code=codes[0] if len(codes) == 1 and not lots else None,
        source_point_ids=tuple(sorted(leaf.point_id for leaf in behind)),
        coefficient_codes=codes,
        heating_value_ids=tuple(sorted(lots)),
    )


def total_cell(form_code: str, column_code: str, sums: Sequence[RowSum | None]) -> Cell | None:
    """The cell of row 40 over the rows' sums: standard coal; None where there is nothing to add or one is not known."""
    if not sums or any(one is None or one.coefficients is None for one in sums):
        return None
    known = [one for one in sums if one is not None]
    weights = [(one.tce, cell_of("", "", "", one.value, "", one.leaves)) for one in known]
    value = _sum(tce for tce, _ in weights)
    # Kilowatt-hours and cubic metres do not add up: the total's share weighs each variety by its coal equivalent.
    magnitude = _sum(abs(tce) for tce, _ in weights)
    measured = _sum(EXACT.multiply(abs(tce), row.measured_share or Decimal(0)) for tce, row in weights)
    whole = cell_of(
        form_code,
        TOTAL_ROW,
        column_code,
        value,
        "tce",
        [leaf for one in known for leaf in one.leaves],
        [used for one in known for used in one.coefficients or ()],
    )
    return Cell(
        form_code=form_code,
        row_code=TOTAL_ROW,
        column_code=column_code,
        value=value,
        unit="tce",
        completeness=whole.completeness,
        known_share=whole.known_share,
        measured_share=floor_share(measured, magnitude),
        coefficient_code=None,
        source_point_ids=whole.source_point_ids,
        coefficient_codes=tuple(sorted(set(whole.coefficient_codes))),
        heating_value_ids=whole.heating_value_ids,
    )


def _sum(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return total
