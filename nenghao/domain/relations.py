"""Relations of forms (审核关系) as rows: the language in which one is written.

Before: reference rows (form_relation). After: `relation_query`, the one compiler that makes SQL of a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, cast, get_args

from nenghao.errors import DataRefused

#: `within`: left ÷ right lies in a band. `decimals`: left has at most so many digits behind the point.
Operator = Literal["=", "<=", ">=", "within", "decimals"]
Obligation = Literal["mandatory", "explanatory"]
#: What a relation is judged over. A draft is judged as the filing that it is to become.
ReturnKind = Literal["monitored_balance", "filing"]
#: Where a cell stands, seen from the return that is judged: itself, the filing before it in the same year and the one
#: before that, last year's closing, the same period a year ago, the reference coefficients, the monitored side after
#: alignment, the suppliers' statements, the register of production.
Of = Literal[
    "this", "previous", "before_previous", "year_end", "same_period", "reference", "monitored", "statement",
    "production",
]  # fmt: skip
_OPERATORS: Final = frozenset(get_args(Operator))
_PLACES: Final = frozenset(get_args(Of))
_KINDS: Final = frozenset(get_args(ReturnKind))
#: Stands for the row or column that the relation is being judged for.
ANY: Final = "*"
#: As `rows`: every row of the form that the return has.
EACH: Final = "each"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellName:
    """A cell of a return, or of what lies beside it."""

    form: str
    row: str
    column: str
    of: str = "this"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A cell in a sum, times a factor, times another cell where one is named."""

    cell: CellName
    factor: Decimal = Decimal(1)
    times: CellName | None = None
    #: An optional cell counts where it is there; without any other cell the relation is not judged.
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The relation is judged only where this sum reaches `at_least`."""

    terms: tuple[Term, ...]
    at_least: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """left, operator, right, within a tolerance; judged once for each row and column it is stated for."""

    code: str
    form: str
    left: tuple[Term, ...]
    operator: Operator
    right: tuple[Term, ...]
    tolerance: Decimal
    #: Share of the right side that is tolerated, too; the larger of the two counts.
    relative_tolerance: Decimal
    band: tuple[Decimal, Decimal] | None
    row_codes: tuple[str, ...]
    column_codes: tuple[str, ...]
    is_for_each_row: bool
    #: Whether at least one optional cell has to be there.
    needs_optional: bool
    condition: Condition | None
    returns: tuple[str, ...]

    @classmethod
    def parse(cls, code: str, form: str, definition: Mapping[str, object]) -> "Relation":
        """Read the `definition` of a form_relation row.

        Raises: DataRefused naming the relation and what is wrong with it.
        """
        try:
            relation = cls(
                code=code,
                form=form,
                left=_parse_terms(definition["left"], form),
                operator=_parse_operator(code, definition["operator"]),
                right=_parse_terms(definition["right"], form),
                tolerance=Decimal(str(definition["tolerance"])),
                relative_tolerance=Decimal(str(definition.get("relative_tolerance", 0))),
                band=_parse_band(definition.get("band")),
                row_codes=() if definition.get("rows") == EACH else _parse_codes(definition.get("rows")),
                column_codes=_parse_codes(definition.get("columns")),
                is_for_each_row=definition.get("rows") == EACH,
                needs_optional=bool(definition.get("needs_optional", False)),
                condition=_parse_condition(definition.get("when"), form),
                returns=_parse_codes(definition.get("returns")) or tuple(sorted(_KINDS)),
            )
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise DataRefused(f"relation {code} is malformed: {error!r}") from error
        if wrong := relation._wrong():
            raise DataRefused(f"relation {code}: {wrong}")
        return relation

    @property
    def terms(self) -> tuple[Term, ...]:
        """Those of both sides."""
        return (*self.left, *self.right)

    def _wrong(self) -> str | None:
        """What would let the relation hold, or break, whatever the cells say."""
        if not all(number.is_finite() and number >= 0 for number in (self.tolerance, self.relative_tolerance)):
            return f"tolerance {self.tolerance}, {self.relative_tolerance} is not a number from 0 on"
        if (self.operator == "within") is not (self.band is not None):
            return "a band belongs to the operator within, and to no other"
        if self.band and not (all(end.is_finite() for end in self.band) and self.band[0] <= self.band[1]):
            return "a band has a lower and an upper end"
        if self.operator == "decimals" and (self.right or len(self.left) != 1 or self.tolerance % 1):
            return "decimals are those of one cell, and their number is whole"
        if not set(self.returns) <= _KINDS:
            return f"returns {self.returns} are none of {', '.join(sorted(_KINDS))}"
        return self._wrong_terms()

    def _wrong_terms(self) -> str | None:
        terms = (*self.terms, *(self.condition.terms if self.condition else ()))
        named = [name for term in terms for name in (term.cell, term.times) if name]
        if all(term.is_optional for term in self.terms) and not self.needs_optional:
            return "no term has to be there"
        if not all(term.factor.is_finite() for term in terms):
            return "a factor is a number"
        if any(name.of not in _PLACES for name in named):
            return f"cells are of {', '.join(sorted(_PLACES))}"
        if not self.row_codes and not self.is_for_each_row and any(name.row == ANY for name in named):
            return "a term stands for each row, but no rows are named"
        if self.is_for_each_row and any(term.cell.row != ANY for term in terms):
            return "judged for each row, so each term stands for the row"
        if not self.column_codes and any(name.column == ANY for name in named):
            return "a term stands for each column, but no columns are named"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRelation:
    """A row of form_relation, its definition as `Relation.parse` reads it."""

    edition: str
    form: str
    code: str
    obligation: Obligation
    definition: Mapping[str, Any]
    source: str
    confidence: str


def _parse_operator(code: str, value: object) -> Operator:
    if value not in _OPERATORS:
        raise DataRefused(f"relation {code}: operator {value!r} is not one of {', '.join(sorted(_OPERATORS))}")
    return cast("Operator", value)


def _parse_terms(value: object, form: str) -> tuple[Term, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError("terms are a list")
    return tuple(
        Term(
            cell=_parse_cell(term, form, None),
            factor=Decimal(str(term.get("factor", 1))),
            times=_parse_cell(term["times"], form, term) if "times" in term else None,
            is_optional=bool(term.get("optional", False)),
        )
        for term in value
    )


def _parse_cell(cell: Mapping[str, object], form: str, beside: Mapping[str, object] | None) -> CellName:
    """The name of a cell; a cell that is multiplied stands in the row of the other unless it names its own."""
    row = cell.get("row", beside["row"] if beside else None)
    if row is None:
        raise KeyError("row")
    return CellName(
        form=str(cell.get("form", form)), row=str(row), column=str(cell["column"]), of=str(cell.get("of", "this"))
    )


def _parse_band(value: object) -> tuple[Decimal, Decimal] | None:
    if value is None:
        return None
    low, high = _parse_codes(value)
    return Decimal(low), Decimal(high)


def _parse_condition(value: object, form: str) -> Condition | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise TypeError("a condition has terms and at_least")
    return Condition(terms=_parse_terms(value["terms"], form), at_least=Decimal(str(value["at_least"])))


def _parse_codes(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError("rows and columns are lists of codes")
    return tuple(str(code) for code in value)
