"""Which messages of which spool are stored, what gateways were asked to send again, and the asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.resend import Range, Request, SpoolState, StoredRun

_QUERIES = load_queries("resends")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestHeads:
    """The newest day of which a gateway has seen a head, and the newest of which the store has a tree."""

    seen_day: date | None
    stored_day: date | None

    @property
    def is_store_behind(self) -> bool:
        """Whether a head was published that the store does not know: it is older than what it said."""
        return self.seen_day is not None and (self.stored_day is None or self.stored_day < self.seen_day)


def spools(conn: Connection, unit_code: str | None, gateway_code: str | None) -> list[SpoolState]:
    """The spools in use, of one unit or gateway or of all."""
    cursor = conn.cursor(row_factory=class_row(SpoolState))
    return cursor.execute(_QUERIES["spools"], {"unit_code": unit_code, "gateway_code": gateway_code}).fetchall()


def stored_runs(conn: Connection, spool: SpoolState) -> list[StoredRun]:
    """What is stored of a spool."""
    cursor = conn.cursor(row_factory=class_row(StoredRun))
    return cursor.execute(_QUERIES["stored_runs"], _of(spool)).fetchall()


def requests(conn: Connection, spool: SpoolState) -> list[Request]:
    """What was asked for of a spool."""
    cursor = conn.cursor(row_factory=class_row(Request))
    return cursor.execute(_QUERIES["requests"], _of(spool)).fetchall()


def request_again(
    conn: Connection, spool: SpoolState, ranges: Sequence[Range], topic: str, payload: bytes, now: datetime
) -> None:
    """Ask a gateway for ranges by one message, and remember it; in one transaction."""
    with conn.transaction():
        for first_seq, last_seq in ranges:
            asked = {"first_seq": first_seq, "last_seq": last_seq, "requested_at": now}
            conn.execute(_QUERIES["add_request"], _of(spool) | asked)
        conn.execute(_QUERIES["add_outbound"], {"topic": topic, "payload": payload})


def newest_heads(conn: Connection) -> NewestHeads:
    """What gateways have seen, beside what is stored."""
    row = conn.cursor(row_factory=class_row(NewestHeads)).execute(_QUERIES["newest_heads"]).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return row


def _of(spool: SpoolState) -> dict[str, object]:
    return {"gateway_id": spool.gateway_id, "boot_id": spool.boot_id}
