"""Agreed values (E8) in the database: the queries of sql/queries/agreements.sql."""

from datetime import date, datetime
from decimal import Decimal

from psycopg.types.range import TimestamptzRange

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("agreements")


def find_series(conn: Connection, unit_code: str, point_code: str, quantity: str, kind: str) -> list[tuple[int, str]]:
    """Series of a point by quantity and kind: id and period."""
    columns = {"unit_code": unit_code, "point_code": point_code, "quantity": quantity, "kind": kind}
    return conn.execute(_QUERIES["find_series"], columns).fetchall()


def has_decision(conn: Connection, decision_id: int) -> bool:
    """Whether there is such a decision."""
    row = conn.execute(_QUERIES["has_decision"], {"decision_id": decision_id}).fetchone()
    return row is not None and bool(row[0])


def stands_over(conn: Connection, series_id: int, span: tuple[datetime, datetime]) -> bool:
    """Whether an agreed value in force touches the span."""
    columns = {"series_id": series_id, "span": TimestamptzRange(*span)}
    return conn.execute(_QUERIES["standing_over"], columns).fetchone() is not None


def insert_agreement(
    conn: Connection,
    *,
    series_id: int,
    span: tuple[datetime, datetime],
    energy: Decimal | None,
    unit: str,
    document_no: str,
    agreed_by_unit: str,
    agreed_by_officer: str,
    decision_id: int | None,
    agreed_on: date,
    recorded_by: str,
    recorded_at: datetime,
) -> int:
    """Append an agreed value, and ask for its days; returns its id."""
    where = {"series_id": series_id, "span": TimestamptzRange(*span)}
    row = conn.execute(
        _QUERIES["insert_agreement"],
        {
            **where,
            "energy": energy,
            "unit": unit,
            "document_no": document_no,
            "agreed_by_unit": agreed_by_unit,
            "agreed_by_officer": agreed_by_officer,
            "decision_id": decision_id,
            "agreed_on": agreed_on,
            "recorded_by": recorded_by,
            "recorded_at": recorded_at,
        },
    ).fetchone()
    conn.execute(_QUERIES["mark_span"], where)
    return int(row[0]) if row else 0
