"""Changes a rule's threshold or its mode from a time on: a row each, with the reason and who said so.

Before: people see how a rule fares. After: `expectations` judges by what is in force when it runs; what was found
before keeps the thresholds that it was found with.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from nenghao.db import audit, mutes, rules
from nenghao.db.connection import Connection
from nenghao.domain.periods import SHANGHAI
from nenghao.errors import DataRefused

MODES = ("live", "shadow")


class RuleChangeRefused(DataRefused):
    """A rule is not changed; `key` is a label below `rule_change.refused`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(" ".join([f"refused: {key}", *(f"{name}={value}" for name, value in values.items())]))
        self.key, self.values = f"rule_change.refused.{key}", values


def change_threshold(
    conn: Connection,
    *,
    rule_code: str,
    name: str,
    value: str,
    reason: str,
    set_by: str,
    now: datetime,
    from_at: datetime | None = None,
) -> None:
    """Put another value of a threshold in force from `from_at` on, or at once.

    What is past was judged and stays: a change never begins before `now`, nor before one that is planned already.

    Raises: RuleChangeRefused.
    """
    begins_at = _check(conn, rule_code, reason, set_by, now, from_at)
    audit.lock_rules(conn)
    current = rules.open_threshold(conn, rule_code, name)
    if current is None:
        raise RuleChangeRefused("no_threshold", rule=rule_code, name=name)
    number = _number(value)
    if number == current.value:
        raise RuleChangeRefused("same_value", value=f"{number:f}")
    if begins_at <= current.valid_from:
        raise RuleChangeRefused("planned_already", at=f"{current.valid_from.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    audit.close_threshold(conn, rule_code, name, begins_at)
    audit.insert_threshold(
        conn, rule_code, name, number, current.unit, reason.strip(), set_by=set_by.strip(), at=begins_at
    )


def change_mode(
    conn: Connection,
    *,
    rule_code: str,
    mode: str,
    reason: str,
    set_by: str,
    now: datetime,
    from_at: datetime | None = None,
) -> None:
    """Let a rule open alerts (live) or only store what it finds (shadow) from `from_at` on, or at once.

    Raises: RuleChangeRefused.
    """
    begins_at = _check(conn, rule_code, reason, set_by, now, from_at)
    if mode not in MODES:
        raise RuleChangeRefused("no_mode", mode=mode)
    audit.insert_rule_mode(
        conn, rule_code, mode, reason.strip(), set_by=set_by.strip(), set_at=now, valid_from=begins_at
    )


def _check(
    conn: Connection, rule_code: str, reason: str, set_by: str, now: datetime, from_at: datetime | None
) -> datetime:
    if not mutes.is_rule(conn, rule_code):
        raise RuleChangeRefused("no_rule", rule=rule_code)
    if not reason.strip() or not set_by.strip():
        raise RuleChangeRefused("no_reason")
    if from_at is not None and from_at < now:
        raise RuleChangeRefused("past")
    return now if from_at is None else from_at


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise RuleChangeRefused("no_number", value=text) from None
    if not number.is_finite():
        raise RuleChangeRefused("no_number", value=text)
    return number
