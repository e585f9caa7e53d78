"""`nenghao case sample`: the monthly random sample, announced, drawn, checked, and what it says of all units."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import typer

from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.domain.rounding import exact_text
from nenghao.domain.sampling import Estimate
from nenghao.labels import Language, label
from nenghao.review.sampling import Sample, announce, draw_sample, load_sample, record_result

app = typer.Typer(no_args_is_help=True, help="The monthly random sample of units.")
MonthOption = Annotated[str, typer.Option("--month", help="Such as 2026-10.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does it.")]


@app.command("announce")
def announce_(
    month: MonthOption,
    count: Annotated[int, typer.Option(min=1, help="How many units are drawn.")],
    seed_day: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="Today or later: the root of this day's tree is the seed.")
    ],
    by: ByOption,
) -> None:
    """Announce a sample before anybody can know its seed."""
    settings, asked = load_settings(), Month.parse(month)
    with connect(settings, Role.CONSOLE) as conn:
        announce(conn, asked, count, seed_day.date(), by, datetime.now(UTC))
    typer.echo(label("sample.announced", settings.language, month=asked, count=count, seed_day=seed_day.date()))


@app.command("draw")
def draw_(month: MonthOption, by: ByOption) -> None:
    """Draw the sample, once the tree of its seed's day is closed."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        sample = draw_sample(conn, Month.parse(month), by, datetime.now(UTC))
    _print(sample, settings.language)


@app.command("show")
def show(month: MonthOption) -> None:
    """The sample as it stands: whom chance named, whether it can be drawn again, what the checked ones say of all."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        sample = load_sample(conn, Month.parse(month))
    _print(sample, settings.language)


@app.command("record")
def record(
    month: MonthOption,
    unit: Annotated[str, typer.Option(help="Credit code of a drawn unit.")],
    reported: Annotated[str, typer.Option(help="What it reported, in tce.")],
    checked: Annotated[str, typer.Option(help="What the officers found, in tce.")],
    document: Annotated[str, typer.Option(help="Number of the record of the check.")],
    by: ByOption,
    and_by: Annotated[str, typer.Option("--and-by", help="The second officer.")],
) -> None:
    """Record what two officers found at a drawn unit."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        record_result(
            conn,
            Month.parse(month),
            unit,
            reported_tce=Decimal(reported),
            checked_tce=Decimal(checked),
            document_no=document,
            officers=(by, and_by),
            now=datetime.now(UTC),
        )
    typer.echo(label("sample.recorded", settings.language, unit=unit))


def _print(sample: Sample, language: Language) -> None:
    plan = sample.plan
    announced = f"{plan.announced_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    month = Month.of(plan.month_on)
    typer.echo(
        label(
            "sample.head", language, month=month, count=plan.unit_count, seed_day=plan.seed_day_on, at=announced,
            by=plan.announced_by,
        )
    )  # fmt: skip
    if plan.seed is None:
        typer.echo(label("sample.waiting", language, seed_day=plan.seed_day_on))
        return
    unsized = sum(unit.size_tce is None for unit in sample.units)
    seed = plan.seed.hex()
    typer.echo(label("sample.drawn", language, seed=seed, units=len(sample.units), unsized=unsized))
    typer.echo(label("sample.again" if sample.is_reproduced else "sample.differs", language))
    for unit in sample.drawn:
        found = "-"
        if unit.reported_tce is not None and unit.checked_tce is not None:
            found = f"{exact_text(unit.reported_tce)} / {exact_text(unit.checked_tce)} tce  {unit.document_no}"
        size = exact_text(unit.size_tce or Decimal(0))
        typer.echo(f"  {unit.unit_code}  {unit.name}  {size} tce  p={float(unit.probability):.4f}  {found}")
    if sample.error_rate is not None and sample.total_error_tce is not None:
        typer.echo(label("sample.rate", language, **_ends(sample.error_rate, 100)))
        typer.echo(label("sample.total", language, **_ends(sample.total_error_tce, 1)))
    else:
        checked = sum(unit.checked_tce is not None for unit in sample.drawn)
        typer.echo(label("sample.open", language, checked=checked, count=len(sample.drawn)))


def _ends(estimate: Estimate, times: int) -> dict[str, str]:
    return {name: f"{getattr(estimate, name) * times:.1f}" for name in ("value", "low", "high")}
