"""Joins daily evidence, for and against, into the stretches of days that it speaks for most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate

#: A candidate of which events explain this share is not told.
EXPLAINED_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Span:
    """Days of one meter, both included, and the sum of their evidence."""

    score: float
    meter: int
    first: int
    last: int


def best_spans(
    evidence: Floats,
    lengths: Sequence[int],
    least: float,
    judged_from: int,
    *,
    root: float = 0.0,
    own_share: float = 0.0,
) -> list[Span]:
    """Stretches of [S, D] daily evidence (0 where unknown) that score at least `least`: the strongest, not overlapping.

    A score is the sum over days divided by days^`root`: days that follow each other are not independent. The highest
    score of a meter's own history counts against it by `own_share`: who often looks so honestly has to look it more.
    """
    meters, days = evidence.shape
    before = np.concatenate([np.zeros((meters, 1)), np.cumsum(evidence, axis=1)], axis=1)
    own = np.zeros(meters)
    scored = []
    for length in lengths:
        ends = np.arange(length - 1, days)
        scores = (before[:, ends + 1] - before[:, ends + 1 - length]) / length**root
        own = np.maximum(own, np.max(scores, axis=1, initial=0.0, where=ends < judged_from))
        scored.append((length, ends, scores))
    spans = []
    for length, ends, scores in scored:
        net = np.where(ends >= judged_from, scores - own_share * own[:, None], -np.inf)
        for meter, place in zip(*np.nonzero(net >= least), strict=True):
            last = int(ends[place])
            spans.append(Span(float(net[meter, place]), int(meter), last - length + 1, last))
    return apart(spans)


def apart(spans: Sequence[Span]) -> list[Span]:
    """The strongest spans of each meter that do not overlap."""
    taken: dict[int, set[int]] = {}
    kept = []
    for span in sorted(spans, key=lambda item: (-item.score, item.last - item.first)):
        days = set(range(span.first, span.last + 1))
        own = taken.setdefault(span.meter, set())
        if own.isdisjoint(days):
            own |= days
            kept.append(span)
    return kept


def unexplained(block: Block, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those whose days are not explained, at least half of them, by events filed or made public."""
    return [
        one
        for one in candidates
        if block.is_explained[one.meter, one.first_day : one.last_day + 1].mean() < EXPLAINED_SHARE
    ]


def told_apart(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The strongest candidates of each meter, less those that lie in stronger ones by half of their days."""
    told: dict[int, set[int]] = {}
    kept = []
    for one in sorted(candidates, key=lambda item: (-item.score, item.first_day - item.last_day)):
        days = set(range(one.first_day, one.last_day + 1))
        known = told.setdefault(one.meter, set())
        if len(days & known) < EXPLAINED_SHARE * len(days):
            known |= days
            kept.append(one)
    return kept


def runs(is_in: Bools, gap: int = 1) -> list[tuple[int, int, int]]:
    """Rows of [S, D] marks as (row, first, last); marks at most `gap` days apart are one run."""
    found: list[tuple[int, int, int]] = []
    for row, day in zip(*np.nonzero(is_in), strict=True):
        if found and found[-1][0] == row and day - found[-1][2] <= gap:
            found[-1] = (found[-1][0], found[-1][1], int(day))
        else:
            found.append((int(row), int(day), int(day)))
    return found
