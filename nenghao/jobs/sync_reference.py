"""Brings the reference rows of the database to those of this release: varieties, coefficients, relations."""

from dataclasses import dataclass

from nenghao.db import reference as db
from nenghao.db.connection import Connection
from nenghao.errors import DataRefused
from nenghao.reference.coefficients import all_coefficient_editions
from nenghao.reference.media import all_media_editions
from nenghao.reference.relations import load_relations
from nenghao.reference.varieties import all_variety_editions


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
    media = all_media_editions()
    varieties = [*all_variety_editions(), *(edition.media for edition in media)]
    coefficients = [row for edition in all_coefficient_editions() for row in edition.rows]
    coefficients += [row for edition in media for row in edition.coefficients]
    relations = load_relations()
    with conn.transaction():
        changed = db.find_changed_coefficients(conn, coefficients)
        if changed:
            raise DataRefused(f"another value needs another edition: {', '.join(changed)}")
        for edition in varieties:
            db.upsert_varieties(conn, edition)
        db.upsert_coefficients(conn, coefficients)
        db.upsert_relations(conn, relations)
    rows = sum(len(edition.varieties) for edition in varieties)
    return SyncedReference(rows, len(coefficients), len(relations))
