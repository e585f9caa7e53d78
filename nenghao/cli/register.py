"""`nenghao register`: registers of things from files."""

from pathlib import Path
from typing import Annotated

import typer

from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.labels import Language, label
from nenghao.registers.importer import import_folder
from nenghao.registers.reader import Fault

app = typer.Typer(no_args_is_help=True, help="Registers: units, meters, points, series, network.")


@app.callback()
def _group() -> None:
    """Registers: units, meters, points, series, network."""


@app.command("import")
def import_(folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)]) -> None:
    """Import the CSV files of FOLDER: all rows, or none and a table of what is wrong (exit code 1)."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        result = import_folder(conn, folder)
    if result.faults:
        for fault in result.faults:
            typer.echo(_line(fault, settings.language), err=True)
        typer.echo(label("register.nothing", settings.language, count=len(result.faults)), err=True)
        raise typer.Exit(1)
    for sheet, count in result.added.items():
        typer.echo(
            label("register.added", settings.language, sheet=sheet, added=count, unchanged=result.unchanged[sheet])
        )


def _line(fault: Fault, language: Language) -> str:
    """One fault in the user's language: file, row, column, reason, and the text that stood there."""
    place = label("register.fault", language, file=fault.file_name, row=fault.row, column=fault.column)
    shown = f": {fault.text}" if fault.text else ""
    return f"{place}: {label(f'register.reason.{fault.reason}', language)}{shown}"
