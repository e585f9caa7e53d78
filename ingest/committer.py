"""The committing side of a shard, in a thread or a process of its own: the reader goes on while the database works.

`RawMessage` (from ingest/collector) -> `Reading` -> `Accepted | Refused` -> `ReadingBatch` in ingest/storing. Requests
and answers go through one pipe in order; an answer says that everything of its request is committed.
"""

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Thread
from typing import Final

import msgspec

from ingest.pipeline import Arrival
from ingest.registry import Registry
from ingest.storing import BatchStore
from nenghao.config import Settings
from nenghao.db.ingest_rows import BatchOutcome
from nenghao.errors import RetryableError

#: How soon the loss of a database is noticed while nothing is to be stored.
CHECK_EVERY_S: Final = 5.0
#: A last commit may wait 30 s for a lock; a committer that takes longer is left behind.
LAST_COMMIT_S: Final = 40.0
#: The number of an answer that nobody asked for: the idle committer lost its database.
UNASKED: Final = 0

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(list[Arrival])


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: an outcome, or the error that undid it."""

    number: int
    outcome: BatchOutcome | None
    error: Exception | None
    seconds: float


class Committer:
    """The reader's end. At most one batch is on its way, so that nothing is held three times."""

    def __init__(self, settings: Settings, shard: int, registry: Registry) -> None:
        self._settings = settings
        self._shard = shard
        self._registry = registry
        self._pipe: Connection | None = None
        self._runner: Thread | SpawnProcess | None = None
        self._asked = 0
        self._answered = 0

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked is answered."""
        return self._answered == self._asked

    def fileno(self) -> int:
        """What can be waited for with `select`: readable where an answer is there."""
        assert self._pipe is not None  # noqa: S101 - nobody waits for a committer that was not opened
        return self._pipe.fileno()

    def open(self) -> list[Answer]:
        """Have the committer connect and lease the shard; start it where it does not run.

        Returns the answers to what was asked before, under a connection to the broker that is lost.

        Raises: RetryableError where the database is away, or the shard has another collector.
        """
        if self._pipe is None:
            self._start()
        number = self._ask(b"")
        earlier: list[Answer] = []
        while True:
            for answer in self.answers(wait=True):
                if answer.number != number:
                    earlier.append(answer)
                elif answer.error is None:
                    return earlier
                else:
                    raise answer.error

    def submit(self, arrivals: Sequence[Arrival]) -> int:
        """Hand messages over, in order of arrival; returns the number of the answer to wait for."""
        return self._ask(_encoder.encode(arrivals))

    def answers(self, *, wait: bool = False) -> Iterator[Answer]:
        """The answers that are there, waiting for the first one where told to.

        Raises: RetryableError where the committer died: what it had not committed comes again from the broker.
        """
        assert self._pipe is not None  # noqa: S101 - only what was asked can be answered
        try:
            while wait or self._pipe.poll():
                wait = False
                answer: Answer = self._pipe.recv()
                self._answered = max(self._answered, answer.number)
                yield answer
        except (EOFError, OSError) as error:
            self.close()
            raise RetryableError("the committer ended") from error

    def close(self) -> None:
        """End the committer and wait for it: it commits what it began, and gives the shard's lease back."""
        if self._pipe is not None:
            self._pipe.close()
        if self._runner is not None:
            self._runner.join(LAST_COMMIT_S)
        self._pipe, self._runner, self._answered = None, None, self._asked

    def _ask(self, request: bytes) -> int:
        assert self._pipe is not None  # noqa: S101 - the collector opens it first
        try:
            self._pipe.send_bytes(request)
        except OSError as error:
            self.close()
            raise RetryableError("the committer ended") from error
        self._asked += 1
        return self._asked

    def _start(self) -> None:
        self._asked = self._answered = 0
        self._pipe, theirs = multiprocessing.Pipe()
        arguments = (self._settings, self._shard, theirs)
        if self._settings.is_commit_apart:
            self._runner = multiprocessing.get_context("spawn").Process(target=_commit_apart, args=arguments)
            self._runner.start()
            theirs.close()  # the child has its own copy: when it dies, this end must see it
        else:
            name = f"commit-{self._shard}"
            self._runner = Thread(target=_commit, args=(*arguments, self._registry), name=name, daemon=True)
            self._runner.start()


def _commit_apart(settings: Settings, shard: int, pipe: Connection) -> None:
    """The main function of a process; it ends with its reader, whose signals are not its own."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    _commit(settings, shard, pipe, Registry())


def _commit(settings: Settings, shard: int, pipe: Connection, registry: Registry) -> None:
    """Serve requests until the reader is gone: empty bytes open the database, others are messages to commit."""
    store = BatchStore(settings, shard, registry)
    number, is_open = 0, False
    try:
        while True:
            if not pipe.poll(CHECK_EVERY_S):
                if is_open and (error := _check(store)) is not None:
                    is_open = False
                    pipe.send(Answer(UNASKED, None, error, 0.0))
                continue
            request = pipe.recv_bytes()
            number += 1
            answer = _answer(store, number, request, is_open=is_open)
            is_open = answer.error is None
            pipe.send(answer)
    except (EOFError, OSError):
        pass  # the reader ended
    finally:
        store.close()
        pipe.close()


def _check(store: BatchStore) -> Exception | None:
    try:
        store.check()
    except RetryableError as error:
        return error
    return None


def _answer(store: BatchStore, number: int, request: bytes, *, is_open: bool) -> Answer:
    started_at_s = time.monotonic()
    try:
        if not request:
            store.open()
            outcome = None
        elif is_open:
            outcome = store.read_and_store(_decoder.decode(request))
        else:
            raise RetryableError("the database was lost before this batch")
    except Exception as error:  # noqa: BLE001 - the reader raises it where it can end the process
        return Answer(number, None, error, 0.0)
    return Answer(number, outcome, None, time.monotonic() - started_at_s)
