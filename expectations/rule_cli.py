"""`nenghao-audit rule`: whether a rule opens alerts or is tried in the shadow, and by which thresholds it judges."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from expectations.catalogue import load_rules
from nenghao.config import Role, load_settings
from nenghao.db import audit
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI, day_start
from nenghao.labels import label
from nenghao.review.rule_changes import change_mode, change_threshold

app = typer.Typer(no_args_is_help=True, help="Rules: live or in the shadow, and their thresholds.")

Code = Annotated[str, typer.Argument(help="The rule's code.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept.")]
By = Annotated[str, typer.Option(help="Who says so.")]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="The first day on which it holds; without it from now on."),
]


@app.command()
def mode(
    rule: Code,
    mode: Annotated[str, typer.Argument(help="shadow or live.")],
    reason: Reason,
    by: By,
    begins: From = None,
) -> None:
    """Let a rule open alerts (live), or store and count its findings only (shadow)."""
    settings, now = load_settings(), datetime.now(UTC)
    with connect(settings, Role.RULES) as conn:
        change_mode(conn, rule_code=rule, mode=mode, reason=reason, set_by=by, now=now, from_at=_start(begins))
    words = label(f"audit.mode.{mode}", settings.language)
    typer.echo(label("audit.mode_set", settings.language, rule=rule, mode=words, since=_since(begins, now)))


@app.command()
def threshold(
    rule: Code,
    name: Annotated[str, typer.Argument(help="The threshold's name.")],
    value: Annotated[str, typer.Argument(help="Its new value.")],
    reason: Reason,
    by: By,
    begins: From = None,
) -> None:
    """Let a rule judge by another value; what was found before keeps the one that it was found with."""
    settings, now = load_settings(), datetime.now(UTC)
    with connect(settings, Role.RULES) as conn:
        change_threshold(
            conn, rule_code=rule, name=name, value=value, reason=reason, set_by=by, now=now, from_at=_start(begins)
        )
    since = _since(begins, now)
    typer.echo(label("audit.threshold_set", settings.language, rule=rule, name=name, value=value, since=since))


@app.command("list")
def list_() -> None:
    """Every rule and how it is run."""
    settings = load_settings()
    with connect(settings, Role.RULES) as conn:
        modes = audit.rule_modes(conn)
    for rule in load_rules():
        in_force = label(f"audit.mode.{modes.get(rule.code, rule.mode)}", settings.language)
        typer.echo(f"{rule.code}  {in_force}  {label(f'rule.{rule.code}.title', settings.language)}")


def _start(day: datetime | None) -> datetime | None:
    return None if day is None else day_start(day.date())


def _since(day: datetime | None, now: datetime) -> str:
    return f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if day is None else f"{day:%Y-%m-%d}"
