"""A sealed release as people look at it: what it says, what it restates, who has it, whether its seal holds.

Before: a release of the store (jobs.seal_balances). After: its page and its files. Before an embargo ends nobody
is shown a figure of it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from nenghao.config import Settings
from nenghao.console.writing import at
from nenghao.crypto import load_trusted_keys
from nenghao.db import bureau as db
from nenghao.db import recipients, releases
from nenghao.db.bureau import ReleaseVersion
from nenghao.db.connection import Connection
from nenghao.db.recipients import OpenNotice, Recipient
from nenghao.db.releases import StoredRelease
from nenghao.errors import DataRefused
from nenghao.labels import Language
from nenghao.reporting.exports import export_release
from nenghao.reporting.pages import Page, pages_of
from nenghao.reporting.seal import CONTENT, SIGNATURE
from nenghao.reporting.stored_zip import read_stored_zip
from nenghao.reporting.verify import Check, verify_archive

ENDING: Final = ".zip"
MEDIA: Final[Mapping[str, str]] = {
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


class ReleaseRefused(DataRefused):
    """A release is not shown; `key` is a label below `release`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"refused: {key}")
        self.key, self.values = f"release.{key}", values


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A release with all that its page shows; without content while it is embargoed."""

    stored: StoredRelease
    name: str
    content: Mapping[str, Any] | None
    seal: Mapping[str, Any] | None
    pages: Sequence[Page]
    versions: Sequence[ReleaseVersion]
    have: Sequence[Recipient]
    to_tell: Sequence[OpenNotice]

    @property
    def restates(self) -> Mapping[str, Any] | None:
        """What it restates: version, reason with its references, each cell that differs."""
        return None if self.content is None else self.content["restates"]


def load_release(conn: Connection, name: str, language: Language, now: datetime) -> ReleaseView | None:
    """A release by its name; None where the person may not see it."""
    stored = releases.find_release(conn, name + ENDING)
    if stored is None:
        return None
    content, seal = None, None
    if not is_embargoed(stored, now):
        members = read_stored_zip(_archive(conn, name, now))
        content, seal = json.loads(members[CONTENT]), json.loads(members[SIGNATURE])
    return ReleaseView(
        stored=stored,
        name=name,
        content=content,
        seal=seal,
        pages=[] if content is None else pages_of(content, language),
        versions=db.release_versions(conn, stored.release_id),
        have=recipients.load_recipients(conn, stored.release_id),
        to_tell=recipients.load_open_notices(conn, stored.release_id),
    )


def is_embargoed(stored: StoredRelease, now: datetime) -> bool:
    """Whether nobody is shown the release yet."""
    return stored.public_from is not None and now < stored.public_from


def release_file(conn: Connection, name: str, kind: str, language: Language, now: datetime) -> bytes:
    """The bytes of a release in a format; the zip is the very one that was sealed.

    Raises: ReleaseRefused where there is none, or it is embargoed.
    """
    archive = _archive(conn, name, now)
    return archive if kind == "zip" else export_release(archive, kind, language)  # type: ignore[arg-type]  # of MEDIA


def check_release(conn: Connection, settings: Settings, name: str, now: datetime) -> list[Check]:
    """Every check of the seal, by the keys that this office trusts.

    Raises: ReleaseRefused where there is none, or it is embargoed.
    """
    return verify_archive(_archive(conn, name, now), load_trusted_keys(settings.trust_dir))


def _archive(conn: Connection, name: str, now: datetime) -> bytes:
    found = releases.load_archive(conn, name + ENDING)
    if found is None:
        raise ReleaseRefused("unknown", name=name)
    archive, public_from = found
    if public_from is not None and now < public_from:
        raise ReleaseRefused("embargoed", name=name, at=at(public_from))
    return archive
