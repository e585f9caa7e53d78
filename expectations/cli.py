"""`nenghao audit`, also as `nenghao-audit`: runs the rules."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from expectations.backtest_files import backtest_files, rules_to_run, summary, write_findings
from expectations.report_cli import report
from expectations.returns import audit_return
from expectations.runner import AuditSummary, audit_days, audit_pending
from expectations.standing import audit_standing
from nenghao.cli import run
from nenghao.config import load_settings
from nenghao.errors import ConfigError
from nenghao.labels import Language, label

app = typer.Typer(no_args_is_help=True, help="Runs the rules; what they find becomes cases.")
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


@app.command()
def backtest(
    readings: Annotated[Path, typer.Option(help="CSV or Parquet: meter, ts, value, further columns.")],
    out: Annotated[Path, typer.Option(help="Findings, one row a cause.")],
    points: Annotated[
        Path | None, typer.Option(help="meter, parent, sign, quantum, multiplier, capacity, zone.")
    ] = None,
    events: Annotated[Path | None, typer.Option(help="start, end, meter (empty: all), kind, title.")] = None,
    rules: Annotated[str, typer.Option(help="Rules, comma-separated; without it all that have a detector.")] = "",
    trials: Annotated[list[str] | None, typer.Option("--set", help="A trial threshold: rule.threshold=x.")] = None,
    timezone: Annotated[str, typer.Option(help="Zone of stamps that have an offset.")] = "Asia/Shanghai",
    calendar: Annotated[str, typer.Option(help="Days off: china or weekends.")] = "china",
    judge_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Days before it are history only.")
    ] = None,
) -> None:
    """Run the rules over a file of readings; nothing is stored."""
    language = load_settings().language
    if calendar not in ("china", "weekends"):
        raise ConfigError(f"--calendar is china or weekends, not {calendar!r}")
    chosen = rules_to_run([code for code in rules.split(",") if code], _trials(trials or []))
    found = backtest_files(
        readings,
        points=points,
        events=events,
        rules=chosen,
        language=language,
        zone=_zone(timezone),
        calendar="china" if calendar == "china" else "weekends",
        judge_from_on=None if judge_from is None else judge_from.date(),
    )
    write_findings(out, found, chosen)
    typer.echo(summary(found, language))


def _trials(texts: list[str]) -> dict[str, Decimal]:
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = Decimal(value.strip())
        except InvalidOperation:
            raise ConfigError(f"--set {text}: not rule.threshold=number") from None
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(f"--timezone {name}: no such zone") from None


def _print(summary: AuditSummary, language: Language) -> None:
    """One line, and exit code 1 where a rule did not run."""
    typer.echo(label("audit.summary", language, **summary.counts()))
    if summary.not_run:
        raise typer.Exit(1)


def main() -> None:
    """Entry point of `nenghao-audit`."""
    run(app)
