"""Counts the shares that the index of data quality is made of, for a unit's month.

Before: series days, messages, meters (db.quality). After: the index (domain.quality_index).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from nenghao.db import quality as db
from nenghao.db.connection import Connection
from nenghao.db.quality import PointMonth
from nenghao.domain.balance import SIGN_IN_TOTAL
from nenghao.domain.data_code import parse_data_code
from nenghao.domain.periods import Month, day_of, day_start
from nenghao.domain.quality_index import QualityIndex, Scheme, Share, score_quality
from nenghao.domain.quantities import convert
from nenghao.errors import DataRefused
from nenghao.reference.coefficients import load_coefficients

#: What a process takes in.
_PROCESS: Final = frozenset(("internal", "conversion_input"))


def index_quality(conn: Connection, scheme: Scheme, unit_code: str, month: Month, now: datetime) -> QualityIndex:
    """The index of a unit's month by a scheme; of a month that is not over, of its days before today.

    Raises: DataRefused where the unit is not registered, or the month has not begun.
    """
    return score_quality(scheme, measure_quality(conn, unit_code, month, now))


def measure_quality(conn: Connection, unit_code: str, month: Month, now: datetime) -> dict[str, Share | None]:
    """Every share by name, None where it cannot be computed.

    Raises: DataRefused where the unit is not registered, or the month has no day that is over.
    """
    if not db.is_unit(conn, unit_code):
        raise DataRefused(f"unit {unit_code} is not registered")
    end_on = min(month.end_on, day_of(now))
    days = (end_on - month.start_on).days
    if days <= 0:
        raise DataRefused(f"{month} has no day that is over")
    begin_at, until = day_start(month.start_on), day_start(end_on)
    slots = db.count_slots(conn, unit_code, begin_at, until)
    readings = db.count_readings(conn, unit_code, begin_at, until)
    sent, refused = db.count_sent(conn, unit_code, begin_at, until)
    meters, verified = db.count_meters(conn, unit_code, until - timedelta(seconds=1), end_on - timedelta(days=1))
    return {
        "days_online": _share(readings.days_online, days),
        "slots_received": _share(slots.slots_received, slots.slots_due),
        "points_received": _share(slots.points_received, slots.points_due),
        "without_gross_error": _share(max(slots.slots_received - slots.slots_gross, 0), slots.slots_received),
        "slots_validated": _share(min(slots.slots_validated, slots.slots_received), slots.slots_received),
        "same_day": _share(readings.same_day, readings.readings),
        "signed": _share(readings.signed, readings.readings),
        "readings_taken": _share(sent - refused, sent),
        "meters_verified": _share(verified, meters),
        "process_sum": sum_processes(db.point_months(conn, unit_code, month.start_on)),
    }


def sum_processes(points: Iterable[PointMonth]) -> Share | None:
    """工序之和 ÷ 全厂, in tce, over the varieties that have points of processes; None where a figure of one is missing.

    A process is a point of scope 2 that takes in; the whole is what crosses the border or is made inside of it, as in
    the balance. Media (耗能工质) are no energy of the form and stay out.
    """
    rows = [(point, parse_data_code(point.data_code).scope) for point in points]
    coefficients = load_coefficients().in_use
    varieties = {point.variety_code for point, scope in rows if scope == 2 and point.flow in _PROCESS}
    varieties &= coefficients.keys()
    processes, whole = Decimal(0), Decimal(0)
    for point, scope in rows:
        is_process, sign = scope == 2 and point.flow in _PROCESS, SIGN_IN_TOTAL.get(point.flow, 0)
        if point.variety_code not in varieties or not (is_process or sign):
            continue
        coefficient = coefficients[point.variety_code]
        if point.energy is None or point.unit is None:
            return None
        tce = convert(point.energy, point.unit, coefficient.form_unit) * coefficient.tce_per_form_unit
        processes, whole = (processes + tce, whole) if is_process else (processes, whole + sign * tce)
    return Share(processes, whole) if varieties else None


def _share(part: int | Decimal, whole: int | Decimal) -> Share:
    return Share(Decimal(part), Decimal(whole))
