"""Whether a gateway is alive, as one word for the people who keep it (db.arrivals has what it said last)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from nenghao.domain.innocence import CLOCK_LIMIT_MS

#: never: nothing came yet; offline: the broker told that it is gone; silent: it is said to be there and says nothing;
#: clock: it speaks, with a clock that moves energy between slots; waiting: it speaks and its store is not empty.
Life = Literal["never", "offline", "silent", "clock", "waiting", "alive"]

#: Five heartbeats of three minutes (docs/gateway.md): one that is lost says nothing yet.
SILENT_AFTER: Final = timedelta(minutes=15)
#: The worst first: what a whole unit is told.
ORDER: Final[tuple[Life, ...]] = ("offline", "silent", "never", "clock", "waiting", "alive")


def life_of(
    *,
    heard_at: datetime | None,
    state_at: datetime | None,
    online: bool | None,
    clock_offset_ms: int | None,
    buffered_count: int | None,
    now: datetime,
) -> Life:
    """The word for one gateway. A message that came after its last will says that it is back."""
    if heard_at is None:
        return "never"
    if online is False and state_at == heard_at:
        return "offline"
    if now - heard_at > SILENT_AFTER:
        return "silent"
    if clock_offset_ms is not None and abs(clock_offset_ms) > CLOCK_LIMIT_MS:
        return "clock"
    return "waiting" if buffered_count else "alive"


def worst_of(lives: Sequence[Life]) -> Life | None:
    """The worst of several; None where there is no gateway."""
    return min(lives, key=ORDER.index, default=None)
