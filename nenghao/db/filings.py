"""Filings and what follows them: notes, events, queries, answers, states, the calendar they are held against."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.explanations import Explanation, Note
from nenghao.domain.filed_cells import Key
from nenghao.domain.filing_states import FilingStanding

_QUERIES = load_queries("filings")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFiling:
    """A filing as it is about to be written."""

    unit_id: int
    month_on: date
    version: int
    content: list[dict[str, str]]
    reason: str
    filled_by: str
    filled_at: datetime
    statistics_head: str
    statistics_head_at: datetime
    unit_head: str
    unit_head_at: datetime
    filed_at: datetime
    kind: str
    corrects_month_on: date | None
    document_no: str | None
    draft_id: int
    relation_edition: str
    attempted_at: datetime | None = None
    attempt_receipt: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFiling:
    """A filing as it was filed."""

    filing_id: int
    unit_id: int
    month_on: date
    version: int
    kind: str
    content: list[dict[str, str]]
    reason: str
    document_no: str | None
    corrects_month_on: date | None
    filled_by: str
    filled_at: datetime | None
    statistics_head: str
    statistics_head_at: datetime | None
    unit_head: str
    unit_head_at: datetime | None
    filed_at: datetime
    attempted_at: datetime | None
    relation_edition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingLine:
    """A filing in a list."""

    filing_id: int
    unit_id: int
    month_on: date
    version: int
    kind: str
    state: str
    accepted_levels: int
    open_queries: int
    is_newest: bool
    since_at: datetime
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """What the calendar says of a form's month at a level."""

    is_surveyed: bool
    opens_at: datetime | None
    due_at: datetime | None


def calendar(conn: Connection, form_code: str, month_on: date, level: str) -> CalendarDay | None:
    """The calendar's word on a month; None where no edition has it."""
    columns = {"form_code": form_code, "month_on": month_on, "level": level}
    row = conn.execute(_QUERIES["calendar"], columns).fetchone()
    return CalendarDay(*row) if row else None


def filed_month(conn: Connection, unit_id: int, month_on: date, *, with_revisions: bool) -> dict[Key, Decimal]:
    """The figures of a month as filed last; with revisions, as revised last. Empty where nothing was filed."""
    columns = {"unit_id": unit_id, "month_on": month_on, "with_revisions": with_revisions}
    return {(form, row, column): value for form, row, column, value in conn.execute(_QUERIES["filed_month"], columns)}


def accepted_months(conn: Connection, unit_id: int, first_on: date, last_on: date) -> dict[date, int]:
    """For each month the newest filing that a level has accepted."""
    columns = {"unit_id": unit_id, "first_on": first_on, "last_on": last_on}
    return dict(conn.execute(_QUERIES["accepted_months"], columns).fetchall())


def filed_months(conn: Connection, unit_id: int, first_on: date, last_on: date) -> list[date]:
    """Months that have a filing."""
    columns = {"unit_id": unit_id, "first_on": first_on, "last_on": last_on}
    return [row[0] for row in conn.execute(_QUERIES["filed_months"], columns)]


def newest_filing(conn: Connection, unit_id: int, month_on: date) -> tuple[int, int] | None:
    """(filing, version) of the newest filing of a month."""
    return conn.execute(_QUERIES["newest_filing"], {"unit_id": unit_id, "month_on": month_on}).fetchone()


def insert_filing(conn: Connection, filing: NewFiling) -> int:
    """File; returns the filing's id."""
    rows = conn.execute(_QUERIES["insert_filing"], asdict(filing) | {"content": Jsonb(filing.content)}).fetchall()
    filing_id: int = rows[0][0]
    return filing_id


def insert_notes(conn: Connection, filing_id: int, notes: Sequence[Note]) -> None:
    """Put the explanations beside the filing that they explain."""
    with conn.cursor() as cursor:
        cursor.executemany(
            _QUERIES["insert_note"],
            [
                {
                    "filing_id": filing_id,
                    "relation_code": note.relation,
                    "form_code": note.key[0],
                    "row_code": note.key[1],
                    "column_code": note.key[2],
                    "left_value": note.left,
                    "right_value": note.right,
                    **asdict(note.explanation),
                    "noted_by": note.noted_by,
                }
                for note in notes
            ],
        )


def lock_filing(conn: Connection, filing_id: int) -> None:
    """Make this transaction the only one that moves a filing."""
    conn.execute(_QUERIES["lock_filing"], {"filing_id": filing_id})


