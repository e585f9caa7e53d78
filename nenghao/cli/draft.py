"""`nenghao draft`: the unit's own draft of a month (底稿), under the unit's role; nobody else sees it."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from nenghao.cli.filing_words import (
    By,
    MonthText,
    UnitCode,
    parse_cell,
    parse_entries,
    parse_month,
    print_cells,
    refusals,
    write_figures,
)
from nenghao.cli.tables import Form, print_table
from nenghao.config import Role, load_settings
from nenghao.db import drafts as db
from nenghao.db.connection import connect
from nenghao.db.identity import as_unit
from nenghao.domain.explanations import Explanation, Note
from nenghao.domain.filed_cells import FORM_1, FORM_2, FORM_3
from nenghao.filing.drafting import Draft, add_note, load_draft, prefill_draft, set_cells
from nenghao.filing.refusals import FilingRefused
from nenghao.filing.templates import FigureFault, form_sheets, read_figures
from nenghao.labels import Language, label, load_labels
from nenghao.reference.relations import relation_edition
from nenghao.reference.varieties import load_varieties

#: `expectations.draft_cli` adds the check and gives the group its name.
app = typer.Typer()


@app.command()
def prefill(unit: UnitCode, month: MonthText, by: By) -> None:
    """Make the draft from the unit's own meters and earlier filings; what people entered stays."""
    settings = load_settings()
    with (
        refusals(settings.language),
        connect(settings, Role.UNIT) as conn,
        as_unit(conn, unit) as own,
    ):
        draft = prefill_draft(conn, own, parse_month(month), by, datetime.now(UTC))
    _saved(draft, settings.language)


@app.command()
def show(unit: UnitCode, month: MonthText, form: Annotated[Form, typer.Option("--format")] = Form.TEXT) -> None:
    """The draft as it was saved last, each figure with its source."""
    settings = load_settings()
    with refusals(settings.language), connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
        draft = load_draft(conn, own, parse_month(month))
        signatures = db.signatures(conn, draft.draft_id)
    print_cells(draft.cells, settings.language, form)
    if form is Form.TEXT:
        for note in draft.notes:
            form_code, row, column = note.key
            typer.echo(
                label(
                    "filing.note",
                    settings.language,
                    relation=note.relation,
                    cell=f"{form_code} {row}.{column}",
                    cause=note.explanation.cause,
                    quantity=note.explanation.quantity,
                    document=note.explanation.document,
                )
            )
        for one in signatures:
            signer = label(f"filing.signer.{one.signer}", settings.language)
            typer.echo(label("filing.signed", settings.language, signer=signer, by=one.signed_by))


@app.command("set")
def set_(
    unit: UnitCode,
    month: MonthText,
    figures: Annotated[list[str], typer.Argument(help="33.4=12.5 sets a figure, 205-2/09.11= takes one out.")],
    by: By,
) -> None:
    """Enter figures, or take them out."""
    settings = load_settings()
    entries = parse_entries(figures)
    with refusals(settings.language), connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
        draft = set_cells(conn, own, parse_month(month), entries, by, datetime.now(UTC))
    _saved(draft, settings.language)


@app.command()
def template(
    unit: UnitCode, month: MonthText, to: Annotated[Path, typer.Option(help="FILE.xlsx, or FILE.csv.")]
) -> None:
    """Write the draft as a file to fill in: what stands there already, and empty cells for the rest."""
    settings = load_settings()
    wanted = parse_month(month)
    with refusals(settings.language), connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
        cells = load_draft(conn, own, wanted).cells
    varieties = load_varieties(wanted.start_on)
    sheets = form_sheets(cells, varieties, settings.language, forms=(FORM_1, FORM_2, FORM_3))
    write_figures(to, cells, sheets)
    typer.echo(str(to))


@app.command("import")
def import_(
    unit: UnitCode,
    month: MonthText,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A template that was filled in.")],
    by: By,
) -> None:
    """Take the figures of a file: all that are new, or none and a table of what is wrong (exit code 1)."""
    settings = load_settings()
    read = read_figures(file)
    if read.faults:
        _print_faults(list(read.faults), settings.language)
        raise typer.Exit(1)
    wanted = parse_month(month)
    with refusals(settings.language), connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
        there = load_draft(conn, own, wanted).cells if db.newest_draft(conn, own.unit_id, wanted.start_on) else {}
        new: dict[tuple[str, str, str], Decimal | None] = {
            key: value for key, value in read.entries.items() if key not in there or there[key].value != value
        }
        if not new:
            raise FilingRefused("nothing_new", file=file.name)
        draft = set_cells(conn, own, wanted, new, by, datetime.now(UTC))
    typer.echo(label("draft.imported", settings.language, new=len(new), file=file.name))
    _saved(draft, settings.language)


@app.command()
def note(
    unit: UnitCode,
    month: MonthText,
    relation: Annotated[str, typer.Argument(help="Code of a relation that the check named, such as A8.")],
    cell: Annotated[str, typer.Argument(help="The cell that the check named, such as 33.4.")],
    cause: Annotated[str, typer.Option(help="What happened.")],
    quantity: Annotated[str, typer.Option(help="How much it makes, with a number.")],
    document: Annotated[str, typer.Option(help="What proves it: number or name of a document.")],
    by: By,
) -> None:
    """Explain why a relation does not hold at a cell (说明), for the values that stand there."""
    settings = load_settings()
    wanted, key = parse_month(month), parse_cell(cell)
    with refusals(settings.language), connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
        draft = load_draft(conn, own, wanted)
        check = db.newest_check_of_cells(conn, draft.draft_id, relation_edition())
        if check is None:
            raise FilingRefused("not_checked")
        found = [
            each
            for each in check.broken
            if (each["relation"], (each["form"], each["row"], each["column"])) == (relation, key)
        ]
        if not found:
            raise FilingRefused("not_broken", relation=relation, cell=cell)
        said = Note(
            relation=relation,
            key=key,
            left=Decimal(found[0]["left"]),
            right=Decimal(found[0]["right"]),
            explanation=Explanation(cause=cause, quantity=quantity, document=document),
            noted_by=by,
        )
        draft = add_note(conn, own, wanted, said, datetime.now(UTC))
    _saved(draft, settings.language)


def _saved(draft: Draft, language: Language) -> None:
    typer.echo(label("draft.saved", language, draft=draft.draft_id, month=draft.month, count=len(draft.cells)))


def _print_faults(faults: list[FigureFault], language: Language) -> None:
    words = load_labels(language)
    names = ("file", "row", "column", "reason", "text")
    print_table(
        {name: label(f"register.table_{name}", language) for name in names},
        [
            {
                "file": f"{fault.file_name} {fault.sheet}",
                "row": str(fault.row),
                "column": fault.column,
                "reason": words.get(f"draft.reason.{fault.reason}")
                or label(f"register.reason.{fault.reason}", language),
                "text": fault.text,
            }
            for fault in faults
        ],
        Form.TEXT,
        err=True,
    )
