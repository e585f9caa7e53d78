"""Compares the gateways' spools with the tables, reading by reading, without the collector's help."""

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import psycopg

from ingest.gateway import GatewayAccount
from ingest.topics import TopicKind
from nenghao.db.queries import parse_queries

QUERIES = parse_queries(Path(__file__).parent / "faults_registers.sql")

Place = tuple[int, int | None]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the readings of a row; a poison message counts as one reading.

    Acknowledged is receipted. Waiting is what has no receipt at the end, PUBACKed only the part of it that the broker
    had taken. Lost is what was receipted and is found nowhere; doubled is what is found more than once. Miscounted are
    messages whose own counts are not what the tables hold.
    """

    acknowledged: int = 0
    puback_only: int = 0
    waiting: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    conflict: int = 0
    lost: int = 0
    doubled: int = 0
    miscounted: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.waiting or self.miscounted)


@dataclass(slots=True)
class StoredMessage:
    message_id: int
    outcome: str
    counts: tuple[int, int, int, int]
    is_kept: bool


@dataclass(slots=True)
class Tables:
    """What the database holds of one gateway."""

    messages: dict[bytes, list[StoredMessage]] = field(default_factory=lambda: defaultdict(list))
    readings: dict[tuple[str, datetime], list[tuple[Decimal, Place]]] = field(default_factory=lambda: defaultdict(list))
    refusals: Counter[Place] = field(default_factory=Counter)
    conflicts: Counter[Place] = field(default_factory=Counter)


def observe(conn: psycopg.Connection, account: GatewayAccount, spool: Path, tally: Tally) -> None:
    """Count one gateway into the tally."""
    tables = read_tables(conn, account)
    accounted: set[Place] = set()
    with sqlite3.connect(spool) as db:
        rows = db.execute("SELECT payload, hash, reading_count, receipted_at FROM message").fetchall()
    for payload, digest, reading_count, receipted_at in rows:
        if receipted_at is None:
            tally.waiting += reading_count
            continue
        tally.acknowledged += reading_count
        found = tables.messages.pop(digest, [])
        if not found:
            tally.lost += reading_count
            continue
        tally.doubled += (len(found) - 1) * reading_count
        if found[0].outcome == "refused":
            count_refused(found[0], reading_count, tables, tally)
        else:
            count_readings(found[0], payload, tables, tally, accounted)
    # What no receipted message of the spool accounts for has no business in the table.
    for standing in tables.readings.values():
        tally.doubled += len(standing) - 1
        tally.doubled += sum(place not in accounted for _, place in standing) if not tally.waiting else 0
    tally.doubled += sum(count - 1 for count in (*tables.refusals.values(), *tables.conflicts.values()))


def read_tables(conn: psycopg.Connection, account: GatewayAccount) -> Tables:
    tables = Tables()
    topics = [account.topic(kind) for kind in (TopicKind.READINGS, TopicKind.BACKFILL)]
    for message_id, digest, outcome, stored, duplicate, conflict, refused, is_kept in conn.execute(
        QUERIES["messages"], {"topics": topics}
    ):
        counts = (stored, duplicate, conflict, refused)
        tables.messages[bytes(digest)].append(StoredMessage(message_id, outcome, counts, is_kept))
    for point, at, value, message_id, ordinal in conn.execute(QUERIES["readings"], {"unit_code": account.unit_code}):
        tables.readings[point, at].append((value, (message_id, ordinal)))
    ids = {"message_ids": [one.message_id for found in tables.messages.values() for one in found]}
    tables.refusals.update(conn.execute(QUERIES["refusals"], ids).fetchall())
    tables.conflicts.update(conn.execute(QUERIES["conflicts"], ids).fetchall())
    return tables


def count_refused(message: StoredMessage, reading_count: int, tables: Tables, tally: Tally) -> None:
    """A message refused as a whole: its reason and its bytes are kept, or it is lost."""
    if message.is_kept and tables.refusals[message.message_id, None]:
        tally.refused += reading_count
    else:
        tally.lost += reading_count


def count_readings(message: StoredMessage, payload: bytes, tables: Tables, tally: Tally, accounted: set[Place]) -> None:
    """Each reading of an accepted message by itself: in the table, equal to what stands, in conflict, or refused."""
    fates: Counter[str] = Counter()
    for ordinal, reading in enumerate(msgspec.json.decode(payload)["readings"]):
        place = (message.message_id, ordinal)
        fate = fate_of(place, reading, tables)
        fates[fate] += 1
        if fate == "stored":
            accounted.add(place)
    tally.stored += fates["stored"]
    tally.duplicate += fates["duplicate"]
    tally.conflict += fates["conflict"]
    tally.refused += fates["refused"]
    tally.lost += fates["lost"] if message.is_kept else sum(fates.values())
    own = (fates["stored"], fates["duplicate"], fates["conflict"], fates["refused"])
    tally.miscounted += own != message.counts


def fate_of(place: Place, reading: dict[str, str], tables: Tables) -> str:
    if tables.refusals.get(place):
        return "refused"
    if tables.conflicts.get(place):
        return "conflict"
    standing = tables.readings.get((reading["point"], datetime.fromisoformat(reading["at"])))
    if standing is None:
        return "lost"
    if any(owner == place for _, owner in standing):
        return "stored" if any(value == Decimal(reading["value"]) for value, _ in standing) else "lost"
    return "duplicate" if any(value == Decimal(reading["value"]) for value, _ in standing) else "lost"
