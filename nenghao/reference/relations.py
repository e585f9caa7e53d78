"""Reads the relations of forms."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from nenghao.domain.relation_query import relation_sql
from nenghao.domain.relations import EACH, FormRelation, Relation
from nenghao.domain.varieties import TOTAL_ROW
from nenghao.reference.files import read_rows
from nenghao.reference.varieties import load_varieties

#: Parts of a definition that are taken as they stand.
_PLAIN: Final = (
    "operator", "tolerance", "relative_tolerance", "band", "columns", "needs_optional", "returns",
)  # fmt: skip


@cache
def load_relations() -> tuple[FormRelation, ...]:
    """The relations in force; names of groups of rows (`all`, `every`, `total`) are written out.

    Raises: DataRefused where a relation is malformed.
    """
    table = read_rows("relations.toml")
    return tuple(_read(table["edition"], row) for row in table["relation"])


@cache
def relation_edition() -> str:
    """The edition of the relations in force."""
    return str(read_rows("relations.toml")["edition"])


def _read(edition: str, row: Mapping[str, Any]) -> FormRelation:
    form = row.get("form", "205-1")
    definition = {name: row[name] for name in _PLAIN if name in row}
    definition |= {side: _write_out(row[side]) for side in ("left", "right")}
    if "rows" in row:
        definition["rows"] = EACH if row["rows"] == EACH else list(_rows(row["rows"]))
    if "when" in row:
        definition["when"] = {"terms": _write_out(row["when"]["terms"]), "at_least": row["when"]["at_least"]}
    relation_sql(Relation.parse(row["code"], form, definition))
    return FormRelation(
        edition=edition,
        form=form,
        code=row["code"],
        obligation=row["obligation"],
        definition=definition,
        source=row["source"],
        confidence=row["confidence"],
    )


def _rows(named: str | Sequence[str]) -> Sequence[str]:
    varieties = load_varieties()
    match named:
        case "every":
            return [variety.code for variety in varieties.varieties]
        case "all":
            return [variety.code for variety in varieties.varieties if variety.code != TOTAL_ROW]
        case "total":
            return varieties.in_total
        case _:
            return list(named)


def _write_out(terms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each term for each of its rows and columns."""
    written: list[dict[str, Any]] = []
    for term in terms:
        rest = {key: value for key, value in term.items() if key not in ("rows", "row", "columns", "column")}
        rows = _rows(term["rows"]) if "rows" in term else [term["row"]]
        columns = term["columns"] if "columns" in term else [term["column"]]
        written += [{"row": row, "column": column, **rest} for row in rows for column in columns]
    return written
