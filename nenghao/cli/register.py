"""`nenghao register`: registers of things from files and to files, and lists of what is to be done about them."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from nenghao.cli.register_lists import app as lists
from nenghao.cli.tables import Form, print_table
from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.errors import ConfigError
from nenghao.labels import Language, label
from nenghao.registers.exporter import ExportedSheet, export_sheets, reject_rows, shown, write_csv
from nenghao.registers.importer import Imported, import_registers
from nenghao.registers.layout import SHEETS
from nenghao.registers.reader import FAULT_COLUMN, Fault, find_sheet
from nenghao.registers.sheet import Sheet
from nenghao.reporting.workbook import WorkbookColumn, WorkbookSheet, write_workbook

#: Faults shown on a terminal; all of them are in the rejects file.
MAX_SHOWN = 200

app = typer.Typer(
    no_args_is_help=True, help="Registers: units, meters, points, series, network and what goes with them."
)
app.add_typer(lists, name="list")


@app.callback()
def _group() -> None:
    """Registers: units, meters, points, series, network and what goes with them."""


@app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(exists=True, help="A CSV file, a workbook, or a folder of them.")],
    sheet: Annotated[str | None, typer.Option(help="The register that a CSV file of another name holds.")] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Import the rows without a fault; write the others.")
    ] = False,
    rejects: Annotated[Path | None, typer.Option(help="Workbook for the rows that were not imported.")] = None,
) -> None:
    """Import registers: all rows, or none and a table of what is wrong (exit code 1)."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        result = import_registers(conn, source, datetime.now(UTC), sheet_name=sheet, is_partial=partial)
    _tell(result, settings.language)
    if not result.faults:
        return
    if partial and result.refused:
        path = _write_rejects(result, rejects or _rejects_path(source), settings.language)
        typer.echo(label("register.rejects", settings.language, file=path), err=True)
    key, rows = ("refused", len(result.refused)) if partial else ("nothing", 0)
    typer.echo(label(f"register.{key}", settings.language, rows=rows, count=len(result.faults)), err=True)
    raise typer.Exit(1)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="OUT.xlsx, OUT.csv with --sheet, or a folder for CSV files.")],
    sheet: Annotated[list[str] | None, typer.Option(help="Only this register; may be given again.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only this unit, by its code.")] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Headings and lists to choose from, without rows.")
    ] = False,
) -> None:
    """Export registers so that an import of the same file changes nothing."""
    settings = load_settings()
    sheets = [_find(name) for name in sheet] if sheet else list(SHEETS)
    if template:
        exported = [ExportedSheet(each, []) for each in sheets]
    else:
        with connect(settings, Role.CONSOLE) as conn:
            exported = export_sheets(conn, sheets, unit)
    _write(target, exported, settings.language)
    for each in exported:
        if each.rows:
            typer.echo(
                label(
                    "register.exported",
                    settings.language,
                    sheet=each.sheet.title(settings.language),
                    count=len(each.rows),
                )
            )


def _tell(result: Imported, language: Language) -> None:
    if result.faults:
        headings = {
            name: label(f"register.table_{name}", language) for name in ("file", "row", "column", "reason", "text")
        }
        rows = [_fault_row(fault, language) for fault in result.faults[:MAX_SHOWN]]
        print_table(headings, rows, Form.TEXT, err=True)
        if len(result.faults) > MAX_SHOWN:
            typer.echo(label("register.more", language, count=len(result.faults) - MAX_SHOWN), err=True)
    elif not (result.added or result.filled or result.unchanged):
        typer.echo(label("register.empty", language))
    for sheet in SHEETS:
        numbers = [counts.get(sheet.name, 0) for counts in (result.added, result.filled, result.unchanged)]
        if any(numbers):
            added, filled, unchanged = numbers
            title = sheet.title(language)
            typer.echo(label("register.added", language, sheet=title, added=added, filled=filled, unchanged=unchanged))


def _fault_row(fault: Fault, language: Language) -> dict[str, str]:
    return {
        "file": fault.file_name,
        "row": str(fault.row),
        "column": fault.column,
        "reason": label(f"register.reason.{fault.reason}", language),
        "text": fault.text,
    }


def _find(name: str) -> Sheet:
    sheet = find_sheet(name)
    if sheet is None:
        raise ConfigError(f"there is no register {name}: {', '.join(each.name for each in SHEETS)}")
    return sheet


def _write(target: Path, exported: list[ExportedSheet], language: Language) -> None:
    match target.suffix.lower():
        case ".xlsx":
            notes = [label(f"register.note.{name}", language) for name in ("fill", "choose", "dates", "codes", "back")]
            pages = [_page(each, language) for each in exported]
            write_workbook(target, pages, label("register.notes", language), notes)
        case ".csv" if len(exported) == 1:
            write_csv(target, exported[0])
        case ".csv":
            raise ConfigError("a CSV file holds one register: say which with --sheet")
        case _:
            target.mkdir(parents=True, exist_ok=True)
            for each in exported:
                write_csv(target / each.sheet.file_name, each)


def _page(exported: ExportedSheet, language: Language) -> WorkbookSheet:
    columns = exported.sheet.columns
    return WorkbookSheet(
        exported.sheet.title(language),
        _columns(exported.sheet, language),
        [[shown(column, cell, language) for column, cell in zip(columns, row, strict=True)] for row in exported.rows],
    )


def _columns(sheet: Sheet, language: Language) -> tuple[WorkbookColumn, ...]:
    return tuple(
        WorkbookColumn(
            sheet.heading(column, language) + ("*" if column.is_required else ""),
            column.name,
            tuple(label(f"register.choice.{value}", language) for value in column.choices),
            column.kind,
        )
        for column in sheet.columns
    )


def _rejects_path(source: Path) -> Path:
    """Beside the source and not inside a folder that is imported again; an earlier one is never overwritten."""
    stem = source.resolve().name if source.is_dir() else source.name.split(".")[0]
    names = (f"{stem}.rejects{'' if number == 1 else f'-{number}'}.xlsx" for number in count(1))
    folder = source.resolve().parent
    return next(folder / name for name in names if not (folder / name).exists())


def _write_rejects(result: Imported, path: Path, language: Language) -> Path:
    rows = reject_rows(result.refused, result.faults, language)
    fault_column = WorkbookColumn(label("register.fault_column", language), FAULT_COLUMN)
    write_workbook(
        path,
        [
            WorkbookSheet(sheet.title(language), (*_columns(sheet, language), fault_column), rows[sheet.name])
            for sheet in SHEETS
            if sheet.name in rows
        ],
    )
    return path
