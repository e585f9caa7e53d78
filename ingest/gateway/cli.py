"""The command `nenghao-gateway`: puts readings into a spool, sends it, and shows what the platform said."""

import logging
import math
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from ingest.gateway.cli_options import (
    AccountOption,
    BackfillAfterOption,
    BrokerOption,
    CaOption,
    GatewayOption,
    HeartbeatOption,
    Identity,
    KeepOption,
    KeyOption,
    PaceOption,
    PasswordOption,
    ShardOption,
    SpoolOption,
    TrustOption,
    UnitOption,
    WrongRows,
    account_of,
    identity_of,
)
from ingest.gateway.evidence_cli import app as evidence_app
from ingest.gateway.follower import Follower
from ingest.gateway.keys import public_key_text, read_or_make_key
from ingest.gateway.messages import BACKFILL_AFTER, Sorting, into_messages
from ingest.gateway.reading_rows import Columns, WrongRow, columns_of
from ingest.gateway.sender import SendReport, SendSettings, send
from ingest.gateway.sources import read_source
from ingest.gateway.spool import Reading
from nenghao.cli import run as run_command_line
from nenghao.config import load_settings
from nenghao.labels import label

DEFAULTS = SendSettings()
BACKFILL_AFTER_H = BACKFILL_AFTER / timedelta(hours=1)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(evidence_app, name="receipts")


def main() -> None:
    """Run a command line; exit codes as `nenghao`."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
    run_command_line(app)


@app.callback()
def about() -> None:
    """Store-and-forward sender of the ingest protocol."""


@app.command("key")
def show_key(key: Annotated[Path, typer.Option(help="Key file; made where it is not there.")]) -> None:
    """Make the gateway's Ed25519 key, and print its public key for `nenghao gateway key add`."""
    typer.echo(public_key_text(read_or_make_key(key)))


@app.command("send")
def send_spool(
    spool: SpoolOption,
    account: AccountOption = None,
    broker: BrokerOption = None,
    unit: UnitOption = None,
    gateway: GatewayOption = None,
    shard: ShardOption = None,
    password_file: PasswordOption = None,
    ca: CaOption = None,
    trust: TrustOption = None,
    key: KeyOption = None,
    readings: Annotated[
        Path | None, typer.Option(help="Readings: *.csv, *.parquet, else JSON lines; - is stdin.")
    ] = None,
    column: Annotated[list[str] | None, typer.Option(help="FIELD=COLUMN of a table; repeatable.")] = None,
    constant: Annotated[list[str] | None, typer.Option(help="FIELD=TEXT for every row; repeatable.")] = None,
    zone: Annotated[str | None, typer.Option(help="Zone of times that have none, such as Asia/Shanghai.")] = None,
    backfill: Annotated[bool, typer.Option(help="Send all of them as back-fill, however new.")] = False,
    backfill_after_h: BackfillAfterOption = BACKFILL_AFTER_H,
    until_receipted: Annotated[bool, typer.Option(help="Wait for receipts, not only for the broker.")] = True,
    timeout_s: Annotated[float, typer.Option(help="Give up waiting after this long.")] = 600.0,
    heartbeat_s: HeartbeatOption = DEFAULTS.heartbeat_s,
    backfill_per_s: PaceOption = DEFAULTS.backfill_per_s or 0,
    keep_days: KeepOption = DEFAULTS.keep_days,
) -> None:
    """Put readings into the spool, if any, and send it; exit code 1 where a row is wrong or something not receipted."""
    who = identity_of(account_of(account, broker, unit, gateway, shard, password_file, ca, trust), spool, key)
    sorting = Sorting(
        now=datetime.now(UTC), backfill_after=timedelta(hours=0 if backfill else backfill_after_h), is_packed=True
    )
    store, wrong = who.open_spool(), WrongRows()
    if readings is not None:
        columns = columns_of(column or [], constant or [], zone)
        with wrong.summed_up():
            store.append_mixed(into_messages(_right_rows(readings, columns, wrong), sorting))
    report = send(
        store,
        who.account,
        until_receipted=until_receipted,
        timeout_s=timeout_s,
        settings=_settings(heartbeat_s, backfill_per_s, keep_days),
    )
    _tell(report)
    raise typer.Exit(0 if not wrong.count and (report.is_complete or not until_receipted) else 1)


@app.command("run")
def run_gateway(
    spool: SpoolOption,
    account: AccountOption = None,
    broker: BrokerOption = None,
    unit: UnitOption = None,
    gateway: GatewayOption = None,
    shard: ShardOption = None,
    password_file: PasswordOption = None,
    ca: CaOption = None,
    trust: TrustOption = None,
    key: KeyOption = None,
    follow: Annotated[bool, typer.Option(help="Take readings from stdin as they come, as JSON lines.")] = False,
    backfill_after_h: BackfillAfterOption = BACKFILL_AFTER_H,
    heartbeat_s: HeartbeatOption = DEFAULTS.heartbeat_s,
    backfill_per_s: PaceOption = DEFAULTS.backfill_per_s or 0,
    keep_days: KeepOption = DEFAULTS.keep_days,
) -> None:
    """Send whatever is in the spool, and say that the gateway is there, until SIGTERM.

    With --follow also until stdin ends and all of it is receipted.
    """
    who = identity_of(account_of(account, broker, unit, gateway, shard, password_file, ca, trust), spool, key)
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    sorting = Sorting(now=datetime.now(UTC), backfill_after=timedelta(hours=backfill_after_h))
    follower = _follow(who, sorting) if follow else None
    try:
        report = send(
            who.open_spool(),
            who.account,
            timeout_s=math.inf,
            settings=_settings(heartbeat_s, backfill_per_s, keep_days),
            may_more_come=lambda: follower is None or follower.may_more_come,
            is_stopped=stopped.is_set,
        )
    finally:
        if follower is not None:
            follower.stop()
    _tell(report)


def _follow(who: Identity, sorting: Sorting) -> Follower:
    follower = Follower(sys.stdin.fileno(), who.open_spool, sorting, WrongRows().add)
    follower.start()
    return follower


def _right_rows(path: Path, columns: Columns, wrong: WrongRows) -> Iterator[Reading]:
    for row in read_source(path, sys.stdin.buffer, columns):
        if isinstance(row, WrongRow):
            wrong.add(row)
        else:
            yield row


def _settings(heartbeat_s: float, backfill_per_s: float, keep_days: int) -> SendSettings:
    return SendSettings(heartbeat_s=heartbeat_s, backfill_per_s=backfill_per_s or None, keep_days=keep_days)


def _tell(report: SendReport) -> None:
    language = load_settings().language
    typer.echo(
        label(
            "sender.sent",
            language,
            messages=report.messages_sent,
            readings=report.readings_sent,
            taken=report.messages_taken,
            receipted=report.messages_receipted,
            waiting=report.messages_waiting,
        )
    )
    for reason, count in sorted(report.refusals.items()):
        typer.echo(label("sender.refused", language, reason=reason, count=count))
    if report.unlisted_refusals:
        typer.echo(label("sender.refused_unlisted", language, count=report.unlisted_refusals))
    if report.disbelieved:
        typer.echo(label("sender.disbelieved", language, count=report.disbelieved), err=True)
