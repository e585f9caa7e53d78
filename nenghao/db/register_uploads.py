"""Register files that a unit uploaded, and whether they were imported: sql/queries/register_uploads.sql."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("register_uploads")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUpload:
    """A file without its bytes; who imported it is None where nobody did."""

    register_upload_id: int
    file_name: str
    size_bytes: int
    hash: str
    uploaded_by: str
    uploaded_at: datetime
    counts: dict[str, Any] | None
    imported_by: str | None
    imported_at: datetime | None


def add_upload(
    conn: Connection,
    *,
    unit_id: int,
    file_name: str,
    content: bytes,
    hash_algorithm: str,
    digest: bytes,
    uploaded_by: str,
    uploaded_at: datetime,
) -> int:
    """Keep a file; returns its number."""
    columns = {
        "unit_id": unit_id,
        "file_name": file_name,
        "content": content,
        "content_hash_algorithm": hash_algorithm,
        "content_hash": digest,
        "uploaded_by": uploaded_by,
        "uploaded_at": uploaded_at,
    }
    return int(conn.execute(_QUERIES["add_upload"], columns).fetchall()[0][0])


def load_upload(conn: Connection, unit_id: int, register_upload_id: int) -> tuple[str, bytes, bool] | None:
    """Name and bytes of a file, and whether it was imported; None where the unit has no such file."""
    wanted = {"unit_id": unit_id, "register_upload_id": register_upload_id}
    row = conn.execute(_QUERIES["upload"], wanted).fetchone()
    return None if row is None else (row[0], bytes(row[1]), row[2])


def add_import(
    conn: Connection,
    register_upload_id: int,
    *,
    unit_id: int,
    counts: Mapping[str, Mapping[str, int]],
    imported_by: str,
    imported_at: datetime,
) -> bool:
    """Say that a file was imported; false where it was already."""
    columns = {
        "register_upload_id": register_upload_id,
        "unit_id": unit_id,
        "counts": Jsonb({name: dict(numbers) for name, numbers in counts.items()}),
        "imported_by": imported_by,
        "imported_at": imported_at,
    }
    return conn.execute(_QUERIES["add_import"], columns).rowcount == 1


def list_uploads(conn: Connection, unit_id: int) -> list[RegisterUpload]:
    """Files of a unit, newest first."""
    cursor = conn.cursor(row_factory=class_row(RegisterUpload))
    return cursor.execute(_QUERIES["uploads"], {"unit_id": unit_id}).fetchall()
