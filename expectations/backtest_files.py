"""`nenghao-audit backtest --readings`: runs detector rules over a file of readings, nothing stored, one row a cause.

Before: a file that somebody gives, its points and events. After: people read the findings.
"""

import csv
import multiprocessing
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from expectations.catalogue import Rule, load_rules
from expectations.file_blocks import Batch, build_block, plan_batches
from expectations.file_columns import TableFile
from expectations.file_context import Context, Point, read_events, read_points
from expectations.file_readings import Readings, read_readings
from nenghao.detection.block import Block
from nenghao.detection.candidate import Candidate, Thresholds
from nenghao.detection.judging import judge, tell_once
from nenghao.errors import ConfigError
from nenghao.labels import Language, label
from nenghao.registers.workdays import CalendarUnknown, is_workday

Calendar = Literal["china", "weekends"]
COLUMNS: Final = ("meter", "start", "end", "rule", "kind", "level", "score", "expected", "observed", "mode", "others")
TIME: Final = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding; start and end are local, the end is excluded."""

    meter: str
    start: datetime
    end: datetime
    rule: str
    candidate: Candidate
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBacktest:
    """What came out, and what of the file was not taken as it came."""

    rows: tuple[Row, ...]
    meters: int
    meter_days: int
    notes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    readings: Readings
    context: Context
    rules: Mapping[str, tuple[str, Thresholds]]
    calendar: Calendar
    judge_from_on: date | None


#: What a forked worker inherits: gigabytes of readings are not sent through a pipe. Empty in every other process.
_WORK: Final[list[_Work]] = []


def rules_to_run(codes: Sequence[str] = (), settings: Mapping[str, Decimal] | None = None) -> dict[str, Rule]:
    """Detector rules by code, all or those named, with trial thresholds (`rule.threshold`) in place of their own.

    Raises: ConfigError for a rule or threshold that is not there.
    """
    rules = {rule.code: rule for rule in load_rules() if rule.detector is not None}
    for code in codes:
        if code not in rules:
            raise ConfigError(f"no rule with a detector is called {code!r}; there are {', '.join(rules)}")
    chosen = {code: rule for code, rule in rules.items() if not codes or code in codes}
    return with_thresholds(chosen, settings or {})


def with_thresholds(rules: Mapping[str, Rule], settings: Mapping[str, Decimal]) -> dict[str, Rule]:
    """The rules with other values of named thresholds.

    Raises: ConfigError for a rule or threshold that is not there.
    """
    changed = dict(rules)
    for name, value in settings.items():
        code, _, threshold = name.partition(".")
        if code not in changed or threshold not in {item.name for item in changed[code].thresholds}:
            raise ConfigError(f"there is no threshold {name!r} of a rule that runs")
        items = tuple(
            replace(item, value=value) if item.name == threshold else item for item in changed[code].thresholds
        )
        changed[code] = replace(changed[code], thresholds=items)
    return changed


def backtest_files(
    readings: Path,
    *,
    points: Path | None = None,
    events: Path | None = None,
    rules: Mapping[str, Rule],
    language: Language,
    zone: ZoneInfo,
    calendar: Calendar = "china",
    judge_from_on: date | None = None,
    processes: int | None = None,
) -> FileBacktest:
    """Judge every meter of a file by the rules.

    Raises: DataRefused by file, row and column; ConfigError without the extra that reads files.
    """
    context = Context(
        points={} if points is None else read_points(TableFile(points, language, zone, needed=["meter"])),
        events=() if events is None else read_events(TableFile(events, language, zone, needed=["start", "end"])),
    )
    table = TableFile(readings, language, zone, needed=["meter", "ts", "value"])
    taken = read_readings(table)
    del table
    detectors = {
        code: (rule.detector, {item.name: float(item.value) for item in rule.thresholds})
        for code, rule in rules.items()
        if rule.detector is not None
    }
    work = _Work(readings=taken, context=context, rules=detectors, calendar=calendar, judge_from_on=judge_from_on)
    batches = plan_batches(taken, context.points)
    rows = sorted(_run(work, batches, processes), key=lambda row: (row.meter, row.start, row.rule))
    days = sum(len(batch.meters) * batch.days for batch in batches)
    return FileBacktest(rows=tuple(rows), meters=len(taken.meters), meter_days=days, notes=taken.notes)


def _run(work: _Work, batches: Sequence[Batch], processes: int | None) -> list[Row]:
    """In forked processes, one a core, where there is more than one block."""
    workers = min(processes or len(os.sched_getaffinity(0)), len(batches))
    if workers < 2:
        return [row for batch in batches for row in _judge_batch(work, batch)]
    largest_first = sorted(batches, key=lambda batch: -len(batch.meters) * batch.days)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_WORK.append, initargs=(work,)) as pool:
        return [row for rows in pool.map(_judge_in_worker, largest_first) for row in rows]


def _judge_in_worker(batch: Batch) -> list[Row]:
    return _judge_batch(_WORK[-1], batch)


def _judge_batch(work: _Work, batch: Batch) -> list[Row]:
    calendar = _is_day_off if work.calendar == "china" else _is_weekend
    block = build_block(work.readings, work.context, batch, calendar, work.judge_from_on)
    return [_in_own_unit(row, work.context) for row in rows_of(block, work.rules)]


def _in_own_unit(row: Row, context: Context) -> Row:
    """The finding with energies in the unit that the meter's values stand in."""
    kwh = context.points.get(row.meter, Point()).kwh_a_unit
    if kwh == 1:
        return row
    expected, observed = (
        None if energy is None else energy / kwh
        for energy in (row.candidate.expected_energy, row.candidate.observed_energy)
    )
    return replace(row, candidate=replace(row.candidate, expected_energy=expected, observed_energy=observed))


