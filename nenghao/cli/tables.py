"""Prints a list as an aligned table, CSV or JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from unicodedata import east_asian_width

import typer

from nenghao.registers.tables import escape


class Form(StrEnum):
    """How a list is printed."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


def print_table(
    headings: Mapping[str, str], rows: Sequence[Mapping[str, str]], form: Form, *, err: bool = False
) -> None:
    """Print rows by column name; `headings` has every column's name, in order, with its title for people.

    JSON and CSV have the names, so that a program reads them in any language; CSV escapes what looks like a formula.
    """
    match form:
        case Form.JSON:
            typer.echo(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2), err=err)
        case Form.CSV:
            buffer = io.StringIO()
            writer = csv.writer(buffer, lineterminator="\n")
            writer.writerow(headings)
            writer.writerows([escape(row[name]) for name in headings] for row in rows)
            typer.echo(buffer.getvalue().rstrip("\n"), err=err)
        case Form.TEXT:
            lines = [list(headings.values()), *([row[name] for name in headings] for row in rows)]
            widths = [max(_width(line[place]) for line in lines) for place in range(len(headings))]
            for line in lines:
                padded = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
                typer.echo("  ".join(padded).rstrip(), err=err)


def _width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
