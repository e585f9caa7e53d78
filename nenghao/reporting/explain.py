"""Takes a cell of a sealed release apart: what it adds up, what converted it, and the points it rests on, as frozen.

Before: an archive whose seal holds. After: `nenghao explain`, which goes on into the store (reporting.explain_store).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nenghao.domain.balance_inputs import BalanceInputs
from nenghao.domain.records import to_plain
from nenghao.domain.varieties import TOTAL_ROW
from nenghao.errors import DataRefused

FIRST_FORM: Final = "205-1"
#: The columns of row 40 whose parts are standard coal of another name in the rows.
PART_COLUMNS: Final[Mapping[tuple[str, str], str]] = {("205-1", "4"): "tce", ("205-2", "11"): "12"}
#: The column of 205-1 with the coefficient that a row is converted by.
COEFFICIENT: Final = "10"


@dataclass(frozen=True, slots=True)
class CellName:
    """`205-1!33.4`, `33.4` (of the first form), or the code of an indicator."""

    form: str
    row: str
    column: str
    indicator: str | None = None

    @classmethod
    def parse(cls, text: str) -> "CellName":
        """Read a name.

        Raises: DataRefused where it is none.
        """
        form, mark, place = text.rpartition("!")
        row, dot, column = place.partition(".")
        if not dot and not mark and place.replace("_", "").isalnum() and not place.isdecimal():
            return cls("", "", "", place)
        if not dot or not row or not column or "." in column:
            raise DataRefused(f"{text!r} is no cell: write 205-1!33.4, 33.4 or the code of an indicator")
        return cls(form or FIRST_FORM, row, column)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPoint:
    """A point behind the cell: what it measures, and its totals as they were sealed (one a piece of the network)."""

    point_id: int
    facts: Mapping[str, Any]
    totals: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCell:
    """A cell or an indicator of a release with all that the archive tells of it."""

    cell: Mapping[str, Any]
    #: Cells that it is the sum of; empty where it is measured itself.
    addends: Sequence[Mapping[str, Any]]
    coefficients: Sequence[Mapping[str, Any]]
    heating_values: Sequence[Mapping[str, Any]]
    equal_values: Sequence[Mapping[str, Any]]
    points: Sequence[FrozenPoint]


def take_apart(content: Mapping[str, Any], inputs: BalanceInputs | None, name: CellName) -> SealedCell:
    """What the archive tells of a cell; without inputs (a filing, an aggregate) there are no points.

    Raises: DataRefused where the release has no such cell.
    """
    if name.indicator is not None:
        found, addends, rests_on = _indicator(content, name.indicator)
    else:
        found, addends = _cell(content, name), _addends(content, name)
        rests_on = [found]
    codes = {code for one in rests_on for code in _codes(one)}
    lots = {lot for one in rests_on for lot in one.get("heating_values") or one.get("heating_value_ids") or ()}
    equal, points = found.get("equal_value_ids", ()), {point for one in rests_on for point in one.get("points", ())}
    return SealedCell(
        cell=found,
        addends=addends,
        coefficients=[row for row in content["coefficients"] if row["code"] in codes],
        heating_values=[row for row in content["heating_values"] if row["heating_value_id"] in lots],
        equal_values=[row for row in content["equal_values"] if row["equal_value_id"] in equal],
        points=() if inputs is None else _points(inputs, points),
    )


def _cell(content: Mapping[str, Any], name: CellName) -> Mapping[str, Any]:
    for cell in content["cells"]:
        if (cell["form"], cell["row"], cell["column"]) == (name.form, name.row, name.column):
            return dict(cell)
    raise DataRefused(f"the release has no cell {name.form}!{name.row}.{name.column}: meters cannot give it")


def _addends(content: Mapping[str, Any], name: CellName) -> list[Mapping[str, Any]]:
    """What a subtotal of the form adds up: the varieties of row 40, in standard coal.

    Where the form has no standard coal of a column, the quantity comes with what it is converted by.
    """
    if name.row != TOTAL_ROW:
        return []
    form = next(one for one in content["forms"] if one["form"] == name.form)
    column = PART_COLUMNS.get((name.form, name.column))
    by_row = {
        cell["row"]: cell["value"]
        for cell in content["cells"]
        if (cell["form"], cell["column"]) == (FIRST_FORM, COEFFICIENT)
    }
    return [
        {**cell, "converted_by": None if column else by_row.get(cell["row"])}
        for cell in content["cells"]
        if cell["form"] == name.form and cell["column"] == (column or name.column) and cell["row"] in form["in_total"]
    ]


def _indicator(
    content: Mapping[str, Any], code: str
) -> tuple[Mapping[str, Any], list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """An indicator, the cells of row 40 that it is made from, and all that it rests on: every metered row."""
    for one in content["indicators"]:
        if one["definition"]["code"] == code:
            totals = [cell for cell in content["cells"] if cell["row"] == TOTAL_ROW]
            return dict(one), totals, [one, *totals]
    known = ", ".join(sorted({one["definition"]["code"] for one in content["indicators"]}))
    raise DataRefused(f"the release has no indicator {code!r}; it has: {known or '-'}")


def _codes(one: Mapping[str, Any]) -> Sequence[str]:
    return one.get("coefficients") or one.get("coefficient_codes") or ()


def _points(inputs: BalanceInputs, point_ids: set[int]) -> list[FrozenPoint]:
    return [
        FrozenPoint(
            point_id=point.point_id,
            facts=to_plain(point),
            totals=[to_plain(total) for total in inputs.months if total.point_id == point.point_id],
        )
        for point in inputs.points
        if point.point_id in point_ids
    ]
