"""`nenghao reproduce RELEASE`: makes a release anew from its frozen inputs and compares every byte."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from nenghao.cli.open_release import OpenedRelease, find_stored, open_release, trusted_keys
from nenghao.config import Role, Settings, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.domain.balance import parse_balance_inputs
from nenghao.errors import DataRefused
from nenghao.jobs.moved_inputs import find_moved
from nenghao.labels import label
from nenghao.reporting.reproduce import reproduce

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.callback()
def run(
    name: Annotated[str, typer.Argument(help="A release, by name or file.")],
    store: Annotated[bool, typer.Option("--store", help="Also say what the store would give today.")] = False,
    trust: Annotated[Path | None, typer.Option(help="Folder of trusted keys; else that of the settings.")] = None,
    key: Annotated[list[Path] | None, typer.Option(help="A public key (PEM) to believe.")] = None,
) -> None:
    """Check the seal, make the release anew, compare every byte; exit code 1 where it is not the same.

    A release of another engine or renderer is refused: that version makes it.
    """
    settings = load_settings()
    opened = open_release(name, settings, datetime.now(UTC), trusted_keys(settings, trust, key or []))
    checks = reproduce(opened.archive, _kept_inputs(opened, settings))
    for check in checks:
        text = label(check.label_key, settings.language, value=check.value)
        typer.echo(text if check.is_passed else label("verify.failed", settings.language, value=text))
    if not all(check.is_passed for check in checks):
        raise typer.Exit(1)
    typer.echo(label("reproduce.passed", settings.language, name=opened.name))
    if store:
        _say_what_moved(opened, settings)


def _kept_inputs(opened: OpenedRelease, settings: Settings) -> bytes | None:
    """The inputs of an aggregate, which lie in the store only; None without the store."""
    if opened.content["kind"] != "aggregate":
        return None
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        return find_stored(conn, opened.name, settings).inputs


def _say_what_moved(opened: OpenedRelease, settings: Settings) -> None:
    """What differs between the frozen inputs and those that the store gives now: news, and no error."""
    if opened.inputs is None:
        raise DataRefused(label("reproduce.nothing_to_compare", settings.language))
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        moved = find_moved(conn, parse_balance_inputs(opened.inputs))
    for change in moved:
        typer.echo(
            label(
                "reproduce.moved", settings.language, what=change.what, key=change.key, old=change.old, new=change.new
            )
        )
    if not moved:
        typer.echo(label("reproduce.still", settings.language))
