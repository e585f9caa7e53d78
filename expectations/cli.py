"""`nenghao audit`, also as `nenghao-audit`: runs the rules."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from expectations import rule_cli
from expectations.backtest_cli import backtest
from expectations.report_cli import report
from expectations.returns import audit_return
from expectations.runner import AuditSummary, audit_days, audit_pending
from expectations.standing import audit_standing
from nenghao.cli import run
from nenghao.config import load_settings
from nenghao.labels import Language, label

app = typer.Typer(no_args_is_help=True, help="Runs the rules; what they find becomes cases.")
app.add_typer(rule_cli.app, name="rule")
app.command()(backtest)
app.command("report")(report)


@app.callback()
def _group() -> None:
    """Runs the rules; what they find becomes cases."""


@app.command()
def pending() -> None:
    """Audit every closed day that changed since it was last audited."""
    settings = load_settings()
    _print(audit_pending(settings, datetime.now(UTC)), settings.language)


@app.command()
def days(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")],
) -> None:
    """Audit the days from --from to --to of every unit."""
    settings = load_settings()
    _print(audit_days(settings, first.date(), last.date(), datetime.now(UTC)), settings.language)


@app.command()
def standing(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Judge what gateways told from this day on.")
    ] = None,
) -> None:
    """Audit registers, documents, states and returns of every unit as they stand now."""
    settings = load_settings()
    summary = audit_standing(settings, datetime.now(UTC), since_on=None if since is None else since.date())
    _print(summary, settings.language)


@app.command("return")
def return_(
    balance: Annotated[int | None, typer.Option(help="Id of a monitored balance.")] = None,
    filing: Annotated[int | None, typer.Option(help="Id of a filing.")] = None,
) -> None:
    """Check the relations of the forms over one return, or over all that they were not run over."""
    settings = load_settings()
    _print(audit_return(settings, datetime.now(UTC), balance_id=balance, filing_id=filing), settings.language)


def _print(summary: AuditSummary, language: Language) -> None:
    """One line, and exit code 1 where a rule did not run."""
    typer.echo(label("audit.summary", language, **summary.counts()))
    if summary.not_run:
        raise typer.Exit(1)


def main() -> None:
    """Entry point of `nenghao-audit`."""
    run(app)
