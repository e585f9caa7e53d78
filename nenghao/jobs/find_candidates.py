"""Runs detectors over the days of a scope and stores what they point at, on every core; safe to run twice.

Before: `compute_features`, and rules with their thresholds. After: `expectations.runner` judges candidates by those.
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from nenghao.config import Role, Settings
from nenghao.db import candidates, features
from nenghao.db.candidates import CandidateRow
from nenghao.db.connection import connect
from nenghao.detection.assembly import WatchedBlock, assemble
from nenghao.detection.candidate import Candidate, Thresholds
from nenghao.detection.catalogue import DETECTORS
from nenghao.domain.periods import day_start
from nenghao.domain.watched import base_unit
from nenghao.reference.cases import load_event_reasons
from nenghao.registers.workdays import CalendarUnknown, is_workday

#: Series whose days are laid side by side at once: a tenth of a GB with a month of history.
CHUNK_SERIES: Final = 1200
#: Chunks below which one process is quicker than starting others.
FEW_CHUNKS: Final = 3
#: What excuses days on which use or metering moved: a tariff, a festival, a heating season last too long for it.
EXPLAINING: Final = (
    "overhaul", "shutdown", "line_stop", "restart", "capacity_change", "own_generation", "metering_work",
    "new_equipment", "orderly_use", "heavy_pollution", "staggered_production", "power_cut", "disaster",
)  # fmt: skip
#: How long after its begin an event may be filed and still excuse days: the duty's three working days and a weekend.
GRACE: Final = timedelta(days=5)

#: By rule: its detector and the thresholds in force.
Detectors: TypeAlias = Mapping[str, tuple[str, Thresholds]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionScope:
    """Days to judge, both ends included, of units."""

    first_on: date
    last_on: date
    unit_ids: tuple[int, ...]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Its days as instants, half-open."""
        return day_start(self.first_on), day_start(self.last_on + timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCandidates:
    """What a run of the detectors stored, and which of them raised, by rule."""

    candidates: Mapping[str, int]
    failures: Mapping[str, str]


def find_candidates(
    settings: Settings, scopes: Sequence[DetectionScope], detectors: Detectors, now: datetime
) -> FoundCandidates:
    """Replace what is stored of the scopes' days by what the detectors point at now.

    Raises: RetryableError where the database is away.
    """
    work = [
        _Work(settings, chunk, dict(detectors), now)
        for scope in scopes
        for chunk in _chunks(settings, Role.JOBS, scope)
    ]
    counts: Counter[str] = Counter()
    failures: dict[str, str] = {}
    for found in _run(work):
        counts.update(found.candidates)
        failures |= found.failures
    return FoundCandidates(candidates=counts, failures=failures)


@dataclass(frozen=True, slots=True)
class _Work:
    settings: Settings
    scope: DetectionScope
    detectors: Detectors
    now: datetime


def _run(work: Sequence[_Work]) -> Iterator[FoundCandidates]:
    workers = min(len(os.sched_getaffinity(0)), len(work))
    if workers < 2 or len(work) < FEW_CHUNKS:
        yield from map(_store_chunk, work)
        return
    # Spawned, not forked: a forked child would share the parent's connections to the database.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_store_chunk, work)


def _chunks(settings: Settings, role: Role, scope: DetectionScope) -> Iterator[DetectionScope]:
    """Units of a division side by side, so that they stand beside neighbours; a unit is never cut."""
    with connect(settings, role) as conn:
        sizes = features.unit_sizes(conn, scope.unit_ids)
    chosen: list[int] = []
    total = 0
    for unit_id, count in sizes:
        if chosen and total + count > CHUNK_SERIES:
            yield DetectionScope(first_on=scope.first_on, last_on=scope.last_on, unit_ids=tuple(chosen))
            chosen, total = [], 0
        chosen.append(unit_id)
        total += count
    if chosen:
        yield DetectionScope(first_on=scope.first_on, last_on=scope.last_on, unit_ids=tuple(chosen))


def _store_chunk(work: _Work) -> FoundCandidates:
    rows, failures = detect(work.settings, Role.JOBS, work.scope, work.detectors)
    with connect(work.settings, Role.JOBS) as conn:
        candidates.forget_candidates(conn, work.scope.unit_ids, work.scope.span)
        candidates.write_candidates(conn, rows, work.now)
    return FoundCandidates(candidates=Counter(row.rule_code for row in rows), failures=failures)


def detect(
    settings: Settings, role: Role, scope: DetectionScope, detectors: Detectors
) -> tuple[list[CandidateRow], dict[str, str]]:
    """What detectors point at on the days of a scope, and which raised an error, by rule; nothing is written."""
    begin_on = scope.first_on - timedelta(days=settings.detection_history_days)
    reasons = load_event_reasons()
    with connect(settings, role) as conn:
        watched = features.load_watched(
            conn,
            scope.unit_ids,
            (begin_on, scope.last_on),
            event_kinds=EXPLAINING,
            grace=GRACE,
            dated_kinds=sorted(reasons.dated),
            reach=reasons.reach,
        )
    days = (scope.last_on - begin_on).days + 1
    days_off = [is_day_off(begin_on + timedelta(days=day)) for day in range(days)]
    rows: list[CandidateRow] = []
    failures: dict[str, str] = {}
    for one in assemble(watched, begin_on, days, (scope.first_on - begin_on).days, days_off):
        rich = one.block.is_rich
        for rule, (detector, thresholds) in detectors.items():
            try:
                found = DETECTORS[detector](one.block, thresholds)
            except Exception as error:  # noqa: BLE001 - told as a check that did not run
                failures[rule] = f"{type(error).__name__}: {error}"
                continue
            rows += [
                _row(one, rule, candidate, is_rich=bool(rich[candidate.meter]))
                for candidate in found
                if candidate.last_day >= one.block.judged_from
            ]
    return rows, failures


def detect_chunks(
    settings: Settings, role: Role, scope: DetectionScope, detectors: Detectors
) -> tuple[list[CandidateRow], dict[str, str]]:
    """As `detect`, chunk by chunk of units."""
    rows: list[CandidateRow] = []
    failures: dict[str, str] = {}
    for chunk in _chunks(settings, role, scope):
        found, raised = detect(settings, role, chunk, detectors)
        rows += found
        failures |= raised
    return rows, failures


def is_day_off(day_on: date) -> bool:
    """Weekends and holidays as worked in China; of a year that nobody has announced yet, weekends."""
    try:
        return not is_workday(day_on)
    except CalendarUnknown:
        return day_on.weekday() >= 5


def _row(one: WatchedBlock, rule: str, candidate: Candidate, *, is_rich: bool) -> CandidateRow:
    block, series = one.block, one.series[candidate.meter]
    first = 0 if candidate.first_slot is None else candidate.first_slot
    last = block.shape[2] - 1 if candidate.last_slot is None else candidate.last_slot

    def at(day: int, slot: int) -> datetime:
        return day_start(block.first_on + timedelta(days=day)) + timedelta(minutes=slot * block.slot_minutes)

    return CandidateRow(
        rule_code=rule,
        series_id=series.series_id,
        span=(at(candidate.first_day, first), at(candidate.last_day, last + 1)),
        kind=candidate.kind.value,
        statistics={name: float(value) for name, value in candidate.statistics.items()},
        score=float(candidate.score),
        expected_energy=_energy(candidate.expected_energy),
        observed_energy=_energy(candidate.observed_energy),
        energy_unit=base_unit(series.quantity),
        other_series_ids=[one.series[other].series_id for other in candidate.others],
        notes={name: value if isinstance(value, str) else float(value) for name, value in candidate.notes.items()},
        is_rich=is_rich,
    )


def _energy(value: float | None) -> float | None:
    return None if value is None else float(value)
