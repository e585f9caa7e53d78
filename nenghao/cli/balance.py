"""`nenghao balance show UNIT MONTH`: the monitored balance of a unit's month, form by form."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from nenghao.cli.tables import Form, print_table
from nenghao.config import Role, load_settings
from nenghao.db import balances
from nenghao.db.balances import CellMark, ShownBalance
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import driver_errors
from nenghao.domain.balance_cells import Cell
from nenghao.domain.consumption import CellKey
from nenghao.domain.cumulative import cumulate
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.domain.rounding import exact_text, percent_text, round_figure
from nenghao.labels import Language, label
from nenghao.reference.varieties import load_varieties

app = typer.Typer(no_args_is_help=True, help="Monitored balances of unit months.")
COEFFICIENT = "10"
#: Cells as they stand in CSV and JSON, exact.
COLUMNS = (
    "form", "row", "column", "value", "unit", "completeness", "known_share", "measured_share", "coefficients",
    "heating_values", "decisions",
)  # fmt: skip


class FormCode(StrEnum):
    """The forms that a balance fills."""

    FORM_1 = "205-1"
    FORM_2 = "205-2"


@app.callback()
def about() -> None:
    """Monitored balances of unit months."""


@app.command()
def show(
    unit_code: Annotated[str, typer.Argument(help="Unified social credit code.")],
    month: Annotated[str, typer.Argument(help="Like 2026-10.")],
    form: Annotated[FormCode | None, typer.Option(help="One form only.")] = None,
    version: Annotated[int | None, typer.Option(help="A version; else the newest.")] = None,
    cumulative: Annotated[bool, typer.Option("--cumulative", help="January to the month, as the form counts.")] = False,
    output: Annotated[Form, typer.Option("--format", help="Text rounds as the form does; CSV and JSON are exact.")] = (
        Form.TEXT
    ),
) -> None:
    """Show what meters give of the forms; exit code 1 where the month is not built."""
    language, asked = load_settings().language, Month.parse(month)
    first = Month(asked.year, 1) if cumulative else asked
    with driver_errors(), connect(load_settings(), Role.VERIFIER) as conn:
        found = balances.find_balances(conn, unit_code, first.start_on, asked.start_on, version)
        if [one.month_on for one in found] != [
            Month(asked.year, n).start_on for n in range(first.month, asked.month + 1)
        ]:
            typer.echo(label("balance.none", language), err=True)
            raise typer.Exit(1)
        cells = _cumulated(conn, found) if cumulative else balances.load_cells(conn, found[-1].balance_id)
        marks = [mark for one in found for mark in balances.load_marks(conn, one.balance_id)]
    cells = [cell for cell in cells if form is None or cell.form_code == form.value]
    if output is Form.TEXT:
        _print_forms(found[-1], cells, language, is_cumulative=cumulative)
        _print_marks([mark for mark in marks if form is None or mark.form_code == form.value], language)
    else:
        print_table({name: name for name in COLUMNS}, [_cell_row(cell, marks) for cell in cells], output)


def _cumulated(conn: Connection, found: Sequence[ShownBalance]) -> list[Cell]:
    """The year's cells up to the month; shares are of months and do not add up."""
    months = [balances.load_cells(conn, one.balance_id) for one in found]
    units = {cell.key: cell.unit for month in months for cell in month}
    return [
        Cell(
            form_code=key[0], row_code=key[1], column_code=key[2], value=value, unit=units[key],
            completeness=min(_shares(months, key)), known_share=None, measured_share=None, coefficient_code=None,
            source_point_ids=(),
        )
        for key, value in cumulate([{cell.key: cell.value for cell in month} for month in months]).items()
    ]  # fmt: skip


def _shares(months: Sequence[Sequence[Cell]], key: CellKey) -> list[Decimal]:
    return [cell.completeness for month in months for cell in month if cell.key == key]


