"""What an evidence document tells of a case beside the case itself: the queries of sql/queries/evidence.sql."""

from datetime import datetime
from typing import Any, Literal

from psycopg.rows import dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

Row = dict[str, Any]

#: Queries whose rows go into the document as they are; each one's columns are described beside it.
Query = Literal[
    "evidence_unit",
    "evidence_findings",
    "evidence_recorded",
    "evidence_points",
    "evidence_versions",
    "evidence_verifications",
    "evidence_changes",
    "evidence_readings",
    "evidence_reading_count",
    "evidence_messages",
    "evidence_replaced",
    "evidence_days",
    "evidence_siblings",
    "evidence_network",
    "evidence_accuracy",
    "evidence_gateways",
    "evidence_events",
    "evidence_outages",
    "evidence_common_cause",
    "evidence_history",
    "evidence_other_findings",
    "evidence_precision",
    "evidence_documents",
]


def rows(conn: Connection, query: Query, **parameters: object) -> list[Row]:
    """The rows of one of the queries."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load_queries("evidence")[query], parameters).fetchall()


def insert_document(
    conn: Connection,
    *,
    case_id: int,
    document_format: str,
    hash_algorithm: str,
    digest: bytes,
    made_by: str,
    made_at: datetime,
) -> None:
    """Keep that a document was made of a case."""
    conn.execute(
        load_queries("evidence")["insert_evidence_document"],
        {
            "case_id": case_id,
            "format": document_format,
            "hash_algorithm": hash_algorithm,
            "hash": digest,
            "made_by": made_by,
            "made_at": made_at,
        },
    )
