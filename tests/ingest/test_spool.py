"""The sender's spool: whatever happens to its process or its disk, what was put in stays, byte by byte."""

import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ingest.gateway.place import Place
from ingest.gateway.sender_lock import only_sender
from ingest.gateway.spool import Spool
from ingest.topics import TopicKind
from nenghao.config import PROJECT_ROOT
from nenghao.crypto import check_signature, load_signing_key, new_signing_key, public_key_from_bytes
from nenghao.envelope import open_envelope, signed_bytes
from nenghao.errors import ConfigError, RetryableError
from tests.ingest.wire import reading

PLACE = Place(shard=3, unit_code="91110000000000013A", gateway_code="gw1")
KEY = load_signing_key(new_signing_key())
TRUSTED = {KEY.key_id: public_key_from_bytes(KEY.public_bytes)}
KINDS = [TopicKind.READINGS, TopicKind.BACKFILL]


def stored(path: Path) -> dict[int, tuple[str, bytes, bytes, str | None]]:
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT seq, topic_kind, payload, hash, receipted_at FROM message ORDER BY seq").fetchall()
    return {seq: (kind, payload, digest, receipted) for seq, kind, payload, digest, receipted in rows}


def assert_whole(path: Path, place: Place = PLACE) -> None:
    """Every message hashes to what is kept for it, carries its predecessor's hash, and is signed under its topic."""
    previous: tuple[int, bytes] | None = None
    for seq, (kind, payload, digest, _) in stored(path).items():
        assert sha256(payload).digest() == digest
        envelope = open_envelope(payload)
        assert envelope is not None
        assert envelope.signature is not None
        topic = place.topic(TopicKind(kind))
        assert check_signature(envelope.signature, signed_bytes(topic, envelope.body), TRUSTED)
        body = json.loads(envelope.body)
        assert body["seq"] == seq
        if previous is not None and previous[0] == seq - 1:
            assert body["prev_hash"] == previous[1].hex()
        previous = seq, digest


class SpoolMachine(RuleBasedStateMachine):
    """A spool beside a plain model of it; the process dies in between, also in the midst of a transaction."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "spool.db"
        self.spool = Spool(self.path, PLACE, KEY)
        self.boot_id = self.spool.boot_id
        self.payloads: dict[int, bytes] = {}
        self.receipted: set[int] = set()
        self.pruned = 0
        self.next_seq = 0

    def teardown(self) -> None:
        self.spool.close()
        self.folder.cleanup()

    @rule(kinds=st.lists(st.sampled_from(KINDS), max_size=5), is_broken=st.booleans())
    def append(self, kinds: list[TopicKind], is_broken: bool) -> None:
        def source() -> Iterator[tuple[list[dict[str, object]], TopicKind]]:
            for kind in kinds:
                yield [reading("1"), reading("2", point="p2")], kind
            if is_broken:
                raise ValueError("the source ends here")

        if is_broken:
            with pytest.raises(ValueError, match="the source ends here"):
                self.spool.append_mixed(source())
        else:
            assert self.spool.append_mixed(source()) == len(kinds)
        rows = stored(self.path)
        for kind in kinds:
            self.payloads[self.next_seq] = rows[self.next_seq][1]
            assert rows[self.next_seq][0] == kind
            self.next_seq += 1

    @rule(data=st.data())
    def receive(self, data: st.DataObject) -> None:
        """Receipts for any messages, some with the hash of other bytes, some for messages that never were."""
        seqs = data.draw(st.sets(st.integers(0, self.next_seq + 1), max_size=6))
        wrong = data.draw(st.sets(st.sampled_from(sorted(seqs)))) if seqs else set()
        hashes = {seq: sha256(b"other" if seq in wrong else self.payloads.get(seq, b"none")).digest() for seq in seqs}
        fresh = {seq for seq in seqs - wrong - self.receipted if seq in self.payloads}
        assert self.spool.mark_receipted(hashes) == dict.fromkeys(fresh, 2)
        self.receipted |= fresh

    @rule(first=st.integers(0, 20), length=st.integers(0, 5))
    def ask_again(self, first: int, length: int) -> None:
        back = {seq for seq in self.receipted if first <= seq <= first + length}
        assert self.spool.unmark_receipted([(first, first + length), (first, first)]) == len(back)
        self.receipted -= back

    @rule()
    def prune(self) -> None:
        assert self.spool.prune(datetime.now(UTC) + timedelta(seconds=1)) == len(self.receipted)
        self.pruned += len(self.receipted)
        for seq in self.receipted:
            del self.payloads[seq]
        self.receipted = set()

    @rule()
    def crash(self) -> None:
        """The process is gone in the midst of a transaction, without a word to SQLite's file."""
        self.spool.file.execute("BEGIN IMMEDIATE")
        self.spool.file.execute("UPDATE meta SET next_seq = next_seq + 100, last_hash = x'00'")
        self.spool.file.execute("DELETE FROM message")
        self.spool.close()
        self.spool = Spool(self.path, PLACE, KEY)

    @invariant()
    def it_holds_what_the_model_holds(self) -> None:
        rows = stored(self.path)
        assert {seq: payload for seq, (_, payload, _, _) in rows.items()} == self.payloads
        assert {seq for seq, row in rows.items() if row[3] is not None} == self.receipted
        waiting = sorted(self.payloads.keys() - self.receipted)
        assert [message.seq for message in self.spool.unreceipted()] == waiting
        assert self.spool.waiting_count() == len(waiting)
        counts = self.spool.counts()
        assert (counts.messages, counts.readings) == (self.next_seq, 2 * self.next_seq)
        assert counts.receipted_messages == len(self.receipted) + self.pruned
        assert self.spool.boot_id == self.boot_id
        head = self.spool.head()
        assert (None if head is None else head.seq) == (self.next_seq - 1 if self.next_seq else None)
        assert_whole(self.path)


SpoolMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
test_a_spool_is_what_its_model_is = SpoolMachine.TestCase


def run_python(code: str, *arguments: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=PROJECT_ROOT, text=True, stdout=subprocess.PIPE
    )


def test_a_killed_process_has_put_in_what_it_said_it_had(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    code = (
        "import sys; from pathlib import Path; from ingest.gateway.spool import Spool\n"
        "spool = Spool(Path(sys.argv[1]))\n"
        "while True: print(spool.append([{'point': 'p1'}]), flush=True)\n"
    )
    with run_python(code, path) as process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(50)]
        process.send_signal(signal.SIGKILL)
        said += [int(line) for line in process.stdout if line.endswith("\n")]
    spool = Spool(path)
    rows = stored(path)
    assert sorted(rows) == list(range(len(rows)))
    assert set(said) <= rows.keys()
    assert spool.append([reading()]) == len(rows)
    assert json.loads(stored(path)[len(rows)][1])["prev_hash"] == rows[len(rows) - 1][2].hex()


def test_processes_that_open_a_fresh_spool_at_once_all_get_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ingest.gateway.spool import Spool\n"
        "sys.stdin.readline(); print(Spool(Path(sys.argv[1])).boot_id)\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path / "spool.db"], cwd=PROJECT_ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(6)
    ]  # fmt: skip
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 6
    assert len(set(answers)) == 1


def test_threads_that_open_fresh_spools_at_once_all_get_them(tmp_path: Path) -> None:
    def open_and_append(number: int) -> str:
        spool = Spool(tmp_path / f"spool-{number // 8}.db")
        spool.append([reading()])
        boot_id = spool.boot_id
        spool.close()
        return boot_id

    with ThreadPoolExecutor(8) as threads:
        boot_ids = list(threads.map(open_and_append, range(80)))
    assert len(set(boot_ids)) == 10
    for number in range(10):
        assert Spool(tmp_path / f"spool-{number}.db").counts().messages == 8


