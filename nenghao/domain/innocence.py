"""What would make a suspicion innocent, held against what the store knows: what each check saw, and what follows.

Before: `nenghao.reporting.evidence_facts` gathers the facts. After: the checklist of an evidence document. A check that
finds nothing excludes its explanation as far as the data go; one without data says so instead of guessing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from statistics import median
from typing import Final, Literal

from nenghao.domain.quantities import EXACT

#: excluded: the data speak against the explanation; supports: they speak for it; unchecked: they cannot say.
Result = Literal["excluded", "supports", "unchecked"]

#: A sibling moved along where its own change is at least this share of the suspected one.
ALONG_SHARE: Final = 0.5
#: A change below this share is none: honest weeks differ by more (practice 5).
LEAST_CHANGE: Final = 0.05
MIN_SIBLINGS: Final = 2
#: Steps of the last digit in a usual slot below which repeats and flat runs say nothing.
COARSE_STEPS: Final = 10
#: A clock this far off moves energy between slots. Source: quality rule of the national system, day boundary 1 min.
CLOCK_LIMIT_MS: Final = 60_000
#: Source: practice 5, a step on one date at more than 10 % of a zone's units is one common-cause case.
COMMON_SHARE: Final = 0.10
MIN_COMMON_UNITS: Final = 3
#: Half of the other series of the gateway silent too: the link or the power was gone, not one meter.
SILENT_SHARE: Final = 0.5
OWN_FLOWS: Final = frozenset({"primary_production", "generation", "recovery", "export", "passed_on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A declared or public event, an outage or a declared change that touches the span."""

    title: str
    is_before_the_fact: bool
    is_outage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another point of the unit: energy a day before and in the span, and the share of its slots that came in it."""

    code: str
    flow: str
    before_per_day: Decimal | None
    during_per_day: Decimal | None
    received_share: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the checks of one point and span read; None and empty where the store does not know."""

    events: Sequence[Event] = ()
    changes: Sequence[Event] = ()
    neighbours: Sequence[Neighbour] = ()
    before_per_day: Decimal | None = None
    during_per_day: Decimal | None = None
    #: Energy a day that the network has more than the point and its neighbours told, before and in the span: where the
    #: point tells too little, it opens by as much.
    residual_before: Decimal | None = None
    residual_during: Decimal | None = None
    register_advance: Decimal | None = None
    register_tolerance: Decimal | None = None
    reported: Decimal | None = None
    quantum: Decimal | None = None
    median_slot: Decimal | None = None
    slots: int = 0
    estimated_slots: int = 0
    readings: int = 0
    buffered_readings: int = 0
    received_share: Decimal | None = None
    clock_offset_ms: int | None = None
    configurations: int = 0
    is_verification_due: bool | None = None
    is_meter_stopped: bool = False
    days: int = 0
    days_off: int = 0
    zone_units: int = 0
    zone_units_found: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """A check with its result; its text is the label `evidence.check.<check>.<outcome>`."""

    check: str
    result: Result
    outcome: str
    values: Mapping[str, str] = field(default_factory=dict)


def run_checks(facts: Facts) -> list[Checked]:
    """Every check, in the order in which an officer would ask."""
    return [CHECKS[name](facts) for name in CHECKS]


def _declared_event(facts: Facts) -> Checked:
    own = [event for event in facts.events if not event.is_outage]
    if not own:
        return Checked("declared_event", "excluded", "none")
    outcome = "before" if any(event.is_before_the_fact for event in own) else "after"
    return Checked("declared_event", "supports", outcome, {"titles": _titles(own)})


def _declared_change(facts: Facts) -> Checked:
    if facts.changes:
        outcome = "before" if any(change.is_before_the_fact for change in facts.changes) else "after"
        return Checked("declared_change", "supports", outcome, {"titles": _titles(facts.changes)})
    return Checked("declared_change", "excluded", "none")


