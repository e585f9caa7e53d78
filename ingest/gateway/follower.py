"""Takes readings as they come and puts them into the spool, beside the sender of the same process."""

import logging
import os
import queue
import select
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Final

from ingest.gateway.messages import MessageBuilder, Sorting
from ingest.gateway.reading_rows import WrongRow
from ingest.gateway.sources import read_line
from ingest.gateway.spool import Reading, Spool
from ingest.topics import TopicKind
from nenghao.errors import RetryableError

_log = logging.getLogger(__name__)

#: Lines that are read and not yet in the spool; with more, the writer at the other end of the pipe waits.
LINES_READ_AHEAD: Final = 1000
CHUNK_BYTES: Final = 65_536
POLL_S: Final = 0.2
#: A cycle is complete when another instant comes, or nothing for so long.
CYCLE_WAIT_S: Final = 1.0
FULL_DISK_WAIT_S: Final = 1.0
#: Whoever has written the beginning of a line writes its end, too.
LINE_WAIT_S: Final = 2.0


class Follower:
    """Two threads: one waits for lines, one spools them; a line that is none goes to `on_wrong` and is left out."""

    def __init__(
        self, descriptor: int, open_spool: Callable[[], Spool], sorting: Sorting, on_wrong: Callable[[WrongRow], None]
    ) -> None:
        self._descriptor = descriptor
        self._open_spool = open_spool
        self._sorting = sorting
        self._on_wrong = on_wrong
        self._lines: queue.Queue[bytes | None] = queue.Queue(LINES_READ_AHEAD)
        self._stopped, self._ended = Event(), Event()
        self._line_number = 0
        #: Why nothing is spooled any more, where it is not the end of the lines.
        self.failure: Exception | None = None
        self._threads = [Thread(target=self._read, name="lines"), Thread(target=self._spool, name="spooler")]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Put into the spool what was read so far, and end; what is still in the pipe stays there.

        Raises: what ended the spooling, where something did.
        """
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        if self.failure is not None:
            raise self.failure

    @property
    def may_more_come(self) -> bool:
        """Whether the spool may still grow."""
        return not self._ended.is_set()

    def _read(self) -> None:
        """Never waits where a stop is not noticed, and never reads what it does not hand on."""
        rest = b""
        while not self._stopped.is_set():
            if not select.select([self._descriptor], [], [], POLL_S)[0]:
                continue
            chunk = os.read(self._descriptor, CHUNK_BYTES)
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._lines.put(line)
        if rest:
            self._lines.put(rest + self._end_of_line())
        self._lines.put(None)

    def _end_of_line(self) -> bytes:
        """What is still in the pipe of a line whose beginning was read, and nothing behind it."""
        found = b""
        while select.select([self._descriptor], [], [], LINE_WAIT_S)[0]:
            byte = os.read(self._descriptor, 1)
            if byte in {b"", b"\n"}:
                break
            found += byte
        return found

    def _spool(self) -> None:
        try:
            spool = self._open_spool()
            try:
                self._spool_lines(spool)
            finally:
                spool.close()
        except Exception as error:  # noqa: BLE001 - raised by `stop`, in the thread that can say so
            self.failure = error
            self._stopped.set()
            while self._lines.get() is not None:
                pass  # the reader must not wait for a place among them
        finally:
            self._ended.set()

    def _spool_lines(self, spool: Spool) -> None:
        builder = MessageBuilder(self._sorting)
        while True:
            try:
                line = self._lines.get(timeout=CYCLE_WAIT_S)
            except queue.Empty:
                self._put(spool, builder.end())
                continue
            if line is None:
                self._put(spool, builder.end())
                return
            reading = self._reading(line)
            if reading is not None:
                builder.sorting = replace(self._sorting, now=datetime.now(UTC))
                self._put(spool, builder.add(reading))

    def _reading(self, line: bytes) -> Reading | None:
        self._line_number += 1
        if not line.strip():
            return None
        reading = read_line("stdin", self._line_number, line)
        if isinstance(reading, WrongRow):
            self._on_wrong(reading)
            return None
        return reading

    def _put(self, spool: Spool, message: tuple[list[Reading], TopicKind] | None) -> None:
        """Put a message in; where there is no room it waits for it, and so does the writer of the lines.

        Raises: RetryableError where there is no room and no more time.
        """
        if message is None:
            return
        while True:
            try:
                spool.append(*message)
                return
            except RetryableError as error:
                if self._stopped.is_set():
                    _log.error("%s readings are not in the spool", len(message[0]))
                    raise
                _log.error("readings wait: %s", error)
                time.sleep(FULL_DISK_WAIT_S)
