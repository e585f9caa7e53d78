"""The sender's store: messages wait in a SQLite file until they are receipted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from ingest.codecs.json_v1 import SCHEMA
from ingest.gateway.place import Place
from ingest.gateway.spool_file import SpoolFile
from ingest.topics import TopicKind
from nenghao.crypto import SigningKey
from nenghao.envelope import enclose, open_envelope
from nenghao.errors import ConfigError

#: A commit waits for the disk: one for many messages is what makes filling a spool fast.
MESSAGES_PER_COMMIT: Final = 1000

#: The fields of one reading as the protocol names them; decimals and aware instants are written as texts.
Reading = Mapping[str, object]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolHead:
    """The newest message of a spool: its hash stands for all before it, because each carries its predecessor's."""

    seq: int
    hash: bytes


class Spool:
    """One gateway's spool file. Its boot_id is made with the file: a new one says that an older spool was lost.

    With a place the spool belongs to that gateway for good; with a key, which needs a place, messages are signed when
    they are put in, so that a later edit of the file shows.
    """

    def __init__(self, path: Path, place: Place | None = None, key: SigningKey | None = None) -> None:
        if key is not None and place is None:
            raise ConfigError(f"spool {path}: a message is signed under its topic, which needs the gateway's place")
        self.path: Final = path
        self.key: Final = key
        self._db = SpoolFile(path)
        self.boot_id: Final[str] = self._db.execute("SELECT boot_id FROM meta")[0][0]
        self.place: Place | None = self._read_place()
        if place is not None:
            self.bind(place)

    @property
    def file(self) -> SpoolFile:
        """The file below, for what else is kept in it."""
        return self._db

    def bind(self, place: Place) -> None:
        """Let the spool belong to a gateway.

        Raises: ConfigError where it belongs to another one.
        """
        with self._transaction():
            self.place = self._read_place()
            if self.place is None:
                self._db.execute(
                    "UPDATE meta SET shard = ?, unit_code = ?, gateway_code = ?",
                    [place.shard, place.unit_code, place.gateway_code],
                )
                self.place = place
        if self.place != place:
            raise ConfigError(f"spool {self.path} belongs to {self.place}, not to {place}")

    def append(self, readings: Sequence[Reading], kind: str = TopicKind.READINGS) -> int:
        """Put one message in and return its seq; it is safe on disk on return."""
        with self._transaction():
            return self._append(readings, TopicKind(kind))

    def append_all(self, messages: Iterable[Sequence[Reading]], kind: str = TopicKind.READINGS) -> int:
        """Put many messages of one kind in, committed a thousand at a time; returns how many."""
        return self.append_mixed((readings, TopicKind(kind)) for readings in messages)

    def append_mixed(self, messages: Iterable[tuple[Sequence[Reading], TopicKind]]) -> int:
        """Put many messages in, each of its own kind; where taking one fails, those before it are in."""
        iterator, count = iter(messages), 0
        while chunk := self._append_some(iterator):
            count += chunk
        return count

    def unreceipted(
        self, *, after_seq: int = -1, limit: int = 500, kind: TopicKind | None = None
    ) -> list[SpooledMessage]:
        """The next messages without a receipt, of one kind or any, in order of seq."""
        kinds = [kind] if kind is not None else [TopicKind.READINGS, TopicKind.BACKFILL]
        rows = [
            row
            for one in kinds
            for row in self._db.execute(
                "SELECT seq, topic_kind, payload, reading_count FROM message"
                " WHERE receipted_at IS NULL AND topic_kind = ? AND seq > ? ORDER BY seq LIMIT ?",
                [one.value, after_seq, limit],
            )
        ]
        return [_spooled(*row) for row in sorted(rows)[:limit]]

    def unreceipted_of(self, seqs: Iterable[int]) -> list[SpooledMessage]:
        """Those of the given messages that have no receipt."""
        return [
            _spooled(*row)
            for seq in sorted(seqs)
            for row in self._db.execute(
                "SELECT seq, topic_kind, payload, reading_count FROM message WHERE seq = ? AND receipted_at IS NULL",
                [seq],
            )
        ]

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
                )
                fresh.update((seq, count) for (count,) in rows)
        return fresh

    def unmark_receipted(self, ranges: Iterable[tuple[int, int]]) -> int:
        """Take the receipts of closed ranges back, because the platform lost what it had; returns of how many."""
        with self._transaction():
            return sum(
                len(
                    self._db.execute(
                        "UPDATE message SET receipted_at = NULL WHERE seq BETWEEN ? AND ? AND receipted_at IS NOT NULL"
                        " RETURNING seq",
                        [first, last],
                    )
                )
                for first, last in ranges
            )

    def seqs_of_hashes(self, hashes: Sequence[bytes]) -> dict[int, bytes]:
        """Unreceipted messages with these hashes, for receipts that could not read the seq."""
        found: dict[int, bytes] = {}
        for digest in hashes:
            rows = self._db.execute("SELECT seq FROM message WHERE receipted_at IS NULL AND hash = ?", [digest])
            found.update((seq, digest) for (seq,) in rows)
        return found

    def prune(self, before: datetime) -> int:
        """Let go of receipted messages put in before an instant; one without a receipt stays, however old."""
        with self._transaction():
            rows = self._db.execute(
                "DELETE FROM message WHERE receipted_at IS NOT NULL AND enqueued_at < ? RETURNING reading_count",
                [before.astimezone(UTC).isoformat(timespec="milliseconds")],
            )
            self._db.execute(
                "UPDATE meta SET pruned_messages = pruned_messages + ?, pruned_readings = pruned_readings + ?",
                [len(rows), sum(count for (count,) in rows)],
            )
        return len(rows)

    def counts(self) -> SpoolCounts:
        """Totals since the spool was made."""
        ((messages, readings, receipted, receipted_readings, pruned, pruned_readings),) = self._db.execute(
            "SELECT count(seq), coalesce(sum(reading_count), 0), count(receipted_at),"
            " coalesce(sum(reading_count) FILTER (WHERE receipted_at IS NOT NULL), 0),"
            " max(pruned_messages), max(pruned_readings) FROM meta LEFT JOIN message"
        )
        return SpoolCounts(
            messages=messages + pruned,
            readings=readings + pruned_readings,
            receipted_messages=receipted + pruned,
            receipted_readings=receipted_readings + pruned_readings,
        )

    def waiting_count(self) -> int:
        """How many messages have no receipt."""
        return int(self._db.execute("SELECT count(*) FROM message WHERE receipted_at IS NULL")[0][0])

    def head(self) -> SpoolHead | None:
        """The newest message that was put in; None where there was none yet."""
        ((next_seq, last_hash),) = self._db.execute("SELECT next_seq, last_hash FROM meta")
        return None if last_hash is None else SpoolHead(seq=next_seq - 1, hash=last_hash)

    def newest_key_id(self) -> str | None:
        """Which key signed the newest message that is still there; None where none did."""
        rows = self._db.execute("SELECT payload FROM message ORDER BY seq DESC LIMIT 1")
        envelope = open_envelope(rows[0][0]) if rows else None
        return None if envelope is None or envelope.signature is None else envelope.signature.key_id

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._db.transaction():
            yield

    def _append_some(self, messages: Iterator[tuple[Sequence[Reading], TopicKind]]) -> int:
        """One commit's worth; a source that fails meanwhile does not take along what it gave before."""
        failure: Exception | None = None
        taken: list[tuple[Sequence[Reading], TopicKind]] = []
        try:
            for one in islice(messages, MESSAGES_PER_COMMIT):
                taken.append(one)  # noqa: PERF402 - what came before a failure has to stay
        except Exception as error:  # noqa: BLE001 - raised again below, once the others are safe
            failure = error
        if taken:
            with self._transaction():
                for readings, kind in taken:
                    self._append(readings, kind)
        if failure is not None:
            raise failure
        return len(taken)

    def _append(self, readings: Sequence[Reading], kind: TopicKind) -> int:
        ((seq, last_hash),) = self._db.execute("SELECT next_seq, last_hash FROM meta")
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        body: dict[str, object] = {"schema": SCHEMA, "boot_id": self.boot_id, "seq": seq, "sent_at": now}
        if last_hash is not None:
            body["prev_hash"] = last_hash.hex()
        payload = msgspec.json.encode(body | {"readings": readings})
        if self.key is not None and self.place is not None:
            payload = enclose(self.key, self.place.topic(kind), payload)
        digest = sha256(payload).digest()
        self._db.execute(
            "INSERT INTO message (seq, topic_kind, payload, hash, reading_count, enqueued_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [seq, kind.value, payload, digest, len(readings), now],
        )
        self._db.execute("UPDATE meta SET next_seq = ?, last_hash = ?", [seq + 1, digest])
        return int(seq)

    def _read_place(self) -> Place | None:
        ((shard, unit_code, gateway_code),) = self._db.execute("SELECT shard, unit_code, gateway_code FROM meta")
        return None if shard is None else Place(shard=shard, unit_code=unit_code, gateway_code=gateway_code)


def _spooled(seq: int, kind: str, payload: bytes, reading_count: int) -> SpooledMessage:
    return SpooledMessage(seq=seq, kind=TopicKind(kind), payload=payload, reading_count=reading_count)
