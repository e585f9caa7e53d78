"""Relations of a form (审核关系) as rows, and the one compiler that turns a row into SQL.

Before: reference rows (form_relation). After: Great Expectations runs the SQL over a return; nothing judges one twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Any, Final, Literal, cast

from nenghao.errors import DataRefused

Operator = Literal["=", "<=", ">="]
#: What is wrong with a relation's two sides, given the tolerance.
OFFENCE: Final[Mapping[str, str]] = {
    "=": "abs(left_value - right_value) > tolerance",
    "<=": "left_value - right_value > tolerance",
    ">=": "right_value - left_value > tolerance",
}
ANY: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A cell in a sum; "*" stands for the row or column that the relation is being judged for."""

    row_code: str
    column_code: str
    #: An optional cell counts where it is there; without any other cell the relation is not judged.
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """left, operator, right, within a tolerance; judged once for each row and column it is stated for."""

    code: str
    left: tuple[Term, ...]
    operator: Operator
    right: tuple[Term, ...]
    tolerance: Decimal
    row_codes: tuple[str, ...]
    column_codes: tuple[str, ...]

    @classmethod
    def parse(cls, code: str, definition: Mapping[str, object]) -> "Relation":
        """Read the `definition` of a form_relation row.

        Raises: DataRefused naming the relation and what is wrong with it.
        """
        try:
            relation = cls(
                code=code,
                left=_parse_terms(definition["left"]),
                operator=_parse_operator(code, definition["operator"]),
                right=_parse_terms(definition["right"]),
                tolerance=Decimal(str(definition["tolerance"])),
                row_codes=_parse_codes(definition.get("rows")),
                column_codes=_parse_codes(definition.get("columns")),
            )
        except (KeyError, TypeError, InvalidOperation) as error:
            raise DataRefused(f"relation {code} is malformed: {error!r}") from error
        if wrong := relation._wrong():
            raise DataRefused(f"relation {code}: {wrong}")
        return relation

    def _wrong(self) -> str | None:
        """What would let the relation hold, or break, whatever the cells say."""
        terms = (*self.left, *self.right)
        if not self.tolerance.is_finite() or self.tolerance < 0:
            return f"tolerance {self.tolerance} is not a number from 0 on"
        if all(term.is_optional for term in terms):
            return "no term has to be there"
        if not self.row_codes and any(term.row_code == ANY for term in terms):
            return "a term stands for each row, but no rows are named"
        if not self.column_codes and any(term.column_code == ANY for term in terms):
            return "a term stands for each column, but no columns are named"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRelation:
    """A row of form_relation, its definition as `Relation.parse` reads it."""

    edition: str
    form: str
    code: str
    obligation: Literal["mandatory", "explanatory"]
    definition: Mapping[str, Any]
    source: str
    confidence: str


def relation_sql(relation_code: str, definition: Mapping[str, object]) -> str:
    """The query that selects the offending rows of a relation from `{batch}`.

    `{batch}` holds one row a cell: unit_id, month_on, balance_id, row_code, column_code, value. Each offending row
    names the unit month, the row and column it was judged for ("*" where it has none), both sides and the cells.

    Raises: DataRefused where the definition is malformed.
    """
    relation = Relation.parse(relation_code, definition)
    scopes = list(product(relation.row_codes or (ANY,), relation.column_codes or (ANY,)))
    values = ",\n        ".join(
        f"({_text(row)}, {_text(column)}, {side}, {_text(_put(term.row_code, row))},"
        f" {_text(_put(term.column_code, column))}, {str(term.is_optional).lower()})"
        for row, column in scopes
        for side, terms in ((1, relation.left), (-1, relation.right))
        for term in terms
    )
    required = sum(not term.is_optional for term in (*relation.left, *relation.right))
    return _QUERY.format(
        relation_code=_text(relation.code),
        values=values,
        required=required,
        tolerance=relation.tolerance,
        offence=OFFENCE[relation.operator],
        batch="{batch}",
    )


_QUERY: Final = """\
SELECT
    unit_id, month_on, balance_id, {relation_code} AS relation_code,
    scope_row AS row_code, scope_column AS column_code, left_value, right_value, tolerance, cells
FROM (
    SELECT
        cell.unit_id, cell.month_on, cell.balance_id, term.scope_row, term.scope_column,
        coalesce(sum(cell.value) FILTER (WHERE term.side = 1), 0) AS left_value,
        coalesce(sum(cell.value) FILTER (WHERE term.side = -1), 0) AS right_value,
        {tolerance}::numeric AS tolerance,
        array_agg(cell.row_code || '.' || cell.column_code ORDER BY cell.row_code, cell.column_code) AS cells,
        count(*) FILTER (WHERE NOT term.is_optional) AS required_cells
    FROM {batch} AS cell
    INNER JOIN (VALUES
        {values}
    ) AS term (scope_row, scope_column, side, row_code, column_code, is_optional)
        ON cell.row_code = term.row_code AND cell.column_code = term.column_code
    GROUP BY cell.unit_id, cell.month_on, cell.balance_id, term.scope_row, term.scope_column
) AS judged
WHERE required_cells = {required} AND {offence}
"""


def _parse_operator(code: str, value: object) -> Operator:
    if value not in OFFENCE:
        raise DataRefused(f"relation {code}: operator {value!r} is not one of {', '.join(OFFENCE)}")
    return cast("Operator", value)


def _parse_terms(value: object) -> tuple[Term, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError("terms are a list")
    return tuple(
        Term(row_code=str(term["row"]), column_code=str(term["column"]), is_optional=bool(term.get("optional", False)))
        for term in value
    )


def _parse_codes(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError("rows and columns are lists of codes")
    return tuple(str(code) for code in value)


def _put(code: str, scope: str) -> str:
    return scope if code == ANY else code


def _text(code: str) -> str:
    """A code as an SQL literal.

    Raises: DataRefused where it is not a plain code: the text goes into a query.
    """
    if not code.replace("*", "").replace("-", "").replace(".", "").isalnum() and code != ANY:
        raise DataRefused(f"{code!r} is not a code")
    return f"'{code}'"
