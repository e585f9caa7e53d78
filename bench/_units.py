"""Units made of real meters: inquiries that honest ones would get, and days until a falsified part is first found."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

import numpy as np

from bench import _network
from bench._inject import Forgery
from bench._measured import Half
from bench._rules import Rules
from bench._runs import find, in_processes
from bench._score import Alarms
from bench._sets import Frame
from nenghao.detection.block import Block
from nenghao.detection.judging import Found, judge, tell_once

#: Kinds whose delay counts: they last, and a month's figure depends on how soon they are seen.
LASTING: Final = ("multiplier", "phase_loss", "bypass_const", "drift")
DRAWS: Final = 8
DAYS_OF_MONTH: Final = 28
#: Days between two looks at a growing file.
LOOK_DAYS: Final = 4


@dataclass(frozen=True, slots=True)
class Inquiries:
    """Doubts that would be asked, of honest units, over months."""

    unit_months: float
    cases: int
    leads: int
    per_100: float
    upper_95: float


def inquiries(half: Half, rules: Rules, doubts: Sequence[str], draws: int = DRAWS) -> Inquiries:
    """Cases of rules that may be asked about, a hundred honest unit-months.

    A unit is a network of meters with registers; its meters are dealt out anew in each draw. Doubts of one unit that
    lie on common days are one case and one inquiry. Draws share meters, so the bound is clustered by kind of unit and
    draw.
    """
    frames = [frame for draw in range(draws) for frame in _network.frames(half, draw=draw)]
    parts = in_processes(_clean_cases, [(frame, rules, tuple(doubts)) for frame in frames])
    months, count, leads, alarms = 0.0, 0, 0, Alarms()
    for frame, (cases, lead_cases) in zip(frames, parts, strict=True):
        judged = frame.block.shape[1] - frame.block.judged_from
        units = sorted(set(frame.plants))
        months += len(units) * judged / DAYS_OF_MONTH
        count += sum(cases.values())
        leads += sum(lead_cases.values())
        for unit in units:
            alarms.count(unit, judged, cases.get(unit, 0))
    per_day = 100 * DAYS_OF_MONTH / 1000
    return Inquiries(round(months, 1), count, leads, round(100 * count / months, 2),
                     round(alarms.upper_95(default_effect=1.0) * per_day, 2))  # fmt: skip


def _clean_cases(frame: Frame, rules: Rules, doubts: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    found = tell_once(find(frame, None, rules)[0])
    return (
        cases_of(frame, [one for one in found if one.rule in doubts]),
        cases_of(frame, [one for one in found if one.rule not in doubts]),
    )


def cases_of(frame: Frame, found: Sequence[Found]) -> dict[str, int]:
    """Cases by unit: findings whose days touch are one."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in found:
        spans[frame.plants[one.candidate.meter]].append((one.candidate.first_day, one.candidate.last_day))
    counts = {}
    for unit, days in spans.items():
        reached, cases = -1, 0
        for first, last in sorted(days):
            cases += first > reached
            reached = max(reached, last)
        counts[unit] = cases
    return counts


def delays(half: Half, rules: Rules, turns: int = 1) -> dict[str, float]:
    """Median days from an event's first day to the look that first finds it, by lasting kind; infinite if most are not.

    On the big networks. The file grows by four days from look to look. One part a network is falsified at a time.
    """
    frames = _network.frames(half, sets=["plants"])
    tasks = [(frame, rules, kind, turn) for frame in frames for kind in LASTING for turn in range(turns)]
    waited: dict[str, list[float]] = defaultdict(list)
    for (_, _, kind, _), days in zip(tasks, in_processes(_delays, tasks), strict=True):
        waited[kind] += days
    return {kind: float(median(days)) for kind, days in waited.items()}


def _delays(frame: Frame, rules: Rules, kind: str, turn: int) -> list[float]:
    forgery = Forgery(frame)
    place: dict[int, int] = defaultdict(int)
    for order, term in enumerate(frame.block.terms):
        if place[term.whole] == turn:
            forgery.inject(term.part, kind, register_mode="follow", channels_mode=("natural", "all")[order % 2])
        place[term.whole] += 1
    block, days = forgery.block(), frame.block.shape[1]
    first_seen: dict[int, int] = {}
    for known in range(frame.block.judged_from + LOOK_DAYS, days + 1, LOOK_DAYS):
        found = tell_once(judge(until(block, known), rules))
        for event in forgery.events:
            if event.meter not in first_seen and any(
                one.candidate.meter == event.meter
                and event.days[one.candidate.first_day : one.candidate.last_day + 1].any()
                for one in found
            ):
                first_seen[event.meter] = known
    return [
        float(first_seen[event.meter] - event.first_day) if event.meter in first_seen else float("inf")
        for event in forgery.events
    ]


def until(block: Block, days: int) -> Block:
    """The first days of a block, as they were known then."""

    def cut(array: np.ndarray | None) -> np.ndarray | None:
        return None if array is None else array[:, :days]

    return replace(
        block,
        values=block.values[:, :days],
        advance=cut(block.advance),
        channels={name: array[:, :days] for name, array in block.channels.items()},
        replaced=cut(block.replaced),
        delay_h=cut(block.delay_h),
        is_day_off=block.is_day_off[:days],
        is_explained=block.is_explained[:, :days],
    )
