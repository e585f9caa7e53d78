"""What a gateway says of itself on its `state` topic, and its will there."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from ingest.codecs.json_v1 import SCHEMA
from ingest.gateway.account import GatewayAccount
from ingest.gateway.evidence import Evidence
from ingest.gateway.keys import trusted_of
from ingest.gateway.spool import Spool
from ingest.topics import TopicKind
from nenghao.envelope import enclose

#: Receipts that the clock is judged by: the quickest of them had the least delay on its way.
OFFSETS_KEPT: Final = 12


class ClockOffset:
    """How far this clock is ahead of the platform's: by receipts, since a broker tells no time.

    A receipt for a message of this connection was on its way for seconds at most, and the quickest of the last dozen
    for almost none, so that what is left is the difference of the clocks. One that lay in the broker's queue says
    nothing.
    """

    def __init__(self) -> None:
        self._offsets_ms: deque[int] = deque(maxlen=OFFSETS_KEPT)

    def note(self, written_at: datetime, heard_at: datetime) -> None:
        """Add a receipt that did not wait in a queue: the platform's time in it, and ours when it came."""
        self._offsets_ms.append(round((heard_at - written_at).total_seconds() * 1000))

    @property
    def offset_ms(self) -> int | None:
        """Milliseconds that this clock is ahead; None as long as nothing is known."""
        return min(self._offsets_ms, default=None)


def config_hash(account: GatewayAccount, spool: Spool, settings: Mapping[str, object]) -> str:
    """SHA-256 of the configuration in force, without secrets: another value says that somebody changed something."""
    configuration = {
        "host": account.host,
        "port": account.port,
        "is_encrypted": account.ca_pem is not None,
        "place": str(spool.place),
        "key_id": None if spool.key is None else spool.key.key_id,
        "trusted_key_ids": sorted(trusted_of(account.trust_pems)),
        "settings": settings,
    }
    return sha256(msgspec.json.encode(configuration, order="sorted")).hexdigest()


class Heartbeat:
    """Writes the states of one gateway, signed where its spool has a key."""

    def __init__(self, spool: Spool, account: GatewayAccount, configuration: str) -> None:
        self._spool = spool
        self._topic = account.topic(TopicKind.STATE)
        self._common = {"schema": SCHEMA, "boot_id": spool.boot_id, "config_hash": configuration}
        self._evidence = Evidence(spool.file)

    def will(self) -> bytes:
        """What the broker says when the connection is lost: nothing that may have changed until then."""
        return self._payload({"online": False})

    def state(self, *, online: bool, clock_offset_ms: int | None) -> bytes:
        """The state at this moment, with the newest message of the spool and the newest head that was heard."""
        spool_head, head = self._spool.head(), self._evidence.newest_head()
        return self._payload(
            {
                "online": online,
                "buffered_count": self._spool.waiting_count(),
                "clock_offset_ms": clock_offset_ms,
                "spool_head": spool_head and {"seq": spool_head.seq, "hash": spool_head.hash.hex()},
                "head": head and {"day": head.day, "root": head.root},
            }
        )

    def _payload(self, fields: Mapping[str, object]) -> bytes:
        known = {name: value for name, value in fields.items() if value is not None}
        body = msgspec.json.encode(self._common | known)
        return body if self._spool.key is None else enclose(self._spool.key, self._topic, body)