def rows_of(block: Block, rules: Mapping[str, tuple[str, Thresholds]]) -> list[Row]:
    """Findings of a block, one a cause."""
    return [_row(block, found.rule, found.candidate) for found in tell_once(judge(block, rules))]


def _row(block: Block, rule: str, candidate: Candidate) -> Row:
    def at(day: int, slot: int) -> datetime:
        midnight = datetime.combine(block.first_on, datetime.min.time())
        return midnight + timedelta(days=day, minutes=slot * block.slot_minutes)

    slots = block.shape[2]
    first = 0 if candidate.first_slot is None else candidate.first_slot
    last = slots - 1 if candidate.last_slot is None else candidate.last_slot
    return Row(
        meter=block.meters[candidate.meter],
        start=at(candidate.first_day, first),
        end=at(candidate.last_day, last + 1),
        rule=rule,
        candidate=candidate,
        others=tuple(block.meters[other] for other in candidate.others),
    )


def _is_weekend(day_on: date) -> bool:
    return day_on.weekday() >= 5


def _is_day_off(day_on: date) -> bool:
    try:
        return not is_workday(day_on)
    except CalendarUnknown:
        return _is_weekend(day_on)


def write_findings(path: Path, found: FileBacktest, rules: Mapping[str, Rule]) -> None:
    """A CSV file: fixed columns, then one for each statistic that some rule measured."""
    statistics = sorted({name for row in found.rows for name in row.candidate.statistics})
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, *statistics])
        writer.writerows(_cells(row, rules[row.rule], statistics) for row in found.rows)
    part.replace(path)


def _cells(row: Row, rule: Rule, statistics: Iterable[str]) -> list[str]:
    candidate = row.candidate
    energies = [_figure(candidate.expected_energy), _figure(candidate.observed_energy)]
    return [
        row.meter, row.start.strftime(TIME), row.end.strftime(TIME), row.rule, candidate.kind.value, rule.level,
        _figure(candidate.score), *energies, rule.mode, " ".join(row.others),
        *(_figure(candidate.statistics.get(name)) for name in statistics),
    ]  # fmt: skip


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def summary(found: FileBacktest, language: Language) -> str:
    """What was read and found, and what of the file was not taken as it came."""
    line = label(
        "backtest.summary", language, meters=found.meters, meter_days=found.meter_days, findings=len(found.rows)
    )
    return " ".join([line, *(label(f"backtest.{name}", language, count=n) for name, n in found.notes.items() if n)])
