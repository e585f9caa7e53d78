"""The collector's copy of the registers: read again when something was added, or when it gets old."""

import time
from typing import Final

from nenghao.db.connection import Connection
from nenghao.db.ingest_registers import RegisterSnapshot, read_mark, read_snapshot

#: Additions are noticed by the mark; ended validities and closed windows are not, and wait for this.
MAX_AGE_S: Final = 30.0


class Registry:
    """Holds the newest snapshot; the database connection is the caller's."""

    def __init__(self) -> None:
        self._snapshot: RegisterSnapshot | None = None
        self._read_at_s = 0.0

    def current(self, conn: Connection) -> RegisterSnapshot:
        """The snapshot, read again where it is old."""
        if self._snapshot is None or time.monotonic() - self._read_at_s > MAX_AGE_S:
            return self._read(conn)
        return self._snapshot

    def after_unknown(self, conn: Connection) -> RegisterSnapshot | None:
        """A newer snapshot where something was added since, else None: asking costs four index look-ups."""
        if self._snapshot is not None and read_mark(conn) == self._snapshot.mark:
            return None
        return self._read(conn)

    def _read(self, conn: Connection) -> RegisterSnapshot:
        self._snapshot = read_snapshot(conn)
        self._read_at_s = time.monotonic()
        return self._snapshot
