"""Registers a public event, which explains what many meters do at once: by document, region, sector and time.

Before: a notice of an authority. After: `expectations.context` weighs it, `expectations.following` groups by it.
"""

from datetime import datetime
from typing import Final

from nenghao.db.administration import NewPublicEvent, insert_public_event
from nenghao.db.connection import Connection
from nenghao.errors import DataRefused

#: 有序用电, 重污染应急, 错峰生产, 分时电价, 停电, 采暖季, 节假日, 灾害, 其他.
KINDS: Final = (
    "orderly_use", "heavy_pollution", "staggered_production", "tariff", "power_cut", "heating_season", "festival",
    "disaster", "other",
)  # fmt: skip
DIVISION_DIGITS: Final = 6
INDUSTRY_MAX: Final = 5


class EventRefused(DataRefused):
    """An event is not registered; `key` is a label below `public_event.refused`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"refused: {key}")
        self.key, self.values = f"public_event.refused.{key}", values


def register_public_event(
    conn: Connection,
    *,
    kind: str,
    title: str,
    document_no: str,
    begins_at: datetime,
    ends_at: datetime | None,
    division_code: str,
    industry_code: str,
    now: datetime,
) -> int:
    """Register an event of a region, or of a sector in it; returns its id.

    Raises: EventRefused.
    """
    if kind not in KINDS:
        raise EventRefused("kind", kind=kind)
    if not title.strip() or not document_no.strip():
        raise EventRefused("words")
    if ends_at is not None and ends_at <= begins_at:
        raise EventRefused("order")
    if not (len(division_code) == DIVISION_DIGITS and division_code.isascii() and division_code.isdigit()):
        raise EventRefused("division")
    if industry_code and not (
        len(industry_code) <= INDUSTRY_MAX and industry_code[0].isalpha() and industry_code.isascii()
    ):
        raise EventRefused("industry")
    return insert_public_event(
        conn,
        NewPublicEvent(
            kind=kind,
            title=title.strip(),
            begins_at=begins_at,
            ends_at=ends_at,
            division_code=division_code,
            industry_code=industry_code.upper() or None,
            document_no=document_no.strip(),
            filed_at=now,
        ),
    )
