"""The SQLite file below a spool: opened by many at once, brought to the present schema, its failures put in words."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from nenghao.errors import ConfigError, NenghaoError, RetryableError

#: How long one process waits for another that writes.
BUSY_S: Final = 30.0
SCHEMA_VERSION: Final = 2

_FIRST_SCHEMA: Final = (
    """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY,
    topic_kind TEXT NOT NULL,
    payload BLOB NOT NULL,
    hash BLOB NOT NULL,
    reading_count INTEGER NOT NULL,
    enqueued_at TEXT NOT NULL,
    receipted_at TEXT
)""",
    "CREATE TABLE IF NOT EXISTS meta (boot_id TEXT NOT NULL, next_seq INTEGER NOT NULL, last_hash BLOB)",
)
#: From version 0, which had the two tables only, to version 2. Files of version 0 are in use: they open and go on.
_SECOND_SCHEMA: Final = (
    "DROP INDEX IF EXISTS message_unreceipted",
    "CREATE INDEX message_waiting ON message (topic_kind, seq) WHERE receipted_at IS NULL",
    "ALTER TABLE meta ADD COLUMN shard INTEGER",
    "ALTER TABLE meta ADD COLUMN unit_code TEXT",
    "ALTER TABLE meta ADD COLUMN gateway_code TEXT",
    "ALTER TABLE meta ADD COLUMN pruned_messages INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE meta ADD COLUMN pruned_readings INTEGER NOT NULL DEFAULT 0",
    """
CREATE TABLE receipt (
    receipt_id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_at TEXT NOT NULL
)""",
    """
CREATE TABLE refusal (
    seq INTEGER NOT NULL,
    ordinal INTEGER,
    reason TEXT NOT NULL,
    received_at TEXT NOT NULL
)""",
    "CREATE UNIQUE INDEX refusal_once ON refusal (seq, coalesce(ordinal, -1), reason)",
    """
CREATE TABLE head (
    head_id INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    root TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_at TEXT NOT NULL,
    UNIQUE (topic, day, root)
)""",
    """
CREATE TABLE request (
    hash BLOB PRIMARY KEY,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_at TEXT NOT NULL
)""",
    """
CREATE TABLE rotation (
    hash BLOB PRIMARY KEY,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_at TEXT NOT NULL
)""",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_FULL: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_CLOSED: Final = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)


class SpoolFile:
    """A connection to a spool's file, for one thread."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        deadline_s = time.monotonic() + BUSY_S
        while True:
            try:
                self._db = _connect(path)
                return
            except sqlite3.DatabaseError as error:
                # Switching a new file to WAL needs it alone, and SQLite does not wait for that by itself.
                if not _is_busy(error) or time.monotonic() > deadline_s:
                    raise _in_words(path, error) from error
            time.sleep(0.02)

    def execute(self, query: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a statement.

        Raises: RetryableError where the disk is full or another process holds the file, ConfigError where the file is
        damaged or may not be written.
        """
        try:
            return self._db.execute(query, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise _in_words(self.path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done within, or nothing; it is safe on disk at the end."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite has rolled it back by itself where the disk is full
                self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Let the file go."""
        self._db.close()


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        if _version(db) < SCHEMA_VERSION:
            _bring_up(db)
        if _version(db) > SCHEMA_VERSION:
            raise ConfigError(f"spool {path} was written by a newer version of nenghao-gateway")
    except BaseException:
        db.close()
        raise
    return db


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _bring_up(db: sqlite3.Connection) -> None:
    """Make the tables of a new file, or those that an older file lacks."""
    db.execute("BEGIN IMMEDIATE")
    try:
        if _version(db) < SCHEMA_VERSION:  # another process may have been faster
            for statement in (*_FIRST_SCHEMA, *_SECOND_SCHEMA):
                db.execute(statement)
            db.execute(
                "INSERT INTO meta (boot_id, next_seq) SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM meta)", [str(uuid4())]
            )
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _is_busy(error: sqlite3.Error) -> bool:
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _code(error: sqlite3.Error) -> int | None:
    """The primary result code; errors of the Python module itself have none."""
    extended = getattr(error, "sqlite_errorcode", None)
    return None if extended is None else int(extended) & 0xFF


def _in_words(path: Path, error: sqlite3.DatabaseError) -> NenghaoError | sqlite3.DatabaseError:
    code = _code(error)
    if code in _DAMAGED:
        return ConfigError(
            f"spool {path} is damaged ({error}): keep the file, and begin a new one; its boot_id has to be enrolled"
        )
    if code in _FULL:
        return RetryableError(f"spool {path}: no room on its disk ({error}); what it holds already is safe")
    if code in _CLOSED:
        return ConfigError(f"spool {path} cannot be opened for writing: {error}")
    return RetryableError(f"spool {path} is held by another process") if _is_busy(error) else error
