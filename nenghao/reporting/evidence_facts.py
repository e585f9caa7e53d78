"""Gathers from what was read of a case the facts that its innocence is checked by.

Before: `evidence_store` and `evidence_accounts`. After: `nenghao.domain.innocence` runs the checks.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from statistics import median
from typing import Final

from nenghao.db.evidence import Row
from nenghao.domain.innocence import Event, Facts, Neighbour
from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import floor_share
from nenghao.domain.series_day import ESTIMATED, EXCLUDED
from nenghao.reference.severity import Severity
from nenghao.reporting.evidence_accounts import (
    MIN_RESIDUAL_DAYS,
    implied_by_network,
    quantum_of,
    register_tolerance,
    usual_residuals,
)
from nenghao.reporting.evidence_curves import Curve, days_of
from nenghao.reporting.evidence_store import CaseFile, Subject

BEFORE: Final = timedelta(days=28)


def facts_of(case: CaseFile, subject: Subject, severity: Severity, is_workday: Callable[[date], bool]) -> Facts:
    """The facts about one point of a case."""
    curve, beside = subject.curve, subject.beside
    days = days_of(subject.span)
    point_id = subject.point["point_id"]
    residuals = None if curve is None else _residuals(subject, curve)
    counted = beside["reading_count"][0]
    hashes = {row["config_hash"] for row in beside["gateways"] if row["config_hash"] is not None}
    offsets = [row["clock_offset_ms"] for row in beside["gateways"] if row["clock_offset_ms"] is not None]
    reported = None if curve is None else curve.reported()
    versions = [row for row in beside["versions"] if row["series_id"] == subject.series_id]
    return Facts(
        events=_events(case, point_id),
        changes=[_change(row) for row in beside["changes"]],
        neighbours=_neighbours(subject),
        before_per_day=_expected_per_day(curve),
        during_per_day=_per_day(reported, len(days)),
        residual_before=None if residuals is None else residuals[0],
        residual_during=None if residuals is None else residuals[1],
        register_advance=None
        if curve is None or not subject.register_days
        else curve.sum_where_asked(subject.register_days),
        register_tolerance=register_tolerance(subject, severity),
        reported=reported,
        quantum=quantum_of(subject, subject.series_id),
        median_slot=_median_slot(curve),
        slots=0 if curve is None else curve.slots,
        estimated_slots=0 if curve is None else _estimated(curve),
        readings=counted["readings"],
        buffered_readings=counted["buffered"],
        received_share=None if curve is None else floor_share(curve.known_slots, curve.slots),
        clock_offset_ms=max(offsets, default=None),
        configurations=len(hashes),
        is_verification_due=_is_verification_due(versions, days[-1]),
        is_meter_stopped=any(row["state"] == "stopped" for row in versions),
        days=len(days),
        days_off=sum(not is_workday(day_on) for day_on in days),
        zone_units=max((row["units"] for row in case.beside["common_cause"]), default=0),
        zone_units_found=max((row["units_found"] for row in case.beside["common_cause"]), default=0),
    )


def facts_of_unit(case: CaseFile, is_workday: Callable[[date], bool]) -> Facts:
    """The facts of a case that is about no point: what was filed, and what others of the place show."""
    days = days_of(case.span)
    return Facts(
        events=_events(case, None),
        days=len(days),
        days_off=sum(not is_workday(day_on) for day_on in days),
        zone_units=max((row["units"] for row in case.beside["common_cause"]), default=0),
        zone_units_found=max((row["units_found"] for row in case.beside["common_cause"]), default=0),
    )


def applies(row: Row, point_id: int | None) -> bool:
    """Whether an event or an outage is about a point: the point's own, or one of the whole unit or region."""
    return point_id is None or row["point_id"] in {None, point_id}


