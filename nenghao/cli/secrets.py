"""`nenghao secrets`: makes the secret files of an installation."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from nenghao.config import load_settings
from nenghao.credentials import (
    BROKER_AUTHORITY,
    BROKER_SERVER_CERTIFICATE,
    SECRETS,
    generate_secrets,
    renew_broker_certificate,
    rotate_signer_key,
)
from nenghao.labels import label

app = typer.Typer(no_args_is_help=True, help="Secret files of an installation.")

#: Folder of the public keys, below that of the secrets, so that a container can be given all of them and nothing else.
TRUST = "trust"
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
def rotate_signer(
    directory: Annotated[Path, typer.Option("--dir", help="Folder of the secrets.")],
    trust: Annotated[
        Path | None, typer.Option(help="Folder of the public keys; else `trust` in that of the secrets, or beside it.")
    ] = None,
    *,
    for_compose: Annotated[
        bool, typer.Option("--for-compose", help="File 0444 instead of 0600, so that the container can read it.")
    ] = False,
) -> None:
    """Give the signer a new key, which the old one names as its successor; what it signed before stays valid."""
    folder = trust or (directory / TRUST if (directory / TRUST).is_dir() else directory.parent / TRUST)
    key_id = rotate_signer_key(directory, folder, datetime.now(UTC), mode=READABLE if for_compose else PRIVATE)
    language = load_settings().language
    typer.echo(label("signer.rotated", language, key_id=key_id, file=str(folder / f"signer-{key_id}.rotation")))


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
    trust = directory / TRUST
    trust.mkdir(mode=0o755, exist_ok=True)
    generate_secrets(directory, trust, _hosts(for_compose), mode=READABLE if for_compose else PRIVATE)
    typer.echo(f"{directory}: {len(SECRETS) - len(before)} made, {len(before)} kept; public keys in {trust}")


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
        trust = directory / TRUST if (directory / TRUST / BROKER_AUTHORITY).exists() else directory.parent / TRUST
    hosts = _hosts(for_compose)
    renew_broker_certificate(secrets_dir, trust, hosts, mode=READABLE if for_compose else PRIVATE)
    typer.echo(f"{secrets_dir / BROKER_SERVER_CERTIFICATE}: new, for {', '.join(hosts)}")


def _hosts(for_compose: bool) -> tuple[str, ...]:
    hosts = load_settings().gateway_hosts
    return (*hosts, COMPOSE_BROKER) if for_compose and COMPOSE_BROKER not in hosts else hosts
