"""The batch transaction by itself."""

from datetime import UTC, datetime

import psycopg
import pytest

from nenghao.config import Role, Settings
from nenghao.db import ingest
from nenghao.db.connection import connect
from nenghao.db.ingest_rows import IncomingMessage
from nenghao.domain.acceptance import Reason, Refused


def test_a_connection_closed_within_the_batch_is_no_commit(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    message = IncomingMessage(
        gateway_id=None, boot_id=None, seq=None, msg_id=None, topic="t", codec="none", hash=b"h", payload=b"p",
        sent_at=None, received_at=datetime.now(UTC), collected_under="unknown", readings=(),
        refused=Refused(reason=Reason.TOPIC_MALFORMED, detail="x"),
    )  # fmt: skip
    with connect(database, Role.COLLECTOR, autocommit=True) as conn:
        ingest.prepare_stages(conn)
        ingest.store_batch(conn, 0, [message])
        with monkeypatch.context() as patched:
            patched.setattr(ingest, "_identify", lambda conn, _: (conn.close(), ([], []))[1])
            with pytest.raises(psycopg.OperationalError, match="before the commit"):
                ingest.store_batch(conn, 0, [message])
    with connect(database, Role.VERIFIER) as conn:
        assert conn.execute("SELECT count(*) FROM message").fetchone() == (1,)
