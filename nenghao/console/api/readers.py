"""Reads what an API request asked for by the queries of the pages, and leaves the trail of having done so."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nenghao.access.trail import note_view
from nenghao.console.api.parameters import ApiRefused, Given
from nenghao.db import api as db
from nenghao.db import releases
from nenghao.db import rules as rules_db
from nenghao.db.connection import Connection
from nenghao.db.people import Person
from nenghao.domain.balance import parse_balance_inputs
from nenghao.domain.periods import Month
from nenghao.errors import DataRefused
from nenghao.reporting.explain import CellName, SealedCell, take_apart
from nenghao.reporting.explain_store import StoreStory, read_story

if TYPE_CHECKING:
    from datetime import datetime

    from nenghao.console.api.resources import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was read: who asks, in whose transaction, for what."""

    conn: Connection
    person: Person
    now: "datetime"
    resource: "Resource"
    given: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of rows, and how many there are in all."""

    items: Sequence[Any]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A file to download; `hash` is its SHA-256."""

    content: bytes
    name: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A cell of a release taken apart: as it was sealed, and what the store knows of its points; None for a filing."""

    release_id: int
    archive_name: str
    is_newest: bool
    sealed: SealedCell
    story: StoreStory | None


def table(asked: Asked) -> Page:
    """A page of the resource's query.

    Raises: ApiRefused where the path names what the caller may not see.
    """
    unit_id = _check_owner(asked)
    return _page(asked, {}, unit_id)


def of_unit(asked: Asked) -> Page:
    """A page of the resource's query, of the unit that the path names.

    Raises: ApiRefused where the caller may not see the unit.
    """
    unit_id = db.find_unit(asked.conn, asked.given["unit"])
    if unit_id is None:
        raise ApiRefused("not_found", 404, "unit")
    return _page(asked, {"unit_id": unit_id}, unit_id)


def one(asked: Asked) -> Any:
    """The one row that the path names.

    Raises: ApiRefused where the caller may not see it.
    """
    unit_id = _check_owner(asked)
    found = _rows(asked, {}, limit=1, offset=0).items
    if not found:
        raise ApiRefused("not_found", 404)
    code = getattr(found[0], "unit_code", None)
    if unit_id is None and code is not None:
        unit_id = db.find_unit(asked.conn, code)
    _note(asked, unit_id)
    return found[0]


def archive(asked: Asked) -> Archive:
    """The zip of a release.

    Raises: ApiRefused where the caller may not see it yet, or at all.
    """
    found = db.load_archive(asked.conn, asked.given["release_id"], asked.now)
    if found is None:
        raise ApiRefused("not_found", 404, "release_id")
    _note(asked, found.unit_id)
    return Archive(content=bytes(found.archive), name=found.archive_name, hash=found.archive_hash)


def explanation(asked: Asked) -> Explanation:
    """A cell of a release down to its points, days, estimates, exclusions and corrections.

    Raises: ApiRefused where the caller may not see the release, or it has no such cell.
    """
    conn, release_id = asked.conn, asked.given["release_id"]
    found = db.load_archive(conn, release_id, asked.now)
    release = None if found is None else releases.find_release(conn, found.archive_name)
    if release is None:
        raise ApiRefused("not_found", 404, "release_id")
    content = json.loads(releases.load_content(conn, release_id))
    inputs = None if release.inputs is None else parse_balance_inputs(bytes(release.inputs))
    try:
        sealed = take_apart(content, inputs, CellName.parse(asked.given["cell"]))
    except DataRefused:
        raise ApiRefused("not_found", 404, "cell") from None
    story = None
    if inputs is not None and release.unit_id is not None:
        story = read_story(conn, release.unit_id, Month.of(release.month_on), sealed.points, [])
    _note(asked, release.unit_id)
    return Explanation(
        release_id=release_id,
        archive_name=release.archive_name,
        is_newest=release.is_newest,
        sealed=sealed,
        story=story,
    )


def rules(asked: Asked) -> Page:
    """Every rule as it runs."""
    return _cut(asked, rules_db.rule_rows(asked.conn, now=asked.now))


def thresholds(asked: Asked) -> Page:
    """Thresholds that a rule had, has and will have."""
    found = rules_db.threshold_history(asked.conn, asked.given["rule"], asked.now)
    if not found and not rules_db.rule_versions(asked.conn, asked.given["rule"]):
        raise ApiRefused("not_found", 404, "rule")
    return _cut(asked, found)


def _check_owner(asked: Asked) -> int | None:
    if asked.resource.owner is None:
        return None
    owner, parameter = asked.resource.owner
    is_seen, unit_id = db.unit_of(asked.conn, owner, asked.given[parameter])
    if not is_seen:
        raise ApiRefused("not_found", 404, parameter)
    return unit_id


def _page(asked: Asked, more: dict[str, Any], unit_id: int | None) -> Page:
    found = _rows(asked, more, limit=asked.given.page_size, offset=asked.given.offset)
    _note(asked, unit_id)
    return found


def _rows(asked: Asked, more: dict[str, Any], *, limit: int, offset: int) -> Page:
    resource = asked.resource
    assert resource.query is not None  # noqa: S101 - resources that are read by this have one
    wanted = {**resource.always, **asked.given.values}
    for name, column in (("month", "month_on"), ("from", "from_at"), ("to", "to_at")):
        if name in wanted:
            wanted[column] = wanted[name]
    wanted |= {"from_on": wanted.get("from"), "to_on": wanted.get("to"), "now": asked.now, **more}
    if resource.span_max is not None:
        _check_span(asked)
    items: list[Any]
    items, total = db.read_page(asked.conn, resource.query, resource.row, wanted, limit=limit, offset=offset)
    return Page(items=items, total=total)


def _check_span(asked: Asked) -> None:
    begins, ends, longest = asked.given["from"], asked.given["to"], asked.resource.span_max
    assert longest is not None  # noqa: S101 - asked for before
    if ends <= begins:
        raise ApiRefused("span_empty", 422, "to")
    if ends - begins > longest:
        raise ApiRefused("span_too_long", 422, "to", days=longest.days)


def _cut(asked: Asked, found: Sequence[Any]) -> Page:
    begin = asked.given.offset
    return Page(items=found[begin : begin + asked.given.page_size], total=len(found))


def _note(asked: Asked, unit_id: int | None) -> None:
    note_view(asked.conn, unit_id, f"api {asked.resource.name}")
