"""The command group `nenghao gateway`."""

from datetime import datetime
from typing import Annotated

import typer

from ingest import gateway_keys_cli
from ingest.gateway_accounts import enrol_gateway
from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.db.gateways import close_commissioning
from nenghao.domain.periods import SHANGHAI
from nenghao.errors import DataRefused

app = typer.Typer(no_args_is_help=True, help="Gateways: register them and give them passwords.")
gateway_keys_cli.mount(app)


@app.callback()
def about() -> None:
    """网关 gateways."""


@app.command()
def add(
    unit: Annotated[str, typer.Option(help="Unit code, 18 characters.")],
    code: Annotated[str, typer.Option(help="The gateway's name within the unit.")],
    shard: Annotated[int, typer.Option(help="Shard that its topics carry.")] = 0,
    backfill_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First Shanghai day it may send; today without.")
    ] = None,
) -> None:
    """Register a gateway or give it a new password, shown once; then run `nenghao-ingest broker-sync`."""
    now = datetime.now(SHANGHAI)
    first = backfill_from or now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    password = enrol_gateway(
        load_settings(),
        unit_code=unit,
        gateway_code=code,
        shard=shard,
        backfill_from=first.replace(tzinfo=SHANGHAI),
    )
    typer.echo(password)


@app.command()
def commissioned(
    unit: Annotated[str, typer.Option(help="Unit code, 18 characters.")],
    code: Annotated[str, typer.Option(help="The gateway's name within the unit.")],
) -> None:
    """End a gateway's commissioning window: all is back-filled, from now on what is missing is missing."""
    with connect(load_settings(), Role.CONSOLE) as conn:
        marks = close_commissioning(conn, unit_code=unit, gateway_code=code, now=datetime.now(SHANGHAI))
    if not marks:
        raise DataRefused(f"gateway {code} of {unit} has no open commissioning window")
