"""`nenghao-audit backtest --from --to`: what other thresholds would find on stored days, beside those in force.

Before: closed days, their curves, trial thresholds. After: people decide whether to put them in force. Nothing is
written: read-only connections run detectors and queries, and a session setting gives the trial thresholds to the view
that all queries join.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from expectations.catalogue import Rule, load_rules
from expectations.scopes import Scope, batch_query, detectors_of
from nenghao.config import Role, Settings
from nenghao.db import audit, candidates, trials
from nenghao.db.candidates import CandidateRow
from nenghao.db.connection import Connection
from nenghao.db.standing import STANDING_BATCHES
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.judging import passes
from nenghao.domain.quantities import UnitMismatch, convert
from nenghao.errors import ConfigError
from nenghao.jobs.find_candidates import DetectionScope, Detectors, detect_chunks
from nenghao.reference.coefficients import load_coefficients


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    """What a rule says: where, when, and the energy that was expected and observed, where it can say."""

    rule: str
    unit_id: int
    point_id: int | None
    series_id: int | None
    span: tuple[datetime, datetime]
    expected_energy: float | None = None
    observed_energy: float | None = None
    energy_unit: str | None = None

    def touches(self, other: "TrialRow") -> bool:
        """Whether both speak of one place and time."""
        is_same = (self.rule, self.unit_id, self.point_id) == (other.rule, other.unit_id, other.point_id)
        return is_same and self.span[0] < other.span[1] and other.span[0] < self.span[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrial:
    """One rule with the thresholds in force and with those tried."""

    rule: str
    in_force: int
    tried: int
    gained: tuple[TrialRow, ...]
    lost: tuple[TrialRow, ...]
    #: Expected less observed of what is gained, less that of what is lost; None where no finding says.
    energy: Mapping[str, float]
    tce: Decimal | None


def backtest_store(
    settings: Settings, first_on: date, last_on: date, codes: Sequence[str], settings_tried: Mapping[str, Decimal]
) -> list[RuleTrial]:
    """Compare both sets of thresholds over the days of every unit, rule by rule.

    Raises: ConfigError for a rule or threshold that is not there.
    """
    rules = _chosen(codes)
    with trials.read_only(settings, Role.RULES) as conn:
        in_force = candidates.thresholds_in_force(conn)
        for name in settings_tried:
            code, _, threshold = name.partition(".")
            if threshold not in in_force.get(code, {}):
                raise ConfigError(f"there is no threshold {name!r} in force")
        scope = Scope(first_on=first_on, last_on=last_on, unit_ids=tuple(audit.units(conn)))
        before = _rows(settings, conn, scope, rules, in_force)
        trials.try_thresholds(conn, json.dumps({name: str(value) for name, value in settings_tried.items()}))
        changed = {name.partition(".")[0] for name in settings_tried}
        tried = {code: rule for code, rule in rules.items() if code in changed}
        after = before | _rows(settings, conn, scope, tried, candidates.thresholds_in_force(conn))
        return [_compare(conn, code, before[code], after[code]) for code in rules]


def _chosen(codes: Sequence[str]) -> dict[str, Rule]:
    rules = {rule.code: rule for rule in load_rules() if rule.query and rule.batch not in STANDING_BATCHES}
    for code in codes:
        if code not in rules:
            raise ConfigError(f"no rule over days is called {code!r}; there are {', '.join(rules)}")
    return {code: rule for code, rule in rules.items() if not codes or code in codes}


def _rows(
    settings: Settings, conn: Connection, scope: Scope, rules: Mapping[str, Rule], thresholds: Mapping[str, Thresholds]
) -> dict[str, list[TrialRow]]:
    found: dict[str, list[TrialRow]] = {code: [] for code in rules}
    detectors = detectors_of(rules.values(), thresholds)
    if detectors and scope.unit_ids:
        for row in _detected(settings, conn, scope, detectors):
            found[row.rule].append(row)
    for code, rule in rules.items():
        if rule.detector is None and scope.unit_ids:
            query = batch_query(conn, rule.batch, scope)
            found[code] = [_trial_row(code, row) for row in trials.run_query(conn, rule.query, query)]
    return found


def _detected(settings: Settings, conn: Connection, scope: Scope, detectors: Detectors) -> Iterator[TrialRow]:
    days = DetectionScope(first_on=scope.first_on, last_on=scope.last_on, unit_ids=scope.unit_ids)
    places = trials.places_of_series(conn, scope.unit_ids)
    rows, failures = detect_chunks(settings, Role.RULES, days, detectors)
    for code, reason in failures.items():
        raise ConfigError(f"rule {code} did not run: {reason}")
    for row in rows:
        if passes(_candidate(row), detectors[row.rule_code][1], is_rich=row.is_rich):
            unit_id, point_id = places[row.series_id]
            yield TrialRow(
                rule=row.rule_code, unit_id=unit_id, point_id=point_id, series_id=row.series_id, span=row.span,
                expected_energy=row.expected_energy, observed_energy=row.observed_energy, energy_unit=row.energy_unit,
            )  # fmt: skip


def _candidate(row: CandidateRow) -> Candidate:
    return Candidate(meter=0, first_day=0, last_day=0, kind=Kind(row.kind), statistics=row.statistics, score=row.score)


def _trial_row(code: str, row: dict[str, Any]) -> TrialRow:
    return TrialRow(
        rule=code, unit_id=row["unit_id"], point_id=row.get("point_id"), series_id=row.get("series_id"),
        span=(row["span_from"], row["span_to"]),
    )  # fmt: skip


def _compare(conn: Connection, code: str, before: Sequence[TrialRow], after: Sequence[TrialRow]) -> RuleTrial:
    gained = tuple(row for row in after if not any(row.touches(other) for other in before))
    lost = tuple(row for row in before if not any(row.touches(other) for other in after))
    energy: dict[str, float] = {}
    for sign, rows in ((1, gained), (-1, lost)):
        for row in rows:
            if row.expected_energy is not None and row.observed_energy is not None and row.energy_unit is not None:
                moved = sign * (row.expected_energy - row.observed_energy)
                energy[row.energy_unit] = energy.get(row.energy_unit, 0.0) + moved
    return RuleTrial(
        rule=code, in_force=len(before), tried=len(after), gained=gained, lost=lost, energy=energy,
        tce=_tce(conn, gained, lost),
    )  # fmt: skip


def _tce(conn: Connection, gained: Sequence[TrialRow], lost: Sequence[TrialRow]) -> Decimal | None:
    varieties = trials.varieties_of_points(conn, sorted({row.point_id for row in (*gained, *lost) if row.point_id}))
    total: Decimal | None = None
    for sign, rows in ((1, gained), (-1, lost)):
        for row in rows:
            tce = _tce_of(row, varieties.get(row.point_id or 0))
            if tce is not None:
                total = (total or Decimal(0)) + sign * tce
    return total


def _tce_of(row: TrialRow, variety_code: str | None) -> Decimal | None:
    """Expected less observed in tons of standard coal; None where energy or coefficient is not known."""
    coefficient = load_coefficients().in_use.get(variety_code or "")
    if coefficient is None or row.energy_unit is None or row.expected_energy is None or row.observed_energy is None:
        return None
    moved = Decimal(repr(row.expected_energy - row.observed_energy))
    try:
        return convert(moved, row.energy_unit, coefficient.form_unit) * coefficient.tce_per_form_unit
    except UnitMismatch:
        return None