def _outage(facts: Facts) -> Checked:
    filed = [event for event in facts.events if event.is_outage]
    if filed:
        return Checked("outage", "supports", "filed", {"titles": _titles(filed)})
    return Checked("outage", "excluded", "none")


def _link(facts: Facts) -> Checked:
    others = [one.received_share for one in facts.neighbours if one.received_share is not None]
    if facts.received_share is None or not others:
        return Checked("link", "unchecked", "no_neighbours")
    if facts.received_share > 1 - Decimal(str(LEAST_CHANGE)):
        return Checked("link", "excluded", "complete", {"share": _percent(facts.received_share)})
    silent = sum(share < SILENT_SHARE for share in others)
    outcome = "together" if silent >= SILENT_SHARE * len(others) else "alone"
    result: Result = "supports" if outcome == "together" else "excluded"
    return Checked("link", result, outcome, {"silent": str(silent), "others": str(len(others))})


def _siblings(facts: Facts) -> Checked:
    own = _change(facts.before_per_day, facts.during_per_day)
    others = [_change(one.before_per_day, one.during_per_day) for one in facts.neighbours]
    moved = [change for change in others if change is not None]
    if own is None or len(moved) < MIN_SIBLINGS:
        return Checked("siblings", "unchecked", "too_few", {"others": str(len(moved))})
    values = {"own": _signed(own), "others": str(len(moved)), "median": _signed(median(moved))}
    if abs(own) < LEAST_CHANGE:
        return Checked("siblings", "unchecked", "no_change", values)
    if own * median(moved) > 0 and abs(median(moved)) >= ALONG_SHARE * abs(own):
        return Checked("siblings", "supports", "along", values)
    return Checked("siblings", "excluded", "unmoved", values)


def _network(facts: Facts) -> Checked:
    if None in {facts.residual_before, facts.residual_during, facts.before_per_day, facts.during_per_day}:
        return Checked("network", "unchecked", "no_network")
    with localcontext(EXACT):
        missed = (facts.before_per_day or Decimal(0)) - (facts.during_per_day or Decimal(0))
        opened = (facts.residual_during or Decimal(0)) - (facts.residual_before or Decimal(0))
    values = {"missed": _amount(missed), "opened": _amount(opened)}
    if abs(missed) < Decimal(str(LEAST_CHANGE)) * abs(facts.before_per_day or Decimal(0)):
        return Checked("network", "unchecked", "no_change", values)
    if missed * opened > 0 and abs(opened) >= abs(missed) * Decimal(str(ALONG_SHARE)):
        return Checked("network", "excluded", "whole_kept_it", values)
    return Checked("network", "supports", "whole_missed_it", values)


def _register(facts: Facts) -> Checked:
    if facts.register_advance is None or facts.reported is None or facts.register_tolerance is None:
        return Checked("register", "unchecked", "no_register")
    with localcontext(EXACT):
        difference = facts.reported - facts.register_advance
    values = {"difference": _amount(difference), "tolerance": _amount(facts.register_tolerance)}
    if abs(difference) <= facts.register_tolerance:
        return Checked("register", "supports", "agrees", values)
    return Checked("register", "excluded", "differs", values)


def _own_energy(facts: Facts) -> Checked:
    own = [one for one in facts.neighbours if one.flow in OWN_FLOWS]
    if not own:
        return Checked("own_energy", "excluded", "none")
    moved = [one.code for one in own if abs(_change(one.before_per_day, one.during_per_day) or 0) >= LEAST_CHANGE]
    outcome = "moved" if moved else "unmoved"
    return Checked("own_energy", "supports" if moved else "excluded", outcome, {"points": ", ".join(moved) or "-"})


