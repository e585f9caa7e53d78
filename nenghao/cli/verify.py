"""`nenghao verify FILE.zip | store`: checks a release offline, or the store against its trees and heads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from nenghao.cli.open_release import read_file, trusted_keys
from nenghao.config import Role, Settings, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.labels import label
from nenghao.reporting.store_report import Kept, StoreReport
from nenghao.reporting.verify import verify_archive
from nenghao.reporting.verify_store import verify_store
from nenghao.trust import load_trust


class _ReleaseIfNothingElse(TyperGroup):
    """What is no subcommand is the file of a release."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Take the first word for a file where no subcommand has its name."""
        return super().resolve_command(ctx, args if args and args[0] in self.commands else ["release", *args])


app = typer.Typer(cls=_ReleaseIfNothingElse, no_args_is_help=True)

Trust = Annotated[Path | None, typer.Option(help="Folder of trusted keys; else that of the settings.")]


@app.callback()
def about() -> None:
    """Check a release (`nenghao verify FILE.zip`), or the store (`nenghao verify store`)."""


@app.command()
def release(
    file: Annotated[Path, typer.Argument(help="The release, a .zip as it was handed out.")],
    trust: Trust = None,
    key: Annotated[
        list[Path] | None, typer.Option(help="A public key (PEM) to believe, such as the bureau's; needs no folder.")
    ] = None,
) -> None:
    """Check that every byte of a release follows from what a trusted key signed; exit code 1 where it does not."""
    settings = load_settings()
    keys = trusted_keys(settings, trust, key or [])
    checks = verify_archive(read_file(file), keys)
    for check in checks:
        text = label(check.label_key, settings.language, value=check.value)
        typer.echo(text if check.is_passed else label("verify.failed", settings.language, value=text))
    if not all(check.is_passed for check in checks):
        raise typer.Exit(1)
    typer.echo(label("verify.passed", settings.language, value=file.name))


@app.command()
def store(
    heads: Annotated[
        list[Path] | None,
        typer.Option(help="Heads and receipts that others kept: files, or folders of files. Give it several times."),
    ] = None,
    trust: Trust = None,
    archive: Annotated[
        Path | None, typer.Option(help="Folder of archived months, for chunks that were dropped; else the settings'.")
    ] = None,
) -> None:
    """Check every stored row against leaves, trees and signed heads; exit code 1 where anything does not fit."""
    settings = load_settings()
    believed = load_trust(trust or settings.trust_dir)
    archive_dir = archive or settings.archive_dir
    with driver_errors(), connect(settings, Role.VERIFIER, autocommit=True) as conn:
        report = verify_store(conn, believed, list(_kept(heads or [])), archive_dir=archive_dir)
    _print(report, settings)
    raise typer.Exit(0 if report.is_sound else 1)


def _kept(paths: list[Path]) -> Iterator[Kept]:
    for path in paths:
        files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        yield from (Kept(str(one), read_file(one)) for one in files)


def _print(report: StoreReport, settings: Settings) -> None:
    language = settings.language
    names = ("messages", "readings", "batches", "rows", "trees", "heads", "receipts")
    typer.echo(label("store.looked_at", language, **{name: getattr(report, name) for name in names}))
    typer.echo(label("store.open", language, count=report.messages_since_last_tree))
    if report.archived_chunks:
        typer.echo(label("store.archived", language, count=report.archived_chunks))
    if report.messages_before_trees:
        typer.echo(label("store.before_trees", language, count=report.messages_before_trees))
    for note in report.notes:
        typer.echo(label("store.resumed", language, place=note))
    for kind, count in report.counts.items():
        typer.echo(label("store.finding", language, kind=label(kind, language), count=count))
        for place in report.findings[kind]:
            typer.echo(f"  {place}")
    typer.echo(label("store.sound" if report.is_sound else "store.not_sound", language))
