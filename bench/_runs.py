"""Runs rules over clean frames and over frames falsified in rounds, and sums what was found."""

import multiprocessing
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from bench._inject import ChannelsMode, Forgery, RegisterMode
from bench._rules import Rules
from bench._score import Alarms, KindScore, flagged, score_event
from bench._sets import Frame, View
from nenghao.detection.block import Bools
from nenghao.detection.candidate import Kind
from nenghao.detection.judging import Found, judge, tell_once

#: One of so many kinds goes to each meter of a set: the large ones have events enough, and a bench has an end.
THINNED = {"china": 2, "swiss": 3, "australian": 6, "british": 6, "estates": 8, "works": 2}
PROCESSES = 2
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run over each frame."""

    rules: Rules
    view: View
    kinds: tuple[str, ...]
    seed: int = 1
    thinned_by: int = 1
    is_dithered: bool = False
    #: Register modes and channel modes that events take in turn.
    register_modes: tuple[RegisterMode, ...] = ("keep",)
    channels_modes: tuple[ChannelsMode, ...] = ("natural",)
    #: A rule whose findings are left out in a second count (`Outcome.without`).
    left_out: str = ""


@dataclass(slots=True)
class Outcome:
    """Sums over frames."""

    kinds: dict[tuple[str, str, str], KindScore] = field(default_factory=lambda: defaultdict(KindScore))
    without: dict[tuple[str, str, str], KindScore] = field(default_factory=lambda: defaultdict(KindScore))
    alarms: dict[str, Alarms] = field(default_factory=lambda: defaultdict(Alarms))
    rule_alarms: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    hard: dict[str, Alarms] = field(default_factory=lambda: defaultdict(Alarms))
    findings: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: Flagged days by findings of kind gap that lie on a real gap: counted as alarms, although they are true.
    real_gaps: int = 0
    examples: list[str] = field(default_factory=list)
    series_days: int = 0
    detect_s: float = 0.0

    def add(self, other: "Outcome") -> None:
        for key, score in other.kinds.items():
            self.kinds[key].add(score)
        for key, score in other.without.items():
            self.without[key].add(score)
        for mine, theirs in ((self.alarms, other.alarms), (self.hard, other.hard)):
            for name, alarms in theirs.items():
                for cluster, days in alarms.days.items():
                    mine[name].count(cluster, days, alarms.flagged[cluster])
        for rule_and_set, count in other.rule_alarms.items():
            self.rule_alarms[rule_and_set] += count
        for name, count in other.findings.items():
            self.findings[name] += count
        self.examples += other.examples
        self.real_gaps += other.real_gaps
        self.series_days += other.series_days
        self.detect_s += other.detect_s


def run(frames: Sequence[Frame], plan: Plan) -> Outcome:
    """Everything of a plan, on two processes."""
    tasks = list(_tasks(frames, plan))
    outcome = Outcome()
    with multiprocessing.get_context("fork").Pool(PROCESSES, _start, (list(frames), plan)) as pool:
        for part in pool.imap_unordered(_run_task, tasks):
            outcome.add(part)
    return outcome


def in_processes(work: Callable[..., _T], tasks: Sequence[tuple[Any, ...]]) -> list[_T]:
    """Results of calls, in their order, on two processes."""
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        return pool.starmap(work, tasks, chunksize=1)


def rounds_of(frame: Frame, plan: Plan) -> Iterator[list[tuple[int, str]]]:
    """Which meter is falsified how, round by round: a few meters at a time, each meter by each of its kinds once.

    At most a quarter of the meters side by side, and one in a network, are false at once.
    """
    targets = [meter for meter, is_target in enumerate(frame.is_target) if is_target]
    if frame.block.terms:
        place: dict[int, int] = defaultdict(int)
        groups: dict[int, list[int]] = defaultdict(list)
        for term in frame.block.terms:
            groups[place[term.whole]].append(term.part)
            place[term.whole] += 1
    else:
        period = min(4, len(targets))
        groups = {number: targets[number::period] for number in range(period)}
    thin = min(THINNED.get(frame.set_names[0], 1) * plan.thinned_by, len(plan.kinds))
    shift = frame.block.first_on.toordinal() // 28
    for number, group in groups.items():
        for first in range(0, len(plan.kinds), thin):
            pairs = []
            for order, meter in enumerate(group):
                kind = first + (5 * order + 11 * number + shift) % thin
                kind = kind if thin > 1 else (first + order) % len(plan.kinds)
                if kind < len(plan.kinds):
                    pairs.append((meter, plan.kinds[kind]))
            yield pairs


def find(frame: Frame, forgery: Forgery | None, rules: Rules) -> tuple[list[Found], float]:
    """Findings, before one cause is told once, and the seconds they took."""
    started = time.process_time()
    block = frame.block if forgery is None else forgery.block()
    found = judge(block, rules)
    return found, time.process_time() - started


_WORK: tuple[list[Frame], Plan] | None = None
_CLEAN: dict[int, tuple[list[Found], list[Found]]] = {}


def _start(frames: list[Frame], plan: Plan) -> None:
    global _WORK  # noqa: PLW0603 - a forked worker gets its work once
    _WORK = frames, plan


def _tasks(frames: Sequence[Frame], plan: Plan) -> Iterator[tuple[int, int, int]]:
    """Frame and a span of its rounds; the first span counts the false alarms as well."""
    for number, frame in enumerate(frames):
        count = sum(1 for _ in rounds_of(frame, plan)) if plan.kinds else 0
        step = max(1, 400 // len(frame.plants))
        for first in range(0, max(count, 1), step):
            yield number, first, min(first + step, count)


def _run_task(task: tuple[int, int, int]) -> Outcome:
    assert _WORK is not None
    (number, first, last), (frames, plan) = task, _WORK
    frame, outcome = frames[number], Outcome()
    if number not in _CLEAN:
        _CLEAN.clear()
        found, seconds = find(frame, None, plan.rules)
        _CLEAN[number] = _told(found, plan)
        if first == 0:
            outcome.detect_s += seconds
            outcome.series_days += _judged_days(frame)
    clean, clean_without = _CLEAN[number]
    if first == 0:
        _count_alarms(outcome, frame, clean)
    for place, pairs in enumerate(rounds_of(frame, plan)):
        if not first <= place < last:
            continue
        forgery = Forgery(frame, seed=plan.seed, is_dithered=plan.is_dithered)
        for order, (meter, kind) in enumerate(pairs):
            turn = order + place
            forgery.inject(
                meter,
                kind,
                register_mode=plan.register_modes[turn % len(plan.register_modes)],
                channels_mode=plan.channels_modes[turn // 2 % len(plan.channels_modes)],
            )
        if not forgery.events:
            continue
        found, seconds = find(frame, forgery, plan.rules)
        outcome.detect_s += seconds
        outcome.series_days += _judged_days(frame)
        told, without = _told(found, plan)
        for event in forgery.events:
            mode = event.register_mode if plan.view != "value" else "value"
            key = frame.size, event.kind.name, mode
            outcome.kinds[key].add(score_event(event, told, clean))
            if plan.left_out:
                outcome.without[key].add(score_event(event, without, clean_without))
    return outcome


def _told(found: Sequence[Found], plan: Plan) -> tuple[list[Found], list[Found]]:
    """Findings told once, of all rules and without the one that is left out."""
    if not plan.left_out:
        return tell_once(found), []
    return tell_once(found), tell_once(one for one in found if one.rule != plan.left_out)


def _judged_days(frame: Frame) -> int:
    return len(frame.plants) * (frame.block.shape[1] - frame.block.judged_from)


def _count_alarms(outcome: Outcome, frame: Frame, clean: Sequence[Found]) -> None:
    marks = flagged(clean, frame)
    judged = frame.block.shape[1] - frame.block.judged_from
    hard_days = frame.hard_days()
    nothing = np.zeros(frame.block.shape[1], dtype=np.bool_)
    for meter, (set_name, plant) in enumerate(zip(frame.set_names, frame.plants, strict=True)):
        mark = marks.get(meter, nothing)
        for name in (set_name, frame.size, "everything"):
            outcome.alarms[name].count(plant, judged, int(mark.sum()))
        for name, days in hard_days.items():
            hard = days[meter].copy()
            hard[: frame.block.judged_from] = False
            if hard.any():
                outcome.hard[f"{set_name} {name}"].count(plant, int(hard.sum()), int((mark & hard).sum()))
    by_rule: dict[str, list[Found]] = defaultdict(list)
    for one in clean:
        by_rule[one.rule].append(one)
    for rule, found in by_rule.items():
        for meter, mark in flagged(found, frame).items():
            outcome.rule_alarms[rule, frame.set_names[meter]] += int(mark.sum())
    is_gap: Bools = np.any(~np.isfinite(frame.block.values), axis=2)
    for one in clean:
        if one.candidate.kind == Kind.GAP:
            outcome.real_gaps += int(
                is_gap[one.candidate.meter, one.candidate.first_day : one.candidate.last_day + 1].sum()
            )
        outcome.findings[frame.set_names[one.candidate.meter]] += 1
        candidate = one.candidate
        statistics = ", ".join(f"{name} {value:.4g}" for name, value in candidate.statistics.items())
        outcome.examples.append(
            f"{one.rule} {frame.name} {frame.block.meters[candidate.meter]} days {candidate.first_day}-"
            f"{candidate.last_day} {candidate.kind} score {candidate.score:.2f}: {statistics}"
        )
