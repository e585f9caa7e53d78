"""What the commands of drafts and filings share: names of cells on a command line, refusals in the user's language."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final

import typer

from nenghao.cli.tables import Form, print_table
from nenghao.db.errors import driver_errors
from nenghao.domain.filed_cells import FORM_1, FiledCell, Key
from nenghao.domain.periods import Month
from nenghao.domain.rounding import exact_text
from nenghao.filing.refusals import FilingRefused
from nenghao.filing.templates import FormSheet, long_lines
from nenghao.labels import Language, label, load_labels
from nenghao.registers.tables import escape
from nenghao.reporting.workbook import WorkbookColumn, WorkbookSheet, write_workbook

UnitCode = Annotated[str, typer.Argument(help="Unit code, 18 characters.")]
MonthText = Annotated[str, typer.Argument(metavar="MONTH", help="Month like 2026-09; figures run from January to it.")]
By = Annotated[str, typer.Option("--by", help="Who does it.")]

_CELL: Final = re.compile(r"(?:(?P<form>205-[123])/)?(?P<row>[A-Za-z0-9_-]+)\.(?P<column>[a-z0-9_]+)")
_VALUE: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")


@contextmanager
def refusals(language: Language) -> Iterator[None]:
    """Tell a refusal in the user's language and end with exit code 1: a step was asked for and not taken."""
    try:
        with driver_errors():
            yield
    except FilingRefused as refused:
        typer.echo(refusal_text(refused, language), err=True)
        raise typer.Exit(1) from refused


def refusal_text(refused: FilingRefused, language: Language) -> str:
    """A refusal as a sentence; signers and states by their names."""
    words = load_labels(language)
    values = {
        name: ", ".join(words.get(f"filing.signer.{part}", part) for part in str(value).split(", "))
        for name, value in refused.values.items()
    }
    return label(f"filing.refused.{refused.key}", language, **values)


def parse_month(text: str) -> Month:
    """A month of a command line.

    Raises: DataRefused where it is none.
    """
    return Month.parse(text)


def parse_cell(text: str) -> Key:
    """`33.4` of 205-1, `205-2/09.11` of another form.

    Raises: typer.BadParameter where it names no cell.
    """
    found = _CELL.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} names no cell: 33.4, or 205-2/09.11")
    return found["form"] or FORM_1, found["row"], found["column"]


def parse_entries(texts: list[str]) -> dict[Key, Decimal | None]:
    """`33.4=12.5` sets a figure, `33.4=` takes it out.

    Raises: typer.BadParameter where one is neither.
    """
    entries: dict[Key, Decimal | None] = {}
    for text in texts:
        cell, is_given, value = text.partition("=")
        if not is_given or (value and not _VALUE.fullmatch(value)):
            raise typer.BadParameter(f"{text!r} is no figure: 33.4=12.5, or 33.4= to take it out")
        entries[parse_cell(cell)] = Decimal(value) if value else None
    return entries


def cell_name(key: Key) -> str:
    """A cell as commands take it."""
    form, row, column = key
    return f"{row}.{column}" if form == FORM_1 else f"{form}/{row}.{column}"


def print_cells(cells: Mapping[Key, FiledCell], language: Language, form: Form) -> None:
    """The figures of a draft or filing, one a line."""
    words = load_labels(language)
    headings = {name: label(f"draft.table.{name}", language) for name in ("cell", "name", "title", "value", "source")}
    rows = [
        {
            "cell": cell_name(key),
            "name": words.get(f"variety.{key[1]}", key[1]),
            "title": words.get(f"form.{key[0]}.column.{key[2]}") or words.get(f"draft.column.{key[2]}", key[2]),
            "value": exact_text(cell.value),
            "source": label(f"draft.source.{cell.source}", language),
        }
        for key, cell in sorted(cells.items())
    ]
    print_table(headings, rows, form)


def write_figures(path: Path, cells: Mapping[Key, FiledCell], sheets: list[FormSheet]) -> None:
    """A template or transcript: a workbook laid out as the forms, or a CSV file with a line for each figure.

    Raises: typer.BadParameter where the file's ending is neither.
    """
    match path.suffix.lower():
        case ".xlsx":
            pages = [
                WorkbookSheet(
                    title=sheet.form,
                    columns=tuple(
                        WorkbookColumn(heading, code, kind="text" if place < 3 else "number")
                        for place, (heading, code) in enumerate(zip(sheet.headings, sheet.codes, strict=True))
                    ),
                    rows=sheet.rows,
                )
                for sheet in sheets
            ]
            write_workbook(path, pages)
        case ".csv":
            lines = [",".join(escape(text) for text in line) for line in long_lines(cells)]
            path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig", newline="")
        case _:
            raise typer.BadParameter(f"{path}: the file ends in .xlsx or .csv")
