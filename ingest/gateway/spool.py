"""The sender's store: messages wait in a SQLite file until they are receipted."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec

from ingest.codecs.json_v1 import SCHEMA
from ingest.topics import TopicKind

#: A commit waits for the disk: one for many messages is what makes filling a spool fast.
MESSAGES_PER_COMMIT: Final = 1000

#: The fields of one reading as the protocol names them; decimals and aware instants are written as texts.
Reading = Mapping[str, object]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY,
    topic_kind TEXT NOT NULL,
    payload BLOB NOT NULL,
    hash BLOB NOT NULL,
    reading_count INTEGER NOT NULL,
    enqueued_at TEXT NOT NULL,
    receipted_at TEXT
);
CREATE INDEX IF NOT EXISTS message_unreceipted ON message (seq) WHERE receipted_at IS NULL;
CREATE TABLE IF NOT EXISTS meta (
    boot_id TEXT NOT NULL,
    next_seq INTEGER NOT NULL,
    last_hash BLOB
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpooledMessage:
    """A message that waits for its receipt."""

    seq: int
    kind: TopicKind
    payload: bytes
    reading_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolCounts:
    """What was ever put into the spool, and how much of it is receipted."""

    messages: int
    readings: int
    receipted_messages: int
    receipted_readings: int


class Spool:
    """One gateway's spool file. Its boot_id is made with the file: a new one says that an older spool was lost."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        self._db.execute(
            "INSERT INTO meta (boot_id, next_seq) SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM meta)", [str(uuid4())]
        )
        self.boot_id: Final[str] = self._db.execute("SELECT boot_id FROM meta").fetchone()[0]

    def append(self, readings: Sequence[Reading], kind: str = TopicKind.READINGS) -> int:
        """Put one message in and return its seq; it is safe on disk on return."""
        with self._transaction():
            return self._append(readings, TopicKind(kind))

    def append_all(self, messages: Iterable[Sequence[Reading]], kind: str = TopicKind.READINGS) -> int:
        """Put many messages in, committed a thousand at a time; returns how many."""
        iterator, count = iter(messages), 0
        while chunk := list(islice(iterator, MESSAGES_PER_COMMIT)):
            with self._transaction():
                for readings in chunk:
                    self._append(readings, TopicKind(kind))
            count += len(chunk)
        return count

    def unreceipted(self, *, after_seq: int = -1, limit: int = 500) -> list[SpooledMessage]:
        """The next messages without a receipt, in order of seq."""
        rows = self._db.execute(
            "SELECT seq, topic_kind, payload, reading_count FROM message"
            " WHERE receipted_at IS NULL AND seq > ? ORDER BY seq LIMIT ?",
            [after_seq, limit],
        )
        return [
            SpooledMessage(seq=seq, kind=TopicKind(kind), payload=payload, reading_count=count)
            for seq, kind, payload, count in rows
        ]

    def unreceipted_of(self, seqs: Iterable[int]) -> list[SpooledMessage]:
        """Those of the given messages that have no receipt."""
        found: list[SpooledMessage] = []
        for seq in sorted(seqs):
            found += (message for message in self.unreceipted(after_seq=seq - 1, limit=1) if message.seq == seq)
        return found

    def mark_receipted(self, hashes: Mapping[int, bytes]) -> dict[int, int]:
        """Note receipts by seq, where the receipted hash is ours; returns the reading counts of those that are new."""
        now = datetime.now(UTC).isoformat()
        fresh: dict[int, int] = {}
        with self._transaction():
            for seq, digest in hashes.items():
                rows = self._db.execute(
                    "UPDATE message SET receipted_at = ? WHERE seq = ? AND hash = ? AND receipted_at IS NULL"
                    " RETURNING reading_count",
                    [now, seq, digest],
                ).fetchall()
                fresh.update((seq, count) for (count,) in rows)
        return fresh

    def seqs_of_hashes(self, hashes: Sequence[bytes]) -> dict[int, bytes]:
        """Unreceipted messages with these hashes, for receipts that could not read the seq."""
        found: dict[int, bytes] = {}
        for digest in hashes:
            rows = self._db.execute("SELECT seq FROM message WHERE receipted_at IS NULL AND hash = ?", [digest])
            found.update((seq, digest) for (seq,) in rows)
        return found

    def counts(self) -> SpoolCounts:
        """Totals since the spool was made."""
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(reading_count), 0), count(receipted_at),"
            " coalesce(sum(reading_count) FILTER (WHERE receipted_at IS NOT NULL), 0) FROM message"
        ).fetchone()
        return SpoolCounts(messages=row[0], readings=row[1], receipted_messages=row[2], receipted_readings=row[3])

    def waiting_count(self) -> int:
        """How many messages have no receipt."""
        row = self._db.execute("SELECT count(*) FROM message WHERE receipted_at IS NULL").fetchone()
        return int(row[0])

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _append(self, readings: Sequence[Reading], kind: TopicKind) -> int:
        seq, last_hash = self._db.execute("SELECT next_seq, last_hash FROM meta").fetchone()
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        body: dict[str, object] = {"schema": SCHEMA, "boot_id": self.boot_id, "seq": seq, "sent_at": now}
        if last_hash is not None:
            body["prev_hash"] = last_hash.hex()
        payload = msgspec.json.encode(body | {"readings": readings})
        digest = sha256(payload).digest()
        self._db.execute(
            "INSERT INTO message (seq, topic_kind, payload, hash, reading_count, enqueued_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [seq, kind.value, payload, digest, len(readings), now],
        )
        self._db.execute("UPDATE meta SET next_seq = ?, last_hash = ?", [seq + 1, digest])
        return int(seq)
