"""What is to be done about registers: verifications that are due, points without a meter, changes nobody declared.

Before: registers and what gateways told (db.register_lists). After: whoever has to act (`nenghao register list`).
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from nenghao.db import register_lists as db
from nenghao.db import standing
from nenghao.db.connection import Connection
from nenghao.db.register_lists import EquippedPoint
from nenghao.db.registers import Cells
from nenghao.db.standing import UndeclaredChange
from nenghao.domain.data_code import parse_data_code
from nenghao.domain.periods import day_of, day_start
from nenghao.domain.rounding import round_fraction
from nenghao.reference.metering_rates import Level, MeteringRates, rates_on
from nenghao.registers.workdays import DAYS_TO_DECLARE, workdays_from

#: Flows over the border of the unit: their meters are of the first level wherever they hang.
_BORDER_FLOWS = {"purchase", "export", "passed_on"}

#: No holiday makes three working days longer than this.
DECLARED_WITHIN = timedelta(days=20)

Standing: TypeAlias = Literal["overdue", "due", "never"]


@dataclass(frozen=True, slots=True)
class VerificationDue:
    """A meter whose verification has passed, passes soon, or is not known at all."""

    meter: Cells
    standing: Standing
    #: Days since it passed; negative before. None where it is not known.
    days_over: int | None


@dataclass(frozen=True, slots=True)
class UnmeteredPoint:
    """A point without a meter, and how its kind and level are equipped in its unit."""

    point: EquippedPoint
    kind: str
    level: Level
    equipped: int
    required: int
    #: Equipped in percent of required, to one decimal, and what the edition asks for.
    percent: Decimal
    percent_asked: int


def verifications_due(
    conn: Connection, unit_code: str | None, now: datetime, within_days: int
) -> list[VerificationDue]:
    """Meters in use whose verification is due within some days, most overdue first, then those nobody knows of."""
    today_on = day_of(now)
    found: list[VerificationDue] = []
    for meter in db.list_meters(conn, unit_code, now):
        due_on = meter["next_verification_on"]
        if meter["state"] == "stopped":
            continue
        if not isinstance(due_on, date):
            found.append(VerificationDue(meter, "never", None))
        elif due_on <= today_on + timedelta(days=within_days):
            days_over = (today_on - due_on).days
            found.append(VerificationDue(meter, "overdue" if days_over > 0 else "due", days_over))
    return sorted(found, key=lambda due: (due.days_over is None, -(due.days_over or 0)))


def unmetered_points(
    conn: Connection, unit_code: str | None, now: datetime
) -> tuple[list[UnmeteredPoint], MeteringRates, str | None]:
    """Points without a meter, the edition they are judged by, and the one in force where that has no rows."""
    rates, newer = rates_on(day_of(now))
    return judge_equipment(db.equipped_points(conn, unit_code, now), rates), rates, newer


def judge_equipment(points: list[EquippedPoint], rates: MeteringRates) -> list[UnmeteredPoint]:
    """配备率 by unit, kind and level; a registered point is one that is required to be metered.

    Source: GB 17167-2006, 4.3.2: equipped ÷ required × 100 %.
    """
    required: Counter[tuple[str, str, Level]] = Counter()
    equipped: Counter[tuple[str, str, Level]] = Counter()
    for point in points:
        group = _group_of(point, rates)
        if group is not None:
            required[group] += 1
            equipped[group] += point.has_meter
    found = []
    for point in points:
        group = _group_of(point, rates)
        if group is None or point.has_meter:
            continue
        percent = round_fraction(Fraction(100 * equipped[group], required[group]), 1)
        asked = rates.percent[group[1], group[2]]
        found.append(UnmeteredPoint(point, group[1], group[2], equipped[group], required[group], percent, asked))
    return sorted(found, key=lambda each: (each.percent - each.percent_asked, each.point.unit_code))


def level_of(point: EquippedPoint) -> Level:
    """计量级别 of a point: what crosses the border of the unit or serves all of it, a process or its unit, a device."""
    scope = parse_data_code(point.data_code).scope
    if point.flow in _BORDER_FLOWS or scope == 1:
        return "unit"
    return "device" if scope == 4 else "sub_unit"


def undeclared_changes(
    conn: Connection, unit_code: str | None, now: datetime, since_days: int
) -> list[UndeclaredChange]:
    """What gateways and readings told since some days and no register explains, as rule undeclared_change sees it."""
    today_on = day_of(now)
    since_on = today_on - timedelta(days=since_days)
    workdays = workdays_from(since_on, today_on + DECLARED_WITHIN)
    found = standing.undeclared_changes(conn, unit_code, day_start(since_on), today_on, workdays, DAYS_TO_DECLARE)
    return [_counted(each) for each in found if not each.is_declared or each.reason.endswith("mismatch")]


def _counted(change: UndeclaredChange) -> UndeclaredChange:
    """With the number of readings behind it; refused readings wait for their replay even where a change is declared."""
    if change.reading_count is None:
        return change
    return replace(change, detail=f"{change.detail} ({change.reading_count})")


def _group_of(point: EquippedPoint, rates: MeteringRates) -> tuple[str, str, Level] | None:
    """Unit, kind and level of a point; None where the standard asks for no rate."""
    kind, level = rates.kind_of.get(point.variety_code), level_of(point)
    return (point.unit_code, kind, level) if kind is not None and (kind, level) in rates.percent else None
