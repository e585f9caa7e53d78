"""What the page of a case shows beside the case itself: the queries of sql/queries/case_page.sql."""

from typing import Any, Literal

from psycopg.rows import dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

Row = dict[str, Any]

#: Queries whose rows go onto the page as they are; each one's columns are described beside it.
Query = Literal[
    "page_head",
    "page_pieces",
    "page_kept_days",
    "related_cases",
    "page_points",
    "page_neighbours",
    "page_days",
    "page_faces",
    "page_messages",
    "page_message",
    "page_conflicts",
    "page_essays",
    "page_thresholds",
    "page_modes",
]


def rows(conn: Connection, query: Query, **parameters: object) -> list[Row]:
    """The rows of one of the queries."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load_queries("case_page")[query], parameters).fetchall()
