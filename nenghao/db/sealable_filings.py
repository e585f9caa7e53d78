"""Filings that every level has accepted, with all that is sealed of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.releases import EarlierRelease

_QUERIES = load_queries("sealable_filings")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealableFiling:
    """An accepted filing; its cells are as the unit filed them: form, row, column, value as text, source."""

    filing_id: int
    unit_id: int
    month_on: date
    version: int
    kind: str
    reason: str
    document_no: str | None
    cells: list[dict[str, str]]
    filled_by: str
    statistics_head: str
    unit_head: str
    filed_at: datetime
    relation_edition: str | None
    collected_under: str
    unit_code: str
    unit_name: str
    division_code: str
    industry_code: str
    earlier: EarlierRelease | None


def sealable_filings(conn: Connection, filing_id: int | None = None) -> list[SealableFiling]:
    """Accepted filings without a release: all of them, or the one of an id."""
    return [
        SealableFiling(
            filing_id=row[0],
            unit_id=row[1],
            month_on=row[2],
            version=row[3],
            kind=row[4],
            reason=row[5],
            document_no=row[6],
            cells=row[7],
            filled_by=row[8],
            statistics_head=row[9],
            unit_head=row[10],
            filed_at=row[11],
            relation_edition=row[12],
            collected_under=row[13],
            unit_code=row[14],
            unit_name=row[15],
            division_code=row[16],
            industry_code=row[17],
            earlier=None
            if row[18] is None
            else EarlierRelease(release_id=row[18], version=row[19], hash_algorithm=row[20], hash=bytes(row[21])),
        )
        for row in conn.execute(_QUERIES["sealable_filings"], {"filing_id": filing_id})
    ]


def load_notes(conn: Connection, filing_id: int) -> list[dict[str, str]]:
    """The explanations of a filing."""
    keys = ("relation", "form", "row", "column", "cause", "quantity", "document")
    rows = conn.execute(_QUERIES["filing_notes"], {"filing_id": filing_id})
    return [dict(zip(keys, row, strict=True)) for row in rows]


def load_passage(conn: Connection, filing_id: int) -> list[dict[str, Any]]:
    """What happened to a filing: state, level, who, when."""
    rows = conn.execute(_QUERIES["filing_passage"], {"filing_id": filing_id})
    return [{"state": row[0], "level": row[1], "by": row[2], "at": row[3].isoformat()} for row in rows]
