"""`nenghao-audit rule`: whether a rule opens alerts, or is tried in the shadow first."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from expectations.catalogue import load_rules
from nenghao.config import Role, load_settings
from nenghao.db import audit
from nenghao.db.connection import connect
from nenghao.errors import ConfigError
from nenghao.labels import label

app = typer.Typer(no_args_is_help=True, help="Rules: live or in the shadow.")


@app.command()
def mode(
    rule: Annotated[str, typer.Argument(help="The rule's code.")],
    mode: Annotated[str, typer.Argument(help="shadow or live.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    by: Annotated[str, typer.Option(help="Who says so.")],
) -> None:
    """Let a rule open alerts from now on (live), or store and count its findings only (shadow)."""
    settings = load_settings()
    if rule not in {one.code for one in load_rules()}:
        raise ConfigError(f"there is no rule {rule!r}")
    if mode not in ("shadow", "live"):
        raise ConfigError(f"a rule is shadow or live, not {mode!r}")
    if not reason.strip() or not by.strip():
        raise ConfigError("--reason and --by may not be empty")
    with connect(settings, Role.RULES) as conn:
        audit.insert_rule_mode(conn, rule, mode, reason, set_by=by, set_at=datetime.now(UTC))
    typer.echo(
        label("audit.mode_set", settings.language, rule=rule, mode=label(f"audit.mode.{mode}", settings.language))
    )


@app.command("list")
def list_() -> None:
    """Every rule and how it is run."""
    settings = load_settings()
    with connect(settings, Role.RULES) as conn:
        modes = audit.rule_modes(conn)
    for rule in load_rules():
        in_force = label(f"audit.mode.{modes.get(rule.code, rule.mode)}", settings.language)
        typer.echo(f"{rule.code}  {in_force}  {label(f'rule.{rule.code}.title', settings.language)}")
