"""Brings the reference rows of the database to those of this release: varieties, coefficients, relations."""

from dataclasses import dataclass

from nenghao.db import reference as db
from nenghao.db.connection import Connection
from nenghao.errors import DataRefused
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.relations import load_relations
from nenghao.reference.varieties import load_varieties


@dataclass(frozen=True, slots=True)
class SyncedReference:
    """How many reference rows this release brings."""

    varieties: int
    coefficients: int
    relations: int


def sync_reference(conn: Connection) -> SyncedReference:
    """Write every reference row that is new or said otherwise; safe to run twice.

    Raises: DataRefused where a coefficient would take another value under the code that figures already name.
    """
    varieties, coefficients, relations = load_varieties(), load_coefficients(), load_relations()
    with conn.transaction():
        changed = db.find_changed_coefficients(conn, coefficients.rows)
        if changed:
            raise DataRefused(f"another value needs another edition: {', '.join(changed)}")
        db.upsert_varieties(conn, varieties)
        db.upsert_coefficients(conn, coefficients.rows)
        db.upsert_relations(conn, relations)
    return SyncedReference(len(varieties.varieties), len(coefficients.rows), len(relations))
