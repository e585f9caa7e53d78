"""Lets a rule open no alert at a place for a time: what it finds there is stored and counted, and the reason stays.

Before: people know why a rule is wrong somewhere. After: `expectations.context` silences what it finds.
"""

from datetime import datetime

from nenghao.db import mutes
from nenghao.db.connection import Connection
from nenghao.errors import DataRefused


def mute(
    conn: Connection,
    *,
    rule_code: str,
    unit_code: str | None,
    point_code: str | None,
    until_at: datetime,
    reason: str,
    muted_by: str,
    now: datetime,
) -> int:
    """Mute a rule everywhere, at a unit or at one of its points; returns the mute's id.

    Raises: DataRefused where there is no such rule, unit or point, the day is over, or reason or name are missing.
    """
    if not mutes.is_rule(conn, rule_code):
        raise DataRefused(f"there is no rule {rule_code!r}")
    if point_code is not None and unit_code is None:
        raise DataRefused("a point is named with its unit")
    place = mutes.find_place(conn, unit_code, point_code)
    if place is None:
        raise DataRefused(f"there is no {'point' if point_code else 'unit'} {unit_code} {point_code or ''}".strip())
    if until_at <= now:
        raise DataRefused("a mute ends in the future")
    _check_words(reason, muted_by)
    return mutes.insert_mute(
        conn,
        rule_code=rule_code,
        place=place,
        until_at=until_at,
        reason=reason.strip(),
        muted_by=muted_by.strip(),
        muted_at=now,
    )


def unmute(conn: Connection, mute_id: int, *, reason: str, ended_by: str, now: datetime) -> None:
    """End a mute before its day.

    Raises: DataRefused where it is not in force, or reason or name are missing.
    """
    _check_words(reason, ended_by)
    if mute_id not in {row["mute_id"] for row in mutes.list_mutes(conn, now)}:
        raise DataRefused(f"no mute {mute_id} is in force")
    mutes.insert_mute_end(conn, mute_id, reason=reason.strip(), ended_by=ended_by.strip(), ended_at=now)


def _check_words(reason: str, name: str) -> None:
    if not reason.strip() or not name.strip():
        raise DataRefused("a mute needs a reason and a name")
