"""The command `nenghao-gateway`: puts readings into a spool and sends it."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from ingest.gateway.account import GatewayAccount
from ingest.gateway.sender import send
from ingest.gateway.spool import Reading, Spool
from ingest.topics import TopicKind
from nenghao.cli import run as run_command_line
from nenghao.errors import ConfigError, DataRefused

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def main() -> None:
    """Run a command line; exit codes as `nenghao`."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
    run_command_line(app)


@app.callback()
def about() -> None:
    """Store-and-forward sender of the ingest protocol."""


@app.command("send")
def send_spool(
    spool: Annotated[Path, typer.Option(help="Spool file; made where it is not there.")],
    broker: Annotated[str, typer.Option(help="HOST:PORT")],
    unit: Annotated[str, typer.Option(help="Unit code.")],
    gateway: Annotated[str, typer.Option(help="Gateway's name within the unit.")],
    shard: Annotated[int, typer.Option(help="Shard given at registration.")],
    password_file: Annotated[Path, typer.Option(help="File with the password.")],
    readings: Annotated[Path | None, typer.Option(help="JSON lines, one reading each; - is stdin.")] = None,
    backfill: Annotated[bool, typer.Option(help="Send them as back-fill.")] = False,
    until_receipted: Annotated[bool, typer.Option(help="Wait for receipts, not only for the broker.")] = True,
    timeout_s: Annotated[float, typer.Option(help="Give up waiting after this long.")] = 600.0,
) -> None:
    """Put readings into the spool, if any, and send it; exit code 1 where something is not receipted at the end."""
    account = _account(broker, unit, gateway, shard, password_file)
    store = Spool(spool)
    if readings is not None:
        kind = TopicKind.BACKFILL if backfill else TopicKind.READINGS
        store.append_all(by_cycle(read_lines(readings)), kind)
    report = send(store, account, until_receipted=until_receipted, timeout_s=timeout_s)
    typer.echo(
        f"sent {report.messages_sent} messages, {report.readings_sent} readings; taken by the broker"
        f" {report.messages_taken}; receipted {report.messages_receipted}; waiting {report.messages_waiting}"
    )
    raise typer.Exit(0 if report.is_complete or not until_receipted else 1)


def read_lines(path: Path) -> Iterator[Reading]:
    """Readings of a file of JSON lines.

    Raises: DataRefused naming the line that is not a reading with an `at`.
    """
    with sys.stdin if str(path) == "-" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                reading = json.loads(line)
            except ValueError as error:
                raise DataRefused(f"{path} line {number}: {error}") from error
            if not isinstance(reading, dict) or "at" not in reading:
                raise DataRefused(f"{path} line {number}: not a reading with `at`")
            yield reading


def by_cycle(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    """Consecutive readings of one instant make one message: the cheapest way to send, and to sign later."""
    for _, cycle in groupby(readings, key=lambda reading: reading["at"]):
        yield list(cycle)


def _account(broker: str, unit: str, gateway: str, shard: int, password_file: Path) -> GatewayAccount:
    host, _, port = broker.rpartition(":")
    if not host or not port.isdigit():
        raise ConfigError(f"--broker {broker}: not HOST:PORT")
    try:
        password = password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"password file {password_file}: {error.strerror}") from error
    return GatewayAccount(
        host=host, port=int(port), unit_code=unit, gateway_code=gateway, shard=shard, password=password
    )
