"""`nenghao receipt prove | verify`: what a gateway was told, and that the store still says so."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from nenghao.cli.open_release import read_file
from nenghao.cli.verify import Trust
from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.labels import label
from nenghao.reporting.inclusion import prove, verify_receipt
from nenghao.trust import load_trust

app = typer.Typer(
    no_args_is_help=True, help="Receipts: prove a message to its sender, check receipt and proof offline."
)


@app.callback()
def about() -> None:
    """回执 receipts."""


@app.command("prove")
def prove_message(
    unit: Annotated[str, typer.Option(help="Unit code, 18 characters.")],
    gateway: Annotated[str, typer.Option(help="Gateway's name within the unit.")],
    boot: Annotated[UUID, typer.Option(help="boot_id of the message.")],
    seq: Annotated[int, typer.Option(min=0, help="seq of the message.")],
    to: Annotated[Path, typer.Option(help="File of the proof.")],
) -> None:
    """Write the proof that a message is below the signed head of its day's tree."""
    settings = load_settings()
    with driver_errors(), connect(settings, Role.VERIFIER, autocommit=True) as conn:
        proof = prove(
            conn,
            unit_code=unit,
            gateway_code=gateway,
            boot_id=boot,
            seq=seq,
            archive_dir=settings.archive_dir,
        )
    to.write_bytes(proof)
    typer.echo(str(to))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A receipt, byte for byte as it came.")],
    proof: Annotated[Path | None, typer.Option(help="A proof for one of its messages.")] = None,
    trust: Trust = None,
) -> None:
    """Check a receipt, and the proof for one of its messages; needs neither network nor database. Exit code 1 where
    anything is wrong.
    """
    settings = load_settings()
    believed = load_trust(trust or settings.trust_dir)
    checks = verify_receipt(read_file(file), believed, None if proof is None else read_file(proof))
    for check in checks:
        text = label(check.label_key, settings.language, value=check.value)
        typer.echo(text if check.is_passed else label("verify.failed", settings.language, value=text))
    if not all(check.is_passed for check in checks):
        raise typer.Exit(1)