def _resolution(facts: Facts) -> Checked:
    if not facts.quantum or facts.median_slot is None:
        return Checked("resolution", "unchecked", "unknown")
    with localcontext(EXACT):
        steps = int(abs(facts.median_slot) // facts.quantum)
    values = {"steps": str(steps), "quantum": _amount(facts.quantum)}
    return Checked(
        "resolution",
        "supports" if steps < COARSE_STEPS else "excluded",
        "coarse" if steps < COARSE_STEPS else "fine",
        values,
    )


def _our_estimate(facts: Facts) -> Checked:
    if not facts.slots:
        return Checked("our_estimate", "unchecked", "no_days")
    values = {"estimated": str(facts.estimated_slots), "slots": str(facts.slots)}
    return Checked("our_estimate", *(("supports", "some") if facts.estimated_slots else ("excluded", "none")), values)


def _buffered(facts: Facts) -> Checked:
    if not facts.readings:
        return Checked("buffered", "unchecked", "no_readings")
    values = {"buffered": str(facts.buffered_readings), "readings": str(facts.readings)}
    return Checked("buffered", *(("supports", "some") if facts.buffered_readings else ("excluded", "none")), values)


def _clock(facts: Facts) -> Checked:
    if facts.clock_offset_ms is None:
        return Checked("clock", "unchecked", "not_told")
    values = {"seconds": str(round(facts.clock_offset_ms / 1000))}
    return Checked(
        "clock", *(("supports", "off") if facts.clock_offset_ms > CLOCK_LIMIT_MS else ("excluded", "right")), values
    )


def _configuration(facts: Facts) -> Checked:
    if not facts.configurations:
        return Checked("configuration", "unchecked", "not_told")
    if facts.configurations == 1:
        return Checked("configuration", "excluded", "unchanged")
    if facts.changes:
        return Checked("configuration", "supports", "declared")
    return Checked("configuration", "excluded", "undeclared")


def _verification(facts: Facts) -> Checked:
    if facts.is_meter_stopped:
        return Checked("verification", "supports", "stopped")
    if facts.is_verification_due is None:
        return Checked("verification", "unchecked", "unknown")
    return Checked("verification", *(("supports", "overdue") if facts.is_verification_due else ("excluded", "valid")))


def _calendar(facts: Facts) -> Checked:
    if not facts.days:
        return Checked("calendar", "unchecked", "unknown")
    values = {"off": str(facts.days_off), "days": str(facts.days)}
    # Two of seven days are off in every week; a span of them is no ordinary one where they are the half.
    return Checked(
        "calendar", *(("supports", "off") if 2 * facts.days_off >= facts.days else ("excluded", "working")), values
    )


def _common_cause(facts: Facts) -> Checked:
    values = {"found": str(facts.zone_units_found), "units": str(facts.zone_units)}
    if facts.zone_units < MIN_COMMON_UNITS:
        return Checked("common_cause", "unchecked", "too_few", values)
    is_common = facts.zone_units_found >= MIN_COMMON_UNITS and facts.zone_units_found > COMMON_SHARE * facts.zone_units
    return Checked("common_cause", *(("supports", "many") if is_common else ("excluded", "alone")), values)


CHECKS: Final[Mapping[str, Callable[[Facts], Checked]]] = {
    "declared_event": _declared_event,
    "declared_change": _declared_change,
    "outage": _outage,
    "link": _link,
    "network": _network,
    "register": _register,
    "siblings": _siblings,
    "own_energy": _own_energy,
    "common_cause": _common_cause,
    "calendar": _calendar,
    "resolution": _resolution,
    "our_estimate": _our_estimate,
    "buffered": _buffered,
    "clock": _clock,
    "configuration": _configuration,
    "verification": _verification,
}


def _change(before: Decimal | None, during: Decimal | None) -> float | None:
    """Relative change; None where it cannot be said."""
    return None if before is None or during is None or before <= 0 else float(during / before) - 1


def _titles(events: Sequence[Event]) -> str:
    return "; ".join(event.title for event in events)


def _percent(share: Decimal) -> str:
    return f"{share:.1%}"


def _signed(change: float) -> str:
    return f"{change:+.1%}"


def _amount(value: Decimal) -> str:
    return f"{round(value, 3).normalize():f}"
