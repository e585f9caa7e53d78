"""Which days of which units are audited, and the batches that the rules read of them.

Before it: marks of closed days. After it: `runner` validates the batches in one checkpoint, `backtest_store` runs the
same queries for a trial.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from expectations import catalogue
from expectations.catalogue import Rule
from expectations.recording import WINDOW
from expectations.suites import Check
from nenghao.db import audit
from nenghao.db.connection import Connection
from nenghao.db.standing import STANDING_BATCHES
from nenghao.detection.candidate import Thresholds
from nenghao.domain.periods import day_start
from nenghao.jobs.find_candidates import Detectors

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Days to audit, both ends included, and the units whose days they are."""

    first_on: date
    last_on: date
    unit_ids: tuple[int, ...]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Its days as instants, half-open."""
        return day_start(self.first_on), day_start(self.last_on + ONE_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBatch:
    """A batch query written out, and the checks over it."""

    name: str
    query: str
    checks: tuple[Check, ...]


def plan_scopes(marks: Iterable[tuple[int, date]]) -> Iterator[Scope]:
    """Group marked (unit, day)s into runs of days: one late unit does not make every unit's month be read again."""
    days_of_unit: defaultdict[int, set[date]] = defaultdict(set)
    for unit_id, day_on in marks:
        days_of_unit[unit_id].add(day_on)
    units_of_span: defaultdict[tuple[date, date], list[int]] = defaultdict(list)
    for unit_id, days in sorted(days_of_unit.items()):
        for span in _runs(sorted(days)):
            units_of_span[span].append(unit_id)
    for (first_on, last_on), unit_ids in sorted(units_of_span.items()):
        yield Scope(first_on=first_on, last_on=last_on, unit_ids=tuple(unit_ids))


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    first_on = last_on = days[0]
    for day_on in days[1:]:
        if day_on - last_on > ONE_DAY:
            yield first_on, last_on
            first_on = day_on
        last_on = day_on
    yield first_on, last_on


def plan_batches(conn: Connection, scope: Scope) -> Iterator[PlannedBatch]:
    """The batches of a scope, each with every rule that reads it, in the mode in force."""
    by_batch: defaultdict[str, list[Check]] = defaultdict(list)
    modes = audit.rule_modes(conn)
    for rule in catalogue.load_rules():
        if rule.query and rule.batch not in STANDING_BATCHES:
            in_force = replace(rule, mode=modes.get(rule.code, rule.mode))
            by_batch[rule.batch].append(Check(rule=in_force, query=rule.query))
    for batch, checks in by_batch.items():
        # The name becomes a path of Data Docs, in which a dot would be a folder.
        name = f"{batch} {scope.first_on} to {scope.last_on}, {len(scope.unit_ids)} units from {scope.unit_ids[0]} on"
        yield PlannedBatch(name=name, query=batch_query(conn, batch, scope), checks=tuple(checks))


def batch_query(conn: Connection, batch: str, scope: Scope) -> str:
    """What a batch holds of a scope."""
    from_at, to_at = scope.span
    parameters: dict[str, Any] = {
        "unit_ids": list(scope.unit_ids),
        "first_on": scope.first_on,
        "last_on": scope.last_on,
        "history_on": scope.first_on - WINDOW,
        "horizon_on": scope.last_on + WINDOW,
        "from_at": from_at,
        "to_at": to_at,
        "reason_codes": audit.SENDER_REASONS,
    }
    name = cast("audit.Query", f"batch_{batch}")  # a rule names its batch; the catalogue refuses one that is none
    return audit.literal_query(conn, name, parameters)


def detectors_of(rules: Iterable[Rule], thresholds: Mapping[str, Thresholds]) -> Detectors:
    """The detectors of rules with their thresholds."""
    return {rule.code: (rule.detector, thresholds.get(rule.code, {})) for rule in rules if rule.detector is not None}
