"""Declared changes of meters and multipliers, and photos and certificates beside them (queries: change_documents)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("change_documents")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredChange:
    """A declared change of a meter, or of a multiplier alone; what the other kind has is None."""

    meter_change_id: int | None
    multiplier_change_id: int | None
    point_code: str
    point_name: str
    quantity: str
    changed_at: datetime
    old_meter_no: str | None
    old_final: Decimal | None
    new_meter_no: str | None
    new_initial: Decimal | None
    old_multiplier: Decimal | None
    new_multiplier: Decimal | None
    certificate_no: str | None
    reason: str
    declared_by: str
    declared_at: datetime
    timeliness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDocument:
    """A file beside a declared change, without its bytes."""

    change_document_id: int
    meter_change_id: int | None
    multiplier_change_id: int | None
    subject: str
    file_name: str
    media_type: str
    size_bytes: int
    hash: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A file to be kept beside a declared change; `subject` says what it shows."""

    subject: str
    file_name: str
    media_type: str
    content: bytes
    hash_algorithm: str
    hash: bytes


def declared_changes(conn: Connection, unit_id: int, point_code: str | None = None) -> list[DeclaredChange]:
    """Declared changes of a unit's meters, newest first."""
    wanted = {"unit_id": unit_id, "point_code": point_code}
    return conn.cursor(row_factory=class_row(DeclaredChange)).execute(_QUERIES["changes"], wanted).fetchall()


def add_document(
    conn: Connection,
    *,
    unit_id: int,
    point_code: str,
    quantity: str,
    changed_at: datetime,
    document: NewDocument,
    added_by: str,
    added_at: datetime,
) -> bool:
    """Keep a file beside a declared change; false where there is no such change."""
    columns = {
        "unit_id": unit_id,
        "point_code": point_code,
        "quantity": quantity,
        "changed_at": changed_at,
        "subject": document.subject,
        "file_name": document.file_name,
        "media_type": document.media_type,
        "content": document.content,
        "content_hash_algorithm": document.hash_algorithm,
        "content_hash": document.hash,
        "added_by": added_by,
        "added_at": added_at,
    }
    return conn.execute(_QUERIES["add_document"], columns).rowcount == 1


def change_documents(conn: Connection, unit_id: int) -> list[ChangeDocument]:
    """Files beside a unit's declared changes."""
    cursor = conn.cursor(row_factory=class_row(ChangeDocument))
    return cursor.execute(_QUERIES["documents"], {"unit_id": unit_id}).fetchall()


def load_document(conn: Connection, unit_id: int, change_document_id: int) -> tuple[str, str, bytes] | None:
    """File name, media type and bytes of one of them."""
    wanted = {"unit_id": unit_id, "change_document_id": change_document_id}
    row = conn.execute(_QUERIES["document"], wanted).fetchone()
    return None if row is None else (row[0], row[1], bytes(row[2]))
