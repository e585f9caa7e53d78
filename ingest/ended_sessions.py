"""Ends sessions at the broker: of gateways whose password is gone or another one.

The client id of a gateway is its user name, and on the inner listener a client may choose its id. So we take the
session over, which throws the gateway out and discards what the broker kept for it.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ingest.connection import Connection, collector_peer
from nenghao.config import Settings
from nenghao.errors import RetryableError

_log = logging.getLogger(__name__)

KEEPALIVE_S = 60
ANSWER_TIMEOUT_S = 10.0


@contextmanager
def taken_over(settings: Settings, names: Iterable[str]) -> Iterator[None]:
    """Hold the sessions while the broker reads its files again in the body; afterwards they are gone.

    Mosquitto 2.0 expires live sessions of others some time after it has read its files while a client that it no longer
    knows was away with a session that expires (its issue 3418). Held by us, the session is neither away nor unknown.
    """
    held = {name: _take(settings, name) for name in names}
    try:
        yield
    finally:
        for name, connection in held.items():
            # A gateway that came back before the files were read took its session again; by now it is not let in.
            last = _take(settings, name) if connection is not None and not _is_held(connection) else connection
            if last is not None:
                last.close()


def _take(settings: Settings, name: str) -> Connection | None:
    connection = Connection(collector_peer(settings), name)
    try:
        connection.open(keepalive_s=KEEPALIVE_S, answer_s=ANSWER_TIMEOUT_S, is_persistent=False)
    except RetryableError as error:
        _log.info("session of %s: nothing to end (%s)", name, error)
        return None
    return connection


def _is_held(connection: Connection) -> bool:
    try:
        connection.loop(0)
    except RetryableError:
        return False
    return True
