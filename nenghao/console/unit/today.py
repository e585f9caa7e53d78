"""`/unit`: is my gateway alive, what came and what was refused today, what is incomplete, what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from nenghao.console.unit.own import OWN, PAGES, looked
from nenghao.console.visits import Visit
from nenghao.db import arrivals, completeness, deadlines, filings
from nenghao.db.arrivals import GatewayAlive
from nenghao.db.completeness import PointSpan, SeriesToday
from nenghao.domain.day_completeness import LEAST_SHARE, NOTHING_DUE, SlotShare
from nenghao.domain.gateway_life import Life, life_of, worst_of
from nenghao.domain.periods import Month, day_of, day_start
from nenghao.registers.lists import verifications_due

#: Meters whose verification passes so soon are told.
VERIFY_WITHIN_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PointStanding:
    """A point's slots of today so far, and of the closed days of the month."""

    point_code: str
    name: str
    variety_code: str
    today: SlotShare
    month: SlotShare
    last_at: datetime | None
    #: Since when nothing came, where more than two slots are missing at the end; None where it is not silent.
    silent_since: datetime | None


@PAGES.get("", name="unit.today", rule=OWN)
def today(visit: Visit) -> Response:
    """The unit's day at a glance."""
    unit, now = looked(visit, "today"), visit.now
    today_on = day_of(now)
    start_at, end_at = day_start(today_on), day_start(today_on + timedelta(days=1))
    gateways = arrivals.gateways_alive(visit.conn, unit.unit_id)
    lives = {one.gateway_code: life_word(one, now) for one in gateways}
    points = standings(
        completeness.points_today(visit.conn, unit.unit_id, start_at, now),
        completeness.points_of_days(visit.conn, unit.unit_id, Month.of(today_on).start_on, today_on),
        now,
    )
    reminders = deadlines.own_reminders(visit.conn)
    filed = filings.list_filings(visit.conn, unit_id=unit.unit_id)
    return visit.page(
        "unit/today.html",
        unit=unit,
        today_on=today_on,
        gateways=gateways,
        lives=lives,
        worst=worst_of(list(lives.values())),
        arrived=arrivals.arrived(visit.conn, unit.unit_id, start_at, end_at),
        refused=arrivals.refused_by_reason(visit.conn, unit.unit_id, start_at, end_at),
        points=points,
        of_today=sum((one.today for one in points), NOTHING_DUE),
        of_month=sum((one.month for one in points), NOTHING_DUE),
        short=[one for one in points if one.today.is_short or one.month.is_short or one.silent_since],
        least_share=LEAST_SHARE,
        reminders=reminders,
        inquiries=sum(one.kind == "inquiry_answer" for one in reminders),
        asked=[one for one in filed if one.open_queries and one.is_newest],
        meters_due=verifications_due(visit.conn, unit.unit_code, now, VERIFY_WITHIN_DAYS),
    )


def life_word(gateway: GatewayAlive, now: datetime) -> Life:
    """Whether a gateway is alive."""
    return life_of(
        heard_at=gateway.heard_at,
        state_at=gateway.state_at,
        online=gateway.online,
        clock_offset_ms=gateway.clock_offset_ms,
        buffered_count=gateway.buffered_count,
        now=now,
    )


def standings(today: Sequence[SeriesToday], month: Sequence[PointSpan], now: datetime) -> list[PointStanding]:
    """Points with both counts; the series of a point are counted together."""
    of_month = {one.point_code: SlotShare(due=one.due_slots, received=one.received_slots) for one in month}
    by_point: dict[str, list[SeriesToday]] = {}
    for one in today:
        by_point.setdefault(one.point_code, []).append(one)
    return [_standing(series, of_month, now) for series in by_point.values()]


def _standing(series: Sequence[SeriesToday], of_month: Mapping[str, SlotShare], now: datetime) -> PointStanding:
    first = series[0]
    shares = (SlotShare(due=one.due_slots, received=one.received_slots) for one in series)
    last_at = max((one.last_at for one in series if one.last_at is not None), default=None)
    patience = timedelta(minutes=3 * max(one.slot_minutes for one in series))
    is_silent = last_at is not None and now - last_at > patience
    return PointStanding(
        point_code=first.point_code,
        name=first.name,
        variety_code=first.variety_code,
        today=sum(shares, NOTHING_DUE),
        month=of_month.get(first.point_code, NOTHING_DUE),
        last_at=last_at,
        silent_since=last_at if is_silent else None,
    )