def _cell_row(cell: Cell, marks: Sequence[CellMark]) -> dict[str, str]:
    decisions = {mark.decision_id for mark in marks if (mark.form_code, mark.row_code, mark.column_code) == cell.key}
    return {
        "form": cell.form_code,
        "row": cell.row_code,
        "column": cell.column_code,
        "value": exact_text(cell.value),
        "unit": cell.unit,
        "completeness": exact_text(cell.completeness),
        "known_share": "" if cell.known_share is None else exact_text(cell.known_share),
        "measured_share": "" if cell.measured_share is None else exact_text(cell.measured_share),
        "coefficients": " ".join(cell.coefficient_codes),
        "heating_values": " ".join(map(str, cell.heating_value_ids)),
        "decisions": " ".join(map(str, sorted(decisions))),
    }


# --- for people ---


def _print_forms(balance: ShownBalance, cells: Sequence[Cell], language: Language, *, is_cumulative: bool) -> None:
    month = Month.of(balance.month_on)
    typer.echo(
        label(
            "balance.heading", language, unit_code=balance.unit_code, name=balance.unit_name, month=month,
            version=balance.version, mark=label("cell.monitored", language),
        )
    )  # fmt: skip
    typer.echo(
        label(
            "balance.editions", language, layout=balance.layout_edition, coefficients=balance.coefficient_edition,
            engine=balance.engine_version or label("explain.unknown", language),
        )
    )  # fmt: skip
    for form_code in FormCode:
        of_form = [cell for cell in cells if cell.form_code == form_code.value]
        if of_form:
            title = label("balance.cumulative" if is_cumulative else "balance.month", language)
            typer.echo(f"\n{form_code.value} {label(f'form.{form_code.value}.title', language)} · {title}")
            _print_form(form_code.value, of_form, language)


def _print_marks(marks: Sequence[CellMark], language: Language) -> None:
    """What decisions took out, and which cells rest on it: the figure is estimated there."""
    cells: dict[tuple[int, int, str, datetime, datetime], list[str]] = {}
    for mark in marks:
        of = (mark.decision_id, mark.case_id, mark.point_code, mark.begin_at, mark.end_at)
        cells.setdefault(of, []).append(f"{mark.form_code}!{mark.row_code}.{mark.column_code}")
    for (decision_id, case_id, point, begin_at, end_at), places in sorted(cells.items()):
        span = " .. ".join(f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for at in (begin_at, end_at))
        typer.echo(
            label(
                "balance.taken_out", language, decision=decision_id, case=case_id, point=point, span=span,
                cells=" ".join(places),
            )
        )  # fmt: skip


def _print_form(form_code: str, cells: Sequence[Cell], language: Language) -> None:
    """The rows that have a figure, in the form's order, and what their columns are."""
    columns = sorted({cell.column_code for cell in cells}, key=_column_place)
    headings = {key: label(f"balance.{key}", language) for key in ("row", "variety", "unit")}
    headings |= {column: column for column in columns} | {"shares": label("balance.shares", language)}
    rows = []
    for variety in load_varieties().varieties:
        of_row = {cell.column_code: cell for cell in cells if cell.row_code == variety.code}
        if of_row:
            figures = {column: _figure(of_row.get(column), column) for column in columns}
            rows.append(
                {
                    "row": variety.code,
                    "variety": label(f"variety.{variety.code}", language),
                    "unit": label(f"unit.{variety.form_unit}", language),
                    **figures,
                    "shares": _row_shares(of_row),
                }
            )
    print_table(headings, rows, Form.TEXT)
    for column in columns:
        typer.echo(f"  {column}: {label(f'form.{form_code}.column.{column}', language)}")


def _column_place(column: str) -> tuple[int, str]:
    return (int(column), "") if column.isdigit() else (100, column)


def _figure(cell: Cell | None, column: str) -> str:
    """A figure as the form prints it; where there is none, nothing, for it is not zero."""
    if cell is None:
        return ""
    is_coefficient = column == COEFFICIENT and cell.form_code == FormCode.FORM_1
    return exact_text(cell.value) if is_coefficient else str(round_figure(cell.value, 2))


def _row_shares(of_row: Mapping[str, Cell]) -> str:
    """Completeness and measured share of what was used; of whatever there is, where that is not known."""
    cell = of_row.get("4") or of_row.get("1") or next(iter(of_row.values()))
    measured = "-" if cell.measured_share is None else percent_text(cell.measured_share)
    return f"{percent_text(cell.completeness)} / {measured}"