FIRST_SCHEMA = """
CREATE TABLE message (seq INTEGER PRIMARY KEY, topic_kind TEXT NOT NULL, payload BLOB NOT NULL, hash BLOB NOT NULL,
                      reading_count INTEGER NOT NULL, enqueued_at TEXT NOT NULL, receipted_at TEXT);
CREATE INDEX message_unreceipted ON message (seq) WHERE receipted_at IS NULL;
CREATE TABLE meta (boot_id TEXT NOT NULL, next_seq INTEGER NOT NULL, last_hash BLOB);
INSERT INTO meta VALUES ('7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11', 1, x'aa');
INSERT INTO message VALUES (0, 'readings', x'7b7d', x'aa', 1, '2026-10-01T00:00:00.000+00:00', NULL);
"""


def test_a_spool_of_the_first_version_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    db = sqlite3.connect(path)
    db.executescript(FIRST_SCHEMA)
    db.close()
    for _ in range(2):
        spool = Spool(path, PLACE, KEY)
        assert spool.boot_id == "7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11"
        assert [message.payload for message in spool.unreceipted(limit=1)] == [b"{}"]
        spool.append([reading()])
        spool.close()
    envelope = open_envelope(stored(path)[1][1])
    assert envelope is not None
    assert json.loads(envelope.body)["prev_hash"] == "aa"


def test_a_spool_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    Spool(path).file.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="newer version"):
        Spool(path)


def test_a_spool_belongs_to_one_gateway(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    Spool(path, PLACE).close()
    with pytest.raises(ConfigError, match="gw1 in shard 3, not to .*/gw2 in shard 3"):
        Spool(path, Place(shard=3, unit_code=PLACE.unit_code, gateway_code="gw2"))
    assert Spool(path).place == PLACE
    with pytest.raises(ConfigError, match="needs the gateway's place"):
        Spool(tmp_path / "other.db", None, KEY)


def test_an_edited_spool_shows(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, PLACE, KEY)
    for step in range(3):
        spool.append([reading("100.5", step=step)])
    assert_whole(path)
    payload = stored(path)[1][1].replace(b"100.5", b"100.4")
    spool.file.execute("UPDATE message SET payload = ?, hash = ? WHERE seq = 1", [payload, sha256(payload).digest()])
    with pytest.raises(AssertionError):
        assert_whole(path)


def test_a_full_disk_is_named_and_takes_nothing_along(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db")
    spool.append([reading()])
    pages = spool.file.execute("PRAGMA page_count")[0][0]
    spool.file.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(RetryableError, match="no room on its disk"):
        spool.append_all([[reading("1" * 2000, step=step)] for step in range(20)])
    assert spool.counts().messages == 1
    spool.file.execute("PRAGMA max_page_count = 100000")
    assert spool.append([reading()]) == 1


def test_a_damaged_spool_is_named(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(b"not a spool at all, but long enough to have a header" * 100)
    with pytest.raises(ConfigError, match=r"spool\.db is damaged .*enrolled"):
        Spool(path)
    other = tmp_path / "other.db"
    spool = Spool(other)
    spool.append_all([[reading(str(step) * 100)] for step in range(200)])
    spool.close()
    content = bytearray(other.read_bytes())
    content[8192 : len(content) - 4096] = b"\xa5" * (len(content) - 4096 - 8192)
    other.write_bytes(content)
    with pytest.raises(ConfigError, match="damaged"):
        Spool(other).unreceipted()


def test_a_spool_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be opened"):
        Spool(tmp_path / "no" / "folder" / "spool.db")


def test_an_unreceipted_message_is_never_pruned(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db")
    spool.append_all([[reading(step=step)] for step in range(4)])
    spool.file.execute("UPDATE message SET enqueued_at = '2020-01-01T00:00:00.000+00:00' WHERE seq < 3")
    rows = stored(tmp_path / "spool.db")
    spool.mark_receipted({seq: rows[seq][2] for seq in (0, 2, 3)})
    assert spool.prune(datetime.now(UTC) - timedelta(days=183)) == 2
    assert sorted(stored(tmp_path / "spool.db")) == [1, 3]
    assert spool.counts().messages == 4
    assert spool.counts().receipted_readings == 3


def test_one_spool_has_one_sender(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    with (
        only_sender(path),
        pytest.raises(ConfigError, match="being sent by another process already"),
        only_sender(path),
    ):
        pass
    with only_sender(path):
        pass