def insert_event(
    conn: Connection, filing_id: int, *, state: str, level: str, acted_by: str, remark: str | None, acted_at: datetime
) -> None:
    """Append what happened to a filing."""
    columns = {
        "filing_id": filing_id,
        "state": state,
        "level": level,
        "acted_by": acted_by,
        "remark": remark,
        "acted_at": acted_at,
    }
    conn.execute(_QUERIES["insert_event"], columns)


def insert_query(
    conn: Connection,
    filing_id: int,
    *,
    level: str,
    key: Key | None,
    question: str,
    asked_by: str,
    asked_at: datetime,
) -> int:
    """Ask about a filing, or about one cell of it; returns the query's id."""
    form, row, column = key or (None, None, None)
    columns = {
        "filing_id": filing_id,
        "level": level,
        "form_code": form,
        "row_code": row,
        "column_code": column,
        "question": question,
        "asked_by": asked_by,
        "asked_at": asked_at,
    }
    rows = conn.execute(_QUERIES["insert_query"], columns).fetchall()
    query_id: int = rows[0][0]
    return query_id


def query_of(conn: Connection, query_id: int) -> tuple[int, bool] | None:
    """(filing, whether it is answered) of a query."""
    return conn.execute(_QUERIES["query_of"], {"filing_query_id": query_id}).fetchone()


def insert_answer(
    conn: Connection, query_id: int, explanation: Explanation, answered_by: str, answered_at: datetime
) -> None:
    """Answer a query."""
    columns = {
        "filing_query_id": query_id,
        **asdict(explanation),
        "answered_by": answered_by,
        "answered_at": answered_at,
    }
    conn.execute(_QUERIES["insert_answer"], columns)


def standing(conn: Connection, filing_id: int) -> FilingStanding | None:
    """Where a filing stands."""
    row = conn.execute(_QUERIES["standing"], {"filing_id": filing_id}).fetchone()
    if row is None:
        return None
    return FilingStanding(
        state=row[0],
        accepted_levels=row[1],
        open_queries=row[2],
        is_newest=row[3],
        signers=tuple(row[4]),
        accepters=tuple(row[5]),
    )


def was_asked(conn: Connection, unit_id: int, month_on: date) -> bool:
    """Whether the bureau has asked about the month."""
    rows = conn.execute(_QUERIES["was_asked"], {"unit_id": unit_id, "month_on": month_on}).fetchall()
    return bool(rows[0][0])


def is_locked(conn: Connection, unit_id: int, month_on: date) -> bool:
    """Whether any version of the month is locked."""
    rows = conn.execute(_QUERIES["is_locked"], {"unit_id": unit_id, "month_on": month_on}).fetchall()
    return bool(rows[0][0])


def load_filing(conn: Connection, filing_id: int) -> StoredFiling | None:
    """A filing."""
    with conn.cursor(row_factory=class_row(StoredFiling)) as cursor:
        return cursor.execute(_QUERIES["filing"], {"filing_id": filing_id}).fetchone()


def list_filings(
    conn: Connection, *, unit_id: int | None = None, month_on: date | None = None, state: str | None = None
) -> list[FilingLine]:
    """Filings with their states, newest months first."""
    with conn.cursor(row_factory=class_row(FilingLine)) as cursor:
        return cursor.execute(
            _QUERIES["filings"], {"unit_id": unit_id, "month_on": month_on, "state": state}
        ).fetchall()


def events(conn: Connection, filing_id: int) -> list[dict[str, Any]]:
    """What happened to a filing, in order."""
    return _rows(conn, "events", filing_id)


def queries(conn: Connection, filing_id: int) -> list[dict[str, Any]]:
    """Queries about a filing with their answers."""
    return _rows(conn, "queries", filing_id)


def notes(conn: Connection, filing_id: int) -> list[dict[str, Any]]:
    """Explanations that went with a filing."""
    return _rows(conn, "notes", filing_id)


def unit_names(conn: Connection, unit_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """(code, name) by unit; for the bureau."""
    rows = conn.execute(_QUERIES["unit_names"], {"unit_ids": list(unit_ids)})
    return {unit_id: (code, name) for unit_id, code, name in rows}


def unit_of_code(conn: Connection, unit_code: str) -> int | None:
    """The unit of a code; for the bureau."""
    row = conn.execute(_QUERIES["unit_of_code"], {"unit_code": unit_code}).fetchone()
    return None if row is None else row[0]


def _rows(conn: Connection, query: str, filing_id: int) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES[query], {"filing_id": filing_id}).fetchall()
