"""The one compiler of relations: a row of form_relation becomes the SQL that selects the cells where it does not hold.

Before: `relations` read the row. After: Great Expectations runs the SQL, over a draft for its unit alone, over balances
and filings for the audit; nothing judges one in another way.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Final

from nenghao.domain.relations import ANY, CellName, Relation, Term
from nenghao.errors import DataRefused

_CODE: Final = re.compile(r"[A-Za-z0-9_.-]+")
#: What is wrong with a relation's two sides, given the tolerance.
_OFFENCE: Final[Mapping[str, str]] = {
    "=": "abs(left_value - right_value) > tolerance",
    "<=": "left_value - right_value > tolerance",
    ">=": "right_value - left_value > tolerance",
    # A share of nothing is no share.
    "within": "right_value > 0"
    " AND left_value NOT BETWEEN {low} * right_value - tolerance AND {high} * right_value + tolerance",
    "decimals": "scale(trim_scale(left_value)) > tolerance",
}


def relation_sql(relation: Relation) -> str:
    """The query that selects the offending rows of a relation from `{batch}`.

    `{batch}` holds one row a cell of each return that is judged and of what lies beside it: unit_id, month_on,
    return_id, of_return, form_code, row_code, column_code, value. Each offending row names the return, its unit and
    month, the cell (that of the relation's first term), both sides, the tolerance and all cells that were there. A
    relation is judged only where every cell is there that is not optional: missing is not zero.

    Raises: DataRefused where a code is no plain code: the text goes into a query.
    """
    terms = list(_scoped_terms(relation))
    multiplies = any(term.times for _, _, _, term in terms)
    cells = [name for _, _, _, term in terms for name in (term.cell, term.times) if name]
    return _QUERY.format(
        relation_code=_text(relation.code),
        form=_text(relation.left[0].cell.form),
        row=_text(relation.left[0].cell.row),
        column=_text(relation.left[0].cell.column),
        values=",\n        ".join(_value(*term) for term in terms),
        amount="cell.value * term.factor" + (" * coalesce(other.value, 1)" if multiplies else ""),
        tolerance=relation.tolerance,
        relative=relation.relative_tolerance,
        partner=_PARTNER.format(batch="{batch}", places=_list(cells)) if multiplies else "",
        unknown=_UNKNOWN if multiplies else "0",
        places=_list([term.cell for _, _, _, term in terms]),
        forms=", ".join(sorted({_text(term.cell.form) for _, _, _, term in terms})),
        required=sum(not term.is_optional for term in relation.terms),
        conditions=_conditions(relation),
        offence=_OFFENCE[relation.operator].format(**_band(relation)),
        batch="{batch}",
    )


_QUERY: Final = """\
SELECT
    unit_id, month_on, return_id, {relation_code} AS relation_code, {form} AS form_code,
    coalesce(nullif(scope_row, '*'), {row}) AS row_code, coalesce(nullif(scope_column, '*'), {column}) AS column_code,
    left_value, right_value, tolerance, cells
FROM (
    SELECT *, greatest({tolerance}::numeric, {relative}::numeric * abs(right_value)) AS tolerance
    FROM (
        SELECT
            cell.unit_id, cell.month_on, cell.return_id,
            coalesce(term.scope_row, cell.row_code) AS scope_row, term.scope_column,
            coalesce(sum({amount}) FILTER (WHERE term.side = 1), 0) AS left_value,
            coalesce(sum({amount}) FILTER (WHERE term.side = -1), 0) AS right_value,
            coalesce(sum({amount}) FILTER (WHERE term.side = 0), 0) AS condition_value,
            array_agg(
                concat_ws(
                    ' ', nullif(cell.of_return, 'this'), nullif(cell.form_code, {form}),
                    cell.row_code || '.' || cell.column_code
                )
                ORDER BY term.side DESC, cell.of_return, cell.form_code, cell.row_code, cell.column_code
            ) FILTER (WHERE term.side <> 0) AS cells,
            count(*) FILTER (WHERE term.side <> 0 AND NOT term.is_optional) AS required_cells,
            count(*) FILTER (WHERE term.side <> 0 AND term.is_optional) AS optional_cells,
            count(*) FILTER (WHERE term.side = 0) AS condition_cells,
            {unknown} AS unknown_cells
        FROM {batch} AS cell
        INNER JOIN (VALUES
        {values}
        ) AS term (
            scope_row, scope_column, side, factor, of_return, form_code, row_code, column_code,
            times_of, times_form, times_row, times_column, is_optional
        )
            ON cell.of_return = term.of_return AND cell.form_code = term.form_code
            AND cell.column_code = term.column_code AND cell.row_code = coalesce(term.row_code, cell.row_code)
        {partner}
        WHERE cell.of_return IN ({places}) AND cell.form_code IN ({forms})
        GROUP BY
            cell.unit_id, cell.month_on, cell.return_id, coalesce(term.scope_row, cell.row_code), term.scope_column
    ) AS summed
) AS judged
WHERE required_cells = {required} AND unknown_cells = 0{conditions} AND ({offence})
"""

_PARTNER: Final = """\
LEFT JOIN {batch} AS other
            ON cell.return_id = other.return_id AND term.times_of = other.of_return
            AND term.times_form = other.form_code AND term.times_column = other.column_code
            AND coalesce(term.times_row, cell.row_code) = other.row_code AND other.of_return IN ({places})"""
#: Nothing times an unknown coefficient is nothing; something times it is not known.
_UNKNOWN: Final = "count(*) FILTER (WHERE term.times_column IS NOT NULL AND other.value IS NULL AND cell.value <> 0)"


def _scoped_terms(relation: Relation) -> Iterator[tuple[str | None, str, int, Term]]:
    """(row, column, side, term) for each row and column that the relation is judged for; no row means every one."""
    rows: tuple[str | None, ...] = (None,) if relation.is_for_each_row else (relation.row_codes or (ANY,))
    sides = ((1, relation.left), (-1, relation.right), (0, relation.condition.terms if relation.condition else ()))
    for row, column in product(rows, relation.column_codes or (ANY,)):
        for side, terms in sides:
            for term in terms:
                yield row, column, side, term


def _value(row: str | None, column: str, side: int, term: Term) -> str:
    """One row of the VALUES list."""
    cell = _place(term.cell, row, column)
    times = _place(term.times, row, column) if term.times else "NULL, NULL, NULL, NULL"
    scope = "NULL::text" if row is None else _text(row)
    optional = "TRUE" if term.is_optional else "FALSE"
    return f"({scope}, {_text(column)}, {side}, {term.factor}::numeric, {cell}, {times}, {optional})"


def _place(name: CellName, row: str | None, column: str) -> str:
    row_text = "NULL::text" if row is None and name.row == ANY else _text(str(row) if name.row == ANY else name.row)
    column_text = _text(column if name.column == ANY else name.column)
    return f"{_text(name.of)}, {_text(name.form)}, {row_text}, {column_text}"


def _conditions(relation: Relation) -> str:
    text = " AND optional_cells > 0" if relation.needs_optional else ""
    if relation.condition:
        count, least = len(relation.condition.terms), relation.condition.at_least
        text += f" AND condition_cells = {count} AND condition_value >= {least}"
    return text


def _band(relation: Relation) -> dict[str, Decimal]:
    low, high = relation.band or (Decimal(0), Decimal(0))
    return {"low": low, "high": high}


def _list(cells: list[CellName]) -> str:
    return ", ".join(sorted({_text(name.of) for name in cells}))


def _text(code: str) -> str:
    if not _CODE.fullmatch(code) and code != ANY:
        raise DataRefused(f"{code!r} is not a code")
    return f"'{code}'"
