"""`nenghao secrets`: makes the secret files of an installation."""

from pathlib import Path
from typing import Annotated

import typer

from nenghao.credentials import PUBLIC_KEY, SECRETS, generate_secrets

app = typer.Typer(no_args_is_help=True, help="Secret files of an installation.")

PRIVATE = 0o600
# Compose mounts a secret with the owner and the mode it has on the host, and the processes in the containers have uids
# of their own. The folder, which nobody but its owner may enter, is what keeps the file from other users of the host.
READABLE = 0o444


@app.callback()
def _group() -> None:
    """Secret files of an installation."""


@app.command()
def init(
    directory: Annotated[Path, typer.Option("--dir", help="Folder of the secrets; made with mode 0700.")],
    *,
    for_compose: Annotated[
        bool, typer.Option("--for-compose", help="Files 0444 instead of 0600, so that containers can read them.")
    ] = False,
) -> None:
    """Make every secret that is not there yet, one file each; what is there is never overwritten."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    before = {name for name in SECRETS if (directory / name).exists()}
    generate_secrets(directory, directory, mode=READABLE if for_compose else PRIVATE)
    typer.echo(f"{directory}: {len(SECRETS) - len(before)} made, {len(before)} kept; public key {PUBLIC_KEY}")
