"""Steps of cases and their attachments in the database: the queries of sql/queries/procedure.sql."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStep:
    """A step as it is stored."""

    case_id: int
    unit_id: int | None
    act: str
    side: str
    acted_by: str
    account_id: int | None
    acted_at: datetime
    told: str
    content: dict[str, Any]
    due_on: date | None
    decision_id: int | None
    channel: str
    recorded_by: str
    recorded_at: datetime
    hash_algorithm: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file that comes with a step."""

    name: str
    media_type: str
    content: bytes
    hash_algorithm: str
    hash: bytes


def _rows(conn: Connection, name: str, parameters: Row) -> list[Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load_queries("procedure")[name], parameters).fetchall()


def head(conn: Connection, case_id: int) -> Row | None:
    """What a case is; None where there is none, or none that this role may see."""
    return next(iter(_rows(conn, "procedure_head", {"case_id": case_id})), None)


def steps(conn: Connection, case_ids: Sequence[int]) -> list[Row]:
    """Steps of cases with their attachments, in order."""
    return _rows(conn, "procedure_steps", {"case_ids": list(case_ids)})


def rulings(conn: Connection, case_ids: Sequence[int]) -> list[Row]:
    """Decisions on cases, in order."""
    return _rows(conn, "rulings_of_cases", {"case_ids": list(case_ids)})


def insert_step(conn: Connection, step: NewStep) -> int:
    """Append a step and return its id."""
    parameters = {name: getattr(step, name) for name in NewStep.__dataclass_fields__}
    return int(_rows(conn, "insert_step", parameters | {"content": Jsonb(step.content)})[0]["case_step_id"])


def insert_attachment(conn: Connection, step_id: int, step: NewStep, attachment: NewAttachment) -> int:
    """Append a file to a step and return its id."""
    parameters = {
        "case_step_id": step_id,
        "case_id": step.case_id,
        "unit_id": step.unit_id,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size_bytes": len(attachment.content),
        "hash_algorithm": attachment.hash_algorithm,
        "hash": attachment.hash,
        "recorded_at": step.recorded_at,
    }
    new_id = int(_rows(conn, "insert_attachment", parameters)[0]["case_attachment_id"])
    held = {"case_attachment_id": new_id, "content": attachment.content}
    conn.execute(load_queries("procedure")["insert_attachment_bytes"], held)
    return new_id


def attachment(conn: Connection, case_attachment_id: int) -> Row | None:
    """One file with its bytes; None where this role may not see it."""
    return next(iter(_rows(conn, "attachment", {"case_attachment_id": case_attachment_id})), None)


def attached_bytes(conn: Connection, case_id: int) -> tuple[int, int]:
    """How many files a case holds, and how many bytes."""
    row = _rows(conn, "attached_bytes_of_case", {"case_id": case_id})[0]
    return row["attachment_count"], row["size_bytes"]


def step_hashes(conn: Connection, case_id: int) -> set[str]:
    """Hashes of a case's steps, as hex."""
    return {row["hash"] for row in _rows(conn, "step_hashes", {"case_id": case_id})}


def last_found_at(conn: Connection, case_id: int) -> datetime | None:
    """Until when the rules of a case found anything at its points."""
    found: datetime | None = _rows(conn, "last_found_at", {"case_id": case_id})[0]["last_found_at"]
    return found


def told_of_cases(conn: Connection, case_ids: Sequence[int]) -> list[Row]:
    """What units are told of cases: rules, precision, points and spans."""
    return _rows(conn, "told_of_cases", {"case_ids": list(case_ids)})


def told_cases(conn: Connection, unit_id: int, *, row_limit: int, row_offset: int = 0) -> list[Row]:
    """Heads of the cases that a unit was asked about, newest first; `case_count` of each is the number of all."""
    return _rows(conn, "told_cases", {"unit_id": unit_id, "row_limit": row_limit, "row_offset": row_offset})


def receive_explanation(
    conn: Connection, case_id: int, *, explanation: str, explained_by: str, explained_at: datetime
) -> int:
    """Write the decision that the unit explained itself; the only one that a unit's role may write. Returns its id."""
    parameters = {
        "case_id": case_id,
        "explanation": explanation,
        "explained_by": explained_by,
        "explained_at": explained_at,
    }
    return int(_rows(conn, "receive_explanation", parameters)[0]["decision_id"])


def raw_of_messages(conn: Connection, message_ids: Sequence[int], row_limit: int) -> list[Row]:
    """The bytes of messages, where they are still kept."""
    return _rows(conn, "raw_of_messages", {"message_ids": list(message_ids), "row_limit": row_limit})


def attachments_of_case(conn: Connection, case_id: int) -> list[Row]:
    """Every file of a case with its bytes, in order."""
    return _rows(conn, "attachments_of_case", {"case_id": case_id})
