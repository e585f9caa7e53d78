"""`nenghao release`: what was sealed, what changed from version to version, who has it; files for other programs."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from nenghao.cli.open_release import find_stored, open_release, trusted_keys
from nenghao.cli.release_ask import ask, asked
from nenghao.config import Role, load_settings
from nenghao.db import recipients, releases
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.domain.restatement import ReasonKind, changes_between
from nenghao.errors import DataRefused
from nenghao.labels import Language, label
from nenghao.reporting.content import cell_states, change_content
from nenghao.reporting.exports import ExportFormat, export_release

app = typer.Typer(no_args_is_help=True, help="Sealed releases: list, difference, export, recipients.")
recipients_app = typer.Typer(no_args_is_help=True, help="Who has which version.")
app.add_typer(recipients_app, name="recipients")
app.command("ask")(ask)
app.command("asked")(asked)

Trust = Annotated[Path | None, typer.Option(help="Folder of trusted keys; else that of the settings.")]
Key = Annotated[list[Path] | None, typer.Option(help="A public key (PEM) to believe; give it several times.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
WAYS = ("hand", "post", "mail", "platform", "publication")


@app.callback()
def _group() -> None:
    """Sealed releases: list, difference, export, recipients."""


@app.command("list")
def list_(
    month: Annotated[str | None, typer.Option(help="Like 2026-10.")] = None,
    unit: Annotated[str | None, typer.Option(help="Unified social credit code.")] = None,
    kind: Annotated[str | None, typer.Option(help="monitored_balance | filing | aggregate")] = None,
    as_json: AsJson = False,
) -> None:
    """Releases, newest months first: version, reason, who has it, who is to be told."""
    settings = load_settings()
    month_on = None if month is None else Month.parse(month).start_on
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        rows = releases.list_releases(conn, month_on=month_on, unit_code=unit, kind=kind)
    if as_json:
        typer.echo(json.dumps([_as_plain(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        text = label(
            "release.line", settings.language, name=row.archive_name.removesuffix(".zip"),
            kind=label(f"sheet.kind_name.{row.kind}", settings.language), owner=row.owner, version=row.version,
            sealed_at=_shown(row.sealed_at),
            reason="" if row.reason_kind is None else label(f"sheet.cause.{row.reason_kind}", settings.language),
            recipients=row.recipients, to_tell=row.to_tell,
            state=label("release.newest" if row.is_newest else "release.restated", settings.language),
        )  # fmt: skip
        typer.echo(text)
    if not rows:
        typer.echo(label("release.none", settings.language))


@app.command()
def diff(
    name: Annotated[str, typer.Argument(help="A release, by name or file.")],
    other: Annotated[str | None, typer.Argument(help="Another one; else the version that the first restates.")] = None,
    as_json: AsJson = False,
    trust: Trust = None,
    key: Key = None,
) -> None:
    """What differs from the version before, or between two releases, cell by cell."""
    settings, now = load_settings(), datetime.now(UTC)
    keys = trusted_keys(settings, trust, key or [])
    content = open_release(name, settings, now, keys).content
    if other is not None:
        changed = changes_between(
            cell_states(open_release(other, settings, now, keys).content["cells"]), cell_states(content["cells"])
        )
        changes = [change_content(change) for change in changed]
    else:
        changes = content["restates"]["changes"] if content["restates"] else []
        if not as_json:
            typer.echo(_why(content, settings.language))
    if as_json:
        typer.echo(json.dumps(changes, ensure_ascii=False))
        return
    for change in changes:
        typer.echo(_change_line(change, settings.language))


@app.command()
def export(
    name: Annotated[str, typer.Argument(help="A release, by name or file.")],
    wanted: Annotated[str, typer.Option("--format", help="xlsx | csv | json")] = "xlsx",
    language: Annotated[str, typer.Option(help="zh | en")] = "zh",
    to: Annotated[Path | None, typer.Option(help="The file to write; else NAME.FORMAT in this folder.")] = None,
    trust: Trust = None,
    key: Key = None,
) -> None:
    """Write a release for another program; its seal is checked first."""
    settings = load_settings()
    if wanted not in get_args(ExportFormat) or language not in get_args(Language):
        raise typer.BadParameter(f"{wanted} {language}")
    opened = open_release(name, settings, datetime.now(UTC), trusted_keys(settings, trust, key or []))
    path = to or Path(f"{opened.name}{'' if language == 'zh' else f'-{language}'}.{wanted}")
    path.write_bytes(export_release(opened.archive, wanted, language))  # type: ignore[arg-type]  # as just asked
    typer.echo(label("release.exported", settings.language, name=opened.name, path=path))


@app.command()
def aggregate(
    region: Annotated[str, typer.Option(help="Division code of six digits, like 150100 (GB/T 2260).")],
    month: Annotated[str, typer.Option(help="Like 2026-10.")],
    sector: Annotated[str | None, typer.Option(help="Industry, like C26 (GB/T 4754); else all.")] = None,
    parts: Annotated[str, typer.Option(help="What the columns are: industry | division.")] = "industry",
    panel: Annotated[str | None, typer.Option(help="Panel of units; else all that are registered.")] = None,
    public_from: Annotated[str | None, typer.Option(help="Embargo: 2026-11-18T10:00:00+08:00, say.")] = None,
) -> None:
    """Sum the sealed balances of a region and seal the sum; figures that tell of one unit are hidden."""
    from nenghao.jobs.seal_aggregate import seal_aggregate  # needs the linear programs of the extra `aggregate`
    from nenghao.reporting.aggregate_inputs import Parts, Scope

    settings = load_settings()
    if parts not in get_args(Parts) or not (len(region) == 6 and region.isdecimal()):
        raise typer.BadParameter(f"{region} {parts}")
    embargo = None if public_from is None else _instant(public_from, settings.language)
    scope = Scope(
        region_code=region,
        sector_code=sector,
        parts="division" if parts == "division" else "industry",
        panel_code=panel,
        month_on=Month.parse(month).start_on,
    )
    with driver_errors(), connect(settings, Role.JOBS) as conn:
        release_id = seal_aggregate(conn, settings, scope, datetime.now(UTC), public_from=embargo)
        key = "release.aggregate_unchanged" if release_id is None else "release.aggregated"
        hidden = 0 if release_id is None else _hidden(json.loads(releases.load_content(conn, release_id)))
    typer.echo(label(key, settings.language, code=scope.code, month=month, hidden=hidden))


def _hidden(content: Mapping[str, Any]) -> int:
    return sum(bool(cell["suppressed"]) for cell in content["cells"])


@app.command()
def restate(
    name: Annotated[str, typer.Argument(help="The release to restate, by name.")],
    reason: Annotated[str, typer.Option(help=" | ".join(get_args(ReasonKind)))],
    reference: Annotated[str, typer.Option(help="The document or rows that give the reason.")],
    by: Annotated[str, typer.Option(help="Who gives it.")],
) -> None:
    """Give the reason of a restatement that the store does not know; `nenghao seal` makes the version."""
    settings = load_settings()
    if reason not in get_args(ReasonKind):
        raise typer.BadParameter(reason)
    with driver_errors(), connect(settings, Role.CONSOLE) as conn:
        found = find_stored(conn, name, settings)
        recipients.insert_restatement_reason(
            conn, release_id=found.release_id, reason_kind=reason, reference=reference, given_by=by,
            given_at=datetime.now(UTC),
        )  # fmt: skip
    typer.echo(label("release.reason_given", settings.language, name=name))


@recipients_app.command("add")
def add_recipient(
    name: Annotated[str, typer.Argument(help="A release, by name.")],
    recipient: Annotated[str, typer.Option("--to", help="Who got it.")],
    way: Annotated[str, typer.Option(help=" | ".join(WAYS))],
    by: Annotated[str, typer.Option(help="Who records it.")],
    document: Annotated[str | None, typer.Option(help="Number of the letter or receipt.")] = None,
    sent_at: Annotated[str | None, typer.Option(help="Like 2026-11-08T09:00:00+08:00; now if not given.")] = None,
) -> None:
    """Record that somebody got a version."""
    settings, now = load_settings(), datetime.now(UTC)
    if way not in WAYS:
        raise typer.BadParameter(way)
    when = now if sent_at is None else _instant(sent_at, settings.language)
    if when > now:
        raise DataRefused(label("release.sent_later", settings.language, at=sent_at))
    with driver_errors(), connect(settings, Role.CONSOLE) as conn:
        found = find_stored(conn, name, settings)
        recipients.insert_recipient(
            conn, release_id=found.release_id, recipient=recipient, way=way, document_no=document, sent_at=when,
            recorded_by=by, recorded_at=now,
        )  # fmt: skip
    typer.echo(label("release.recipient_added", settings.language, name=name, recipient=recipient))


@recipients_app.command("list")
def list_recipients(name: Annotated[str, typer.Argument(help="A release, by name.")], as_json: AsJson = False) -> None:
    """Who got a version, and who has an earlier one and is to be told; exit code 1 while somebody is."""
    settings = load_settings()
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        found = find_stored(conn, name, settings)
        have = recipients.load_recipients(conn, found.release_id)
        waiting = recipients.load_open_notices(conn, found.release_id)
    if as_json:
        told = {"have": [_as_plain(one) for one in have], "to_tell": [_as_plain(one) for one in waiting]}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        for one in have:
            typer.echo(
                label(
                    "release.recipient", settings.language, recipient=one.recipient, sent_at=_shown(one.sent_at),
                    way=label(f"release.way.{one.way}", settings.language), document=one.document_no or "-",
                    by=one.recorded_by,
                )
            )  # fmt: skip
        for notice in waiting:
            had = notice.had_archive_name.removesuffix(".zip")
            typer.echo(label("release.to_tell", settings.language, recipient=notice.recipient, had=had))
    raise typer.Exit(1 if waiting else 0)


def _why(content: Mapping[str, Any], language: Language) -> str:
    restates = content["restates"]
    if restates is None:
        return label("release.first", language)
    causes: Sequence[Mapping[str, str]] = restates["reason"]["causes"]
    return label(
        "release.restates", language, version=restates["version"],
        reason=label(f"sheet.cause.{restates['reason']['kind']}", language),
        references="; ".join(f"{label('sheet.cause.' + one['kind'], language)} {one['reference']}" for one in causes),
    )  # fmt: skip


def _change_line(change: Mapping[str, Any], language: Language) -> str:
    none = label("cell.missing", language)
    shown = {key: none if value is None else value for key, value in change.items()}
    return label("release.change", language, **shown)


def _instant(text: str, language: Language) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise DataRefused(label("release.not_instant", language, text=text))
    return at


def _shown(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(" ", "seconds")


def _as_plain(row: Any) -> dict[str, Any]:
    return {name: value if isinstance(value, int | None) else str(value) for name, value in _fields(row)}


def _fields(row: Any) -> list[tuple[str, Any]]:
    return [(name, getattr(row, name)) for name in row.__dataclass_fields__]
