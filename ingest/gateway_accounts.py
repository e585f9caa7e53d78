"""Gives gateways their names and passwords; only the hash of a password is kept."""

import secrets
from datetime import datetime

from nenghao.broker_files import mosquitto_password_hash
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.db.gateways import add_gateway, set_gateway_password
from nenghao.errors import ConfigError, DataRefused


def enrol_gateway(
    settings: Settings,
    *,
    unit_code: str,
    gateway_code: str,
    shard: int,
    backfill_from: datetime,
    backfill_until: datetime | None = None,
) -> str:
    """Register a gateway, or give a registered one a new password; returns the password, which is told only here.

    Readings before `backfill_from` will be refused; `backfill_until` ends the commissioning window.

    Raises: DataRefused where the unit is not known, or the gateway stands in another shard.
    """
    password = secrets.token_urlsafe(32)
    with connect(settings, Role.CONSOLE) as conn:
        with driver_errors():
            add_gateway(
                conn,
                unit_code=unit_code,
                gateway_code=gateway_code,
                shard=shard,
                backfill_from=backfill_from,
                backfill_until=backfill_until,
            )
        standing = set_gateway_password(
            conn, unit_code=unit_code, gateway_code=gateway_code, password_hash=mosquitto_password_hash(password)
        )
        if standing is None:
            raise DataRefused(f"unit {unit_code} is not registered")
        if standing != shard:
            raise ConfigError(f"gateway {gateway_code} of {unit_code} stands in shard {standing}, not {shard}")
    return password
