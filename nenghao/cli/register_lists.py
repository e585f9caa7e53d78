"""`nenghao register list`: what is to be done about registers, as a table, CSV or JSON."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from nenghao.cli.tables import Form, print_table
from nenghao.config import Role, load_settings
from nenghao.db import register_lists
from nenghao.db.connection import connect
from nenghao.db.registers import Cells
from nenghao.labels import Language, label
from nenghao.registers.columns import as_text
from nenghao.registers.layout import METERS_SHEET
from nenghao.registers.lists import undeclared_changes, unmetered_points, verifications_due

app = typer.Typer(no_args_is_help=True, help="What is to be done about registers, and the ledger of meters.")

Unit = Annotated[str | None, typer.Option(help="Only this unit, by its code.")]
In = Annotated[Form, typer.Option("--format", help="How it is printed.")]

_LEDGER = (
    "unit_code", "meter_no", "name", "instrument", "variety_code", "metering_level", "model", "accuracy_class",
    "measuring_range", "maker", "serial_no", "place", "cycle_months", "verified_on", "next_verification_on",
    "verified_by", "certificate_no", "state", "point_codes",
)  # fmt: skip


@app.callback()
def _group() -> None:
    """What is to be done about registers, and the ledger of meters."""


@app.command()
def meters(unit: Unit = None, form: In = Form.TEXT) -> None:
    """能源计量器具一览表: every meter with its newest verification and state, and its points now."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        rows = register_lists.list_meters(conn, unit, datetime.now(UTC))
    shown = [{name: _cell(row, name, settings.language, form) for name in _LEDGER} for row in rows]
    print_table(_headings(_LEDGER, settings.language), shown, form)


@app.command()
def overdue(
    unit: Unit = None,
    within_days: Annotated[int, typer.Option(min=0, help="Also what is due within so many days.")] = 30,
    form: In = Form.TEXT,
) -> None:
    """Meters in use whose verification has passed or passes soon, and those of which none is known."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        due = verifications_due(conn, unit, datetime.now(UTC), within_days)
    names = (
        "unit_code",
        "meter_no",
        "name",
        "place",
        "verified_on",
        "next_verification_on",
        "certificate_no",
        "point_codes",
    )
    shown = [
        {
            **{name: _cell(each.meter, name, settings.language, form) for name in names},
            "standing": _word(each.standing, settings.language, form),
            "days_over": "" if each.days_over is None else str(each.days_over),
        }
        for each in due
    ]
    print_table(_headings((*names, "standing", "days_over"), settings.language), shown, form)


@app.command()
def unmetered(unit: Unit = None, form: In = Form.TEXT) -> None:
    """Points without a meter, and the rate of equipment (配备率) of their kind and level."""
    settings = load_settings()
    language = settings.language
    with connect(settings, Role.CONSOLE) as conn:
        points, rates, newer = unmetered_points(conn, unit, datetime.now(UTC))
    if newer is not None:
        typer.echo(label("register.list.no_rows", language, newer=newer, edition=rates.edition), err=True)
    names = (
        "unit_code",
        "point_code",
        "name",
        "variety_code",
        "level",
        "equipped",
        "percent",
        "percent_asked",
        "standing",
    )
    shown = [
        {
            "unit_code": each.point.unit_code,
            "point_code": each.point.point_code,
            "name": each.point.name,
            "variety_code": each.point.variety_code,
            "level": _word(f"level_{each.level}", language, form),
            "equipped": f"{each.equipped}/{each.required}",
            "percent": f"{each.percent}",
            "percent_asked": f"{each.percent_asked}",
            "standing": _word("below" if each.percent < each.percent_asked else "met", language, form),
        }
        for each in points
    ]
    print_table(_headings(names, language), shown, form)


@app.command()
def undeclared(
    unit: Unit = None,
    since_days: Annotated[int, typer.Option(min=1, max=400, help="How far back to look.")] = 31,
    form: In = Form.TEXT,
) -> None:
    """Changes that were seen and are in no register: configurations, meters, multipliers, registers that fell."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        found = undeclared_changes(conn, unit, datetime.now(UTC), since_days)
    shown = [
        {
            "unit_code": each.unit_code,
            "where": each.place,
            "seen_on": each.seen_on.isoformat(),
            "what": _word(each.reason, settings.language, form),
            "detail": each.detail,
            "declare_by": each.declare_by.isoformat() if each.declare_by else "",
        }
        for each in found
    ]
    print_table(
        _headings(("unit_code", "where", "seen_on", "what", "detail", "declare_by"), settings.language), shown, form
    )


def _headings(names: tuple[str, ...], language: Language) -> Mapping[str, str]:
    """Titles of columns: those of registers, and the lists' own."""
    known = METERS_SHEET.by_name.keys() | {"point_code"}
    return {name: label(f"register.{'column' if name in known else 'list'}.{name}", language) for name in names}


def _cell(row: Cells, name: str, language: Language, form: Form) -> str:
    """A cell as people or programs read it: a word of a closed list by its label in a table only."""
    cell = row[name]
    column = METERS_SHEET.by_name.get(name)
    if form is Form.TEXT and column is not None and column.choices and cell is not None:
        return label(f"register.choice.{cell}", language)
    return as_text(cell)


def _word(word: str, language: Language, form: Form) -> str:
    return label(f"register.list.{word}", language) if form is Form.TEXT else word
