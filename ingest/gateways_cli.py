"""The command group `nenghao gateway`."""

import getpass
import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ingest import gateway_keys_cli, unit_requests_cli
from ingest.broker_sync import sync_broker
from ingest.gateway.account import encode_account, write_account
from ingest.gateway_accounts import account_of, enrol_gateway, revoke_password, rotate_password
from nenghao.config import Role, Settings, load_settings
from nenghao.db.connection import connect
from nenghao.db.gateways import GatewayListing, close_commissioning, gateway_accounts
from nenghao.domain.periods import SHANGHAI
from nenghao.errors import ConfigError, DataRefused
from nenghao.labels import Language, label

app = typer.Typer(no_args_is_help=True, help="Gateways: register them, give them passwords and take them away.")
gateway_keys_cli.mount(app)
unit_requests_cli.mount(app)

SCHEMA = "nenghao/gateways/1"
STDOUT = Path("-")
Unit = Annotated[str, typer.Option(help="Unit code, 18 characters.")]
Code = Annotated[str, typer.Option(help="The gateway's name within the unit.")]
By = Annotated[str | None, typer.Option(help="Who does it; without, the user of this host.")]
AccountFile = Annotated[
    Path | None,
    typer.Option(
        "--account", help="New file, 0600, with all that `nenghao-gateway send --account` needs; - is stdout."
    ),
]


@app.callback()
def about() -> None:
    """网关 gateways."""


@app.command()
def add(
    unit: Unit,
    code: Code,
    shard: Annotated[int, typer.Option(help="Shard that its topics carry.")] = 0,
    backfill_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First Shanghai day it may send; today without.")
    ] = None,
    account: AccountFile = None,
    by: By = None,
) -> None:
    """Register a gateway or give it a new password, shown once unless it goes into a file, and tell the broker."""
    settings = load_settings()
    _refuse_existing(account, settings)
    now = datetime.now(SHANGHAI)
    first = backfill_from or now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    password = enrol_gateway(
        settings,
        unit_code=unit,
        gateway_code=code,
        shard=shard,
        backfill_from=first.replace(tzinfo=SHANGHAI),
        done_by=by or getpass.getuser(),
    )
    _hand_out(settings, unit, code, shard, password, account)


@app.command()
def rotate(unit: Unit, code: Code, account: AccountFile = None, by: By = None) -> None:
    """Give a gateway another password; the old one is valid no longer, and its session ends."""
    settings = load_settings()
    _refuse_existing(account, settings)
    shard, password = rotate_password(settings, unit_code=unit, gateway_code=code, done_by=by or getpass.getuser())
    _hand_out(settings, unit, code, shard, password, account)


@app.command()
def revoke(unit: Unit, code: Code, by: By = None) -> None:
    """Take a gateway's password away and end its session; what it sent stays, `add` lets it in again."""
    settings = load_settings()
    revoke_password(settings, unit_code=unit, gateway_code=code, done_by=by or getpass.getuser())
    _tell_broker(settings)


@app.command("list")
def list_(
    unit: Annotated[str | None, typer.Option(help="Only those of this unit.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show each gateway: its shard, whether it may connect, since when and by whom, and what it said last."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        listings = gateway_accounts(conn, unit)
    if as_json:
        rows = [asdict(one) for one in listings]
        typer.echo(json.dumps({"schema": SCHEMA, "gateways": rows}, ensure_ascii=False, default=_instant))
        return
    for one in listings:
        typer.echo(_line(one, settings.language))


@app.command()
def commissioned(unit: Unit, code: Code) -> None:
    """End a gateway's commissioning window: all is back-filled, from now on what is missing is missing."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        marks = close_commissioning(conn, unit_code=unit, gateway_code=code, now=datetime.now(SHANGHAI))
    if not marks:
        raise DataRefused(label("gateway_account.no_window", settings.language, unit=unit, gateway=code))


def _refuse_existing(account: Path | None, settings: Settings) -> None:
    """Before the password is changed: a file that cannot be written would lose it."""
    if account is None or account == STDOUT:
        return
    if account.exists() or not account.parent.is_dir():
        raise ConfigError(label("gateway_account.file_taken", settings.language, path=account))


def _hand_out(settings: Settings, unit: str, code: str, shard: int, password: str, path: Path | None) -> None:
    if path is None:
        typer.echo(password)
    else:
        account = account_of(settings, unit_code=unit, gateway_code=code, shard=shard, password=password)
        if path == STDOUT:
            sys.stdout.write(encode_account(account).decode())
        else:
            write_account(path, account)
            typer.echo(label("gateway_account.file_written", settings.language, path=path))
    _tell_broker(settings)


def _tell_broker(settings: Settings) -> None:
    """Sync where the broker's files are within reach; a container of people has neither them nor their secrets."""
    # The folder itself is in every image, empty.
    if (settings.broker_config_dir / "passwd").exists():
        count = sync_broker(settings)
        typer.echo(label("gateway_account.synced", settings.language, count=count), err=True)
    else:
        typer.echo(label("gateway_account.not_synced", settings.language), err=True)


def _line(one: GatewayListing, language: Language) -> str:
    access = label(f"gateway_account.access.{'may' if one.may_connect else 'may_not'}", language)
    if one.done_at is not None:
        access += " " + label("gateway_account.since", language, at=_wall(one.done_at), by=one.done_by)
    state = label("gateway_account.state.none", language)
    if one.state_at is not None:
        state = label(
            f"gateway_account.state.{'online' if one.online else 'offline'}", language, at=_wall(one.state_at)
        )
        if one.buffered_count is not None:
            state += " " + label("gateway_account.buffered", language, count=one.buffered_count)
    return label(
        "gateway_account.line",
        language,
        unit=one.unit_code,
        gateway=one.gateway_code,
        shard=one.shard,
        access=access,
        state=state,
    )


def _wall(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _instant(value: object) -> str:
    return value.astimezone(SHANGHAI).isoformat() if isinstance(value, datetime) else str(value)
