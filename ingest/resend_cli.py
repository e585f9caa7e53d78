"""`nenghao resend`: asks gateways for the messages that the store does not have."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from ingest.resend import Asked, ask_again
from nenghao.config import load_settings
from nenghao.domain.resend import Range, count_messages
from nenghao.labels import Language, label

app = typer.Typer(invoke_without_command=True)
RANGES_SHOWN = 10


@app.callback()
def resend(
    unit: Annotated[str | None, typer.Option(help="Unit code; all units without it.")] = None,
    gateway: Annotated[str | None, typer.Option(help="Gateway's name within the unit.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is missing; ask nobody.")] = False,
) -> None:
    """Ask gateways to send again, from their spools, what is missing; safe to run often, after a restore above all."""
    settings = load_settings()
    outcome = ask_again(settings, unit, gateway, now=datetime.now(UTC), is_dry_run=dry_run)
    language, heads = settings.language, outcome.heads
    if heads.is_store_behind:
        stored = heads.stored_day.isoformat() if heads.stored_day else "-"
        typer.echo(label("resend.behind", language, seen=str(heads.seen_day), stored=stored))
    for one in outcome.asked:
        for key, ranges in (("resend.asked", one.missing.ask), ("resend.given_up", one.missing.given_up)):
            if ranges:
                typer.echo(_line(key, one, list(ranges), language))
    messages = sum(count_messages(one.missing.ask) for one in outcome.asked)
    key = "resend.dry_run" if dry_run else "resend.sum"
    gateways = sum(bool(one.missing.ask) for one in outcome.asked)
    typer.echo(label(key, language, spools=outcome.spool_count, gateways=gateways, messages=messages))


def _line(key: str, one: Asked, ranges: list[Range], language: Language) -> str:
    shown = [f"{first}-{last}" if last > first else f"{first}" for first, last in ranges[:RANGES_SHOWN]]
    rest = ["…"] if len(ranges) > RANGES_SHOWN else []
    return label(
        key,
        language,
        unit=one.spool.unit_code,
        gateway=one.spool.gateway_code,
        messages=count_messages(ranges),
        ranges=", ".join(shown + rest),
    )
