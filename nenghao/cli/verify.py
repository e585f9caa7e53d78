"""`nenghao verify FILE.zip`: checks a release offline, against pinned public keys."""

from pathlib import Path
from typing import Annotated

import typer

from nenghao.config import load_settings
from nenghao.crypto import load_trusted_keys
from nenghao.errors import ConfigError
from nenghao.labels import label
from nenghao.reporting.verify import verify_archive

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.callback()
def verify(
    file: Annotated[Path, typer.Argument(help="The release, a .zip as it was handed out.")],
    trust: Annotated[Path | None, typer.Option(help="Folder of trusted keys; else that of the settings.")] = None,
) -> None:
    """Check that every byte of a release follows from what a trusted key signed; exit code 1 where it does not."""
    settings = load_settings()
    keys = load_trusted_keys(trust or settings.trust_dir)
    try:
        archive = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    checks = verify_archive(archive, keys)
    for check in checks:
        text = label(check.label_key, settings.language, value=check.value)
        typer.echo(text if check.is_passed else label("verify.failed", settings.language, value=text))
    if not all(check.is_passed for check in checks):
        raise typer.Exit(1)
    typer.echo(label("verify.passed", settings.language, value=file.name))
