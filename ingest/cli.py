"""The command `nenghao-ingest`: the collector, the outbound sender and broker-sync."""

import logging
import signal
from threading import Event, Thread

import typer

from nenghao.cli import run as run_command_line
from nenghao.config import load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def main() -> None:
    """Run a command line; exit codes as `nenghao`."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
    run_command_line(app)


@app.callback()
def about() -> None:
    """Readings from the broker into the database, and receipts back."""


@app.command()
def run() -> None:
    """Collect the messages of this host's shards until told to stop; what is held then is stored first."""
    from ingest.collector import ShardCollector

    settings = load_settings()
    settings.secret("broker_collector")  # a missing secret stops here, not in a loop of retries
    stop = stop_on_signal()
    first, *others = [ShardCollector(settings, shard, stop) for shard in settings.shards]
    threads = [Thread(target=collector.run, name="shard") for collector in others]
    for thread in threads:
        thread.start()
    first.run()
    for thread in threads:
        thread.join()


def stop_on_signal() -> Event:
    """An event that SIGTERM and SIGINT set."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@app.command()
def outbound() -> None:
    """Send receipts and waiting messages to gateways until told to stop."""
    from ingest.outbound import OutboundSender

    settings = load_settings()
    settings.secret("broker_collector")
    OutboundSender(settings, stop_on_signal()).run()


@app.command()
def broker_sync() -> None:
    """Write the broker's password and access files from the registers, and have it read them."""
    from ingest.broker_sync import sync_broker

    typer.echo(f"gateways: {sync_broker(load_settings())}")
