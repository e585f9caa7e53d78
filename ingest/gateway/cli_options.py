"""The options that the commands of `nenghao-gateway` share, and what they mean together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ingest.gateway.account import GatewayAccount, read_account
from ingest.gateway.keys import key_beside, read_key, read_or_make_key
from ingest.gateway.place import Place
from ingest.gateway.reading_rows import WrongRow
from ingest.gateway.spool import Spool
from nenghao.config import load_settings
from nenghao.crypto import SigningKey
from nenghao.errors import ConfigError
from nenghao.labels import Language, label

#: More wrong rows than this are counted only.
WRONG_ROWS_SHOWN = 20

SpoolOption = Annotated[Path, typer.Option(help="Spool file; made where it is not there.")]
AccountOption = Annotated[Path | None, typer.Option(help="Account file of `nenghao gateway add --account`.")]
BrokerOption = Annotated[str | None, typer.Option(help="HOST:PORT, where there is no account file; and so below.")]
UnitOption = Annotated[str | None, typer.Option(help="Unit code.")]
GatewayOption = Annotated[str | None, typer.Option(help="Gateway's name within the unit.")]
ShardOption = Annotated[int | None, typer.Option(help="Shard given at registration.")]
PasswordOption = Annotated[Path | None, typer.Option(help="File with the password.")]
CaOption = Annotated[Path | None, typer.Option(help="Certificates of the broker's CA; without it no encryption.")]
TrustOption = Annotated[Path | None, typer.Option(help="Folder of the platform's public keys, *.pem.")]
KeyOption = Annotated[
    Path | None, typer.Option(help="Key of the gateway; without it the one beside the spool, made at first use.")
]
HeartbeatOption = Annotated[float, typer.Option(min=1, help="Seconds between two heartbeats.")]
PaceOption = Annotated[float, typer.Option(min=0, help="Messages of back-fill a second; 0 is as fast as it goes.")]
KeepOption = Annotated[int, typer.Option(min=1, help="Days for which receipted messages stay in the spool.")]
BackfillAfterOption = Annotated[float, typer.Option(min=0, help="Older readings go to the back-fill topic, in hours.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who sends: the account, the spool and the key of one gateway."""

    account: GatewayAccount
    spool: Path
    key: SigningKey

    def open_spool(self) -> Spool:
        """A connection of the calling thread's own."""
        return Spool(self.spool, Place.of(self.account), self.key)


def account_of(
    account: Path | None,
    broker: str | None,
    unit: str | None,
    gateway: str | None,
    shard: int | None,
    password_file: Path | None,
    ca: Path | None,
    trust: Path | None,
) -> GatewayAccount:
    """The account of a file, or of single options.

    Raises: ConfigError where both or not all of them are given, or a file cannot be read.
    """
    single = {"broker": broker, "unit": unit, "gateway": gateway, "shard": shard, "password-file": password_file}
    given = [f"--{name}" for name, value in single.items() if value is not None]
    if account is not None:
        if given or ca or trust:
            raise ConfigError(f"--account has everything; it does not go with {', '.join(given) or '--ca or --trust'}")
        return read_account(account)
    if broker is None or unit is None or gateway is None or shard is None or password_file is None:
        lacking = [f"--{name}" for name, value in single.items() if value is None]
        raise ConfigError(f"--account is missing, or {', '.join(lacking)}")
    host, _, port = broker.rpartition(":")
    if not host or not port.isdigit():
        raise ConfigError(f"--broker {broker}: not HOST:PORT")
    return GatewayAccount(
        host=host,
        port=int(port),
        unit_code=unit,
        gateway_code=gateway,
        shard=shard,
        password=_read(password_file, "password file").strip(),
        ca_pem=None if ca is None else _read(ca, "CA file"),
        trust_pems=() if trust is None else tuple(_read(pem, "trust") for pem in sorted(trust.glob("*.pem"))),
    )


def identity_of(account: GatewayAccount, spool: Path, key: Path | None) -> Identity:
    """Read the key that is named, or the one beside the spool, which is made at first use.

    Raises: ConfigError where a key that was named is not there, or where the spool was signed by one that is not named
    now: messages by a new key would be refused.
    """
    if key is not None:
        return Identity(account=account, spool=spool, key=read_key(key))
    beside = key_beside(spool)
    if not beside.exists() and spool.exists():
        store = Spool(spool)
        signed_by = store.newest_key_id()
        store.close()
        if signed_by is not None:
            raise ConfigError(f"spool {spool} is signed by key {signed_by}, which is not {beside}; name it by --key")
    return Identity(account=account, spool=spool, key=read_or_make_key(beside))


class WrongRows:
    """Tells people which rows are not sent: the first ones each, the others by their number."""

    def __init__(self) -> None:
        self._language: Language = load_settings().language
        self.count = 0

    def add(self, wrong: WrongRow) -> None:
        """Tell one."""
        self.count += 1
        if self.count <= WRONG_ROWS_SHOWN:
            typer.echo(wrong_row_text(wrong, self._language), err=True)

    @contextmanager
    def summed_up(self) -> Iterator[None]:
        """Tell at the end how many were not told each."""
        yield
        if self.count > WRONG_ROWS_SHOWN:
            typer.echo(label("sender.more_wrong", self._language, count=self.count - WRONG_ROWS_SHOWN), err=True)


def wrong_row_text(wrong: WrongRow, language: Language) -> str:
    """Where a wrong row is, and what is wrong with it."""
    key = "sender.wrong_row" if wrong.field is None else "sender.wrong_field"
    place = label(key, language, file=wrong.file, row=wrong.row, field=wrong.field)
    return f"{place}: {label(f'sender.reason.{wrong.reason}', language)}"


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise ConfigError(f"{what} {path}: {reason}") from error
