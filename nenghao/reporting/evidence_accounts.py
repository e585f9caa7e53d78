"""What each witness says should have been reported in a span: the register, the network, a replaced value, like days.

Before: a point of a case with its curve and all beside it (`evidence_store`). After: `nenghao.domain.due_figure` makes
the interval. A witness that cannot speak says why.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext
from statistics import median
from typing import Final

from nenghao.domain.due_figure import Account, Silence, Witness, account
from nenghao.domain.periods import day_bounds, day_of, day_start
from nenghao.domain.quantities import EXACT, UnitMismatch, convert
from nenghao.reference.severity import Severity
from nenghao.reporting.evidence_curves import Curve
from nenghao.reporting.evidence_store import Subject

#: Days before the span that say what a network usually loses; fewer say nothing.
RESIDUAL_DAYS: Final = 28
MIN_RESIDUAL_DAYS: Final = 7
#: Who can speak of a curve; documents speak of months.
OF_A_CURVE: Final = (Witness.REGISTER, Witness.REPLACED_VALUE, Witness.NETWORK, Witness.RULE, Witness.LIKE_DAYS)
#: Kinds of findings whose expected energy is a value that was stored, not a guess of statistics.
EXACT_KINDS: Final = frozenset({"revision", "register"})

Said = Account | Silence


def accounts(subject: Subject, severity: Severity) -> list[Said]:
    """What every witness says of a span, the strongest first."""
    curve = subject.curve
    reported = None if curve is None else curve.reported()
    if curve is None or reported is None:
        return [Silence(witness, "nothing_reported") for witness in OF_A_CURVE]
    likely = _like_days(curve)
    return [
        _register(subject, curve, severity),
        _replaced(subject, reported),
        _network(subject, curve, severity),
        _rule(subject, curve, likely, severity),
        likely,
    ]


def quantum_of(subject: Subject, series_id: int) -> Decimal | None:
    """The coarsest step of a series in the span, after the multiplier."""
    steps = [row["quantum"] for row in subject.beside["versions"] if row["series_id"] == series_id]
    return max(steps, default=None)


def register_tolerance(subject: Subject, severity: Severity) -> Decimal:
    """How far a register's advance and the sum of intervals may honestly lie apart."""
    ids = [one for one in (subject.register_id, subject.series_id) if one is not None]
    steps = [step for step in (quantum_of(subject, one) for one in ids) if step is not None]
    with localcontext(EXACT):
        return severity.register_quanta * max(steps, default=Decimal(0))


def _register(subject: Subject, curve: Curve, severity: Severity) -> Said:
    if subject.register_id is None:
        return Silence(Witness.REGISTER, "no_other_channel")
    advance = curve.sum_where_asked(day for day in subject.register_days if day.unit == curve.unit)
    if advance is None:
        return Silence(Witness.REGISTER, "register_gaps")
    return account(Witness.REGISTER, advance, register_tolerance(subject, severity))


def _replaced(subject: Subject, reported: Decimal) -> Said:
    replaced = [row for row in subject.beside["replaced"] if subject.span[0] <= row["at"] < subject.span[1]]
    own = [row for row in replaced if row["series_id"] == subject.series_id]
    if not own:
        return Silence(Witness.REPLACED_VALUE, "nothing_replaced")
    if subject.point["kind"] == "register":
        # A register at one instant moves energy between the days around it and adds none.
        return Silence(Witness.REPLACED_VALUE, "register_instant")
    factor = _factor(subject)
    if factor is None:
        return Silence(Witness.REPLACED_VALUE, "multiplier_changed")
    with localcontext(EXACT):
        in_force = [row for row in own if row["kind"] == "revision" and row["standing"] == "in_force"]
        undone = sum(((row["first_value"] - row["later_value"]) * factor for row in in_force), Decimal(0))
        waiting = [row for row in own if row not in in_force]
        moved = sum(((row["later_value"] - row["first_value"]) * factor for row in waiting), Decimal(0))
        mid, other = reported + undone, reported + undone + moved
    step = quantum_of(subject, subject.series_id) or Decimal(0)
    with localcontext(EXACT):
        return Account(witness=Witness.REPLACED_VALUE, low=min(mid, other) - step, mid=mid, high=max(mid, other) + step)


def _factor(subject: Subject) -> Decimal | None:
    """What a face value is multiplied by in the span; None where it changed within."""
    factors = {
        row["multiplier"] if row["multiplier_applied_by"] == "platform" else Decimal(1)
        for row in subject.beside["versions"]
        if row["series_id"] == subject.series_id
        and (row["valid_to"] is None or row["valid_to"] > subject.span[0])
        and (row["valid_from"] is None or row["valid_from"] < subject.span[1])
    }
    return factors.pop() if len(factors) == 1 else None


def _rule(subject: Subject, curve: Curve, likely: Said, severity: Severity) -> Said:
    """What the rules expected, where they said so of the whole span."""
    told = [row for row in subject.findings if row["expected_energy"] is not None and not row["is_quiet"]]
    whole = next((row for row in told if (row["span_from"], row["span_to"]) == subject.span), None)
    if whole is None:
        return Silence(Witness.RULE, "rule_expects_nothing")
    try:
        mid = convert(Decimal(repr(whole["expected_energy"])), whole["energy_unit"] or curve.unit, curve.unit)
    except UnitMismatch:
        return Silence(Witness.RULE, "other_unit")
    if whole["kind"] in EXACT_KINDS:
        return account(Witness.RULE, mid, register_tolerance(subject, severity))
    if isinstance(likely, Silence) or likely.mid <= 0 or curve.known_slots < curve.slots:
        return Silence(Witness.RULE, "no_band")
    with localcontext(EXACT) as context:
        context.prec = 28
        low, high = (mid * end / likely.mid for end in (likely.low, likely.high))
    return Account(witness=Witness.RULE, low=min(low, mid), mid=mid, high=max(high, mid))


