"""The batch transaction by itself."""

from datetime import UTC, datetime

import psycopg
import pytest

from nenghao.config import Role, Settings
from nenghao.db import ingest
from nenghao.db.connection import connect
from nenghao.db.ingest_rows import IncomingMessage
from nenghao.domain.acceptance import Reason, Refused

MESSAGE = IncomingMessage(
    gateway_id=None, boot_id=None, seq=None, msg_id=None, topic="t", codec="none", hash=b"h", payload=b"p",
    sent_at=None, received_at=datetime.now(UTC), collected_under="unknown", readings=(),
    refused=Refused(reason=Reason.TOPIC_MALFORMED, detail="x"),
)  # fmt: skip


def test_a_connection_closed_within_the_batch_is_no_commit(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    message = MESSAGE
    with connect(database, Role.COLLECTOR, autocommit=True) as conn:
        ingest.prepare_stages(conn)
        ingest.store_batch(conn, 0, [message])
        with monkeypatch.context() as patched:
            patched.setattr(ingest, "_identify", lambda conn, _: (conn.close(), ([], []))[1])
            with pytest.raises(psycopg.OperationalError, match="before the commit"):
                ingest.store_batch(conn, 0, [message])
    with connect(database, Role.VERIFIER) as conn:
        assert conn.execute("SELECT count(*) FROM message").fetchone() == (1,)


def test_a_repeat_among_new_messages_is_found_whatever_is_expected(database: Settings) -> None:
    other, third = MESSAGE._replace(hash=b"i"), MESSAGE._replace(hash=b"j")
    with connect(database, Role.COLLECTOR, autocommit=True) as conn:
        ingest.prepare_stages(conn)
        outcomes = [
            ingest.store_batch(conn, 0, [MESSAGE, other, MESSAGE]),
            ingest.store_batch(conn, 0, [other, third], are_new=True),
            ingest.store_batch(conn, 0, [third], are_new=False),
        ]
    assert [(one.messages, one.received_again) for one in outcomes] == [(2, 1), (1, 1), (0, 1)]
    with connect(database, Role.VERIFIER) as conn:
        assert conn.execute("SELECT count(*) FROM message").fetchone() == (3,)
        assert conn.execute("SELECT sum(message_count), count(*) FROM message_batch").fetchone() == (3, 2)


def test_a_gateway_that_is_not_registered_is_no_messages_own(database: Settings) -> None:
    stranger = MESSAGE._replace(gateway_id=1)
    with connect(database, Role.COLLECTOR, autocommit=True) as conn:
        ingest.prepare_stages(conn)
        with pytest.raises(psycopg.errors.ForeignKeyViolation, match="gateway 1, which is not registered"):
            ingest.store_batch(conn, 0, [stranger])
    with connect(database, Role.VERIFIER) as conn:
        assert conn.execute("SELECT count(*) FROM message").fetchone() == (0,)
