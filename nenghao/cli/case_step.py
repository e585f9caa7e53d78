"""`nenghao case step | procedure`: acts of a case's procedure by command, and where a case stands in it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from nenghao.cli.open_release import read_file
from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.domain.attachments import Upload
from nenghao.domain.periods import SHANGHAI
from nenghao.domain.procedure import Actor
from nenghao.errors import DataRefused
from nenghao.labels import Language, label
from nenghao.reference.procedure import load_acts
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.standing import CaseStanding, standing
from nenghao.review.steps import Turn, limits_of, take

Fields = Annotated[
    list[str] | None, typer.Option("--field", help="A field of the act as NAME=VALUE; several times (docs/cases.md).")
]
Officers = Annotated[
    list[str] | None, typer.Option("--officer", help="Who verified, as NAME=NUMBER; twice or more to confirm.")
]
Attached = Annotated[list[Path] | None, typer.Option("--attach", help="A file that comes with the step.")]


def step(
    case_id: int,
    act: Annotated[str, typer.Argument(help=" | ".join(load_acts()))],
    by: Annotated[str, typer.Option(help="Who acts.")],
    told: Annotated[str, typer.Option(help="What the step says; of most acts the unit reads it.")] = "",
    field: Fields = None,
    officer: Officers = None,
    due: Annotated[str | None, typer.Option(help="By when, YYYY-MM-DD; else the usual time.")] = None,
    attach: Attached = None,
    unit: Annotated[bool, typer.Option("--unit", help="The unit acts, not an officer.")] = False,
) -> None:
    """Take a step of a case's procedure, as the console does."""
    settings, now = load_settings(), datetime.now(UTC)
    actor = Actor(name=by, side="unit" if unit else "officer")
    turn = Turn(actor=actor, now=now, limits=limits_of(settings), channel="command")
    files = [Upload(name=path.name, content=read_file(path)) for path in attach or ()]
    content = content_from(field, officer)
    with told_refusals(settings.language), driver_errors(), connect(settings, Role.CONSOLE) as conn:
        taken = take(conn, case_id, turn, act, told, content=content, due_on=_day(due), files=files)
    typer.echo(label("procedure.command.taken", settings.language, step=taken.step_id, hash=taken.hash[:16]))


def procedure(case_id: int) -> None:
    """Where a case stands: its step, its clock, what was done."""
    settings = load_settings()
    with told_refusals(settings.language), driver_errors(), connect(settings, Role.CONSOLE) as conn:
        stood = standing(conn, case_id, datetime.now(UTC))
    for line in _lines(stood, settings.language):
        typer.echo(line)


def content_from(fields: list[str] | None, officers: list[str] | None) -> dict[str, Any]:
    """The fields of a step as they were given; `site.seals=…` is a field of the site form.

    Raises: DataRefused where one is not NAME=VALUE.
    """
    content: dict[str, Any] = {}
    for given in fields or ():
        name, mark, value = given.partition("=")
        if not mark:
            raise DataRefused(f"a field is NAME=VALUE, not {given!r}")
        if name.startswith("site."):
            content.setdefault("site", {})[name.removeprefix("site.")] = value
        else:
            content[name] = value
    pairs = [given.partition("=") for given in officers or ()]
    return content | ({"officers": [{"name": name, "number": number} for name, _, number in pairs]} if pairs else {})


class told_refusals:  # noqa: N801 - used as a context manager, like a function
    """Tell a refusal in the reader's language, as the console does."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raises: DataRefused in words, in place of one with a key."""
        if isinstance(error, ProcedureRefused):
            raise DataRefused(label(error.key, self._language, **error.values)) from error


def _day(typed: str | None) -> date | None:
    try:
        return None if typed is None else date.fromisoformat(typed)
    except ValueError:
        raise DataRefused(f"a day is YYYY-MM-DD, not {typed!r}") from None


def _lines(stood: CaseStanding, language: Language) -> list[str]:
    head = {
        "case_id": stood.case_id,
        "stage": label(f"procedure.stage.{stood.stage}", language),
        "handler": stood.now.handler.name if stood.now.handler else "-",
        "due_on": stood.due_on or "-",
    }
    lines = [label("procedure.command.head", language, **head)]
    for row in stood.history:
        at = row["acted_at"].astimezone(SHANGHAI)
        act = label(f"procedure.act.{row['act']}", language)
        lines.append(f"{at:%Y-%m-%d %H:%M} {row['acted_by']}: {act}: {row['told']}")
        lines += [f"  {one['name']}  {one['size_bytes']} B  SHA-256 {one['hash']}" for one in row["attachments"]]
    return lines
