"""`nenghao archive MONTH | due | verify | show`: sealed months as Parquet files, and what is in them."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from nenghao.archive.relations import COLUMNS
from nenghao.archive.stored import StoredArchive
from nenghao.config import Role, Settings, load_settings
from nenghao.db import archive as db
from nenghao.db.archive import Archive
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.errors import DataRefused
from nenghao.jobs import retention_entry as entry
from nenghao.labels import label


class _MonthIfNothingElse(TyperGroup):
    """What is no subcommand is a month to archive."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Take the first word for a month where no subcommand has its name."""
        return super().resolve_command(ctx, args if args and args[0] in self.commands else ["month", *args])


app = typer.Typer(cls=_MonthIfNothingElse, no_args_is_help=True)

MonthText = Annotated[str, typer.Argument(help="A month like 2026-10.")]


@app.callback()
def about() -> None:
    """Put sealed months into Parquet files (`nenghao archive 2026-10`), read them back, look into them."""


@app.command()
def month(text: MonthText) -> None:
    """Archive a month that is closed and sealed; again, as the next version, where rows came since."""
    settings = load_settings()
    manifest = entry.run_archive_month(Month.parse(text), settings)
    typer.echo(
        label(
            "archive.written",
            settings.language,
            month=text,
            version=manifest.version,
            files=len(manifest.files),
            rows=sum(one.rows for one in manifest.files),
            hash=_hash_of(manifest.body()),
        )
    )


@app.command()
def due() -> None:
    """Archive every sealed month that is old enough and not archived yet."""
    settings = load_settings()
    typer.echo(label("archive.months", settings.language, **entry.run_archive(settings)))


@app.command()
def verify(
    text: Annotated[str | None, typer.Argument(help="A month; else every archive that nobody has read back.")] = None,
    trust: Annotated[Path | None, typer.Option(help="Folder of trusted keys; else that of the settings.")] = None,
) -> None:
    """Read archives back and make every leaf anew, under the verifier's role; only then may chunks be dropped."""
    settings = load_settings()
    if text is None:
        typer.echo(label("archive.checks", settings.language, **entry.run_check_archives(settings)))
        return
    checked = entry.run_check_month(Month.parse(text), settings, trust)
    typer.echo(
        label(
            "archive.checked",
            settings.language,
            month=text,
            files=checked.files,
            rows=checked.rows,
            noted=checked.noted,
        )
    )


@app.command()
def show(
    text: MonthText,
    rows_of: Annotated[
        str | None, typer.Option("--rows", help="A file's name: print its rows, tab separated, instead of the list.")
    ] = None,
) -> None:
    """List the files of a month's newest archive, or print the rows of one of them."""
    settings = load_settings()
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        archives = db.archives(conn, Month.parse(text).start_on)
    if not archives:
        raise DataRefused(label("archive.none", settings.language, month=text))
    stored = StoredArchive(settings.archive_dir, archives[-1])
    if rows_of is None:
        _list(stored, archives[-1], settings)
    else:
        _print_rows(stored, rows_of)


def _list(stored: StoredArchive, archive: Archive, settings: Settings) -> None:
    manifest, language = stored.manifest, settings.language
    typer.echo(
        label(
            "archive.head",
            language,
            month=f"{manifest.month_on:%Y-%m}",
            version=manifest.version,
            at=f"{archive.archived_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            schema=manifest.schema_version,
            first_tree=manifest.trees[0].tree_no if manifest.trees else "-",
            last_tree=manifest.trees[-1].tree_no if manifest.trees else "-",
            folder=stored.folder,
        )
    )
    for file in manifest.files:
        typer.echo(
            label(
                "archive.file",
                language,
                relation=file.name,
                first=f"{file.first_at:%Y-%m-%dT%H:%MZ}",
                end=f"{file.end_at:%Y-%m-%dT%H:%MZ}",
                rows=file.rows,
                bytes=file.bytes,
                sha256=file.sha256,
            )
        )


def _print_rows(stored: StoredArchive, name: str) -> None:
    file = next((one for one in stored.manifest.files if one.name == name), None)
    if file is None:
        raise DataRefused(f"{name}: {', '.join(one.name for one in stored.manifest.files)}")
    stored.check_file(file)
    typer.echo("\t".join(COLUMNS[file.relation]))
    for row in stored.rows(file):
        typer.echo("\t".join(_text(value) for value in row))


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bytes():
            return value.hex()
        case _:
            return str(value)


def _hash_of(body: bytes) -> str:
    from nenghao.crypto import SHA_256, digest

    return digest(SHA_256, body).hex()
