"""`nenghao-audit backtest`: rules over a file of readings, or other thresholds over stored days; nothing is stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from expectations.backtest_files import backtest_files, rules_to_run, summary, write_findings
from expectations.backtest_store import RuleTrial, backtest_store
from nenghao.config import load_settings
from nenghao.errors import ConfigError
from nenghao.labels import Language, label


def backtest(
    readings: Annotated[Path | None, typer.Option(help="CSV or Parquet: meter, ts, value, further columns.")] = None,
    out: Annotated[Path | None, typer.Option(help="Findings of the file, one row a cause.")] = None,
    points: Annotated[
        Path | None, typer.Option(help="meter, parent, sign, quantum, multiplier, capacity, zone.")
    ] = None,
    events: Annotated[Path | None, typer.Option(help="start, end, meter (empty: all), kind, title.")] = None,
    rules: Annotated[str, typer.Option(help="Rules, comma-separated; without it all that can run.")] = "",
    trials: Annotated[list[str] | None, typer.Option("--set", help="A trial threshold: rule.threshold=x.")] = None,
    timezone: Annotated[str, typer.Option(help="Zone of stamps that have an offset.")] = "Asia/Shanghai",
    calendar: Annotated[str, typer.Option(help="Days off: china or weekends.")] = "china",
    judge_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Days of the file before it are history only.")
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First stored day to try on.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last stored day, included.")
    ] = None,
) -> None:
    """Run rules over a file (--readings, --out), or try thresholds on stored days (--from, --to); nothing is stored."""
    settings = load_settings()
    codes, tried = [code.strip() for code in rules.split(",") if code.strip()], _trials(trials or [])
    if first is not None and last is not None and readings is None:
        if first > last:
            raise ConfigError("--from is after --to")
        _print_trials(backtest_store(settings, first.date(), last.date(), codes, tried), settings.language)
        return
    if readings is None or out is None or first is not None or last is not None:
        raise ConfigError("either --readings with --out, or --from with --to")
    if calendar not in ("china", "weekends"):
        raise ConfigError(f"--calendar is china or weekends, not {calendar!r}")
    chosen = rules_to_run(codes, tried)
    found = backtest_files(
        readings,
        points=points,
        events=events,
        rules=chosen,
        language=settings.language,
        zone=_zone(timezone),
        calendar="china" if calendar == "china" else "weekends",
        judge_from_on=None if judge_from is None else judge_from.date(),
    )
    write_findings(out, found, chosen)
    typer.echo(summary(found, settings.language))


def _print_trials(trials: Sequence[RuleTrial], language: Language) -> None:
    for trial in trials:
        energy = ", ".join(f"{value:+.6g} {unit}" for unit, value in trial.energy.items()) or "-"
        tce = "-" if trial.tce is None else f"{trial.tce:+.6g}"
        counts: Mapping[str, int] = {
            "in_force": trial.in_force, "tried": trial.tried, "gained": len(trial.gained), "lost": len(trial.lost),
        }  # fmt: skip
        typer.echo(label("backtest.trial", language, rule=trial.rule, energy=energy, tce=tce, **counts))


def _trials(texts: list[str]) -> dict[str, Decimal]:
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ConfigError(f"--set {text}: not rule.threshold=number")
        found[name.strip()] = number
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(f"--timezone {name}: no such zone") from None