def _events(case: CaseFile, point_id: int | None) -> list[Event]:
    own = [row for row in case.beside["events"] if applies(row, point_id)]
    filed = [row for row in case.beside["outages"] if applies(row, point_id)]
    return [
        *(
            Event(title=f"{row['title']} ({row['begins_at']:%Y-%m-%d})", is_before_the_fact=row["is_filed_before"])
            for row in own
        ),
        *(
            Event(
                title=f"{row['cause']} ({row['fault_at']:%Y-%m-%d})",
                is_before_the_fact=row["timeliness"] == "before",
                is_outage=True,
            )
            for row in filed
        ),
    ]


def _change(row: Row) -> Event:
    return Event(
        title=f"{row['kind']} {row['changed_at']:%Y-%m-%d}: {row['reason']}",
        is_before_the_fact=row["timeliness"] in {"before", "in_time"},
    )


def _neighbours(subject: Subject) -> list[Neighbour]:
    inside = set(days_of(subject.span))
    first_on = min(inside) - BEFORE
    by_point: defaultdict[int, list[Row]] = defaultdict(list)
    for row in subject.beside["siblings"]:
        if row["point_id"] != subject.point["point_id"]:
            by_point[row["point_id"]].append(row)
    return [
        Neighbour(
            code=days[0]["point_code"],
            flow=days[0]["flow"],
            before_per_day=_mean(row for row in days if first_on <= row["day_on"] < min(inside)),
            during_per_day=_mean(row for row in days if row["day_on"] in inside),
            received_share=_received(days, inside),
        )
        for days in by_point.values()
    ]


def _mean(days: Iterable[Row]) -> Decimal | None:
    """Energy a day of whole days, in the point's own unit: only its own change is looked at."""
    whole = [
        row["total_energy"]
        for row in days
        if row["total_energy"] is not None and row["received_slots"] == row["due_slots"]
    ]
    return _per_day(sum(whole, Decimal(0)), len(whole)) if whole else None


def _received(days: Sequence[Row], inside: set[date]) -> Decimal | None:
    of_span = [row for row in days if row["day_on"] in inside]
    due = sum(row["due_slots"] for row in of_span)
    return floor_share(sum(row["received_slots"] for row in of_span), due)


def _per_day(energy: Decimal | None, days: int) -> Decimal | None:
    if energy is None or not days:
        return None
    with localcontext(EXACT) as context:
        context.prec = 28
        return energy / days


def _expected_per_day(curve: Curve | None) -> Decimal | None:
    """What like days expect of the same slots: a span of nights is compared with nights."""
    if curve is None or curve.expected is None:
        return None
    return _per_day(Decimal(repr(curve.expected.total_mid)), len(curve.days))


def _residuals(subject: Subject, curve: Curve) -> tuple[Decimal, Decimal] | None:
    """What the network implies above what the point told, a day, before and in the span."""
    if not subject.beside["network"]:
        return None
    reported, usual = curve.reported(), usual_residuals(subject, curve.unit)
    by_day = implied_by_network(subject, curve.unit)
    implied = [by_day[day_on] for day_on in curve.days if day_on in by_day]
    if reported is None or len(usual) < MIN_RESIDUAL_DAYS or len(implied) < len(curve.days):
        return None
    during = _per_day(sum(implied, Decimal(0)) - reported, len(curve.days))
    return None if during is None or curve.known_slots < curve.slots else (median(usual), during)


def _median_slot(curve: Curve | None) -> Decimal | None:
    known = [value for day in (() if curve is None else curve.judged) for value in day.energy if value is not None]
    return median(known) if known else None


def _estimated(curve: Curve) -> int:
    return sum(
        day.quality[place] in {ESTIMATED, EXCLUDED}
        for day in curve.judged
        for place, is_asked in enumerate(curve.asked[curve.days.index(day.day_on)])
        if is_asked
    )


def _is_verification_due(versions: Sequence[Row], day_on: date) -> bool | None:
    until = [row["next_verification_on"] for row in versions if row["next_verification_on"] is not None]
    return min(until) < day_on if until else None
