"""`nenghao deadlines [check]`: what is due and what is late, for whom."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import typer

from nenghao.config import Role, load_settings
from nenghao.db import deadlines as db
from nenghao.db.connection import connect
from nenghao.db.deadlines import Reminder
from nenghao.db.errors import driver_errors
from nenghao.db.identity import as_unit
from nenghao.domain.periods import SHANGHAI
from nenghao.jobs.deadlines_entry import run_remind
from nenghao.labels import Language, label

app = typer.Typer(invoke_without_command=True)

LISTED: Final = 30


@app.callback()
def deadlines(
    ctx: typer.Context,
    unit: Annotated[str | None, typer.Option(help="Credit code of a unit; else all.")] = None,
    audience: Annotated[
        Literal["unit", "bureau"] | None, typer.Option(help="Whose: units', or the bureau's own; else both.")
    ] = None,
    is_own: Annotated[bool, typer.Option("--own", help="As the unit itself, which sees nothing of others.")] = False,
    is_whole: Annotated[bool, typer.Option("--all", help="Every line, however many.")] = False,
) -> None:
    """What is due and what is late: counts by kind, then one line a reminder, the most urgent first."""
    if ctx.invoked_subcommand is not None:
        return
    settings = load_settings()
    if is_own:
        if unit is None:
            raise typer.BadParameter("--own needs --unit")
        with driver_errors(), connect(settings, Role.UNIT) as conn, as_unit(conn, unit):
            found = db.own_reminders(conn)
    else:
        with driver_errors(), connect(settings, Role.CONSOLE) as conn:
            found = db.open_reminders(conn, unit_code=unit, audience=audience)
    _print(found, found if is_whole else found[:LISTED], settings.language, datetime.now(UTC))


@app.command()
def check() -> None:
    """Hold the calendar against what was done, open reminders and end them."""
    settings = load_settings()
    typer.echo(label("deadlines.checked", settings.language, **run_remind(settings)))


def _print(found: Sequence[Reminder], listed: Sequence[Reminder], language: Language, now: datetime) -> None:
    late = [one for one in found if one.due_at < now]
    typer.echo(label("deadlines.total", language, open=len(found), overdue=len(late)))
    late_by_kind = Counter(one.kind for one in late)
    for kind, count in sorted(Counter(one.kind for one in found).items()):
        name = label(f"deadlines.kind.{kind}", language)
        typer.echo(label("deadlines.count", language, kind=name, open=count, overdue=late_by_kind[kind]))
    for one in listed:
        typer.echo(
            label(
                "deadlines.line",
                language,
                due=f"{one.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
                state=label("deadlines.late" if one.due_at < now else "deadlines.due", language),
                unit=one.unit_code or label("deadlines.bureau", language),
                kind=label(f"deadlines.kind.{one.kind}", language),
                subject=one.subject,
                period="" if one.period_on is None else str(one.period_on),
            )
        )
    if len(found) > len(listed):
        typer.echo(label("deadlines.more", language, count=len(found) - len(listed)))
