"""Gateways in the registers: who may connect to the broker."""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from nenghao.db.queries import load_queries

_QUERIES = load_queries("gateways")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredGateway:
    """A gateway with its place in the topics and the hash of its password."""

    unit_code: str
    gateway_code: str
    shard: int
    broker_password_hash: str


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
    conn: psycopg.Connection, *, unit_code: str, gateway_code: str, password_hash: str
) -> int | None:
    """Replace a gateway's password hash; returns its shard, None where there is no such gateway."""
    parameters = {"unit_code": unit_code, "gateway_code": gateway_code, "broker_password_hash": password_hash}
    row = conn.execute(_QUERIES["set_gateway_password"], parameters).fetchone()
    return None if row is None else int(row[0])


def close_commissioning(conn: psycopg.Connection, *, unit_code: str, gateway_code: str, now: datetime) -> int:
    """End a gateway's commissioning window; returns the (series, day) marks made, 0 where no window was open."""
    parameters = {"unit_code": unit_code, "gateway_code": gateway_code, "now": now}
    return conn.execute(_QUERIES["close_commissioning"], parameters).rowcount
