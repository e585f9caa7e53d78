"""`nenghao refusals list|export`: what was not taken, and its bytes (`replay` is ingest's: it needs the codecs)."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.db.refusals import RefusalFilter, RefusalRow, list_refusals, read_payload
from nenghao.domain.periods import SHANGHAI, day_start
from nenghao.errors import ConfigError
from nenghao.labels import Language, label
from nenghao.reporting.refusal_archive import write_refusal_archive

app = typer.Typer(no_args_is_help=True, help="Refusals: see them, hand them out, replay them once mended.")

Unit = Annotated[str | None, typer.Option("--unit", help="Unit code as the topic names it.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Reason code of docs/ingest-protocol.md.")]
First = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First Shanghai day of the refusal.")
]
Last = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last Shanghai day of the refusal, included.")
]


@app.callback()
def _group() -> None:
    """Refusals: see them, hand them out, replay them once mended."""


@app.command("list")
def list_(
    unit: Unit = None,
    reason: Reason = None,
    first: First = None,
    last: Last = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array, as docs/ledger.md says.")] = False,
) -> None:
    """Refused messages and readings, newest first."""
    settings = load_settings()
    with connect(settings, Role.VERIFIER) as conn:
        rows = list_refusals(conn, chosen(unit, reason, first, last), limit)
    if as_json:
        typer.echo(json.dumps([_as_json(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        typer.echo(_line(row, settings.language))
    if not rows:
        typer.echo(label("refusals.none", settings.language))


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Zip to write; it must not be there yet.")],
    unit: Unit = None,
    reason: Reason = None,
    first: First = None,
    last: Last = None,
) -> None:
    """Write refusals as CSV and their bytes as files into one zip."""
    settings = load_settings()
    with connect(settings, Role.VERIFIER) as conn:
        rows = list_refusals(conn, chosen(unit, reason, first, last), None)
        try:
            messages = write_refusal_archive(file, rows, lambda number: read_payload(conn, number), settings.language)
        except OSError as error:
            raise ConfigError(f"{file} cannot be written: {error.strerror}") from error
    typer.echo(label("refusals.exported", settings.language, count=len(rows), messages=messages, file=file))


def chosen(
    unit: str | None, reason: str | None, first: datetime | None, last: datetime | None, ids: list[int] | None = None
) -> RefusalFilter:
    """The refusals that options of the command line mean."""
    return RefusalFilter(
        refusal_ids=ids or None,
        reason_code=reason,
        unit_code=unit,
        start_at=None if first is None else day_start(first.date()),
        end_at=None if last is None else day_start(last.date() + timedelta(days=1)),
    )


def _line(row: RefusalRow, language: Language) -> str:
    place = "refusals.place_message" if row.ordinal is None else "refusals.place_reading"
    replayed = "refusals.not_replayed" if row.replayed_outcome is None else "refusals.replayed"
    return label(
        "refusals.line",
        language,
        refusal_id=row.refusal_id,
        refused_at=_instant(row.refused_at),
        unit_code=_shown(row.unit_code),
        gateway_code=_shown(row.gateway_code),
        reason_code=row.reason_code,
        place=label(place, language, ordinal=row.ordinal),
        point_code=_shown(row.point_code),
        at="-" if row.at is None else _instant(row.at),
        value_text=_shown(row.value_text),
        replayed=label(replayed, language, outcome=row.replayed_outcome, message_id=row.replayed_message_id),
        detail=_shown(row.detail),
    )


def _shown(text: str | None) -> str:
    """A text that a sender chose, without what would steer the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text or "-")


def _instant(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(" ", "seconds")


def _as_json(row: RefusalRow) -> dict[str, object]:
    return {
        name: value.astimezone(SHANGHAI).isoformat() if isinstance(value, datetime) else value
        for name in row.__slots__
        for value in (getattr(row, name),)
    }
