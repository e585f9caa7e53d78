"""`nenghao secrets`: makes the secret files of an installation."""

from pathlib import Path
from typing import Annotated

import typer

from nenghao.config import load_settings
from nenghao.credentials import (
    BROKER_AUTHORITY,
    BROKER_SERVER_CERTIFICATE,
    PUBLIC_KEY,
    SECRETS,
    generate_secrets,
    renew_broker_certificate,
)

app = typer.Typer(no_args_is_help=True, help="Secret files of an installation.")

PRIVATE = 0o600
# Compose mounts a secret with the owner and the mode it has on the host, and the processes in the containers have uids
# of their own. The folder, which nobody but its owner may enter, is what keeps the file from other users of the host.
READABLE = 0o444
#: The broker's name for other containers.
COMPOSE_BROKER = "mosquitto"

ForCompose = Annotated[
    bool, typer.Option("--for-compose", help="Files 0444 instead of 0600, so that containers can read them.")
]


@app.callback()
def _group() -> None:
    """Secret files of an installation."""


@app.command()
def init(
    directory: Annotated[Path, typer.Option("--dir", help="Folder of the secrets; made with mode 0700.")],
    *,
    for_compose: ForCompose = False,
) -> None:
    """Make every secret that is not there yet, one file each; what is there is never overwritten."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    before = {name for name in SECRETS if (directory / name).exists()}
    generate_secrets(directory, directory, _hosts(for_compose), mode=READABLE if for_compose else PRIVATE)
    typer.echo(f"{directory}: {len(SECRETS) - len(before)} made, {len(before)} kept; public key {PUBLIC_KEY}")


@app.command()
def renew(
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Folder of the secrets; else that of the settings.")
    ] = None,
    *,
    for_compose: ForCompose = False,
) -> None:
    """Make a new key and certificate of the broker, for the names of the settings; gateways need nothing new.

    The broker reads them when `nenghao-ingest broker-sync` runs or when it is started again.
    """
    settings = load_settings()
    secrets_dir, trust = settings.secrets_dir, settings.trust_dir
    if directory is not None:
        secrets_dir = directory
        trust = directory if (directory / BROKER_AUTHORITY).exists() else directory.parent / "trust"
    hosts = _hosts(for_compose)
    renew_broker_certificate(secrets_dir, trust, hosts, mode=READABLE if for_compose else PRIVATE)
    typer.echo(f"{secrets_dir / BROKER_SERVER_CERTIFICATE}: new, for {', '.join(hosts)}")


def _hosts(for_compose: bool) -> tuple[str, ...]:
    hosts = load_settings().gateway_hosts
    return (*hosts, COMPOSE_BROKER) if for_compose and COMPOSE_BROKER not in hosts else hosts
