"""How old the traces of the house's clock may be before something has stopped (dags/README.md)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

#: How long marks wait where dags/README.md's clock runs: one missed round, and time for a long run.
MARK_AGE_MAX: Final[Mapping[str, timedelta]] = {
    "changed_mark": timedelta(hours=2, minutes=30),
    "audit_mark": timedelta(hours=50),
    "month_mark": timedelta(hours=50),
}
#: One missed night, and time to notice.
HEAD_AGE_MAX: Final = timedelta(hours=50)
#: The collector sends within seconds, a decision starts its DAG within minutes.
QUEUE_AGE_MAX: Final[Mapping[str, timedelta]] = {
    **MARK_AGE_MAX,
    "outbound": timedelta(hours=1),
    "row_to_follow": timedelta(hours=1),
}
#: Steps that run every night whatever there is to do; the others leave a row only when there was something.
STEP_AGE_MAX: Final[Mapping[str, timedelta]] = {"close_tree": HEAD_AGE_MAX, "audit_days": HEAD_AGE_MAX}
#: Gateways send each quarter of an hour: two missed ones, and a message on its way.
SILENCE_MAX: Final = timedelta(minutes=40)


def is_late(at: datetime | None, limit: timedelta | None, now: datetime) -> bool:
    """Whether something is older than it may be; what never was is not late, it is not there.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 10, 5, 12, tzinfo=UTC)
    >>> is_late(noon, timedelta(hours=1), noon + timedelta(hours=2)), is_late(None, timedelta(hours=1), noon)
    (True, False)
    """
    return at is not None and limit is not None and now - at > limit
