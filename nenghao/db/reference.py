"""Reference rows as the database holds them, so that every figure can name the row it rests on."""

import json
from collections.abc import Sequence

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.coal import CoalCoefficient
from nenghao.domain.relations import FormRelation
from nenghao.domain.varieties import VarietyEdition

_QUERIES = load_queries("reference")


def upsert_varieties(conn: Connection, edition: VarietyEdition) -> None:
    """Bring the rows of one edition of the form up to date."""
    with conn.cursor() as cursor:
        cursor.executemany(
            _QUERIES["upsert_variety"],
            [
                {
                    "edition": edition.edition,
                    "variety_code": variety.code,
                    "form_unit": variety.form_unit,
                    "valid_from": edition.valid_from,
                    "valid_to": edition.valid_to,
                    "source": variety.source,
                    "confidence": variety.confidence,
                }
                for variety in edition.varieties
            ],
        )


def find_changed_coefficients(conn: Connection, rows: Sequence[CoalCoefficient]) -> list[str]:
    """Codes whose stored value is another one."""
    columns = {
        "coefficient_codes": [row.code for row in rows],
        "varieties": [row.variety_code for row in rows],
        "bases": [row.basis for row in rows],
        "form_units": [row.form_unit for row in rows],
        "values": [row.tce_per_form_unit for row in rows],
    }
    return [code for (code,) in conn.execute(_QUERIES["changed_coefficients"], columns)]


def upsert_coefficients(conn: Connection, rows: Sequence[CoalCoefficient]) -> None:
    """Bring coefficients up to date; their values stay."""
    with conn.cursor() as cursor:
        cursor.executemany(
            _QUERIES["upsert_coal_coefficient"],
            [
                {
                    "coefficient_code": row.code,
                    "edition": row.edition,
                    "variety_code": row.variety_code,
                    "basis": row.basis,
                    "form_unit": row.form_unit,
                    "tce_per_form_unit": row.tce_per_form_unit,
                    "valid_from": row.valid_from,
                    "valid_to": row.valid_to,
                    "source": row.source,
                    "confidence": row.confidence,
                }
                for row in rows
            ],
        )


def upsert_relations(conn: Connection, rows: Sequence[FormRelation]) -> None:
    """Bring relations up to date."""
    with conn.cursor() as cursor:
        cursor.executemany(
            _QUERIES["upsert_form_relation"],
            [
                {
                    "edition": row.edition,
                    "form_code": row.form,
                    "relation_code": row.code,
                    "obligation": row.obligation,
                    "definition": json.dumps(row.definition, ensure_ascii=False),
                    "source": row.source,
                    "confidence": row.confidence,
                }
                for row in rows
            ],
        )
