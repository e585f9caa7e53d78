"""`nenghao filing list | show | transcript | query | accept | lock`: what the bureau does, or a unit reads."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from nenghao.cli.filing_words import By, parse_cell, parse_month, print_cells, refusals, write_figures
from nenghao.cli.tables import Form, print_table
from nenghao.config import Role, Settings, load_settings
from nenghao.db import filings as db
from nenghao.db.connection import Connection, connect
from nenghao.db.filings import FilingLine, StoredFiling
from nenghao.db.identity import as_unit
from nenghao.domain.filed_cells import FORM_1, FORM_2, FORM_3, parse_cells
from nenghao.domain.filing_states import Level
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.errors import DataRefused
from nenghao.filing.following import accept, ask, lock
from nenghao.filing.refusals import FilingRefused
from nenghao.filing.templates import form_sheets
from nenghao.labels import Language, label, load_labels
from nenghao.reference.varieties import load_varieties

#: `filing` adds the unit's acts and gives the group its name.
app = typer.Typer()

FilingId = Annotated[int, typer.Argument(metavar="FILING", help="Number of the filing.")]
OwnUnitCode = Annotated[str | None, typer.Option("--as-unit", help="Read as this unit: its own filings only.")]
LevelText = Annotated[str, typer.Option("--level", help=" | ".join(get_args(Level)))]


@app.command("list")
def list_(
    unit: Annotated[str | None, typer.Option(help="Only of this unit.")] = None,
    month: Annotated[str | None, typer.Option(help="Only of this month.")] = None,
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    as_unit: OwnUnitCode = None,
    form: Annotated[Form, typer.Option("--format")] = Form.TEXT,
) -> None:
    """Filings with their states, newest months first."""
    settings = load_settings()
    wanted = parse_month(month).start_on if month else None
    with refusals(settings.language), _reading(settings, as_unit) as (conn, own_id):
        unit_id = own_id
        if unit is not None and own_id is None and (unit_id := db.unit_of_code(conn, unit)) is None:
            raise DataRefused(f"there is no unit {unit}")
        lines = db.list_filings(conn, unit_id=unit_id, month_on=wanted, state=state)
        names = {} if own_id else db.unit_names(conn, sorted({line.unit_id for line in lines}))
    columns = ("filing", "unit", "month", "version", "kind", "state", "queries", "since")
    headings = {name: label(f"filing.table.{name}", settings.language) for name in columns}
    print_table(headings, [_line(line, names, as_unit, settings.language) for line in lines], form)


@app.command()
def show(
    filing: FilingId, as_unit: OwnUnitCode = None, as_json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """One filing: figures, signers, explanations, queries and answers, what happened."""
    settings = load_settings()
    with refusals(settings.language), _reading(settings, as_unit) as (conn, _):
        filed = _load(conn, filing)
        notes, queries, events = (read(conn, filing) for read in (db.notes, db.queries, db.events))
    if as_json:
        content = {"filing": asdict(filed), "notes": notes, "queries": queries, "events": events}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=_plain))
        return
    print_cells(parse_cells(filed.content), settings.language, Form.TEXT)
    for line in _what_happened(filed, notes, queries, events, settings.language):
        typer.echo(line)


@app.command()
def transcript(
    filing: FilingId, to: Annotated[Path, typer.Option(help="FILE.xlsx, or FILE.csv.")], as_unit: OwnUnitCode = None
) -> None:
    """Write the filing as a table for keying into the official platform (过录表), by row and column."""
    settings = load_settings()
    with refusals(settings.language), _reading(settings, as_unit) as (conn, _):
        filed = _load(conn, filing)
    cells = parse_cells(filed.content)
    forms = [form for form in (FORM_1, FORM_2, FORM_3) if any(key[0] == form for key in cells)]
    write_figures(to, cells, form_sheets(cells, load_varieties(filed.month_on), settings.language, forms=forms))
    typer.echo(str(to))


@app.command()
def query(
    filing: FilingId,
    level: LevelText,
    question: Annotated[str, typer.Option(help="What is to be said or shown.")],
    by: By,
    cell: Annotated[str | None, typer.Option(help="About this cell, such as 33.4.")] = None,
) -> None:
    """Ask the unit about a filing (数据查询)."""
    settings = load_settings()
    key = parse_cell(cell) if cell else None
    with refusals(settings.language), connect(settings, Role.CONSOLE) as conn:
        query_id = ask(conn, filing, _level(level), question, by, datetime.now(UTC), key=key)
    typer.echo(label("filing.asked", settings.language, query=query_id, filing=filing))


@app.command("accept")
def accept_(
    filing: FilingId, level: LevelText, by: By, remark: Annotated[str | None, typer.Option(help="A remark.")] = None
) -> None:
    """Accept a filing at a level: county, then city, then province, each by another person."""
    settings = load_settings()
    with refusals(settings.language), connect(settings, Role.CONSOLE) as conn:
        accept(conn, filing, _level(level), by, datetime.now(UTC), remark=remark)
    state = label(f"filing.state.accepted_{level}", settings.language)
    typer.echo(label("filing.moved", settings.language, filing=filing, state=state))


@app.command("lock")
def lock_(filing: FilingId, by: By, remark: Annotated[str | None, typer.Option(help="A remark.")] = None) -> None:
    """Lock a filing that the province has accepted."""
    settings = load_settings()
    with refusals(settings.language), connect(settings, Role.CONSOLE) as conn:
        lock(conn, filing, by, datetime.now(UTC), remark=remark)
    state = label("filing.state.locked", settings.language)
    typer.echo(label("filing.moved", settings.language, filing=filing, state=state))


@contextmanager
def _reading(settings: Settings, unit_code: str | None) -> Iterator[tuple[Connection, int | None]]:
    """A connection of the bureau, or of a unit with its id: what it may read is what it sees."""
    if unit_code is None:
        with connect(settings, Role.CONSOLE) as conn:
            yield conn, None
        return
    with connect(settings, Role.UNIT) as conn, as_unit(conn, unit_code) as own:
        yield conn, own.unit_id


def _load(conn: Connection, filing_id: int) -> StoredFiling:
    filed = db.load_filing(conn, filing_id)
    if filed is None:
        raise FilingRefused("no_such_filing", filing=filing_id)
    return filed


def _level(text: str) -> Level:
    if text not in get_args(Level):
        raise typer.BadParameter(f"{text!r} is none of {', '.join(get_args(Level))}")
    return text  # type: ignore[return-value]  # the line above leaves levels only


def _line(
    line: FilingLine, names: dict[int, tuple[str, str]], unit_code: str | None, language: Language
) -> dict[str, str]:
    code, name = names.get(line.unit_id, (unit_code or "", ""))
    state = (
        label(f"filing.state.{line.state}", language) if line.is_newest else label("filing.state.replaced", language)
    )
    return {
        "filing": str(line.filing_id),
        "unit": f"{code} {name}".strip(),
        "month": str(Month.of(line.month_on)),
        "version": str(line.version),
        "kind": label(f"filing.kind.{line.kind}", language),
        "state": state,
        "queries": str(line.open_queries),
        "since": f"{line.since_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }


def _what_happened(
    filed: StoredFiling,
    notes: list[dict[str, Any]],
    queries: list[dict[str, Any]],
    events: list[dict[str, Any]],
    language: Language,
) -> Iterator[str]:
    words = load_labels(language)
    for signer, by in (
        ("filler", filed.filled_by), ("statistics_head", filed.statistics_head), ("unit_head", filed.unit_head),
    ):  # fmt: skip
        yield label("filing.signed", language, signer=words[f"filing.signer.{signer}"], by=by)
    for note in notes:
        cell = f"{note['form_code']} {note['row_code']}.{note['column_code']}"
        said = {name: note[name] for name in ("cause", "quantity", "document")}
        yield label("filing.note", language, relation=note["relation_code"], cell=cell, **said)
    for query in queries:
        level = words[f"filing.level.{query['level']}"]
        yield label(
            "filing.query",
            language,
            query=query["filing_query_id"],
            level=level,
            by=query["asked_by"],
            question=query["question"],
        )
        if query["answered_by"] is not None:
            said = {name: query[name] for name in ("cause", "quantity", "document")}
            yield label("filing.answer", language, by=query["answered_by"], **said)
    for event in events:
        at = event["acted_at"].astimezone(SHANGHAI)
        state = words[f"filing.state.{event['state']}"]
        yield f"{at:%Y-%m-%d %H:%M} {event['acted_by']}: {state}{': ' + event['remark'] if event['remark'] else ''}"


def _plain(value: Any) -> str:
    return value.astimezone(SHANGHAI).isoformat() if isinstance(value, datetime) else str(value)
