"""Alerts, cases, evidence and decisions in the database: the queries of sql/queries/cases.sql."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg.types.range import TimestamptzRange

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

Row = dict[str, Any]


def _rows(conn: Connection, name: str, parameters: Row) -> list[Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load_queries("cases")[name], parameters).fetchall()


def _id(conn: Connection, name: str, parameters: Row) -> int:
    rows = conn.execute(load_queries("cases")[name], parameters).fetchall()
    new_id: int = rows[0][0]
    return new_id


def alert_of(conn: Connection, fingerprint: bytes) -> tuple[int, int] | None:
    """(alert, case) of a fingerprint."""
    return conn.execute(load_queries("cases")["alert_of"], {"fingerprint": fingerprint}).fetchone()


def insert_case(conn: Connection, *, unit_id: int | None, level: str, opened_at: datetime) -> int:
    """Open a case and return its id."""
    return _id(conn, "insert_case", {"unit_id": unit_id, "level": level, "opened_at": opened_at})


def insert_alert(
    conn: Connection,
    *,
    fingerprint: bytes,
    case_id: int,
    rule_code: str,
    first_finding_id: int,
    opened_at: datetime,
) -> int:
    """Append an alert to a case and return its id."""
    return _id(
        conn,
        "insert_alert",
        {
            "fingerprint": fingerprint,
            "case_id": case_id,
            "rule_code": rule_code,
            "first_finding_id": first_finding_id,
            "opened_at": opened_at,
        },
    )


def insert_evidence(
    conn: Connection,
    *,
    case_id: int,
    alert_id: int | None,
    kind: str,
    content: Any,
    content_hash: bytes,
    recorded_at: datetime,
) -> None:
    """Append a piece of evidence unless the case has it."""
    conn.execute(
        load_queries("cases")["insert_evidence"],
        {
            "case_id": case_id,
            "alert_id": alert_id,
            "kind": kind,
            "content": Jsonb(content),
            "hash": content_hash,
            "recorded_at": recorded_at,
        },
    )


def channels(conn: Connection, series_id: int) -> list[int]:
    """Register and interval series of the same point and quantity as a series, itself included."""
    return [row["series_id"] for row in _rows(conn, "channels", {"series_id": series_id})]


def readings_of_span(
    conn: Connection, series_ids: Sequence[int], from_at: datetime, to_at: datetime, row_limit: int
) -> list[Row]:
    """Readings of series with their messages, the end included, in order."""
    return _rows(
        conn,
        "readings_of_span",
        {"series_ids": list(series_ids), "from_at": from_at, "to_at": to_at, "row_limit": row_limit},
    )


def days_judged(conn: Connection, series_ids: Sequence[int], first_on: date, last_on: date) -> list[Row]:
    """Days of series as they stand now, both ends included, in order."""
    return _rows(conn, "days_judged", {"series_ids": list(series_ids), "first_on": first_on, "last_on": last_on})


def conflicts(conn: Connection, conflict_ids: Sequence[int]) -> list[Row]:
    """Conflicting values with the messages that brought them."""
    return _rows(conn, "conflicts", {"conflict_ids": list(conflict_ids)})


def meters_of_series(conn: Connection, series_ids: Sequence[int], at: datetime) -> list[Row]:
    """Ledger rows of the meters behind series at an instant."""
    return _rows(conn, "meters_of_series", {"series_ids": list(series_ids), "at": at})


def list_cases(
    conn: Connection,
    *,
    unit_code: str | None = None,
    level: str | None = None,
    states: Sequence[str] | None = None,
    case_ids: Sequence[int] | None = None,
) -> list[Row]:
    """Cases with what they hold and their last decision, newest first."""
    parameters = {
        "unit_code": unit_code,
        "level": level,
        "states": None if states is None else list(states),
        "case_ids": None if case_ids is None else list(case_ids),
    }
    return _rows(conn, "list_cases", parameters)


def case_stakes(conn: Connection, case_ids: Sequence[int]) -> list[Row]:
    """What cases say of points."""
    return _rows(conn, "case_stakes", {"case_ids": list(case_ids)})


def case_history(conn: Connection, case_id: int) -> list[Row]:
    """What happened to a case besides decisions, in order."""
    return _rows(conn, "case_history", {"case_id": case_id})


def repeat_decision(conn: Connection, decision_id: int) -> None:
    """Write a decision on a case for what was merged into it, too."""
    conn.execute(load_queries("cases")["repeat_decision"], {"decision_id": decision_id})


def precision_of_rules(conn: Connection, rule_code: str | None = None) -> list[Row]:
    """Cases, decided ones and confirmed ones by version of a rule."""
    return _rows(conn, "precision_of_rules", {"rule_code": rule_code})


def inquiry_budget(conn: Connection, first_on: date, end_on: date, begin_at: datetime, end_at: datetime) -> Row:
    """Inquiries and unit-months of a span of months."""
    parameters = {"first_on": first_on, "end_on": end_on, "begin_at": begin_at, "end_at": end_at}
    return _rows(conn, "inquiry_budget", parameters)[0]


def case_head(conn: Connection, case_id: int) -> Row | None:
    """One case."""
    return next(iter(_rows(conn, "case_head", {"case_id": case_id})), None)


def case_findings(conn: Connection, case_id: int) -> list[Row]:
    """Findings behind a case, in order of their spans."""
    return _rows(conn, "case_findings", {"case_id": case_id})


def case_evidence(conn: Connection, case_id: int) -> list[Row]:
    """Evidence of a case."""
    return _rows(conn, "case_evidence", {"case_id": case_id})


def case_decisions(conn: Connection, case_id: int) -> list[Row]:
    """Decisions on a case, in order."""
    return _rows(conn, "case_decisions", {"case_id": case_id})


def insert_decision(
    conn: Connection,
    *,
    case_id: int,
    kind: str,
    outcome: str | None,
    reason: str,
    decided_by: str,
    decided_at: datetime,
) -> int:
    """Append a decision and return its id."""
    return _id(
        conn,
        "insert_decision",
        {
            "case_id": case_id,
            "kind": kind,
            "outcome": outcome,
            "reason": reason,
            "decided_by": decided_by,
            "decided_at": decided_at,
        },
    )


def insert_exclusion(
    conn: Connection,
    *,
    decision_id: int,
    series_id: int,
    span: tuple[datetime, datetime],
    covers: str,
    recorded_at: datetime,
) -> None:
    """Take a span of a series out of the figures: its readings, or what the meter counted too."""
    conn.execute(
        load_queries("cases")["insert_exclusion"],
        {
            "decision_id": decision_id,
            "series_id": series_id,
            "span": TimestamptzRange(*span),
            "covers": covers,
            "recorded_at": recorded_at,
        },
    )


def lock_case(conn: Connection, case_id: int) -> None:
    """Wait until nobody else decides on the case."""
    conn.execute(load_queries("cases")["lock_case"], {"case_id": case_id})


def reported_values(conn: Connection, conflict_ids: Sequence[int]) -> list[Row]:
    """Of conflicts the last value of each reading, with its message: series_id, at, value, message_id."""
    return _rows(conn, "reported_values", {"conflict_ids": list(conflict_ids)})


def corrected_values(conn: Connection, revision_ids: Sequence[int]) -> list[Row]:
    """Of corrections the last value of each reading, with its message: series_id, at, value, message_id."""
    return _rows(conn, "corrected_values", {"revision_ids": list(revision_ids)})


def insert_adoption(conn: Connection, *, decision_id: int, reported: Row, recorded_at: datetime) -> None:
    """Put a reported value in force."""
    conn.execute(
        load_queries("cases")["insert_adoption"],
        {**reported, "decision_id": decision_id, "recorded_at": recorded_at},
    )


def mark_case_days(conn: Connection, case_id: int) -> None:
    """Ask jobs to compute again all days that any decision on the case touched."""
    conn.execute(load_queries("cases")["mark_case_days"], {"case_id": case_id})
