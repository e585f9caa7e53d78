"""`nenghao-gateway receipts`: what the platform said, out of the spool and into files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ingest.gateway.evidence import Evidence
from ingest.gateway.spool_file import SpoolFile
from nenghao.config import load_settings
from nenghao.errors import ConfigError
from nenghao.labels import label

app = typer.Typer(no_args_is_help=True)

ExistingSpool = Annotated[Path, typer.Option("--spool", exists=True, dir_okay=False, help="Spool file.")]


@app.callback()
def about() -> None:
    """Receipts, heads and refusals that the spool has kept."""


@app.command("export")
def export(
    spool: ExistingSpool,
    to: Annotated[Path, typer.Option(help="Folder; made where it is not there.")],
) -> None:
    """Write every receipt and head as it came into a file of its own, for `nenghao receipt verify`."""
    evidence = Evidence(SpoolFile(spool))
    count = 0
    try:
        to.mkdir(parents=True, exist_ok=True)
        for name, payload in _files(evidence):
            _write(to / name, payload)
            count += 1
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}") from error
    typer.echo(label("sender.exported", load_settings().language, count=count, folder=to))


@app.command("refusals")
def list_refusals(spool: ExistingSpool) -> None:
    """Every refusal that a receipt named: seq, place in the message (- is the whole message), reason."""
    for refusal in Evidence(SpoolFile(spool)).refusals():
        typer.echo(f"{refusal.seq}\t{'-' if refusal.ordinal is None else refusal.ordinal}\t{refusal.reason}")


def _files(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    for receipt in evidence.receipts():
        yield f"receipt-{receipt.number:08d}.receipt", receipt.payload
    for head in evidence.heads():
        yield f"head-{head.day}-{head.root[:16]}.head", head.payload


def _write(path: Path, payload: bytes) -> None:
    """A file that is there already is the same, or another spool's: that one is not overwritten."""
    if not path.exists():
        path.write_bytes(payload)
    elif path.read_bytes() != payload:
        raise ConfigError(f"{path} is there already and holds something else")
