"""The collector's copy of the registers: read again when something was added, or when it gets old."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from threading import RLock
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from nenghao.db.connection import Connection
from nenghao.db.ingest_registers import (
    RegisterSnapshot,
    enrol_first_boot,
    read_mark,
    read_snapshot,
    read_trust,
    read_trust_mark,
)

#: Additions are noticed by the mark; ended validities and closed windows are not, and wait for this.
MAX_AGE_S: Final = 30.0

_Method = TypeVar("_Method", bound=Callable[..., Any])


def _alone(method: _Method) -> _Method:
    """Shards of one process share a registry, each with a connection and a thread of its own."""

    @wraps(method)
    def locked(self: "Registry", *arguments: object) -> object:
        with self.lock:
            return method(self, *arguments)

    return cast("_Method", locked)


class Registry:
    """Holds the newest snapshot; the database connection is the caller's."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._snapshot: RegisterSnapshot | None = None
        self._read_at_s = 0.0

    @_alone
    def current(self, conn: Connection) -> RegisterSnapshot:
        """The snapshot, read again where it is old; its keys are those of now.

        A revoked key must not be believed for as long as a snapshot lives, so that is asked for each batch: three index
        look-ups, and the rest stays where only keys changed.
        """
        if self._snapshot is None or time.monotonic() - self._read_at_s > MAX_AGE_S:
            return self._read(conn)
        trust_mark = read_trust_mark(conn)
        if trust_mark != self._snapshot.trust_mark:
            self._snapshot = replace(self._snapshot, trust_mark=trust_mark, trust=read_trust(conn))
        return self._snapshot

    @_alone
    def after_unknown(self, conn: Connection) -> RegisterSnapshot | None:
        """A newer snapshot where something was added since, else None: asking costs seven index look-ups."""
        held = self._snapshot
        if held is not None and read_mark(conn) == held.mark:
            newer = self.current(conn)
            return None if newer is held else newer
        return self._read(conn)

    @_alone
    def after_enrolment(self, conn: Connection, boots: Mapping[int, UUID]) -> RegisterSnapshot:
        """The snapshot once boots were enrolled, by gateway; one that another has enrolled meanwhile stands."""
        for gateway_id, boot_id in boots.items():
            enrol_first_boot(conn, gateway_id, boot_id)
        return self.current(conn)

    def _read(self, conn: Connection) -> RegisterSnapshot:
        self._snapshot = None  # two of a province's registers at once would be 40 MB more
        gc.collect()
        gc.disable()
        try:
            self._snapshot = read_snapshot(conn)
        finally:
            gc.freeze()  # what lives as long as the registers is not looked at for cycles with every batch
            gc.enable()
        self._read_at_s = time.monotonic()
        return self._snapshot
