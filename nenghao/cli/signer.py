"""The command `nenghao-signer`: signs receipts and heads, and remembers the heads."""

import logging
import signal
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Annotated

import typer

from nenghao.cli import run as run_command_line
from nenghao.config import Settings, load_settings
from nenghao.credentials import SIGNER_KEY, SIGNER_TOKENS
from nenghao.crypto import load_signing_key
from nenghao.errors import ConfigError
from nenghao.labels import label
from nenghao.signer.memory import Signer
from nenghao.signer.service import SignerServer
from nenghao.trust import load_trust

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def main() -> None:
    """Run a command line; exit codes as `nenghao`."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
    run_command_line(app)


@app.callback()
def about() -> None:
    """The signer of receipts and heads: a process with a key and a memory of its own."""


@app.command()
def run() -> None:
    """Answer until told to stop."""
    settings = load_settings()
    tokens = {
        part: settings.secret(name) for part, name in zip(("downward", "heads", "attempts"), SIGNER_TOKENS, strict=True)
    }
    address = (settings.signer_host, settings.signer_port)
    server = SignerServer(address, _signer(settings), tokens, lambda: datetime.now(UTC))

    def stop(_number: int, _frame: FrameType | None) -> None:
        # From a thread of its own: `shutdown` waits for the loop that this handler interrupts.
        Thread(target=server.shutdown).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    logging.getLogger(__name__).info("signer answers on %s:%d with key %s", *address, server.signer.key.key_id)
    server.serve_forever()


@app.command()
def adopt(file: Annotated[Path, typer.Argument(help="A signed head, as it was published.")]) -> None:
    """Take a published head as the last one: only where the signer's memory is lost. Stop the signer first."""
    settings = load_settings()
    try:
        payload = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    head = _signer(settings).adopt(payload, load_trust(settings.trust_dir))
    typer.echo(label("signer.adopted", settings.language, tree_no=head.tree_no, day=str(head.day_on)))


def _signer(settings: Settings) -> Signer:
    return Signer(load_signing_key(settings.secret(SIGNER_KEY)), settings.signer_dir)
