"""Gateways in the registers: who may connect to the broker."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg
from psycopg.rows import class_row

from nenghao.db.queries import load_queries

_QUERIES = load_queries("gateways")

AccountEvent = Literal["added", "rotated", "revoked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredGateway:
    """A gateway with its place in the topics and the hash of its password."""

    unit_code: str
    gateway_code: str
    shard: int
    broker_password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayListing:
    """A registered gateway: whether it may connect, who said so last, and what it said last."""

    unit_code: str
    gateway_code: str
    shard: int
    may_connect: bool
    done_at: datetime | None
    done_by: str | None
    online: bool | None
    state_at: datetime | None
    buffered_count: int | None


def gateway_accounts(conn: psycopg.Connection, unit_code: str | None) -> list[GatewayListing]:
    """Every registered gateway by name, or those of one unit."""
    rows = conn.cursor(row_factory=class_row(GatewayListing))
    return rows.execute(_QUERIES["gateway_accounts"], {"unit_code": unit_code}).fetchall()


def gateways_with_password(conn: psycopg.Connection) -> list[RegisteredGateway]:
    """Every gateway that may connect."""
    return conn.cursor(row_factory=class_row(RegisteredGateway)).execute(_QUERIES["gateways_with_password"]).fetchall()


def add_gateway(
    conn: psycopg.Connection,
    *,
    unit_code: str,
    gateway_code: str,
    shard: int,
    backfill_from: datetime,
    backfill_until: datetime | None,
) -> bool:
    """Register a gateway; false where it is there already or the unit is not."""
    parameters = {
        "unit_code": unit_code,
        "gateway_code": gateway_code,
        "shard": shard,
        "backfill_from": backfill_from,
        "backfill_until": backfill_until,
    }
    return conn.execute(_QUERIES["add_gateway"], parameters).rowcount == 1


def set_gateway_password(
    conn: psycopg.Connection,
    *,
    unit_code: str,
    gateway_code: str,
    password_hash: str | None,
    kind: AccountEvent,
    done_by: str,
    now: datetime,
) -> int | None:
    """Replace a gateway's password hash, or take it away, and record who did; None where there is no such gateway."""
    parameters = {
        "unit_code": unit_code,
        "gateway_code": gateway_code,
        "broker_password_hash": password_hash,
        "kind": kind,
        "done_by": done_by,
        "now": now,
    }
    row = conn.execute(_QUERIES["set_gateway_password"], parameters).fetchone()
    return None if row is None else int(row[0])


def close_commissioning(conn: psycopg.Connection, *, unit_code: str, gateway_code: str, now: datetime) -> int:
    """End a gateway's commissioning window; returns the (series, day) marks made, 0 where no window was open."""
    parameters = {"unit_code": unit_code, "gateway_code": gateway_code, "now": now}
    return conn.execute(_QUERIES["close_commissioning"], parameters).rowcount
