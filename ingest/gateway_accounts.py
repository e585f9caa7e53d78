"""Gives gateways their names and passwords, and takes them away; only the hash of a password is kept."""

import secrets
from datetime import UTC, datetime

from ingest.gateway.account import GatewayAccount
from nenghao.broker_files import mosquitto_password_hash
from nenghao.config import Role, Settings
from nenghao.credentials import BROKER_AUTHORITY, PUBLIC_KEY
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.db.gateways import AccountEvent, add_gateway, set_gateway_password
from nenghao.errors import ConfigError, DataRefused
from nenghao.labels import label

SET_UP = "setup"


def enrol_gateway(
    settings: Settings,
    *,
    unit_code: str,
    gateway_code: str,
    shard: int,
    backfill_from: datetime,
    backfill_until: datetime | None = None,
    done_by: str = SET_UP,
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
            conn,
            unit_code=unit_code,
            gateway_code=gateway_code,
            password_hash=mosquitto_password_hash(password),
            kind="added",
            done_by=done_by,
            now=datetime.now(UTC),
        )
        if standing is None:
            raise DataRefused(label("gateway_account.unit_unknown", settings.language, unit=unit_code))
        if standing != shard:
            raise ConfigError(
                label(
                    "gateway_account.other_shard",
                    settings.language,
                    unit=unit_code,
                    gateway=gateway_code,
                    standing=standing,
                    shard=shard,
                )
            )
    return password


def rotate_password(settings: Settings, *, unit_code: str, gateway_code: str, done_by: str) -> tuple[int, str]:
    """Give a gateway another password; returns its shard and the password. The old one ends with the next sync.

    Raises: DataRefused where there is no such gateway.
    """
    password = secrets.token_urlsafe(32)
    shard = _set(settings, unit_code, gateway_code, mosquitto_password_hash(password), "rotated", done_by)
    return shard, password


def revoke_password(settings: Settings, *, unit_code: str, gateway_code: str, done_by: str) -> None:
    """Take a gateway's password away; its session ends with the next sync.

    Raises: DataRefused where there is no such gateway.
    """
    _set(settings, unit_code, gateway_code, None, "revoked", done_by)


def account_of(settings: Settings, *, unit_code: str, gateway_code: str, shard: int, password: str) -> GatewayAccount:
    """All that a gateway needs to connect and to check what the platform says.

    Raises: ConfigError where the trust folder lacks the broker's authority.
    """
    trust = settings.trust_dir
    try:
        authority = (trust / BROKER_AUTHORITY).read_text(encoding="utf-8")
        # The key of releases signs nothing for gateways.
        found = [path for path in sorted(trust.glob("*.pem")) if path.name != PUBLIC_KEY]
        keys = tuple(path.read_text(encoding="utf-8") for path in found)
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}") from error
    return GatewayAccount(
        host=settings.gateway_hosts[0],
        port=settings.gateway_port,
        unit_code=unit_code,
        gateway_code=gateway_code,
        shard=shard,
        password=password,
        ca_pem=authority,
        trust_pems=keys,
    )


def _set(
    settings: Settings, unit_code: str, gateway_code: str, password_hash: str | None, kind: AccountEvent, done_by: str
) -> int:
    with connect(settings, Role.CONSOLE) as conn, driver_errors():
        shard = set_gateway_password(
            conn,
            unit_code=unit_code,
            gateway_code=gateway_code,
            password_hash=password_hash,
            kind=kind,
            done_by=done_by,
            now=datetime.now(UTC),
        )
    if shard is None:
        raise DataRefused(label("gateway_account.unknown", settings.language, unit=unit_code, gateway=gateway_code))
    return shard
