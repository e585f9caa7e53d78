"""`nenghao backup | restore`: the whole database server, by PostgreSQL's own tools."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from nenghao.backup.restoring import restore as restore_backup
from nenghao.backup.taking import receive_wal, take_base
from nenghao.config import load_settings
from nenghao.errors import ConfigError
from nenghao.labels import label

backup = typer.Typer(invoke_without_command=True)
restore = typer.Typer(invoke_without_command=True)
MIB = 1024 * 1024


@backup.callback()
def run_backup(
    to: Annotated[Path, typer.Option(help="Folder of the backups; best on another disk.")],
    wal: Annotated[bool, typer.Option("--wal", help="Receive the WAL as it is written, until told to end.")] = False,
) -> None:
    """Take a base backup of the running server and verify it; with --wal keep what is written after it."""
    settings = load_settings()
    if wal:
        begin = label("backup.receiving", settings.language, folder=to)
        gap = label("backup.gap", settings.language)
        receive_wal(settings, to, lambda: typer.echo(begin), lambda: typer.echo(gap, err=True))
        return
    record = take_base(settings, to, datetime.now(UTC))
    size = {"files": record.file_count, "mib": -(-record.byte_count // MIB)}
    typer.echo(label("backup.taken", settings.language, path=to / record.name, **size))
    typer.echo(label("backup.manifest", settings.language, sha256=record.manifest_sha256))


@restore.callback()
def run_restore(
    source: Annotated[Path, typer.Option("--from", help="Folder of the backups.")],
    to: Annotated[Path, typer.Option(help="New data directory of the server; run this as the server's own user.")],
    base: Annotated[str | None, typer.Option(help="Name of a base backup; the newest without it.")] = None,
    until: Annotated[str | None, typer.Option(help="Instant with offset; the end of the WAL without it.")] = None,
) -> None:
    """Make a data directory from a verified backup; the server that is started on it recovers by itself."""
    settings = load_settings()
    restored = restore_backup(settings, source, to, name=base, until=parse_until(until))
    record = restored.record
    typer.echo(label("backup.restored", settings.language, name=record.name, taken_at=record.taken_at, path=to))
    if restored.missing_wal is not None:
        typer.echo(label("backup.missing_wal", settings.language, segment=restored.missing_wal), err=True)
    typer.echo(label("backup.then", settings.language))


def parse_until(text: str | None) -> datetime | None:
    """An aware instant.

    Raises: ConfigError where it is none.
    """
    if text is None:
        return None
    try:
        until = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--until {text}: {error}") from error
    if until.tzinfo is None:
        raise ConfigError(f"--until {text}: without an offset it could mean two instants")
    return until
