"""`nenghao explain UNIT MONTH ROW COLUMN`: from a cell of a balance to its points, days and messages."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import typer

from nenghao.config import Role, load_settings
from nenghao.db import balances
from nenghao.db.connection import Connection, connect
from nenghao.db.series_days import TimeRun, find_neighbours
from nenghao.domain.acceptance import Assurance
from nenghao.domain.periods import Month, day_bounds
from nenghao.domain.rounding import exact_text
from nenghao.domain.series_version import GRID_TOLERANCE_S
from nenghao.jobs.affected_days import REACH
from nenghao.labels import Language, label

TOLERANCE = timedelta(seconds=GRID_TOLERANCE_S)

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.callback()
def explain(
    unit_code: Annotated[str, typer.Argument(help="Unified social credit code.")],
    month: Annotated[str, typer.Argument(help="Like 2026-10.")],
    row: Annotated[str, typer.Argument(help="Row of 205-1, like 33.")],
    column: Annotated[str, typer.Argument(help="Column of 205-1, like 4, or tce.")],
    day: Annotated[str | None, typer.Option(help="Also list the messages of this day, like 2026-10-05.")] = None,
) -> None:
    """Show what a cell of the newest balance rests on; exit code 1 where there is no such cell."""
    settings, asked = load_settings(), Month.parse(month)
    with connect(settings, Role.VERIFIER) as conn:
        cell = balances.explain_cell(
            conn, unit_code=unit_code, month_on=asked.start_on, row_code=row, column_code=column
        )
        if cell is None:
            typer.echo(label("explain.none", settings.language))
            raise typer.Exit(1)
        typer.echo(
            label(
                "explain.cell", settings.language, unit_code=unit_code, month=asked, row=row, column=column,
                value=exact_text(cell.value), unit=cell.unit, version=cell.version, completeness=cell.completeness,
                known_share=_shown(cell.known_share, settings.language),
                measured_share=_shown(cell.measured_share, settings.language),
            )
        )  # fmt: skip
        if cell.coefficient is not None:
            code, value, unit, source, confidence = cell.coefficient
            typer.echo(
                label(
                    "explain.coefficient", settings.language, code=code, value=value, unit=unit, source=source,
                    confidence=confidence,
                )
            )  # fmt: skip
        for point in balances.explain_points(conn, cell.point_ids, asked.start_on):
            _explain_point(conn, point, asked, day, settings.language)


def _explain_point(
    conn: Connection, point: tuple[object, ...], month: Month, day: str | None, language: Language
) -> None:
    point_id, code, flow, energy, unit, due, received, known = point
    typer.echo(
        label(
            "explain.point", language, code=code, flow=flow, energy=_shown(energy, language), unit=unit, due=due,
            received=received, known=known,
        )
    )  # fmt: skip
    for day_on, series_id, kind, total, day_unit, measured, quality in balances.explain_days(
        conn, int(str(point_id)), month.start_on, month.end_on
    ):
        letters = "".join(f"{letter}{quality.count(letter)} " for letter in "VEXN" if letter in quality).strip()
        typer.echo(
            "  "
            + label(
                "explain.day", language, day=day_on, series=series_id, energy=_shown(total, language), unit=day_unit,
                measured=exact_text(measured), quality=letters,
            )
        )  # fmt: skip
        if day == str(day_on):
            span = _readings_of_day(conn, series_id, kind, day_on)
            for message_id, readings, algorithm, digest, level in balances.explain_messages(conn, series_id, *span):
                text = label(
                    "explain.message", language, message=message_id, readings=readings, algorithm=algorithm,
                    hash=digest.hex(), assurance=label(f"assurance.{Assurance(level).name.lower()}", language),
                )  # fmt: skip
                typer.echo(f"    {text}")


def _readings_of_day(conn: Connection, series_id: int, kind: str, day_on: date) -> tuple[datetime, datetime]:
    """First and last instant of the readings that a day rests on: registers from before a gap to after it."""
    begin, end = day_bounds(day_on)
    if kind != "register":
        return begin - TOLERANCE, end - TOLERANCE - timedelta(microseconds=1)
    asked = TimeRun(series_id, begin + TOLERANCE, end - TOLERANCE)
    ((before, after),) = find_neighbours(conn, [asked], reach=REACH)
    return before or begin, after or end


def _shown(value: object, language: Language) -> str:
    return exact_text(value) if isinstance(value, Decimal) else label("explain.unknown", language)
