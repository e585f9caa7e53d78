"""`nenghao explain RELEASE CELL`: from a sealed cell to its points, days, estimates, decisions and messages."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from nenghao.cli.open_release import OpenedRelease, find_stored, open_release, trusted_keys
from nenghao.config import Role, Settings, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.domain.acceptance import Assurance
from nenghao.domain.balance import parse_balance_inputs
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.domain.rounding import exact_text
from nenghao.errors import DataRefused, RetryableError
from nenghao.labels import Language, label
from nenghao.reporting.explain import CellName, SealedCell, take_apart
from nenghao.reporting.explain_store import PointStory, StoreStory, read_story

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})

SCHEMA = "nenghao/explain/1"
QUALITIES = "VQEXN"


@app.callback()
def explain(
    name: Annotated[str, typer.Argument(metavar="RELEASE", help="A release, by name or file.")],
    cell: Annotated[str, typer.Argument(help="205-1!33.4, 33.4, 33.tce, 40.4, or the code of an indicator.")],
    day: Annotated[list[str] | None, typer.Option(help="Also the messages of this day, like 2026-10-05.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="What the archive tells, without the store.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    trust: Annotated[Path | None, typer.Option(help="Folder of trusted keys; else that of the settings.")] = None,
    key: Annotated[list[Path] | None, typer.Option(help="A public key (PEM) to believe.")] = None,
) -> None:
    """Show what a sealed cell rests on; exit code 1 where the release has no such cell."""
    settings = load_settings()
    opened = open_release(name, settings, datetime.now(UTC), trusted_keys(settings, trust, key or []))
    inputs = None if opened.inputs is None else parse_balance_inputs(opened.inputs)
    asked = [_day(text) for text in day or []]
    try:
        sealed = take_apart(opened.content, inputs, CellName.parse(cell))
    except DataRefused as error:
        typer.echo(str(error))
        raise typer.Exit(1) from error
    story, away, newest = None, None, None
    if inputs is not None and not offline:
        story, newest, away = _ask_store(opened, settings, inputs.unit.unit_id, sealed, asked)
    if as_json:
        typer.echo(json.dumps(_plain(opened, sealed, story, newest), ensure_ascii=False, default=_text))
        return
    for line in _lines(opened, sealed, story, settings.language):
        typer.echo(line)
    if newest is False:
        typer.echo(label("explain.restated", settings.language))
    if away is not None:
        typer.echo(label("explain.no_store", settings.language, reason=away))


def _ask_store(
    opened: OpenedRelease, settings: Settings, unit_id: int, sealed: SealedCell, asked: Sequence[date]
) -> tuple[StoreStory | None, bool | None, str | None]:
    """(story, whether the release is the newest of its month, why the store told nothing)."""
    month = Month.parse(opened.content["month"])
    try:
        with driver_errors(), connect(settings, Role.VERIFIER) as conn:
            found = find_stored(conn, opened.name, settings)
            return read_story(conn, unit_id, month, sealed.points, asked), found.is_newest, None
    except (RetryableError, DataRefused) as error:
        return None, None, str(error)


# --- for people ---


def _lines(opened: OpenedRelease, sealed: SealedCell, story: StoreStory | None, language: Language) -> Iterator[str]:
    content, cell = opened.content, sealed.cell
    yield label(
        "explain.release", language, name=opened.name, kind=label(f"sheet.kind_name.{content['kind']}", language),
        version=content["version"], engine=content["engine"]["version"] or "-",
    )  # fmt: skip
    yield _cell_line(cell, language)
    if "definition" in cell:
        yield label("explain.declared", language, **cell["definition"])
    for part in sealed.addends:
        by = part.get("converted_by")
        yield "  " + _cell_line(part, language) + ("" if by is None else f" × {by}")
    for row in sealed.coefficients:
        yield label("explain.coefficient", language, **row)
    for lot in sealed.heating_values:
        yield label("explain.heating_value", language, **lot)
    for row in sealed.equal_values:
        yield label("explain.equal_value", language, **row)
    if story is None:
        for point in sealed.points:
            yield from _frozen_lines(point.facts, point.totals, language)
        return
    for told in story.points:
        yield from _point_lines(told, language)
    yield from _story_lines(story, language)


def _story_lines(story: StoreStory, language: Language) -> Iterator[str]:
    for month_on in story.archived_months:
        yield label("explain.archived", language, month=f"{month_on:%Y-%m}")
    for finding in story.findings:
        yield label(
            "explain.finding", language, finding=finding.finding_id,
            title=label(f"rule.{finding.rule_code}.title", language), begin=_shown(finding.begin_at, language),
            end=_shown(finding.end_at, language), case=finding.case_id or "-", decision=finding.decision_kind or "-",
        )  # fmt: skip


def _cell_line(cell: Mapping[str, Any], language: Language) -> str:
    none = label("explain.unknown", language)
    shown = {key: none if value is None else value for key, value in cell.items()}
    shares = {key: shown.get(key, none) for key in ("completeness", "known_share", "measured_share")}
    if "definition" in cell:
        return label(
            "explain.indicator", language, code=cell["definition"]["code"], product=cell["product_code"] or "",
            value=shown["value"], unit=cell["unit"], reason=cell["reason"] or "", **shares,
        )  # fmt: skip
    place = {key: cell[key] for key in ("form", "row", "column")}
    return label("explain.cell", language, **place, value=shown["value"], unit=shown.get("unit", ""), **shares)


def _frozen_lines(facts: Mapping[str, Any], totals: Sequence[Mapping[str, Any]], language: Language) -> Iterator[str]:
    for total in totals:
        energy = label("explain.unknown", language) if total["energy"] is None else total["energy"]
        yield label("explain.point", language, **{**facts, **total, "energy": energy})


def _point_lines(told: PointStory, language: Language) -> Iterator[str]:
    yield from _frozen_lines(told.frozen.facts, told.frozen.totals, language)
    if told.has_moved:
        now = told.now
        yield "  " + label(
            "explain.moved", language, energy=_shown(now.energy if now else None, language),
            unit=now.unit if now else "", received=now.received_slots if now else 0,
        )  # fmt: skip
    for day in told.days:
        letters = " ".join(f"{letter}{day.quality.count(letter)}" for letter in QUALITIES if letter in day.quality)
        yield "  " + label(
            "explain.day", language, day=day.day_on, series=day.series_id, energy=_shown(day.energy, language),
            unit=day.unit, measured=exact_text(day.measured_energy), quality=letters,
        )  # fmt: skip
        yield from ("    " + line for line in _estimate_lines(told, day.day_on, language))
        yield from ("    " + line for line in _message_lines(told, day.day_on, language))
    for taken in told.exclusions:
        yield "  " + label(
            "explain.exclusion", language, begin=_shown(taken.begin_at, language), end=_shown(taken.end_at, language),
            decision=taken.decision_id, case=taken.case_id, reason=taken.reason, by=taken.decided_by,
        )  # fmt: skip
    for one in told.corrections:
        yield "  " + label(
            "explain.correction", language, at=_shown(one.at, language), old=_shown(one.earlier_value, language),
            new=exact_text(one.value), origin=one.origin, origin_id=one.origin_id, reason=one.reason,
            message=one.message_id or "-",
        )  # fmt: skip


def _estimate_lines(told: PointStory, day_on: date, language: Language) -> Iterator[str]:
    for one in told.estimates:
        if one.day_on == day_on:
            donors = ", ".join(str(donor) for donor in one.donor_days) or "-"
            basis = [
                label(f"explain.by_{name}", language, number=number)
                for name in ("donor_series", "exclusion", "decision", "agreed_value")
                if (number := getattr(one, f"{name}_id")) is not None
            ]
            yield label(
                "explain.estimate", language, first=one.first_slot, last=one.first_slot + one.slot_count - 1,
                method=one.method, donors=donors, basis=" ".join(basis), reasons=", ".join(one.reasons),
            )  # fmt: skip


def _message_lines(told: PointStory, day_on: date, language: Language) -> Iterator[str]:
    for asked_on, message in told.messages:
        if asked_on == day_on:
            yield label(
                "explain.message", language, message=message.message_id, readings=message.reading_count,
                algorithm=message.hash_algorithm, hash=message.hash,
                assurance=label(f"assurance.{Assurance(message.assurance).name.lower()}", language),
                leaf=message.leaf or "-", tree=message.tree_no or "-",
            )  # fmt: skip


# --- for programs ---


def _plain(opened: OpenedRelease, sealed: SealedCell, story: StoreStory | None, newest: bool | None) -> dict[str, Any]:
    content = opened.content
    return {
        "schema": SCHEMA,
        "release": {
            "name": opened.name,
            "kind": content["kind"],
            "version": content["version"],
            "is_newest": newest,
            "engine": content["engine"],
            "editions": content["editions"],
            "day_head": content["day_head"],
        },
        "sealed": asdict(sealed),
        "store": None if story is None else asdict(story),
    }


def _text(value: object) -> str:
    return exact_text(value) if isinstance(value, Decimal) else str(value)


def _shown(value: object, language: Language) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(" ", "minutes")
    return exact_text(value) if isinstance(value, Decimal) else label("explain.unknown", language)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DataRefused(f"{text!r} is not a day like 2026-10-05") from error
