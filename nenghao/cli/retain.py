"""`nenghao retain [hold | lift | holds]`: what leaves the database when it is old, sealed and archived."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from nenghao.config import Role, load_settings
from nenghao.db import archive as db
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.domain.periods import SHANGHAI, day_start
from nenghao.errors import DataRefused
from nenghao.jobs import retention_entry as entry
from nenghao.labels import label

app = typer.Typer(invoke_without_command=True)

By = Annotated[str, typer.Option("--by", help="Who asks for it.")]
Reason = Annotated[str, typer.Option(help="Why.")]


@app.callback()
def retain(
    ctx: typer.Context,
    reason: Reason = "age",
    by: By = "command",
    is_dry: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be dropped, and what is kept.")
    ] = False,
) -> None:
    """Drop chunks of raw rows that are old enough, closed, sealed, archived and read back, and held by nobody."""
    if ctx.invoked_subcommand is not None:
        return
    language = load_settings().language
    found = entry.run_retain(reason=reason, run_by=by, is_dry=is_dry)
    for chunk, reasons in found.kept.items():
        texts = "; ".join(label(f"retain.reason.{code}", language, detail=detail) for code, detail in reasons)
        first = f"{chunk.first_at:%Y-%m-%dT%H:%MZ}"
        typer.echo(label("retain.kept", language, relation=chunk.relation, first=first, reasons=texts))
    for chunk in found.dropped:
        typer.echo(label("retain.chunk", language, relation=chunk.relation, first=f"{chunk.first_at:%Y-%m-%dT%H:%MZ}"))
    typer.echo(label("retain.would" if is_dry else "retain.dropped", language, count=len(found.dropped)))


@app.command()
def hold(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First Shanghai day that is kept.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day after the last.")],
    reason: Reason,
    by: By,
    unit: Annotated[str | None, typer.Option(help="Of whom; else of all.")] = None,
) -> None:
    """Keep raw rows whatever their age: an inspection, a court, another body asks for them."""
    settings = load_settings()
    with driver_errors(), connect(settings, Role.CONSOLE) as conn:
        number = db.place_hold(
            conn,
            unit_code=unit,
            first_at=day_start(first.date()),
            end_at=day_start(until.date()),
            reason=reason,
            placed_by=by,
            placed_at=datetime.now(UTC),
        )
    typer.echo(label("retain.held", settings.language, number=number))


@app.command()
def lift(number: Annotated[int, typer.Argument(help="The hold's number.")], reason: Reason, by: By) -> None:
    """End a hold."""
    settings = load_settings()
    with driver_errors(), connect(settings, Role.CONSOLE) as conn:
        is_lifted = db.end_hold(conn, number, reason, by, datetime.now(UTC))
    if not is_lifted:
        raise DataRefused(label("retain.no_such_hold", settings.language, number=number))
    typer.echo(label("retain.lifted", settings.language, number=number))


@app.command()
def holds() -> None:
    """Every hold that was not lifted."""
    settings = load_settings()
    with driver_errors(), connect(settings, Role.CONSOLE) as conn:
        found = db.holds(conn)
    for one in found:
        typer.echo(
            label(
                "retain.hold",
                settings.language,
                number=one.retention_hold_id,
                unit=one.unit_code or label("retain.all_units", settings.language),
                first=_day(one.first_at),
                end=_day(one.end_at),
                by=one.placed_by,
                reason=one.reason,
            )
        )


def _day(at: datetime | None) -> str:
    return "…" if at is None else f"{at.astimezone(SHANGHAI):%Y-%m-%d}"