def _like_days(curve: Curve) -> Said:
    if curve.expected is None:
        return Silence(Witness.LIKE_DAYS, "too_few_like_days")
    ends = (curve.expected.total_low, curve.expected.total_mid, curve.expected.total_high)
    low, mid, high = (Decimal(repr(end)).quantize(Decimal("0.001")) for end in ends)
    return Account(witness=Witness.LIKE_DAYS, low=low, mid=mid, high=high)


def _network(subject: Subject, curve: Curve, severity: Severity) -> Said:
    """What the meters above and below a point imply, with what the network usually loses."""
    if not subject.beside["network"]:
        return Silence(Witness.NETWORK, "no_network")
    if any(not all(row) for row in curve.asked) or not _is_of_whole_days(subject):
        return Silence(Witness.NETWORK, "part_of_a_day")
    implied = implied_by_network(subject, curve.unit)
    inside = [implied.get(day_on) for day_on in curve.days]
    usual = usual_residuals(subject, curve.unit)
    if None in inside:
        return Silence(Witness.NETWORK, "network_gaps")
    if len(usual) < MIN_RESIDUAL_DAYS:
        return Silence(Witness.NETWORK, "no_history")
    with localcontext(EXACT) as context:
        context.prec = 40
        lost = median(usual)
        mid = sum((one for one in inside if one is not None), Decimal(0)) - lost * len(inside)
        scatter = max(abs(one - lost) for one in usual) * len(inside)
        tolerance = (_class_band(subject, curve, severity) ** 2 + scatter**2).sqrt()
    rounded = Decimal("0.001")
    return account(Witness.NETWORK, mid.quantize(rounded), tolerance.quantize(rounded))


def _is_of_whole_days(subject: Subject) -> bool:
    return all(day_start(day_of(end)) == end for end in subject.span)


def implied_by_network(subject: Subject, unit: str) -> dict[date, Decimal]:
    """For each day what the first network of the point implies for it, without losses; days with a gap are left out."""
    point_id = subject.point["point_id"]
    terms = subject.beside["network"]
    whole_id = terms[0]["whole_point_id"]
    formula = [row for row in terms if row["whole_point_id"] == whole_id]
    totals = _totals(subject, unit)
    implied = {}
    for day_on in sorted({day for days in totals.values() for day in days}):
        with localcontext(EXACT):
            parts = {
                row["part_point_id"]: (row["sign"], totals.get(row["part_point_id"], {}).get(day_on))
                for row in formula
                if row["valid_from"] <= day_on and (row["valid_to"] is None or day_on < row["valid_to"])
            }
            others = [(sign, energy) for part_id, (sign, energy) in parts.items() if part_id != point_id]
            if any(energy is None for _, energy in others):
                continue
            rest = sum((sign * energy for sign, energy in others if energy is not None), Decimal(0))
            if point_id == whole_id:
                implied[day_on] = rest
                continue
            whole = totals.get(whole_id, {}).get(day_on)
            if whole is not None and point_id in parts:
                implied[day_on] = (whole - rest) * parts[point_id][0]
    return implied


def usual_residuals(subject: Subject, unit: str) -> list[Decimal]:
    """What the network implied above what the point told, each day of the four weeks before the span."""
    implied = implied_by_network(subject, unit)
    own = _totals(subject, unit).get(subject.point["point_id"], {})
    before = {day_on for day_on in implied if day_bounds(day_on)[1] <= subject.span[0]}
    wanted = sorted(before & own.keys())[-RESIDUAL_DAYS:]
    with localcontext(EXACT):
        return [implied[day_on] - own[day_on] for day_on in wanted]


def _totals(subject: Subject, unit: str) -> Mapping[int, dict[date, Decimal]]:
    """Whole measured days of the unit's points, in one unit; those in another kind of unit are left out."""
    totals: defaultdict[int, dict[date, Decimal]] = defaultdict(dict)
    for row in subject.beside["siblings"]:
        if row["total_energy"] is None or row["received_slots"] < row["due_slots"]:
            continue
        try:
            totals[row["point_id"]][row["day_on"]] = convert(row["total_energy"], row["unit"], unit)
        except UnitMismatch:
            continue
    return totals


def _class_band(subject: Subject, curve: Curve, severity: Severity) -> Decimal:
    """Root-sum of the limits of error of all meters of the network but the point's own, over the span."""
    percents = {row["point_id"]: class_percent(row["accuracy_class"], severity) for row in subject.beside["accuracy"]}
    squares = Decimal(0)
    for point_id, days in _totals(subject, curve.unit).items():
        if point_id in percents and point_id != subject.point["point_id"]:
            energy = sum((days.get(day_on, Decimal(0)) for day_on in curve.days), Decimal(0))
            for percent in (percents[point_id], severity.transformer_percent):
                squares += (energy * percent / 100) ** 2
    return squares.sqrt()


def class_percent(accuracy_class: str | None, severity: Severity) -> Decimal:
    """The limit of error that a class names (`0.5S`, `1`, `2.0`), else the widest.

    Source: GB/T 17215 names electricity meters' classes by their limit in percent.
    """
    text = (accuracy_class or "").strip().rstrip("Ss").strip()
    digits = text.removesuffix("%")
    return Decimal(digits) if digits.replace(".", "", 1).isdecimal() and digits.isascii() else severity.class_percent
