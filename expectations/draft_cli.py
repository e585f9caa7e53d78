"""`nenghao draft`: the commands of nenghao.cli.draft, and the check of a draft, which runs Great Expectations."""

from datetime import UTC, datetime

import typer

from expectations.drafts import Broken, check_draft
from nenghao.cli.draft import app as drafting
from nenghao.cli.filing_words import MonthText, UnitCode, cell_name, parse_month, refusals
from nenghao.cli.tables import Form, print_table
from nenghao.config import load_settings
from nenghao.domain.rounding import exact_text
from nenghao.labels import Language, label

app = typer.Typer(no_args_is_help=True, help="A unit's own draft of a month; nobody else sees it.")
app.add_typer(drafting)


@app.callback()
def _group() -> None:
    """底稿: a unit's own draft of a month; nobody else sees it."""


@app.command()
def check(unit: UnitCode, month: MonthText) -> None:
    """Run the auditors' relations over the newest draft, for the unit alone (自查); exit code 1: it cannot be filed."""
    settings = load_settings()
    with refusals(settings.language):
        found = check_draft(settings, unit, parse_month(month), datetime.now(UTC))
    names = ("relation", "obligation", "cell", "left", "right", "explained", "title")
    headings = {name: label(f"draft.broken.{name}", settings.language) for name in names}
    if found.broken:
        print_table(headings, [_line(one, settings.language) for one in found.broken], Form.TEXT)
    for relation in found.not_run:
        typer.echo(label("draft.did_not_run", settings.language, relation=relation), err=True)
    typer.echo(
        label(
            "draft.checked",
            settings.language,
            draft=found.draft_id,
            mandatory=found.mandatory,
            unexplained=found.unexplained,
        )
    )
    if found.mandatory or found.unexplained or found.not_run:
        raise typer.Exit(1)


def _line(broken: Broken, language: Language) -> dict[str, str]:
    is_mandatory = broken.obligation == "mandatory"
    return {
        "relation": broken.relation,
        "obligation": label(f"draft.obligation.{broken.obligation}", language),
        "cell": cell_name(broken.key),
        "left": exact_text(broken.left),
        "right": exact_text(broken.right),
        "explained": "" if is_mandatory else label(f"draft.{'explained' if broken.is_explained else 'open'}", language),
        "title": label(f"relation.{broken.relation}", language),
    }
