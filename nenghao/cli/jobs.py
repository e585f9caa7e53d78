"""The scheduled steps: due-days, close-days, features, build-months, count-quality, seal, reference sync."""

from typing import Annotated

import typer

from nenghao.config import load_settings
from nenghao.domain.periods import Month
from nenghao.jobs import entry
from nenghao.labels import label

due_days = typer.Typer(invoke_without_command=True)
close_days = typer.Typer(invoke_without_command=True)
features = typer.Typer(invoke_without_command=True)
build_months = typer.Typer(invoke_without_command=True)
count_quality = typer.Typer(invoke_without_command=True)
seal = typer.Typer(invoke_without_command=True)
reference = typer.Typer(no_args_is_help=True, help="Reference rows: varieties, coefficients, relations.")


@due_days.callback()
def run_due_days() -> None:
    """Put due days without a reading on the changed list."""
    settings = load_settings()
    typer.echo(label("job.due_days", settings.language, **entry.run_due_days(settings)))


@close_days.callback()
def run_close_days() -> None:
    """Close everything on the changed list: series days, hours, days, months."""
    settings = load_settings()
    typer.echo(label("job.close_days", settings.language, **entry.run_close_days(settings)))


@features.callback()
def run_features() -> None:
    """Derive what detectors read of closed days that changed."""
    settings = load_settings()
    typer.echo(label("job.features", settings.language, **entry.run_compute_features(settings)))


@build_months.callback()
def run_build_months() -> None:
    """Build the monitored balances of changed months that are over."""
    settings = load_settings()
    typer.echo(label("job.build_months", settings.language, **entry.run_build_months(settings)))


@count_quality.callback()
def run_count_quality(
    month: Annotated[list[str] | None, typer.Option(help="Like 2026-10; else last month and this one.")] = None,
) -> None:
    """Count the shares of the quality index that are not up to date."""
    settings = load_settings()
    months = [Month.parse(text) for text in month] if month else None
    typer.echo(label("job.count_quality", settings.language, **entry.run_count_quality(settings, months=months)))


@seal.callback()
def run_seal() -> None:
    """Seal newest balances as releases."""
    settings = load_settings()
    typer.echo(label("job.seal", settings.language, **entry.run_seal(settings)))


@reference.callback()
def about_reference() -> None:
    """Reference rows: varieties, coefficients, relations."""


@reference.command()
def sync() -> None:
    """Bring the database's reference rows to this release's."""
    settings = load_settings()
    typer.echo(label("job.reference", settings.language, **entry.run_sync_reference(settings)))
