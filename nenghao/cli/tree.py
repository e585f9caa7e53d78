"""`nenghao tree close | list | heads`: the day trees."""

from pathlib import Path
from typing import Annotated

import typer

from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.db.tree import closed_trees
from nenghao.jobs import entry
from nenghao.labels import label
from nenghao.signer.client import HEADS_TOKEN, SignerClient

app = typer.Typer(no_args_is_help=True, help="Day trees: close them, list them, hand out their heads.")


@app.callback()
def about() -> None:
    """日树 day trees."""


@app.command()
def close(
    resume: Annotated[
        str | None,
        typer.Option(help="After an intended restore: why. The heads signed since the backup are declared lost."),
    ] = None,
) -> None:
    """Close the tree of the last day that is over, have its head signed and published; nothing where that is done."""
    language = load_settings().language
    closed = entry.run_close_tree(resume_reason=resume)
    typer.echo(label("tree.closed" if closed["is_new"] else "tree.is_closed", language, **closed))


@app.command("list")
def list_trees() -> None:
    """One line a tree, the oldest first."""
    with driver_errors(), connect(load_settings(), Role.VERIFIER) as conn:
        for tree in closed_trees(conn):
            typer.echo(f"{tree.tree_no}\t{tree.day_on}\t{tree.root.hex()}\t{tree.message_count}\t{tree.row_count}")


@app.command()
def heads(to: Annotated[Path, typer.Option(help="Folder; made where it is not there.")]) -> None:
    """Write every head that the signer has signed into files, for whoever keeps them elsewhere."""
    settings = load_settings()
    with SignerClient(settings, HEADS_TOKEN) as signer:
        found = signer.heads()
    to.mkdir(parents=True, exist_ok=True)
    for topic, payload in found:
        (to / f"{topic.rpartition('/')[2]}.head").write_bytes(payload)
    typer.echo(label("tree.heads_written", settings.language, count=len(found), folder=str(to)))
