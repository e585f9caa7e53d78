"""How fast back-fill goes: at a steady rate, so that a long outage does not drown what is new."""

import time


class Pace:
    """An allowance that grows with time, up to one second's worth; without a rate there is no limit."""

    def __init__(self, per_s: float | None) -> None:
        self._per_s = per_s
        self._allowed = 1.0
        self._at_s = time.monotonic()

    def allowance(self, wanted: int) -> int:
        """How many of the messages wanted may go now; they count as gone with `use`."""
        if self._per_s is None:
            return wanted
        now_s = time.monotonic()
        self._allowed = min(max(1.0, self._per_s), self._allowed + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        return min(wanted, int(self._allowed))

    def use(self, count: int) -> None:
        """So many have gone."""
        self._allowed -= count
