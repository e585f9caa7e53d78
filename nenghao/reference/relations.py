"""Reads the relations of forms."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from nenghao.domain.relations import FormRelation, Relation
from nenghao.domain.varieties import TOTAL_ROW
from nenghao.reference.files import read_rows
from nenghao.reference.varieties import load_varieties


@cache
def load_relations() -> tuple[FormRelation, ...]:
    """The relations in force; names of groups of rows (`all`, `total`) are written out.

    Raises: DataRefused where a relation is malformed.
    """
    table = read_rows("relations.toml")
    rows = []
    for row in table["relation"]:
        definition = {
            "left": _write_out(row["left"]),
            "operator": row["operator"],
            "right": _write_out(row["right"]),
            "tolerance": row["tolerance"],
        }
        if "rows" in row:
            definition["rows"] = list(_rows(row["rows"]))
        if "columns" in row:
            definition["columns"] = row["columns"]
        Relation.parse(row["code"], definition)
        rows.append(
            FormRelation(
                edition=table["edition"],
                form=table["form"],
                code=row["code"],
                obligation=row["obligation"],
                definition=definition,
                source=row["source"],
                confidence=row["confidence"],
            )
        )
    return tuple(rows)


def relation_edition() -> str:
    """The edition of the relations in force."""
    return str(read_rows("relations.toml")["edition"])


def _rows(named: str | Sequence[str]) -> Sequence[str]:
    varieties = load_varieties()
    if named == "all":
        return [variety.code for variety in varieties.varieties if variety.code != TOTAL_ROW]
    return varieties.in_total if named == "total" else list(named)


def _write_out(terms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    for term in terms:
        rest = {key: value for key, value in term.items() if key not in ("rows", "row")}
        codes = _rows(term["rows"]) if "rows" in term else [term["row"]]
        written += [{"row": code, **rest} for code in codes]
    return written
