"""Public keys of gateways and the spools that they may send from, as people register them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from nenghao.db.queries import load_queries

_QUERIES = load_queries("gateway_keys")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredKey:
    """A key of a gateway with who registered and who revoked it; None where nobody did."""

    unit_code: str
    gateway_code: str
    key_id: str
    algorithm: str
    valid_from: datetime
    registered_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_reason: str | None


def find_gateway(conn: psycopg.Connection, unit_code: str, gateway_code: str) -> int | None:
    """The id of a gateway by its names."""
    parameters = {"unit_code": unit_code, "gateway_code": gateway_code}
    row = conn.execute(_QUERIES["find_gateway"], parameters).fetchone()
    return None if row is None else int(row[0])


def add_gateway_key(
    conn: psycopg.Connection,
    *,
    gateway_id: int,
    key_id: str,
    algorithm: str,
    public_key: bytes,
    valid_from: datetime | None,
    registered_by: str,
) -> datetime | None:
    """Register a public key; returns from when it holds (by default now), None where the gateway has or had it."""
    parameters = {
        "gateway_id": gateway_id,
        "key_id": key_id,
        "algorithm": algorithm,
        "public_key": public_key,
        "valid_from": valid_from,
        "registered_by": registered_by,
    }
    row = conn.execute(_QUERIES["add_gateway_key"], parameters).fetchone()
    return None if row is None else row[0]


def revoke_gateway_key(conn: psycopg.Connection, *, gateway_id: int, key_id: str, reason: str, revoked_by: str) -> bool:
    """Revoke a key from now on; false where the gateway has no such key, or it is revoked."""
    parameters = {"gateway_id": gateway_id, "key_id": key_id, "reason": reason, "revoked_by": revoked_by}
    return conn.execute(_QUERIES["revoke_gateway_key"], parameters).rowcount == 1


def enrol_boot(conn: psycopg.Connection, *, gateway_id: int, boot_id: UUID, enrolled_by: str) -> bool:
    """Let a gateway send from a spool; false where it may already."""
    parameters = {"gateway_id": gateway_id, "boot_id": boot_id, "enrolled_by": enrolled_by}
    return conn.execute(_QUERIES["enrol_boot"], parameters).rowcount == 1


def list_gateway_keys(conn: psycopg.Connection, unit_code: str | None) -> list[RegisteredKey]:
    """Every key of every gateway, or of one unit's gateways."""
    cursor = conn.cursor(row_factory=class_row(RegisteredKey))
    return cursor.execute(_QUERIES["list_gateway_keys"], {"unit_code": unit_code}).fetchall()
