"""Drafts of a unit, their checks and signatures, and what a draft is prefilled from; under the unit's role only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.filed_cells import Key

_QUERIES = load_queries("filings")


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft as it was saved."""

    draft_id: int
    content: dict[str, Any]
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """What the relations said of a draft."""

    mandatory_broken: int
    unexplained: int
    not_run: int
    broken: list[dict[str, Any]]
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a draft as what, and when."""

    signer: str
    signed_by: str
    signed_at: datetime


def lock_month(conn: Connection, unit_id: int, month_on: date) -> None:
    """Make this transaction the only one that changes a unit's drafts and filings of a month."""
    conn.execute(_QUERIES["lock_drafting"], {"unit_id": unit_id, "month_on": month_on})


def newest_draft(conn: Connection, unit_id: int, month_on: date) -> StoredDraft | None:
    """The newest draft of a month."""
    row = conn.execute(_QUERIES["newest_draft"], {"unit_id": unit_id, "month_on": month_on}).fetchone()
    return StoredDraft(*row) if row else None


def insert_draft(
    conn: Connection, unit_id: int, month_on: date, content: dict[str, Any], saved_by: str, saved_at: datetime
) -> int:
    """Save a draft beside the earlier ones; returns its id."""
    columns = {
        "unit_id": unit_id,
        "month_on": month_on,
        "content": Jsonb(content),
        "saved_by": saved_by,
        "saved_at": saved_at,
    }
    rows = conn.execute(_QUERIES["insert_draft"], columns).fetchall()
    draft_id: int = rows[0][0]
    return draft_id


def insert_check(
    conn: Connection,
    draft_id: int,
    unit_id: int,
    *,
    edition: str,
    mandatory_broken: int,
    unexplained: int,
    not_run: int,
    broken: Sequence[Mapping[str, Any]],
    checked_at: datetime,
) -> None:
    """Keep what the relations said of a draft."""
    columns = {
        "draft_id": draft_id,
        "unit_id": unit_id,
        "relation_edition": edition,
        "mandatory_broken": mandatory_broken,
        "unexplained": unexplained,
        "not_run": not_run,
        "broken": Jsonb(list(broken)),
        "checked_at": checked_at,
    }
    conn.execute(_QUERIES["insert_check"], columns)


def newest_check(conn: Connection, draft_id: int, edition: str) -> StoredCheck | None:
    """The newest check of a draft by an edition of the relations."""
    row = conn.execute(_QUERIES["newest_check"], {"draft_id": draft_id, "relation_edition": edition}).fetchone()
    return StoredCheck(*row) if row else None


def newest_check_of_cells(conn: Connection, draft_id: int, edition: str) -> StoredCheck | None:
    """The newest check of the draft's figures, under whatever explanations they were checked."""
    columns = {"draft_id": draft_id, "relation_edition": edition}
    row = conn.execute(_QUERIES["newest_check_of_cells"], columns).fetchone()
    return StoredCheck(*row) if row else None


def signatures(conn: Connection, draft_id: int) -> list[Signature]:
    """Who signed a draft, in order."""
    return [Signature(*row) for row in conn.execute(_QUERIES["signatures"], {"draft_id": draft_id})]


def insert_signature(conn: Connection, draft_id: int, unit_id: int, signature: Signature) -> None:
    """Put a signature under a draft."""
    columns = {
        "draft_id": draft_id,
        "unit_id": unit_id,
        "signer": signature.signer,
        "signed_by": signature.signed_by,
        "signed_at": signature.signed_at,
    }
    conn.execute(_QUERIES["insert_signature"], columns)


def monitored_months(conn: Connection, unit_id: int, first_on: date, last_on: date) -> dict[date, dict[Key, Decimal]]:
    """Cells of the newest monitored balance of each month that has one; one without a cell is there, too."""
    columns = {"unit_id": unit_id, "first_on": first_on, "last_on": last_on}
    months: defaultdict[date, dict[Key, Decimal]] = defaultdict(dict)
    for (month_on,) in conn.execute(_QUERIES["monitored_month_list"], columns):
        months[month_on] = {}
    for month_on, form, row, column, value in conn.execute(_QUERIES["monitored_months"], columns):
        months[month_on][form, row, column] = value
    return dict(months)
