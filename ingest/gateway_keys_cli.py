"""The commands `nenghao gateway key …` and `nenghao gateway enrol`: what a gateway signs with, and from which spool."""

import base64
import binascii
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from nenghao.config import Role, load_settings
from nenghao.crypto import ED25519, key_id, public_key_from_bytes
from nenghao.db.connection import Connection, connect
from nenghao.db.gateway_keys import add_gateway_key, enrol_boot, find_gateway, list_gateway_keys, revoke_gateway_key
from nenghao.domain.periods import SHANGHAI
from nenghao.errors import DataRefused
from nenghao.labels import label

Unit = Annotated[str, typer.Option(help="Unit code, 18 characters.")]
Code = Annotated[str, typer.Option(help="The gateway's name within the unit.")]
By = Annotated[str, typer.Option(help="Who does it; it stays in the register.")]

app = typer.Typer(
    no_args_is_help=True, help="Public keys of gateways: once one is registered, messages must be signed."
)


def mount(gateway_app: typer.Typer) -> None:
    """Add these commands to `nenghao gateway`."""
    gateway_app.add_typer(app, name="key")
    gateway_app.command()(enrol)


@app.command()
def add(
    unit: Unit,
    code: Code,
    public_key: Annotated[str, typer.Option(help="The 32 bytes in base64, or @file that holds them so.")],
    by: By,
    valid_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="Like 2026-10-03T00:00:00+0800; now without."),
    ] = None,
) -> None:
    """Register a public key; from then on unsigned messages of the gateway are refused, and there is no way back."""
    raw = _read_key(public_key)
    settings, name = load_settings(), key_id(public_key_from_bytes(raw))
    with connect(settings, Role.CONSOLE) as conn:
        held_from = add_gateway_key(
            conn,
            gateway_id=_gateway_id(conn, unit, code),
            key_id=name,
            algorithm=ED25519,
            public_key=raw,
            valid_from=valid_from,
            registered_by=by,
        )
    if held_from is None:
        raise DataRefused(f"gateway {code} of {unit} has or had key {name}")
    typer.echo(label("gateway.key_added", settings.language, key_id=name, valid_from=_shown(held_from)))


@app.command()
def revoke(
    unit: Unit,
    code: Code,
    key: Annotated[str, typer.Option(help="The key's name, as `list` tells it.")],
    reason: Annotated[str, typer.Option(help="Why; it stays in the register.")],
    by: By,
) -> None:
    """Take no message under a key from now on; what came before stays signed. Register a new key to hear it again."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        is_revoked = revoke_gateway_key(
            conn, gateway_id=_gateway_id(conn, unit, code), key_id=key, reason=reason, revoked_by=by
        )
    if not is_revoked:
        raise DataRefused(f"gateway {code} of {unit} has no key {key}, or it is revoked")
    typer.echo(label("gateway.key_gone", settings.language, key_id=key))


@app.command("list")
def list_(
    unit: Annotated[str | None, typer.Option(help="Of this unit only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show every key, revoked ones too, with who registered and revoked it."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        keys = list_gateway_keys(conn, unit)
    for one in keys:
        if as_json:
            typer.echo(json.dumps(asdict(one), default=lambda at: at.astimezone(SHANGHAI).isoformat()))
            continue
        state = "valid" if one.revoked_at is None else "revoked"
        typer.echo(
            label(
                f"gateway.key_{state}",
                settings.language,
                unit_code=one.unit_code,
                gateway_code=one.gateway_code,
                key_id=one.key_id,
                algorithm=one.algorithm,
                valid_from=_shown(one.valid_from),
                registered_by=one.registered_by,
                revoked_at=None if one.revoked_at is None else _shown(one.revoked_at),
                revoked_by=one.revoked_by,
                reason=one.revoked_reason,
            )
        )


def enrol(
    unit: Unit,
    code: Code,
    boot: Annotated[UUID, typer.Option(help="The boot_id, as the refusals tell it.")],
    by: By,
) -> None:
    """Let a signing gateway send from a new spool; then replay what was refused (`nenghao refusals replay`)."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        gateway_id = _gateway_id(conn, unit, code)
        if not enrol_boot(conn, gateway_id=gateway_id, boot_id=boot, enrolled_by=by):
            raise DataRefused(f"boot_id {boot} of gateway {code} of {unit} is enrolled already")
    typer.echo(label("gateway.enrolled", settings.language, boot_id=boot))


def _gateway_id(conn: Connection, unit_code: str, gateway_code: str) -> int:
    found = find_gateway(conn, unit_code, gateway_code)
    if found is None:
        raise DataRefused(f"gateway {gateway_code} of {unit_code} is not registered")
    return found


def _read_key(text: str) -> bytes:
    try:
        encoded = Path(text[1:]).read_text(encoding="ascii") if text.startswith("@") else text
        raw = base64.b64decode(encoded.strip(), validate=True)
    except (OSError, UnicodeDecodeError, binascii.Error) as error:
        raise DataRefused(f"no public key in base64: {error}") from error
    if len(raw) != 32:
        raise DataRefused(f"an Ed25519 public key has 32 bytes, not {len(raw)}")
    return raw


def _shown(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
