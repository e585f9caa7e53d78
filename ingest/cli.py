"""The command `nenghao-ingest`: the collector, the outbound sender and broker-sync."""

import signal
from datetime import UTC, datetime
from threading import Event
from typing import Annotated

import typer

from ingest.logs import configure_logs
from nenghao.cli import run as run_command_line
from nenghao.config import load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def main() -> None:
    """Run a command line; exit codes as `nenghao`."""
    configure_logs()
    run_command_line(app)


@app.callback()
def about() -> None:
    """Readings from the broker into the database, and receipts back."""


@app.command()
def run(
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that share the shards of this host; more is for more shards.")
    ] = 1,
) -> None:
    """Collect this host's shards until told to stop; workers anywhere share them, and take over from whoever dies."""
    from ingest.health import ProcessHealth
    from ingest.health_server import serve_health
    from ingest.worker import Worker
    from ingest.workers import CrowdHealth, Workers

    settings = load_settings()
    configure_logs(settings.log_format)
    settings.secret("broker_collector")  # a missing secret stops here, not in a loop of retries
    stop = stop_on_signal()
    if workers == 1:
        health = ProcessHealth()
        serve_health(health, settings.health_port)
        Worker(settings, stop, health, datetime.now(UTC)).run()
    else:
        crowd = CrowdHealth()
        serve_health(crowd, settings.health_port)
        Workers(settings, workers, stop, crowd).run()


def stop_on_signal() -> Event:
    """An event that SIGTERM and SIGINT set."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@app.command()
def outbound() -> None:
    """Send receipts and waiting messages to gateways until told to stop."""
    from ingest.health import ProcessHealth
    from ingest.health_server import serve_health
    from ingest.outbound import OutboundSender

    settings = load_settings()
    configure_logs(settings.log_format)
    settings.secret("broker_collector")
    health = ProcessHealth()
    sender = OutboundSender(settings, stop_on_signal(), health)
    serve_health(health, settings.health_port)
    sender.run()


@app.command()
def broker_sync() -> None:
    """Write the broker's password and access files from the registers, and have it read them."""
    from ingest.broker_sync import sync_broker

    typer.echo(f"broker-sync: {sync_broker(load_settings())} gateways may connect")
