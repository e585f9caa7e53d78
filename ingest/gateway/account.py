"""A gateway's account: where it sends to, as whom, and whom it trusts; with the file that carries it to the gateway.

`nenghao gateway add --account FILE` writes the file and `nenghao-gateway send --account FILE` reads it.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from ingest.topics import TopicKind, gateway_topic
from nenghao.errors import ConfigError

SCHEMA: Final = "nenghao/account/1"
PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayAccount:
    """Where a gateway sends to, and as whom."""

    host: str
    port: int
    unit_code: str
    gateway_code: str
    shard: int
    password: str = field(repr=False)
    #: The certificates by which the broker is known; without one the connection is not encrypted.
    ca_pem: str | None = field(default=None, repr=False)
    #: The platform's public keys, each in PEM, by which receipts and heads are known.
    trust_pems: tuple[str, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """Its user name and client id at the broker."""
        return f"{self.unit_code}.{self.gateway_code}"

    def topic(self, kind: TopicKind) -> str:
        """Its own topic of a kind."""
        return gateway_topic(self.shard, self.unit_code, self.gateway_code, kind)


class _AccountFile(msgspec.Struct, kw_only=True, omit_defaults=False):
    schema: str
    host: str
    port: int
    unit_code: str
    gateway_code: str
    shard: int
    password: str
    ca_pem: str | None = None
    trust_pems: tuple[str, ...] = ()


def write_account(path: Path, account: GatewayAccount) -> None:
    """Write a new account file that only its owner can read.

    Raises: ConfigError where the file is there already or cannot be written: what may be a password is not overwritten.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
    except OSError as error:
        raise ConfigError(f"account file {path}: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(encode_account(account))


def encode_account(account: GatewayAccount) -> bytes:
    """An account as its file holds it."""
    body = _AccountFile(
        schema=SCHEMA,
        host=account.host,
        port=account.port,
        unit_code=account.unit_code,
        gateway_code=account.gateway_code,
        shard=account.shard,
        password=account.password,
        ca_pem=account.ca_pem,
        trust_pems=account.trust_pems,
    )
    return msgspec.json.format(msgspec.json.encode(body), indent=1) + b"\n"


def read_account(path: Path) -> GatewayAccount:
    """Read an account file.

    Raises: ConfigError naming the file where it is missing or no account; the message never shows its content.
    """
    try:
        body = msgspec.json.decode(path.read_bytes(), type=_AccountFile)
    except OSError as error:
        raise ConfigError(f"account file {path}: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigError(f"account file {path}: {error}") from error
    if body.schema != SCHEMA:
        raise ConfigError(f"account file {path}: schema {body.schema!r} is not {SCHEMA}")
    return GatewayAccount(
        host=body.host,
        port=body.port,
        unit_code=body.unit_code,
        gateway_code=body.gateway_code,
        shard=body.shard,
        password=body.password,
        ca_pem=body.ca_pem,
        trust_pems=body.trust_pems,
    )
