"""Reads, judges and stores messages as one `ReadingBatch`; one bad message never takes the others with it."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from ingest.logs import log_event
from ingest.pipeline import Arrival, ReadMessage, SizeLimits, first_boots, has_unknown, judge, read_arrival
from ingest.registry import Registry
from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import RowRejected, driver_errors
from nenghao.db.ingest import prepare_stages, store_batch, store_states
from nenghao.db.ingest_rows import BatchOutcome, IncomingMessage, IncomingState
from nenghao.db.locks import lease_shard
from nenghao.db.server import server_now
from nenghao.domain.acceptance import Accepted, Limits, Reason, Refused
from nenghao.errors import RetryableError

_log = logging.getLogger(__name__)

#: Days of readings that a transaction touches, unless one message alone has more.
MAX_DAYS: Final = 100


class BatchStore:
    """The collector's side of the database for one shard."""

    def __init__(self, settings: Settings, shard: int, registry: Registry | None = None) -> None:
        self._settings = settings
        self._shard = shard
        self._registry = registry or Registry()
        self._conn: Connection | None = None
        #: Whether the last batch brought nothing that was there before: what comes again comes in runs.
        self._expects_new = True
        self._sizes = SizeLimits(
            message_bytes=settings.message_max_bytes, message_readings=settings.message_max_readings
        )
        self._limits = Limits(
            clock_skew=timedelta(seconds=settings.clock_skew_max_s),
            backfill_age=timedelta(days=settings.backfill_max_age_days),
        )

    def open(self) -> None:
        """Connect, where no usable connection is there, and lease the shard.

        Two collectors of one shard would take the broker's session from each other again and again.

        Raises: RetryableError where the database is away, or the shard has another collector.
        """
        if self._conn is None or self._conn.closed:
            self._conn = connect(self._settings, Role.COLLECTOR, autocommit=True)
        try:
            with driver_errors():
                prepare_stages(self._conn)
                is_leased = lease_shard(self._conn, self._shard)
        except RetryableError:
            self.close()
            raise
        if not is_leased:
            raise RetryableError("it has another collector")

    def close(self) -> None:
        """Let the connection go."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def check(self) -> None:
        """Ask the database for a sign of life.

        Raises: RetryableError where it gives none.
        """
        assert self._conn is not None  # noqa: S101 - the collector opens it before it connects to the broker
        try:
            with driver_errors():
                server_now(self._conn)
        except RetryableError:
            self.close()
            raise

    def read_and_store(self, arrivals: Sequence[Arrival]) -> BatchOutcome:
        """Read messages, and store them.

        Raises: RetryableError as `store`.
        """
        return self.store([read_arrival(one, self._sizes) for one in arrivals])

    def store(self, messages: Sequence[ReadMessage]) -> BatchOutcome:
        """Judge and store messages in order of arrival; on return all of them are committed.

        Raises: RetryableError where the database failed; what was not committed comes again from the broker.
        """
        assert self._conn is not None  # noqa: S101 - the collector opens it before it connects to the broker
        try:
            with driver_errors():
                judged = self._judge(self._conn, messages)
                outcome = BatchOutcome()
                for part in split_by_days([one for one in judged if isinstance(one, IncomingMessage)]):
                    outcome.add(self._store_or_split(self._conn, part))
                store_states(self._conn, [one for one in judged if isinstance(one, IncomingState)])
        except (RetryableError, RowRejected) as error:
            self.close()
            raise RetryableError(str(error)) from error
        return outcome

    def _judge(self, conn: Connection, messages: Sequence[ReadMessage]) -> list[IncomingMessage | IncomingState]:
        registers = self._registry.current(conn)
        judged = [judge(one, registers, self._limits) for one in messages]
        if any(map(has_unknown, messages, judged)):
            newer = self._registry.after_unknown(conn)
            boots = first_boots(messages, newer or registers)
            if boots:
                newer = self._registry.after_enrolment(conn, boots)
            if newer is not None:
                judged = [judge(one, newer, self._limits) for one in messages]
        return judged

    def _store_or_split(self, conn: Connection, messages: Sequence[IncomingMessage]) -> BatchOutcome:
        try:
            with driver_errors():
                outcome = store_batch(conn, self._shard, messages, are_new=self._expects_new)
            self._expects_new = not outcome.has_repeats
            return outcome
        except RowRejected as error:
            if len(messages) == 1:
                log_event(
                    _log,
                    logging.ERROR,
                    "message rejected by the store",
                    shard=self._shard,
                    topic=messages[0].topic,
                    hash=messages[0].hash.hex(),
                    error=str(error),
                )
                return store_batch(conn, self._shard, [_rejected(messages[0], str(error))])
        middle = len(messages) // 2
        outcome = self._store_or_split(conn, messages[:middle])
        outcome.add(self._store_or_split(conn, messages[middle:]))
        return outcome


def split_by_days(messages: Sequence[IncomingMessage]) -> Iterator[Sequence[IncomingMessage]]:
    """Consecutive messages whose readings lie on few days: a day costs a transaction a dozen of the server's locks.

    A message is never divided; how many days one may hold is acceptance's limit.
    """
    part: list[IncomingMessage] = []
    days: set[date] = set()
    for message in messages:
        its_days = {one.at.date() for one in message.readings if isinstance(one, Accepted)}
        if part and len(days | its_days) > MAX_DAYS:
            yield part
            part, days = [], set()
        part.append(message)
        days |= its_days
    if part:
        yield part


def _rejected(message: IncomingMessage, detail: str) -> IncomingMessage:
    """The refusal of a message that cannot be stored; without identity, so that it can be sent again once it can."""
    refused = Refused(reason=Reason.STORAGE_REJECTED, detail=detail)
    return message._replace(boot_id=None, seq=None, msg_id=None, sent_at=None, refused=refused)
