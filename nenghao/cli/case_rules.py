"""`nenghao case suppress|precision|budget`: how rules fare at people's hands."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import typer

from nenghao.cli.case_words import precision_line
from nenghao.config import Role, load_settings
from nenghao.db import cases, mutes
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI, Month, day_of, day_start
from nenghao.domain.rounding import round_figure
from nenghao.labels import label
from nenghao.reference.cases import load_ranking
from nenghao.review.listing import list_anew
from nenghao.review.mutes import mute, unmute

ONE_DAY = timedelta(days=1)


def suppress(
    rule: Annotated[str, typer.Argument(help="Code of the rule.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day.")],
    reason: Annotated[str, typer.Option(help="Why the rule is wrong there.")],
    by: Annotated[str, typer.Option(help="Who decides it.")],
    unit: Annotated[str | None, typer.Option(help="Credit code of a unit; without it everywhere.")] = None,
    point: Annotated[str | None, typer.Option(help="Code of a point of the unit.")] = None,
) -> None:
    """Let a rule open no alert at a place until a day; what it finds is stored and counted."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        mute_id = mute(
            conn,
            rule_code=rule,
            unit_code=unit,
            point_code=point,
            until_at=day_start(until.date() + ONE_DAY),
            reason=reason,
            muted_by=by,
            now=datetime.now(UTC),
        )
    typer.echo(label("mute.placed", settings.language, id=mute_id))


def unsuppress(
    mute_id: int,
    reason: Annotated[str, typer.Option(help="Why it ends now.")],
    by: Annotated[str, typer.Option(help="Who decides it.")],
) -> None:
    """Let a rule open alerts again before the day."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        unmute(conn, mute_id, reason=reason, ended_by=by, now=datetime.now(UTC))
    typer.echo(label("mute.ended", settings.language, id=mute_id))


def suppressed() -> None:
    """Rules that open no alert somewhere, why, until when, and how much they found meanwhile."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        rows = mutes.list_mutes(conn, datetime.now(UTC))
    for row in rows:
        typer.echo(
            label(
                "mute.line", settings.language, id=row["mute_id"], by=row["muted_by"], reason=row["reason"],
                title=label(f"rule.{row['rule_code']}.title", settings.language),
                place=" ".join(filter(None, (row["unit_code"], row["point_code"]))) or "*",
                until=f"{row['until_at'].astimezone(SHANGHAI) - ONE_DAY:%Y-%m-%d}", count=row["finding_count"],
            )
        )  # fmt: skip


def rank() -> None:
    """List every case anew, with what it may move; an audit does so for the cases that it touches."""
    settings = load_settings()
    with connect(settings, Role.RULES) as conn:
        count = list_anew(conn, datetime.now(UTC), is_all=True)
    typer.echo(label("case.ranked", settings.language, count=count))


def precision(rule: Annotated[str | None, typer.Argument(help="Code of a rule; without it all.")] = None) -> None:
    """How often people confirmed what each version of a rule found, with the 95 % interval."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        rows = cases.precision_of_rules(conn, rule)
    for row in rows:
        typer.echo(precision_line(row, settings.language))


def budget(
    first: Annotated[
        str | None, typer.Option("--from", help="First month, such as 2026-10; without it last month.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last month, such as 2026-12; without it the first.")] = None,
) -> None:
    """Inquiries per 100 unit-months, beside what is allowed; those of cases that were dismissed apart."""
    settings = load_settings()
    first_month = (
        Month.of(Month.of(day_of(datetime.now(UTC))).start_on - ONE_DAY) if first is None else Month.parse(first)
    )
    last_month = first_month if last is None else Month.parse(last)
    with connect(settings, Role.CONSOLE) as conn:
        row = cases.inquiry_budget(
            conn,
            first_month.start_on,
            last_month.end_on,
            day_start(first_month.start_on),
            day_start(last_month.end_on),
        )
    months = row["unit_month_count"]
    typer.echo(
        label(
            "case.budget", settings.language, first=first_month, last=last_month, inquiries=row["inquiry_count"],
            dismissed=row["dismissed_count"], months=months, doubts=row["open_doubt_count"],
            rate="-" if months == 0 else round_figure(Decimal(100 * row["inquiry_count"]) / months, 2),
            allowed=load_ranking().inquiries_per_100_unit_months_max,
        )
    )  # fmt: skip
