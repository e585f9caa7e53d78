"""The command `nenghao-ingest`: the collector, the outbound sender and broker-sync."""

import logging
import signal
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Event

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
    from ingest.health import ProcessHealth
    from ingest.health_server import serve_health

    settings = load_settings()
    settings.secret("broker_collector")  # a missing secret stops here, not in a loop of retries
    stop, health = stop_on_signal(), ProcessHealth()
    collectors = [
        ShardCollector(settings, shard, stop, health.add_worker(f"shard-{shard}")) for shard in settings.shards
    ]
    serve_health(health, settings.health_port)
    with ThreadPoolExecutor(len(settings.shards)) as pool:
        runs = [pool.submit(one.run) for one in collectors]
        wait(runs, return_when=FIRST_COMPLETED)
        stop.set()  # one that ended by a fault takes the others with it: the supervisor starts all of them again
    for one in runs:
        one.result()


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
