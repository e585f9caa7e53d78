"""Who got which release, who is still to be told of a restatement, and why a person lets one be made."""

from dataclasses import dataclass
from datetime import datetime

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("recipients")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who got a release."""

    recipient: str
    way: str
    document_no: str | None
    sent_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNotice:
    """Somebody who is still to be told of a release, and the version that he has."""

    recipient: str
    had_archive_name: str
    opened_at: datetime


def insert_recipient(
    conn: Connection,
    *,
    release_id: int,
    recipient: str,
    way: str,
    document_no: str | None,
    sent_at: datetime,
    recorded_by: str,
    recorded_at: datetime,
) -> None:
    """Record that somebody got a release."""
    columns = {
        "release_id": release_id,
        "recipient": recipient,
        "way": way,
        "document_no": document_no,
        "sent_at": sent_at,
        "recorded_by": recorded_by,
        "recorded_at": recorded_at,
    }
    conn.execute(_QUERIES["insert_recipient"], columns)


def load_recipients(conn: Connection, release_id: int) -> list[Recipient]:
    """Who got a release."""
    rows = conn.execute(_QUERIES["recipients"], {"release_id": release_id}).fetchall()
    return [
        Recipient(recipient=row[0], way=row[1], document_no=row[2], sent_at=row[3], recorded_by=row[4]) for row in rows
    ]


def load_open_notices(conn: Connection, release_id: int) -> list[OpenNotice]:
    """Who is still to be told of a release."""
    rows = conn.execute(_QUERIES["open_notices_of"], {"release_id": release_id}).fetchall()
    return [OpenNotice(recipient=row[0], had_archive_name=row[1], opened_at=row[2]) for row in rows]


def insert_restatement_reason(
    conn: Connection, *, release_id: int, reason_kind: str, reference: str, given_by: str, given_at: datetime
) -> None:
    """Record why a person lets a release be restated."""
    columns = {
        "release_id": release_id,
        "reason_kind": reason_kind,
        "reference": reference,
        "given_by": given_by,
        "given_at": given_at,
    }
    conn.execute(_QUERIES["insert_restatement_reason"], columns)
