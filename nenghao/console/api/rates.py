"""Holds each caller of the API to so many requests a minute, so that one program does not slow everybody's pages."""

import hashlib
import threading
import time
from typing import Final

#: Callers kept in mind; the one that was silent longest is forgotten first, when it has its whole minute again.
CALLERS_MAX: Final = 10_000
MINUTE_S: Final = 60.0


class Rates:
    """A bucket a caller that fills by the minute; in one process, since the console is one."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._left: dict[bytes, tuple[float, float]] = {}

    def wait_s(self, secret: str, now_s: float | None = None) -> float:
        """Take one request of the caller: 0, or the seconds until there is one again."""
        key = hashlib.sha256(secret.encode()).digest()
        now_s = time.monotonic() if now_s is None else now_s
        a_request_s = MINUTE_S / self._per_minute
        with self._lock:
            left, at_s = self._left.pop(key, (float(self._per_minute), now_s))
            left = min(float(self._per_minute), left + (now_s - at_s) / a_request_s)
            wait_s = 0.0 if left >= 1 else (1 - left) * a_request_s
            self._left[key] = (left - 1 if left >= 1 else left, now_s)
            while len(self._left) > CALLERS_MAX:
                del self._left[next(iter(self._left))]
        return wait_s
