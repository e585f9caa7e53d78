"""The outbound sender: receipts of what is committed, and what jobs and console put into table outbound."""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from threading import Event
from typing import Final

from ingest.downward import rotations, sign_receipts, sign_requests
from ingest.health import ProcessHealth, WorkerHealth
from ingest.logs import log_event
from ingest.publisher import Publisher
from ingest.receipts import write_receipts
from nenghao.config import Role, Settings
from nenghao.db import outbound as db
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import RowRejected, driver_errors
from nenghao.db.locks import lease_outbound
from nenghao.db.outbound import CommittedMessage
from nenghao.errors import RetryableError, SealBroken
from nenghao.signer.client import DOWNWARD_TOKEN, SignerClient

_log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 0.25
LONGEST_WAIT_S: Final = 15.0
LOOP_TIMEOUT_S: Final = 0.1


class OutboundSender:
    """Runs until it is told to stop; where there is another sender, it waits for its end."""

    def __init__(self, settings: Settings, stop: Event, process: ProcessHealth) -> None:
        self._settings = settings
        self._stop = stop
        self._process = process
        self._health = process.add_worker("outbound")
        self._wait_s = FIRST_WAIT_S
        self._trouble: str | None = None

    def run(self) -> None:
        """Send; what was not taken by the broker is sent again after a fault."""
        while not self._stop.is_set():
            self._health.turn()
            try:
                with driver_errors(), connect(self._settings, Role.COLLECTOR, autocommit=True) as conn:
                    self._serve(conn)
            except (RetryableError, RowRejected, SealBroken) as error:
                if self._trouble is None:
                    log_event(_log, logging.WARNING, "outbound waits", trouble=str(error).strip().splitlines()[0])
                self._trouble = str(error)
                self._health.waits(str(error).strip().splitlines()[0])
                self._stop.wait(self._wait_s)
                self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2)
        self._health.stops()
        log_event(
            _log, logging.INFO, "outbound stopped", receipted=self._health.receipted_total, sent=self._health.sent_total
        )

    def _serve(self, conn: Connection) -> None:
        if not lease_outbound(conn):
            raise RetryableError("another outbound sender is running")
        publisher = Publisher(self._settings, self._process.note_broker_dropped)
        try:
            publisher.open()
            publisher.publish(rotations(self._settings.trust_dir), retain=True)
            log_event(_log, logging.INFO, "outbound sends" if self._trouble is None else "outbound sends again")
            self._trouble, self._wait_s = None, FIRST_WAIT_S
            self._health.works()
            with SignerClient(self._settings, DOWNWARD_TOKEN) as signer:
                while not self._stop.is_set():
                    is_more = self._send_round(conn, publisher, signer)
                    self._idle(publisher, 0 if is_more else self._settings.receipt_interval_s)
        finally:
            publisher.close()

    def _send_round(self, conn: Connection, publisher: Publisher, signer: SignerClient) -> bool:
        """Send what waits; returns whether more waits already."""
        self._health.turn()
        counts = [_send_receipts(conn, publisher, signer, shard, self._health) for shard in db.shards(conn)]
        counts.append(_send_outbound(conn, publisher, signer))
        self._health.sent(counts[-1])
        return any(count >= db.MESSAGE_LIMIT for count in counts)

    def _idle(self, publisher: Publisher, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while not self._stop.is_set() and (left_s := until_s - time.monotonic()) > 0:
            self._health.turn()
            publisher.idle(min(LOOP_TIMEOUT_S, left_s))


def _send_receipts(
    conn: Connection, publisher: Publisher, signer: SignerClient, shard: int, health: WorkerHealth
) -> int:
    """Receipt a shard's new messages, then those that came again; the cursor moves after the broker took them."""
    new = db.messages_after(conn, shard, db.receipt_cursor(conn, shard))
    _publish_receipts(conn, publisher, signer, new, health)
    if new:
        db.move_receipt_cursor(conn, shard, new[-1].message_id)
    with conn.transaction():
        again = db.messages_again(conn, shard)
        # Before they are published: what comes again meanwhile may come from a gateway that did not get this receipt.
        db.forget_again(conn, [message.message_id for message in again])
        _publish_receipts(conn, publisher, signer, again, health)
    return max(len(new), len(again))


def _publish_receipts(
    conn: Connection,
    publisher: Publisher,
    signer: SignerClient,
    messages: Sequence[CommittedMessage],
    health: WorkerHealth,
) -> None:
    if messages:
        refusals = db.refusals_of(conn, [message.message_id for message in messages])
        publisher.publish(sign_receipts(signer, write_receipts(messages, refusals, datetime.now(UTC))))
        health.receipted(len(messages))


def _send_outbound(conn: Connection, publisher: Publisher, signer: SignerClient) -> int:
    messages = db.outbound_unsent(conn)
    for retain, group in groupby(messages, key=lambda message: message.retain):
        publisher.publish(sign_requests(signer, list(group), datetime.now(UTC)), retain=retain)
    if messages:
        db.mark_outbound_sent(conn, [message.outbound_id for message in messages])
    return len(messages)
